import Foundation
import Inference
import MixedModels
import Numerics
import Pooling
import TestSupport
import Testing

/// Data at the edge of what can be pooled.
@Suite("Degenerate pooling")
struct DegenerateTests {
  private func estimates(_ pairs: [(Double, Double)]) -> [StudyEstimate] {
    pairs.enumerated().map { StudyEstimate(study: "\($0)", estimate: $1.0, se: $1.1) }
  }

  private let flat = PoolingPriors(
    mean: .init(mean: 0, sd: .infinity), heterogeneity: .halfNormal(scale: 0.5))

  @Test("Equal estimates")
  func equal() throws {
    let pooled = try pool(estimates([(1.5, 0.2), (1.5, 0.4), (1.5, 0.3)]), priors: flat)
    #expect(close(pooled.bayes.mean.median, 1.5, relative: 1e-12))
    #expect(pooled.bayes.heterogeneity.mode == 0)
    for estimate in pooled.classical {
      #expect(estimate.squaredTau == 0)
      #expect(estimate.squaredTauInterval == nil)
      #expect(estimate.pValue?.isFinite ?? true)
    }
  }

  @Test("Two studies, the improper prior of tau refused unless mu has a prior")
  func two() throws {
    let two = estimates([(0.3, 0.25), (-0.45, 0.4)])
    let improper = PoolingPriors(mean: flat.mean, heterogeneity: nil)
    #expect(throws: PoolingFailure.improper(studies: 2, needed: 3)) {
      try pool(two, priors: improper)
    }
    let proper = PoolingPriors(mean: .init(mean: 0, sd: 1), heterogeneity: nil)
    let bayes = try pool(two, priors: proper).bayes
    #expect(bayes.heterogeneity.mean == nil && bayes.newStudy.mean == nil)
    #expect(bayes.mean.mean != nil && bayes.mean.sd != nil)
    #expect(bayes.heterogeneity.note?.contains("tau^-2") == true)
    #expect(bayes.logMarginalLikelihood == nil && bayes.bayesFactorHomogeneity == nil)
  }

  @Test("A study that says nothing changes nothing but its own effect")
  func vague() throws {
    let base = try pool(estimates([(0.3, 0.2), (-0.2, 0.3)]), priors: flat).bayes
    let more = try pool(estimates([(0.3, 0.2), (-0.2, 0.3), (5, 1e7)]), priors: flat).bayes
    // What it says has the weight of (0.3 / 1e7)².
    #expect(close(base.mean.median, more.mean.median, relative: 1e-6))
    #expect(close(base.heterogeneity.median, more.heterogeneity.median, relative: 1e-6))
    #expect(close(more.shrinkage[2].median, more.newStudy.median, relative: 1e-6))
  }

  @Test("One study known almost exactly")
  func precise() throws {
    let pooled = try pool(estimates([(0.3, 1e-9), (-0.2, 0.3), (0.6, 0.4)]), priors: flat)
    let effect = pooled.bayes.shrinkage[0]
    #expect(close(effect.median, 0.3, relative: 1e-7))
    #expect(pooled.bayes.mean.median.isFinite)
  }

  @Test("Estimates in utter conflict")
  func conflict() throws {
    let pooled = try pool(estimates([(0, 0.01), (1, 0.01), (5, 0.01)]), priors: flat)
    #expect(pooled.bayes.heterogeneity.median > 1)
    #expect((pooled.bayes.bayesFactorHomogeneity ?? 1) == 0)
    let cauchy = PoolingPriors(mean: flat.mean, heterogeneity: .halfCauchy(scale: 1e-3))
    let heavy = try pool(estimates([(0, 0.01), (1, 0.01), (5, 0.01)]), priors: cauchy)
    #expect(heavy.bayes.heterogeneity.median > 0.5)
  }

  @Test("Priors beyond the range of numbers")
  func outOfRange() throws {
    let two = estimates([(0.3, 0.2), (-0.2, 0.3), (0.1, 0.3)])
    let tiny = PoolingPriors(
      mean: flat.mean, heterogeneity: .logNormal(meanlog: -2_000, sdlog: 1))
    let bayes = try pool(two, priors: tiny).bayes
    #expect(bayes.heterogeneity.median == 0)
    let homogeneous = try pool(
      two, priors: PoolingPriors(mean: flat.mean, heterogeneity: .fixed(0)))
    #expect(close(bayes.mean.median, homogeneous.bayes.mean.median, relative: 1e-9))
    let huge = PoolingPriors(
      mean: flat.mean, heterogeneity: .logNormal(meanlog: 2_000, sdlog: 1))
    #expect(throws: PoolingFailure.self) { try pool(two, priors: huge) }
  }

  @Test("A thousand studies")
  func many() throws {
    var generator = TestGenerator(seed: 11)
    let studies = (0..<1_000).map { index in
      StudyEstimate(
        study: "\(index)", estimate: Double.random(in: -1...1, using: &generator),
        se: Double.random(in: 0.1...0.3, using: &generator))
    }
    let pooled = try pool(studies, priors: flat)
    let restricted = try #require(pooled.classical(.reml, hartungKnapp: false))
    // With so many studies the posterior is that of the likelihood: within a tenth of its SD.
    let sd = try #require(pooled.bayes.heterogeneity.sd)
    #expect(
      abs(pooled.bayes.heterogeneity.median - restricted.squaredTau.squareRoot()) < 0.2 * sd)
    #expect(abs(pooled.bayes.mean.median - restricted.mean) < 0.05 * restricted.se)
  }

  @Test("Tails so heavy that moments exist by a hair only")
  func hair() throws {
    // τ^−(0.05 + 1 + 2): the second moment converges like u^… e^(−0.05 u), 99 % of it beyond sight.
    let priors = PoolingPriors(
      mean: flat.mean, heterogeneity: .halfT(df: 0.005, scale: 0.5))
    let bayes = try pool(estimates([(0.3, 0.2), (-0.2, 0.3), (0.1, 0.3)]), priors: priors).bayes
    let near = PoolingPriors(mean: flat.mean, heterogeneity: .halfT(df: 0.0051, scale: 0.5))
    let other = try pool(estimates([(0.3, 0.2), (-0.2, 0.3), (0.1, 0.3)]), priors: near).bayes
    let ratio = try #require(bayes.heterogeneity.sd) / (try #require(other.heterogeneity.sd))
    // The variance is in proportion to 1 / df as df goes to 0, times what the density has as a factor.
    #expect(ratio > 1 && ratio < 1.02)
  }
}

import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Correlated random intercepts and effects: figures of lme4 1.1-31 (R 4.2.2, bobyqa to 1e-11) and
/// lmerTest 3.1-3, the maximum against brute force, symmetries.
@Suite struct CorrelatedFitTests {
  @Test func maximumOfTheLikelihood() throws {
    let model = MarginalModel(try FewTrials.statistics(), correlated(.perLeaf), .profiled)
    let fit = try MixedModelFit(model)
    #expect(close(fit.estimate.logLikelihood, -441.6568743127, relative: 1e-11))
    let variances = fit.estimate.variances
    #expect(close(variances.tau[0], 0.5529981154514, relative: 1e-6))
    #expect(close(variances.tau[1], 0.3880238287937, relative: 1e-6))
    #expect(close(variances.correlation, -0.8794229214065, relative: 1e-5))
    #expect(close(variances.sigma, 1.0356549546116, relative: 1e-7))
    #expect(fit.parameterCount == 10)
    for (role, estimate, error, degrees) in [
      (FixedRole.effect(leaf: 0), 0.02821182421173, 0.3309483068650, 7.035133643933),
      (.effect(leaf: 2), 1.41819299955481, 0.3061946596675, 5.055476201893),
      (.intercept(leaf: 1, trial: nil), 5.18336196415296, 0.3442321058809, 3.348774176436),
    ] {
      let found = try #require(fit.coefficient(role))
      #expect(abs(try #require(found.estimate) - estimate) < 1e-6 * error)
      #expect(close(try #require(found.standardError), error, relative: 1e-6))
      #expect(close(try #require(found.satterthwaite), degrees, relative: 1e-3))
    }
  }

  /// The factor at ratios of SDs and a correlation.
  static let grid: [Triangle] = {
    let ratios = [0] + (0...14).map { 0.01 * pow(1000, Double($0) / 14) }
    return ratios.flatMap { a in
      ratios.flatMap { b in
        [-1, -0.97, -0.7, -0.3, 0, 0.3, 0.7, 0.97, 1].map {
          VarianceMaximiser.triangle(a, b, $0)
        }
      }
    }
  }()

  @Test(arguments: [CoefficientTreatment.restricted, .profiled])
  func nothingOnAGridIsHigher(treatment: CoefficientTreatment) throws {
    for seed in 0..<48 as Range<UInt64> {
      let statistics = RestrictedSurfaceTests.sample(seed).statistics
      let maximiser = VarianceMaximiser(
        MarginalModel(statistics, correlated(.perLeaf), treatment))
      let found = try maximiser.maximum()
      for theta in Self.grid {
        #expect(
          try maximiser.profile(theta).value
            <= found.logLikelihood + 1e-9 * abs(found.logLikelihood),
          "seed \(seed), θ = \(theta), found \(found)")
      }
      let at = found.variances
      #expect(close(maximiser.density.evaluate(at), found.logLikelihood, relative: 1e-12))
      #expect(found.isSingular == (at.tau.contains(0) || abs(at.correlation) > 1 - 1e-7))
      // A model with more parameters is not less likely.
      let independent = try VarianceMaximiser(
        MarginalModel(statistics, randomIntercept, treatment)
      ).maximum()
      #expect(found.logLikelihood >= independent.logLikelihood - 1e-9)
    }
  }

  // Unlike independent terms correlated ones do not depend on the coding of the arms: with 1 − t the
  // intercept is b0 + b1.
  @Test(arguments: [CoefficientTreatment.restricted, .profiled])
  func swappedArms(treatment: CoefficientTreatment) throws {
    let data = SampleData(.complete, seed: 4)
    var other = data
    other.arm = data.arm.map { 1 - $0 }
    let fits = try [data, other].map {
      try MixedModelFit(MarginalModel($0.statistics, correlated(.perLeaf), treatment))
    }
    #expect(close(fits[0].estimate.logLikelihood, fits[1].estimate.logLikelihood, relative: 1e-11))
    for leaf in 0..<3 {
      let (a, b) = (
        fits[0].coefficient(.effect(leaf: leaf)), fits[1].coefficient(.effect(leaf: leaf))
      )
      #expect(abs(try #require(a?.estimate) + (try #require(b?.estimate))) < 1e-6)
      #expect(close(try #require(a?.standardError), try #require(b?.standardError), relative: 1e-6))
      if let first = a?.kenwardRogerDF, let second = b?.kenwardRogerDF {
        #expect(close(first, second, relative: 1e-5))
      }
    }
  }

  // τ = 0 in one of them is the model without it.
  @Test func withoutAnEffectTheCorrelationIsNothing() {
    let data = SampleData(.ragged)
    for intercepts in [Intercepts.perLeaf, .perLeafAndTrial, .perTrial] {
      let with = MarginalDensity(
        MarginalModel(data.statistics, correlated(intercepts), .restricted))
      for rho in [-1, -0.4, 0, 0.9] {
        let first = with.evaluate(Variances(sigma: 1, tau: [0.7, 0], correlation: rho))
        #expect(close(first, with.evaluate(Variances(sigma: 1, tau: [0.7, 0])), relative: 1e-13))
        let second = with.evaluate(Variances(sigma: 1, tau: [0, 0.7], correlation: rho))
        #expect(close(second, with.evaluate(Variances(sigma: 1, tau: [0, 0.7])), relative: 1e-13))
      }
      #expect(with.evaluate(Variances(sigma: 1, tau: [1, 1], correlation: 1.1)) == -.infinity)
    }
  }
}

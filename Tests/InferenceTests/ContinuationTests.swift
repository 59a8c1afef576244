import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Sampling
import TestSupport
import Testing

@testable import Inference

/// Chains that go on from kept draws: the posterior stays what it is.
@Suite("Longer chains")
struct ContinuationTests {
  private static func plan(_ draws: Int, part: Int = 0, threads: Int = 2) -> SamplerPlan {
    var plan = SamplerPlan(chains: 4, warmup: 300, draws: draws, seed: 21)
    plan.part = part
    plan.threads = threads
    return plan
  }

  private static let both = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true)

  private func bounded(_ draws: [Double]) -> [Double] { draws.map { $0 / (1 + $0) } }

  // Means of σ and of τ / (1 + τ) over the further draws alone, against quadrature: 12 × 2 × 3
  // comparisons at four Monte-Carlo errors, a false alarm in 0.5 % of seeds.
  @Test("Every family of priors, both samplers", arguments: SamplerAgreementTests.priorFamilies)
  func gaussian(prior: HeterogeneityPrior) throws {
    let model = SampleTrials(seed: 3).model(Self.both)
    let priors = VariancePriors([prior, .halfNormal(scale: 0.5)])
    let exact = try VarianceQuadrature(model, priors)
    for sampler in PosteriorSampler.allCases {
      let first = try GaussianPosterior(model, priors, plan: Self.plan(150), sampler: sampler)
      let way = GaussianContinuation(model, priors, sampler: sampler)
      let further = try way.further(
        KeptDraws(first), plan: Self.plan(1000, part: 1), monitor: .silent)
      #expect(further.iterations == 1000 && further.chains == 4)
      let sigma = exact.mean { $0.sigma }
      try expect(further.sigma ?? [], sigma, "σ, \(sampler)")
      for r in 0..<2 {
        let tau = exact.mean { $0.tau[r] / (1 + $0.tau[r]) }
        try expect(bounded(further.tau[r]), tau, "τ\(r), \(sampler)")
      }
    }
  }

  private func expect(_ draws: [Double], _ exact: Double, _ what: String) throws {
    let chains = OrderedChains(ChainValues(values: draws, chains: 4))
    guard Set(draws).count > 1 else { return #expect(close(chains.mean, exact, relative: 1e-9)) }
    let error = try #require(chains.mcseMean, "\(what)")
    #expect(abs(chains.mean - exact) < 4 * error, "\(what)")
  }

  @Test("A correlation goes on too", arguments: PosteriorSampler.allCases)
  func correlated(sampler: PosteriorSampler) throws {
    let terms = ModelTerms(
      intercepts: .perLeaf, randomIntercept: true, randomEffect: true, isCorrelated: true)
    let model = SampleTrials(trials: 6, seed: 8).model(terms)
    let priors = VariancePriors(
      components: [.halfNormal(scale: 2), .halfNormal(scale: 1), .halfNormal(scale: 0.5)],
      residualScale: 1, correlation: CorrelationPrior(eta: 2))
    let first = try GaussianPosterior(model, priors, plan: Self.plan(100), sampler: sampler)
    let whole = try GaussianContinuation(model, priors, sampler: sampler).extended(
      KeptDraws(first), plan: Self.plan(50, part: 1), monitor: .silent)
    #expect(whole.iterations == 150)
    let correlation = try #require(whole.correlation)
    #expect(Array(correlation[150..<250]) == Array((first.correlation ?? [])[100..<200]))
    // A transition may stay where it was.
    #expect(Set(correlation).count > 500)
  }

  @Test("Kept draws give back the posterior", arguments: PosteriorSampler.allCases)
  func restored(sampler: PosteriorSampler) throws {
    let model = SampleTrials(covariates: 1, oneArm: true, seed: 5).model(Self.both)
    let priors = VariancePriors([.halfNormal(scale: 1), .halfNormal(scale: 0.5)])
    let first = try GaussianPosterior(model, priors, plan: Self.plan(80), sampler: sampler)
    let again = GaussianContinuation(model, priors, sampler: sampler).posterior(KeptDraws(first))
    #expect(again.effects == first.effects && again.tau == first.tau)
    #expect(again.residualDraws == first.sigma && again.records == first.records)
    for (a, b) in zip(again.meanTrialEffects, first.meanTrialEffects) {
      // The same sums in another order.
      #expect(close(a, b, relative: 1e-9, absolute: 1e-9))
    }
  }

  @Test("Draws of other data are refused", arguments: PosteriorSampler.allCases)
  func otherData(sampler: PosteriorSampler) throws {
    let priors = VariancePriors([.halfNormal(scale: 1), .halfNormal(scale: 0.5)])
    let first = try GaussianPosterior(
      SampleTrials(seed: 3).model(Self.both), priors, plan: Self.plan(20), sampler: sampler)
    let other = GaussianContinuation(
      SampleTrials(seed: 4).model(Self.both), priors, sampler: sampler)
    #expect {
      _ = try other.further(KeptDraws(first), plan: Self.plan(5, part: 1), monitor: .silent)
    } throws: {
      if case SamplingError.otherDensity(chain: 0, _, _)? = $0 as? SamplingError {
        true
      } else {
        false
      }
    }
  }

  // Every parameter of four models and two samplers, some 80 comparisons of 500 + 500 with 1000 draws at
  // four Monte-Carlo errors of the difference: a false alarm in 0.5 % of seeds.
  @Test("Binomial chains", arguments: [1, 4, 5, 6], PosteriorSampler.allCases)
  func binomial(terms: Int, sampler: PosteriorSampler) throws {
    let model = try BinomialCells().model(BinomialCells.terms[terms], .halfNormal(scale: 0.5))
    try expectSamePosterior(model, sampler)
  }

  private func expectSamePosterior(_ model: BinomialModel, _ sampler: PosteriorSampler) throws {
    let first = try BinomialPosterior(model, plan: Self.plan(500), sampler: sampler)
    let way = BinomialContinuation(model, sampler: sampler)
    let one = try way.extended(
      KeptDraws(first), plan: Self.plan(500, part: 1), monitor: .silent)
    let short = try [1, 2].map {
      try way.further(
        KeptDraws(first), plan: Self.plan(50, part: 1, threads: $0), monitor: .silent)
    }
    #expect(short[0] == short[1])
    var plan = Self.plan(1000)
    plan.seed = 77
    let fresh = try BinomialPosterior(model, plan: plan, sampler: sampler)
    for (own, other) in zip(one.effects + one.tau, fresh.effects + fresh.tau) {
      try expectSameMean(own, other)
    }
    if let own = one.correlation { try expectSameMean(own, fresh.correlationDraws ?? []) }
    let again = way.posterior(KeptDraws(first))
    for (a, b) in zip(again.meanTrialEffects, first.meanTrialEffects) {
      // By Gibbs two Rao-Blackwell estimates of one mean.
      #expect(close(a, b, relative: 1e-9, absolute: sampler == .hmc ? 1e-9 : 0.02))
    }
  }

  private func expectSameMean(_ own: [Double], _ other: [Double]) throws {
    let a = OrderedChains(ChainValues(values: own, chains: 4))
    let b = OrderedChains(ChainValues(values: other, chains: 4))
    guard Set(own).count > 1 else { return }
    let errors = (try #require(a.mcseMean), try #require(b.mcseMean))
    let error = (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()
    #expect(abs(a.mean - b.mean) < 4 * error)
  }

  // Means over the further draws against a chain by another seed, some 25 comparisons at four Monte-Carlo
  // errors: a false alarm in 2e-3 of seeds.
  @Test("Pooled effects", arguments: [Family.gaussian, .binomial], PosteriorSampler.allCases)
  func pooledEffects(family: Family, sampler: PosteriorSampler) throws {
    switch family {
    case .binomial:
      let terms = BinomialCells.terms[4].poolingEffects(true)
      let model = try BinomialModel(
        BinomialCells().statistics, terms, BinomialCells.priors,
        heterogeneity: [.halfNormal(scale: 0.5), .halfNormal(scale: 0.5)])
      try expectSamePosterior(model, sampler)
    case .gaussian:
      let model = SampleTrials(seed: 6).model(Self.both.poolingEffects(true))
      let priors = VariancePriors(
        components: [
          .halfNormal(scale: 2), .halfNormal(scale: 1), .halfNormal(scale: 0.5),
        ], residualScale: 1, omega: .halfNormal(scale: 0.5))
      let first = try GaussianPosterior(model, priors, plan: Self.plan(500), sampler: sampler)
      let way = GaussianContinuation(model, priors, sampler: sampler)
      let whole = try way.extended(
        KeptDraws(first), plan: Self.plan(1500, part: 1), monitor: .silent)
      var plan = Self.plan(2000)
      plan.seed = 78
      let fresh = try GaussianPosterior(model, priors, plan: plan, sampler: sampler)
      try expectSameMean(whole.omega ?? [], fresh.omegaDraws ?? [])
      for (own, other) in zip(whole.effects + whole.tau, fresh.effects + fresh.tau) {
        try expectSameMean(own, other)
      }
    }
  }

  enum Family { case gaussian, binomial }

  // Both families and samplers, some 20 comparisons each at four Monte-Carlo errors: 5e-3 of seeds.
  @Test("Pooled τ1", arguments: [Family.gaussian, .binomial], PosteriorSampler.allCases)
  func pooledHeterogeneity(family: Family, sampler: PosteriorSampler) throws {
    let posterior: (SamplerPlan) throws -> PooledPosterior
    let way: PooledContinuation
    switch family {
    case .gaussian:
      let models = [3, 4].map {
        SampleTrials(leaves: 1, size: 12, heterogeneity: 0.6, seed: $0).model(Self.both)
      }
      let priors = VariancePriors([.halfNormal(scale: 1), .halfCauchy(scale: 0.4)])
      posterior = {
        try #require(
          try PooledPosterior(models, priors, parts: [3, 5], plan: $0, sampler: sampler))
      }
      way = try #require(PooledContinuation(models, priors, parts: [3, 5], sampler: sampler))
    case .binomial:
      let data = BinomialCells(rows: 480)
      let models = try (0..<2).map { leaf in
        let half = data.design.restricted(
          to: (0..<Int32(480)).filter { data.leaf[Int($0)] == Int32(leaf) })
        return try BinomialModel(
          BinomialStatistics(half, leaf: [Int32](repeating: 0, count: half.rows), leaves: 1),
          BinomialCells.terms[4], BinomialCells.priors,
          heterogeneity: [.halfNormal(scale: 0.5), .halfNormal(scale: 0.5)])
      }
      posterior = {
        try #require(try PooledPosterior(models, parts: [3, 5], plan: $0, sampler: sampler))
      }
      way = try #require(PooledContinuation(models, parts: [3, 5], sampler: sampler))
    }
    let first = try posterior(Self.plan(300, part: 2))
    let kept = first.leaves.map(\.keptDraws)
    let again = try #require(way.posterior(kept))
    #expect(again.location == first.location && again.spread == first.spread)
    #expect(again.records == first.records)
    let whole = try way.extended(kept, plan: Self.plan(900, part: 1), monitor: .silent)
    let short = try [1, 2].map {
      try way.extended(kept, plan: Self.plan(20, part: 1, threads: $0), monitor: .silent)
    }
    #expect(short[0] == short[1])
    let longer = try #require(way.posterior(whole))
    #expect(longer.location.count == 4 * 1200 && Set(longer.location).count > 1800)
    var plan = Self.plan(1200, part: 2)
    plan.seed = 79
    let fresh = try posterior(plan)
    try expectSameMean(bounded(longer.location), bounded(fresh.location))
    try expectSameMean(bounded(longer.spread), bounded(fresh.spread))
    for (own, other) in zip(longer.leaves, fresh.leaves) {
      for (a, b) in zip(own.tau, other.tau) { try expectSameMean(bounded(a), bounded(b)) }
      for (a, b) in zip(own.effects, other.effects) { try expectSameMean(a, b) }
    }
  }
}

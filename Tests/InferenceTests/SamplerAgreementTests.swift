import Foundation
import MixedModels
import Posterior
import Sampling
import Testing

@testable import Inference

/// Both samplers against exact figures: the same posterior for every family of priors and every
/// model.
@Suite("Agreement of samplers and quadrature")
struct SamplerAgreementTests {
  private static func plan(_ seed: UInt64, draws: Int = 2000) -> SamplerPlan {
    var plan = SamplerPlan(chains: 4, warmup: 500, draws: draws, seed: seed)
    plan.threads = 2
    return plan
  }

  /// |mean − exact| in Monte-Carlo errors of a function of the variances, for one sampler.
  private func distance(
    _ draws: [Double], _ exact: Double, _ what: String, _ sampler: PosteriorSampler
  ) throws {
    let chains = OrderedChains(ChainValues(values: draws, chains: 4))
    let found = chains.mcseMean
    let error = try #require(found, "\(what), \(sampler)")
    #expect(abs(chains.mean - exact) < 4 * error, "\(what), \(sampler)")
  }

  static let priorFamilies: [HeterogeneityPrior] = [
    .halfNormal(scale: 0.5), .halfT(df: 4, scale: 0.5), .halfCauchy(scale: 0.5),
    .exponential(rate: 2), .uniform(lower: 0, upper: 3), .uniform(lower: 0.2, upper: 1),
    .halfLogistic(scale: 0.4), .lomax(shape: 3, scale: 1), .logNormal(meanlog: -1, sdlog: 0.8),
    .logT(df: 5, location: -1, scale: 0.6), .fixed(0.4), .fixed(0),
  ]

  private static let interceptAndEffect = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true)

  // Means of σ, and of τ / (1 + τ), which has all moments whatever the prior: at most 12 × 2 × 6
  // comparisons at 4 Monte-Carlo errors, a false alarm in 0.9 % of seeds; the seed is fixed.
  @Test("Every family of priors", arguments: priorFamilies)
  func families(prior: HeterogeneityPrior) throws {
    let model = SampleTrials(seed: 3).model(Self.interceptAndEffect)
    // The family's turn at τ1, and at τ0 beside a half-normal τ1.
    for tau in [[.halfNormal(scale: 1), prior], [prior, .halfNormal(scale: 0.5)]] {
      try compare(model, VariancePriors(tau), seed: 11, "\(tau)")
    }
  }

  // Five families of the residual SD: 5 × 6 comparisons, 0.2 %.
  @Test(
    "Every family of residual priors",
    arguments: [
      .halfNormal(scale: 0.3), .halfT(df: 3, scale: 1), .lomax(shape: 2, scale: 1), .fixed(1.1),
      .logNormal(meanlog: 0, sdlog: 0.5),
    ] as [HeterogeneityPrior])
  func residual(prior: HeterogeneityPrior) throws {
    let model = SampleTrials(size: 2, seed: 4).model(Self.interceptAndEffect)
    try compare(
      model, VariancePriors(sigma: prior, [.halfNormal(scale: 1), .halfNormal(scale: 0.5)]),
      seed: 12, "\(prior)")
  }

  // Twelve models with weak coefficients, eight with flat ones: at most 20 × 6 comparisons, 0.8 %.
  @Test(
    "Every model", arguments: [Intercepts.perLeaf, .perLeafAndTrial, .perTrial], [false, true])
  func models(intercepts: Intercepts, flat: Bool) throws {
    let data = SampleTrials(
      covariates: flat ? 1 : 0, weighted: true, oneArm: true, seed: 5)
    for (intercept, effect) in [(false, false), (true, false), (false, true), (true, true)] {
      // A trial's random intercept beside a flat one of its own is not identified.
      if flat, intercept, intercepts != .perLeaf { continue }
      let terms = ModelTerms(
        intercepts: intercepts, randomIntercept: intercept, randomEffect: effect)
      let tau = [HeterogeneityPrior](repeating: .halfNormal(scale: 0.7), count: terms.randomTerms)
      try compare(
        data.model(terms, flat: flat), VariancePriors(tau), seed: 13,
        "\(intercepts) \(intercept) \(effect)")
    }
  }

  private func compare(
    _ model: MarginalModel, _ priors: VariancePriors, seed: UInt64, _ what: String
  ) throws {
    let exact = try VarianceQuadrature(model, priors)
    // The rule is exact to ten digits where the grid holds all but this.
    #expect(exact.edgeMass < 1e-9, "\(what)")
    let bounded = { (tau: Double) in tau / (1 + tau) }
    for sampler in PosteriorSampler.allCases {
      let posterior = try GaussianPosterior(model, priors, plan: Self.plan(seed), sampler: sampler)
      if priors.components[0].fixedValue == nil {
        try distance(posterior.sigma, exact.mean { $0.sigma }, "σ with \(what)", sampler)
      }
      for r in posterior.tau.indices where priors.components[r + 1].fixedValue == nil {
        try distance(
          posterior.tau[r].map(bounded), exact.mean { bounded($0.tau[r]) },
          "τ\(r) with \(what)", sampler)
      }
      // Rao-Blackwellised trial effects, whose SD over draws is below 0.3: at 2000 effective draws
      // their Monte-Carlo error is below 0.007.
      let effects = exact.trialEffects(model)
      for (mean, known) in zip(posterior.meanTrialEffects, effects) {
        #expect(abs(mean - known) < 0.03, "trial effects with \(what), \(sampler)")
      }
    }
  }

  // The chain must come to zero and leave it: P(τ1 < 0.01) and P(τ1 < 0.1) among few trials without
  // heterogeneity, 2 comparisons each at 4 Monte-Carlo errors, 1.3e-4.
  @Test("Heterogeneity near zero", arguments: PosteriorSampler.allCases)
  func nearZero(sampler: PosteriorSampler) throws {
    let terms = ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
    let model = SampleTrials(trials: 3, size: 40, heterogeneity: 0, seed: 8).model(terms)
    let priors = VariancePriors([.halfNormal(scale: 0.1)])
    let posterior = try GaussianPosterior(
      model, priors, plan: Self.plan(14, draws: 10_000), sampler: sampler)
    // The distribution function by the midpoint rule, the density being smooth and even at zero.
    let target = VarianceTarget(model, priors)
    for limit in [0.01, 0.1] {
      var mass = 0.0
      var total = 0.0
      for i in 0..<400 {
        let tau = 0.0025 * (Double(i) + 0.5)
        for j in 0..<40 {
          let sigma = exp(-0.6 + 0.03 * Double(j))
          let variances = Variances(sigma: sigma, tau: [tau])
          let density =
            sigma
            * exp(target.density.evaluate(variances) + priors.logDensity(variances) + 400)
          total += density
          if tau < limit { mass += density }
        }
      }
      try distance(
        posterior.tau[0].map { $0 < limit ? 1 : 0 }, mass / total, "P(τ1 < \(limit))", sampler)
    }
    let summary = Summariser(chains: 4, iterations: 10_000, level: 0.95).summary(
      of: posterior.tau[0])
    let ess = try #require(summary.essTail)
    #expect(ess > 2000)
  }

  @Test("Threads do not matter, seeds do")
  func reproducible() throws {
    let model = SampleTrials(seed: 6).model(Self.interceptAndEffect)
    let priors = VariancePriors([.halfNormal(scale: 1), .exponential(rate: 2)])
    var plan = SamplerPlan(chains: 3, warmup: 20, draws: 50, seed: 1)
    let one = try GaussianPosterior(model, priors, plan: plan, sampler: .gibbs)
    plan.threads = 3
    let other = try GaussianPosterior(model, priors, plan: plan, sampler: .gibbs)
    #expect(one.sigma == other.sigma && one.tau == other.tau && one.effects == other.effects)
    plan.seed = 2
    let third = try GaussianPosterior(model, priors, plan: plan, sampler: .gibbs)
    #expect(third.sigma != one.sigma)
  }

  @Test("What Gibbs says of its draws")
  func record() throws {
    let model = SampleTrials(seed: 6).model(Self.interceptAndEffect)
    let priors = VariancePriors([.halfNormal(scale: 1), .halfCauchy(scale: 1)])
    let plan = SamplerPlan(chains: 2, warmup: 10, draws: 30, seed: 1)
    let posterior = try GaussianPosterior(model, priors, plan: plan, sampler: .gibbs)
    let density = MarginalDensity(model)
    for (chain, record) in posterior.records.enumerated() {
      #expect(record.acceptance == [Double](repeating: 1, count: 30))
      #expect(record.stepSize == 1)
      #expect(record.treeDepth.allSatisfy { $0 == 0 } && record.treeDepth.count == 30)
      #expect(record.leapfrogSteps.allSatisfy { $0 == 0 } && record.leapfrogSteps.count == 30)
      #expect(record.divergent == [Bool](repeating: false, count: 30))
      #expect(record.energy == record.logDensity.map { -$0 })
      for s in 0..<30 {
        let place = chain * 30 + s
        let variances = Variances(
          sigma: posterior.sigma[place], tau: posterior.tau.map { $0[place] })
        let value = density.evaluate(variances) + priors.logDensity(variances)
        #expect(abs(value - record.logDensity[s]) < 1e-9)
      }
    }
  }

  @Test("A run is stopped from outside")
  func cancellation() {
    let model = SampleTrials(seed: 6).model(Self.interceptAndEffect)
    #expect(throws: SamplingError.cancelled) {
      try GaussianPosterior(
        model, VariancePriors([.halfNormal(scale: 1), .halfNormal(scale: 1)]), plan: Self.plan(1),
        sampler: .gibbs, monitor: RunMonitor { true })
    }
  }
}

extension VarianceQuadrature {
  /// The posterior mean of a function of the variances.
  func mean(_ function: (Variances) -> Double) -> Double {
    zip(points, weights).reduce(0) { $0 + $1.1 * function($1.0) }
  }
}

import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Sampling
import TestSupport
import Testing

@testable import Calibration

@Suite("Simulation from the prior")
struct SimulationTests {
  /// The empirical distribution of 4000 draws against the integral of the density, at quantiles: four
  /// standard errors each, so that all 70 comparisons together err with less than 0.5 % under a new seed.
  @Test(
    "Draws have the density of the prior",
    arguments: [
      HeterogeneityPrior.halfNormal(scale: 0.7), .halfT(df: 3, scale: 0.5),
      .halfCauchy(scale: 0.4), .exponential(rate: 2), .uniform(lower: 0.5, upper: 1.5),
      .halfLogistic(scale: 0.6), .lomax(shape: 2, scale: 1), .logNormal(meanlog: -1, sdlog: 0.8),
      .logT(df: 4, location: -0.5, scale: 0.6),
    ])
  func heterogeneity(prior: HeterogeneityPrior) {
    var stream = RandomStream(seed: 5, purpose: "prior draws")
    let draws = (0..<4000).map { _ in prior.draw(&stream) }
    for limit in [0.1, 0.25, 0.5, 0.6, 1, 1.3, 2, 4] {
      let expected = integral(to: limit) { exp(prior.logDensity($0).value) }
      check(draws, below: limit, expected)
    }
  }

  @Test("A fixed SD is itself")
  func fixed() {
    var stream = RandomStream(seed: 5, purpose: "prior draws")
    #expect(HeterogeneityPrior.fixed(0.3).draw(&stream) == 0.3)
  }

  @Test("Correlations have the density of the prior", arguments: [0.7, 1, 2, 5])
  func correlation(eta: Double) {
    let prior = CorrelationPrior(eta: eta)
    var stream = RandomStream(seed: 6, purpose: "prior draws")
    let draws = (0..<4000).map { _ in prior.draw(&stream) + 1 }
    for limit in [0.2, 0.5, 1, 1.4, 1.8] {
      check(draws, below: limit, integral(to: limit) { exp(prior.logDensity($0 - 1).value) })
    }
  }

  private func check(_ draws: [Double], below limit: Double, _ expected: Double) {
    let n = Double(draws.count)
    let error = max(expected * (1 - expected), 0).squareRoot() / n.squareRoot()
    // The normal approximation fails where none or one of the draws is expected beyond a limit; the
    // quadrature errs by less than 1e-4, where a density jumps.
    #expect(abs(Double(draws.count { $0 < limit }) / n - expected) <= 4 * error + 1 / n + 1e-4)
  }

  /// The midpoint rule on squares, which takes the pole of a density at zero.
  private func integral(to limit: Double, _ density: (Double) -> Double) -> Double {
    let steps = 20_000
    let width = limit.squareRoot() / Double(steps)
    return (0..<steps).reduce(0) { sum, i in
      let root = (Double(i) + 0.5) * width
      return sum + 2 * root * width * density(root * root)
    }
  }

  @Test("Scenarios have names of their own, and proper priors that resolve to absolute numbers")
  func scenarios() throws {
    #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
    for scenario in Scenario.all {
      let priors = try scenario.resolvedPriors()
      #expect(priors.coefficients.intercept.sd.isFinite)
      #expect(priors.coefficients.coefficients.count == scenario.covariates)
      // The same distributions whatever the data.
      var stream = RandomStream(seed: 7, purpose: "truth")
      let truth = JointParameters(scenario, priors, &stream)
      let data = SimulatedTrials(TrialLayout(scenario), truth, &stream)
      let fitted = priors.unchanged(on: data.design)
      #expect(fitted.coefficients == priors.coefficients)
      #expect(fitted.tau(scenario.terms) == priors.tau(scenario.terms))
      #expect(fitted.sigma == priors.sigma && fitted.correlation == priors.correlation)
    }
  }

  @Test(
    "The roles of a scenario are those of the model that is fitted",
    arguments: Scenario.all.filter { $0.heterogeneity == .shared })
  func roles(scenario: Scenario) throws {
    let data = try simulated(scenario).data
    let priors = try scenario.resolvedPriors()
    let fitted: [FixedRole]
    switch scenario.family {
    case .gaussian:
      let statistics = ModelStatistics(data.design, leaf: data.leaf, leaves: Scenario.leaves)
      fitted =
        MarginalModel(statistics, scenario.terms, .integrated(priors.coefficients)).fixedRoles
    case .binomial:
      let statistics = BinomialStatistics(data.design, leaf: data.leaf, leaves: Scenario.leaves)
      // The mean of pooled effects is drawn beside the coefficients.
      fitted =
        try BinomialModel(
          statistics, scenario.terms, priors.coefficients,
          heterogeneity: priors.tau(scenario.terms), correlation: priors.correlation
        ).roles + (scenario.terms.poolsEffects ? [.meanEffect] : [])
    }
    #expect(fitted.count == scenario.roles.count)
    for role in scenario.roles { #expect(fitted.contains(role)) }
  }

  @Test(
    "A draw has every parameter of the truth, and each moves", arguments: Scenario.all,
    PosteriorSampler.allCases)
  func draws(scenario: Scenario, sampler: PosteriorSampler) throws {
    let (data, truth) = try simulated(scenario)
    let source = ModelSampler(sampler, try scenario.resolvedPriors())
    let draws = try source.draws(
      of: data, plan: SamplerPlan(chains: 2, warmup: 30, draws: 10, seed: 1)
    ).parameters
    #expect(draws.count == 20)
    let (isGaussian, terms) = (scenario.family == .gaussian, scenario.terms)
    let parts: [(JointParameters) -> [Double]] = [
      { $0.coefficients }, { $0.trialEffects }, { $0.tau }, { $0.tauDistribution },
      { isGaussian ? $0.sigma : [] }, { terms.isCorrelated ? $0.correlation : [] },
      { terms.poolsEffects ? [$0.omega] : [] },
    ]
    for part in parts {
      let count = part(truth).count
      #expect(draws.allSatisfy { part($0).count == count })
      for i in 0..<count {
        let values = draws.map { part($0)[i] }
        #expect(values.allSatisfy(\.isFinite) && Set(values).count > 1)
      }
    }
  }

  // A subgroup by itself has the prior of the set; the bound is four standard errors of an empirical
  // distribution: 30 comparisons, a false alarm in 0.2 % of seeds.
  @Test(
    "Pooled τ1 have the prior of the set each, and go together",
    arguments: [HeterogeneityPrior.halfNormal(scale: 0.5), .halfCauchy(scale: 0.5)])
  func pooledHeterogeneity(prior: HeterogeneityPrior) {
    var stream = RandomStream(seed: 9, purpose: "pooled")
    let draws = (0..<4000).map { _ in
      let pooling = TauPooling(prior, &stream)
      return (pooling.draw(&stream), pooling.draw(&stream))
    }
    for limit in [0.1, 0.25, 0.5, 1, 2] {
      check(draws.map(\.0), below: limit, prior.cumulative(limit))
      check(draws.map(\.1), below: limit, prior.cumulative(limit))
    }
    // Both above their median or both below: ½ + arcsin(ρ)/π on average over ρ, 0.682 (∫ arcsin = π/2 − 1).
    let median = prior.quantile(0.5)
    let same = draws.count { ($0.0 < median) == ($0.1 < median) }
    let expected = 0.5 + (Double.pi / 2 - 1) / Double.pi
    let error = (expected * (1 - expected) / 4000).squareRoot()
    #expect(abs(Double(same) / 4000 - expected) < 4 * error)
  }

  /// Row by row, from the model's definition.
  @Test("The log-likelihood is the sum over rows", arguments: Scenario.all)
  func likelihood(scenario: Scenario) throws {
    let (data, truth) = try simulated(scenario)
    let design = data.design
    var sum = 0.0
    for row in 0..<design.rows {
      let (trial, leaf) = (Int(design.trial[row]), Int(data.leaf[row]))
      let isActive = design.arm[row] == 1
      var mean = 0.0
      for (role, value) in zip(scenario.roles, truth.coefficients) {
        switch role {
        case .effect(let own): mean += own == leaf && isActive ? value : 0
        case .intercept(let ownLeaf, let ownTrial):
          if (ownLeaf ?? leaf, ownTrial ?? trial) == (leaf, trial) { mean += value }
        case .covariate(let i): mean += value * design.covariates.columns[i][row]
        case .meanEffect: break
        }
      }
      let q = scenario.terms.randomTerms
      let set = scenario.heterogeneity == .shared ? 0 : leaf
      let first = (set * design.trials.count + trial) * q
      if scenario.terms.randomIntercept { mean += truth.trialEffects[first] }
      if scenario.terms.randomEffect, isActive { mean += truth.trialEffects[first + q - 1] }
      let y = design.outcome[row]
      sum +=
        scenario.family == .gaussian
        ? Distributions.logNormal(y, mean: mean, sd: truth.sigma[set])
        : -log1p(exp(y == 1 ? -mean : mean))
    }
    // Rounding of some hundred terms.
    #expect(close(data.logLikelihood(truth), sum, relative: 1e-10, absolute: 1e-10))
  }

  private func simulated(_ scenario: Scenario) throws -> (data: SimulatedTrials, JointParameters) {
    var stream = RandomStream(seed: 8, purpose: "truth")
    let truth = try JointParameters(scenario, scenario.resolvedPriors(), &stream)
    return (SimulatedTrials(TrialLayout(scenario), truth, &stream), truth)
  }
}

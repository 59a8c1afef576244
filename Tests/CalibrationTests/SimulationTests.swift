import Designs
import Foundation
import Inference
import MixedModels
import Numerics
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

  @Test("The roles of a scenario are those of the models that are fitted", arguments: Scenario.all)
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
      fitted = try BinomialModel(
        statistics, scenario.terms, priors.coefficients,
        heterogeneity: priors.tau(scenario.terms), correlation: priors.correlation
      ).roles
    }
    #expect(fitted.count == scenario.roles.count)
    for role in scenario.roles { #expect(fitted.contains(role)) }
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
        }
      }
      let q = scenario.terms.randomTerms
      if scenario.terms.randomIntercept { mean += truth.trialEffects[trial * q] }
      if scenario.terms.randomEffect, isActive { mean += truth.trialEffects[trial * q + q - 1] }
      let y = design.outcome[row]
      sum +=
        scenario.family == .gaussian
        ? Distributions.logNormal(y, mean: mean, sd: truth.sigma)
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

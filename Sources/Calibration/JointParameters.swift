import Designs
import Foundation
import Inference
import MixedModels
import Numerics

/// One value of all parameters of a scenario's model: a truth, or a draw.
public struct JointParameters: Sendable, Equatable {
  /// The coefficients in the order of the scenario's roles.
  public var coefficients: [Double]
  /// The random terms, K × q, trial after trial.
  public var trialEffects: [Double]
  /// The SD of each random term.
  public var tau: [Double]
  /// The residual SD; 1 for a binomial outcome.
  public var sigma: Double
  /// The correlation of random intercept and random effect; 0 where they are independent.
  public var correlation: Double

  /// Values of all parameters.
  public init(
    coefficients: [Double], trialEffects: [Double], tau: [Double], sigma: Double = 1,
    correlation: Double = 0
  ) {
    self.coefficients = coefficients
    self.trialEffects = trialEffects
    self.tau = tau
    self.sigma = sigma
    self.correlation = correlation
  }

  /// A draw from the prior.
  init(_ scenario: Scenario, _ priors: ResolvedPriors, _ stream: inout RandomStream) {
    let terms = scenario.terms
    var coefficients: [Double] = []
    for role in scenario.roles {
      coefficients.append(priors.coefficients.normal(of: role, terms.intercepts).draw(&stream))
    }
    self.coefficients = coefficients
    var tau: [Double] = []
    for prior in priors.tau(terms) { tau.append(prior.draw(&stream)) }
    self.tau = tau
    sigma = scenario.family == .gaussian ? priors.sigma.draw(&stream) : 1
    correlation = terms.isCorrelated ? priors.correlation.draw(&stream) : 0
    var effects: [Double] = []
    for _ in 0..<scenario.trials {
      let z = tau.map { _ in stream.normal() }
      for r in tau.indices {
        let mixed =
          r == 1 ? correlation * z[0] + (1 - correlation * correlation).squareRoot() * z[1] : z[r]
        effects.append(tau[r] * mixed)
      }
    }
    trialEffects = effects
  }
}

extension SampledPosterior {
  /// Every draw as parameters of a scenario's model, chain after chain.
  ///
  /// A coefficient that the posterior lacks is not a number; no scenario has such.
  func jointDraws(_ scenario: Scenario) -> [JointParameters] {
    let coefficients = scenario.roles.map { draws(of: $0) ?? [] }
    let random = (0..<trials).flatMap { trial in
      (0..<terms.randomTerms).map { trialEffect(trial, term: $0) }
    }
    return (0..<(chains * iterations)).map { s in
      JointParameters(
        coefficients: coefficients.map { $0.isEmpty ? .nan : $0[s] },
        trialEffects: random.map { $0[s] }, tau: tau.map { $0[s] },
        sigma: residualDraws?[s] ?? 1, correlation: correlationDraws?[s] ?? 0)
    }
  }
}

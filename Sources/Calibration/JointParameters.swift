import Designs
import Foundation
import Inference
import MixedModels
import Numerics

/// One value of all parameters of a scenario's model: a truth, or a draw.
///
/// Subgroups that have nothing in common have a set each of trial effects, SDs and a correlation, which
/// stand one after the other; else there is one set.
public struct JointParameters: Sendable, Equatable {
  /// The coefficients in the order of the scenario's roles.
  public var coefficients: [Double]
  /// The random terms, K × q a set, trial after trial.
  public var trialEffects: [Double]
  /// The SD of each random term, q a set.
  public var tau: [Double]
  /// The residual SD of each set; 1 for a binomial outcome.
  public var sigma: [Double]
  /// The correlation of random intercept and random effect of each set; 0 where they are independent.
  public var correlation: [Double]
  /// The SD of the subgroups' effects; 0 where these are not pooled.
  public var omega = 0.0
  /// What is told of the distribution of τ1 over subgroups: mean and SD, or median and interquartile range.
  ///
  /// Empty where τ1 is not pooled.
  public var tauDistribution: [Double] = []

  /// Values of all parameters.
  public init(
    coefficients: [Double], trialEffects: [Double], tau: [Double], sigma: [Double] = [1],
    correlation: [Double] = [0]
  ) {
    self.coefficients = coefficients
    self.trialEffects = trialEffects
    self.tau = tau
    self.sigma = sigma
    self.correlation = correlation
  }

  /// A draw from the prior.
  init(_ scenario: Scenario, _ priors: ResolvedPriors, _ stream: inout RandomStream) {
    self.init(coefficients: [], trialEffects: [], tau: [], sigma: [], correlation: [])
    drawCoefficients(scenario, priors, &stream)
    let pooling: TauPooling? =
      scenario.heterogeneity == .perSubgroupPooled ? TauPooling(priors.tau1, &stream) : nil
    tauDistribution = pooling?.figures ?? []
    for _ in 0..<scenario.sets { drawSet(scenario, priors, pooling, &stream) }
  }

  private mutating func drawCoefficients(
    _ scenario: Scenario, _ priors: ResolvedPriors, _ stream: inout RandomStream
  ) {
    let terms = scenario.terms
    if terms.poolsEffects { omega = priors.omega.draw(&stream) }
    for role in scenario.roles {
      if case .effect = role, terms.poolsEffects {
        // The mean is the first of all.
        coefficients.append(coefficients[0] + omega * stream.normal())
      } else {
        coefficients.append(
          priors.coefficients.normal(of: role, terms.intercepts).draw(&stream))
      }
    }
  }

  private mutating func drawSet(
    _ scenario: Scenario, _ priors: ResolvedPriors, _ pooling: TauPooling?,
    _ stream: inout RandomStream
  ) {
    let terms = scenario.terms
    var own: [Double] = []
    if terms.randomIntercept { own.append(priors.tau0.draw(&stream)) }
    if terms.randomEffect {
      own.append(pooling?.draw(&stream) ?? priors.tau1.draw(&stream))
    }
    tau += own
    sigma.append(scenario.family == .gaussian ? priors.sigma.draw(&stream) : 1)
    let rho = terms.isCorrelated ? priors.correlation.draw(&stream) : 0
    correlation.append(rho)
    for _ in 0..<scenario.trials {
      let z = own.map { _ in stream.normal() }
      for r in own.indices {
        let mixed = r == 1 ? rho * z[0] + (1 - rho * rho).squareRoot() * z[1] : z[r]
        trialEffects.append(own[r] * mixed)
      }
    }
  }
}

extension Scenario {
  /// Every draw as parameters of the model, chain after chain: of one posterior a set.
  ///
  /// A coefficient that a posterior lacks is not a number; no scenario has such.
  func jointDraws(
    _ posteriors: [any SampledPosterior], pooled: PooledPosterior? = nil
  ) -> [JointParameters] {
    let coefficients = roles.map { role in
      let (leaf, own) = heterogeneity == .shared ? (0, role) : role.ofLeafAlone
      return posteriors[leaf].draws(of: own) ?? []
    }
    let random = posteriors.flatMap { posterior in
      (0..<trials).flatMap { trial in
        (0..<terms.randomTerms).map { posterior.trialEffect(trial, term: $0) }
      }
    }
    let tau = posteriors.flatMap(\.tau)
    let first = posteriors[0]
    return (0..<(first.chains * first.iterations)).map { s in
      var draw = JointParameters(
        coefficients: coefficients.map { $0.isEmpty ? .nan : $0[s] },
        trialEffects: random.map { $0[s] }, tau: tau.map { $0[s] },
        sigma: posteriors.map { $0.residualDraws?[s] ?? 1 },
        correlation: posteriors.map { $0.correlationDraws?[s] ?? 0 })
      draw.omega = first.omegaDraws?[s] ?? 0
      draw.tauDistribution = pooled.map { [$0.location[s], $0.spread[s]] } ?? []
      return draw
    }
  }
}

extension FixedRole {
  /// The leaf that a coefficient belongs to, and what it is in the model of this leaf alone.
  fileprivate var ofLeafAlone: (leaf: Int, role: FixedRole) {
    switch self {
    case .effect(let leaf): (leaf, .effect(leaf: 0))
    case .intercept(let leaf, let trial): (leaf ?? 0, .intercept(leaf: 0, trial: trial))
    case .meanEffect, .covariate: (0, self)
    }
  }
}

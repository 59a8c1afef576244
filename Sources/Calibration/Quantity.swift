import Designs
import Inference
import MixedModels
import Numerics

/// A quantity that is checked: a parameter by its name in the draws files, or one derived from them.
public struct Quantity: Sendable, Equatable {
  /// What it is in a value of all parameters.
  enum Kind: Sendable, Equatable {
    case coefficient(Int)
    case trialEffect(Int)
    case tau(Int)
    case sigma(Int)
    case correlation(Int)
    case omega
    case tauDistribution(Int)
    /// A coefficient of a leaf's effect, plus a trial effect that the data do not know, of the SD at a place.
    case newTrial(Int, tau: Int)
    case logLikelihood
  }

  /// The name.
  public let name: String
  let kind: Kind

  /// The quantities of a scenario; a fixed SD is none.
  static func all(_ scenario: Scenario, _ priors: ResolvedPriors) -> [Quantity] {
    let terms = scenario.terms
    let coefficients = scenario.roles.enumerated().map {
      Quantity(name: $0.element.drawsName, kind: .coefficient($0.offset))
    }
    let newTrials = scenario.roles.enumerated().compactMap { place, role -> Quantity? in
      guard terms.randomEffect, case .effect(let leaf) = role else { return nil }
      let last = (scenario.set(of: leaf) + 1) * terms.randomTerms - 1
      return Quantity(name: "new_trial_\(leaf + 2)", kind: .newTrial(place, tau: last))
    }
    return coefficients
      + (0..<scenario.sets).flatMap { ofSet($0, scenario, priors) }
      + (terms.poolsEffects ? [Quantity(name: "omega", kind: .omega)] : [])
      + tauDistribution(scenario, priors)
      + newTrials + [Quantity(name: "log_likelihood", kind: .logLikelihood)]
  }

  /// Trial effects, SDs and correlation of one set; where there are several, names tell its subgroup.
  private static func ofSet(
    _ set: Int, _ scenario: Scenario, _ priors: ResolvedPriors
  ) -> [Quantity] {
    let terms = scenario.terms
    let node = scenario.heterogeneity == .shared ? "" : "_\(set + 2)"
    let names =
      (terms.randomIntercept ? ["intercept"] : []) + (terms.randomEffect ? ["effect"] : [])
    let trialEffects = (0..<scenario.trials).flatMap { trial in
      names.enumerated().map { r, name in
        Quantity(
          name: "trial_\(name)\(node)_\(trial + 1)",
          kind: .trialEffect((set * scenario.trials + trial) * names.count + r))
      }
    }
    let tauNames = (terms.randomIntercept ? ["tau0"] : []) + (terms.randomEffect ? ["tau1"] : [])
    let tau = priors.tau(terms).enumerated().filter { $0.element.fixedValue == nil }.map {
      Quantity(name: tauNames[$0.offset] + node, kind: .tau(set * names.count + $0.offset))
    }
    let hasSigma = scenario.family == .gaussian && priors.sigma.fixedValue == nil
    return trialEffects + tau
      + (hasSigma ? [Quantity(name: "sigma\(node)", kind: .sigma(set))] : [])
      + (terms.isCorrelated ? [Quantity(name: "correlation\(node)", kind: .correlation(set))] : [])
  }

  private static func tauDistribution(
    _ scenario: Scenario, _ priors: ResolvedPriors
  ) -> [Quantity] {
    guard scenario.heterogeneity == .perSubgroupPooled else { return [] }
    let names =
      priors.tau1.standardDeviation != nil
      ? ["tau1_mean", "tau1_sd"] : ["tau1_median", "tau1_iqr"]
    return names.enumerated().map { Quantity(name: $0.element, kind: .tauDistribution($0.offset)) }
  }

  /// The value at parameters; `z` is the standardised effect of a trial that the data do not know.
  func value(_ parameters: JointParameters, _ data: SimulatedTrials, newTrial z: Double) -> Double {
    switch kind {
    case .coefficient(let i): parameters.coefficients[i]
    case .trialEffect(let i): parameters.trialEffects[i]
    case .tau(let r): parameters.tau[r]
    case .sigma(let set): parameters.sigma[set]
    case .correlation(let set): parameters.correlation[set]
    case .omega: parameters.omega
    case .tauDistribution(let i): parameters.tauDistribution[i]
    case .newTrial(let i, let tau): parameters.coefficients[i] + parameters.tau[tau] * z
    case .logLikelihood: data.logLikelihood(parameters)
    }
  }
}

extension FixedRole {
  /// The name in the draws files, where the subgroups are the nodes from 2 on.
  fileprivate var drawsName: String {
    switch self {
    case .effect(let leaf): "effect_\(leaf + 2)"
    case .meanEffect: "effect_mean"
    case .intercept(let leaf?, let trial?): "intercept_\(leaf + 2)_\(trial + 1)"
    case .intercept(let leaf?, nil): "intercept_\(leaf + 2)"
    case .intercept(nil, let trial): "trial_fixed_\((trial ?? 0) + 1)"
    case .covariate(let i): "coef_\(i + 1)"
    }
  }
}

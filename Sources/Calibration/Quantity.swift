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
    case sigma
    case correlation
    /// A coefficient of a leaf's effect, plus a trial effect that the data do not know.
    case newTrial(Int)
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
    let names =
      (terms.randomIntercept ? ["intercept"] : []) + (terms.randomEffect ? ["effect"] : [])
    let trialEffects = (0..<scenario.trials).flatMap { trial in
      names.enumerated().map { r, name in
        Quantity(name: "trial_\(name)_\(trial + 1)", kind: .trialEffect(trial * names.count + r))
      }
    }
    let tauNames = (terms.randomIntercept ? ["tau0"] : []) + (terms.randomEffect ? ["tau1"] : [])
    let tau = priors.tau(terms).enumerated().filter { $0.element.fixedValue == nil }.map {
      Quantity(name: tauNames[$0.offset], kind: .tau($0.offset))
    }
    let hasSigma = scenario.family == .gaussian && priors.sigma.fixedValue == nil
    let newTrials = scenario.roles.enumerated().compactMap { place, role -> Quantity? in
      guard terms.randomEffect, case .effect(let leaf) = role else { return nil }
      return Quantity(name: "new_trial_\(leaf + 2)", kind: .newTrial(place))
    }
    return coefficients + trialEffects + tau
      + (hasSigma ? [Quantity(name: "sigma", kind: .sigma)] : [])
      + (terms.isCorrelated ? [Quantity(name: "correlation", kind: .correlation)] : [])
      + newTrials + [Quantity(name: "log_likelihood", kind: .logLikelihood)]
  }

  /// The value at parameters; `z` is the standardised effect of a trial that the data do not know.
  func value(_ parameters: JointParameters, _ data: SimulatedTrials, newTrial z: Double) -> Double {
    switch kind {
    case .coefficient(let i): parameters.coefficients[i]
    case .trialEffect(let i): parameters.trialEffects[i]
    case .tau(let r): parameters.tau[r]
    case .sigma: parameters.sigma
    case .correlation: parameters.correlation
    case .newTrial(let i): parameters.coefficients[i] + (parameters.tau.last ?? 0) * z
    case .logLikelihood: data.logLikelihood(parameters)
    }
  }
}

extension FixedRole {
  /// The name in the draws files, where the subgroups are the nodes from 2 on.
  fileprivate var drawsName: String {
    switch self {
    case .effect(let leaf): "effect_\(leaf + 2)"
    case .intercept(let leaf?, let trial?): "intercept_\(leaf + 2)_\(trial + 1)"
    case .intercept(let leaf?, nil): "intercept_\(leaf + 2)"
    case .intercept(nil, let trial): "trial_fixed_\((trial ?? 0) + 1)"
    case .covariate(let i): "coef_\(i + 1)"
    }
  }
}

public import MixedModels

/// A subgroup method: which joint model its tree rests on.
public enum Method: String, Sendable, Equatable, CaseIterable {
  /// Stratified intercepts, no random terms.
  case mobSI = "mob-si"
  /// Leaf intercepts, random trial intercepts and treatment effects.
  case metamobRI = "metamob-ri"
  /// Stratified intercepts and random treatment effects.
  case metamobSI = "metamob-si"

  /// The terms of the joint model.
  public var terms: ModelTerms {
    switch self {
    case .mobSI:
      ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: false)
    case .metamobRI:
      ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: true)
    case .metamobSI:
      ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
    }
  }

  /// Whether every trial has an intercept of its own in the node model.
  public var isStratified: Bool { terms.intercepts == .perLeafAndTrial }
}

/// How the joint model of a tree is fitted.
public enum Estimator: String, Sendable, Equatable, CaseIterable {
  /// The maximum of the restricted likelihood.
  case reml
  /// The posterior under a prior set, by sampling.
  case bayes
}

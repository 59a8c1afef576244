public import MixedModels

/// A subgroup method: which joint model its tree rests on.
public enum Method: String, Sendable, Equatable, CaseIterable {
  /// Leaf intercepts, no random terms: trials are ignored.
  case mob
  /// Stratified intercepts, no random terms.
  case mobSI = "mob-si"
  /// Leaf intercepts and random trial intercepts.
  case mobRI = "mob-ri"
  /// Leaf intercepts and fixed trial intercepts common to all leaves, no random terms.
  case palmtree
  /// Leaf intercepts, random trial intercepts and treatment effects.
  case metamobRI = "metamob-ri"
  /// Stratified intercepts and random treatment effects.
  case metamobSI = "metamob-si"
  /// Recursive partitioning by interaction tests; leaf intercepts and fixed trial intercepts common to all
  /// leaves, and random treatment effects.
  case rp

  /// The terms of the joint model; only `metamobRI` has two random terms to be correlated.
  public func terms(isCorrelated: Bool) -> ModelTerms {
    let intercepts: Intercepts =
      switch self {
      case .mob, .mobRI, .metamobRI: .perLeaf
      case .mobSI, .metamobSI: .perLeafAndTrial
      case .palmtree, .rp: .perTrial
      }
    return ModelTerms(
      intercepts: intercepts, randomIntercept: self == .mobRI || self == .metamobRI,
      randomEffect: self == .metamobRI || self == .metamobSI || self == .rp,
      isCorrelated: isCorrelated)
  }

  /// The terms of the joint model with independent random terms.
  public var terms: ModelTerms { terms(isCorrelated: false) }

  /// Whether every trial has an intercept of its own in the node model.
  public var isStratified: Bool { terms.intercepts == .perLeafAndTrial }
}

/// How the joint model of a tree is fitted.
public enum Estimator: String, Sendable, Equatable, CaseIterable {
  /// The maximum of the restricted likelihood.
  case reml
  /// The maximum of the likelihood.
  case ml
  /// The posterior under a prior set, by sampling.
  case bayes
}

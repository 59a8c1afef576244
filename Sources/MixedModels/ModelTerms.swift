/// Which intercepts the mean of a mixed model has.
public enum Intercepts: Sendable, Equatable {
  /// γ_j: one for each leaf.
  case perLeaf
  /// γ_jk: one for each leaf and trial that has participants (stratified).
  case perLeafAndTrial
  /// α_k + δ_j: one for each trial, common to all leaves, and what each leaf but the first adds.
  case perTrial
}

/// The terms of the joint model y = intercept + β_leaf t + x'δ + b0_trial + b1_trial t + ε.
public struct ModelTerms: Sendable, Equatable {
  /// The intercepts of the mean.
  public let intercepts: Intercepts
  /// Whether trials have random intercepts b0 ~ N(0, τ0²).
  public let randomIntercept: Bool
  /// Whether trials have random treatment effects b1 ~ N(0, τ1²).
  public let randomEffect: Bool
  /// Whether b0 and b1 are correlated; else they are independent.
  public let isCorrelated: Bool
  /// Whether the mean has the treatment effects β_leaf.
  public let hasTreatment: Bool
  /// Whether these are partially pooled: β_leaf ~ N(β, ω²).
  public let poolsEffects: Bool

  /// The terms of a joint model; a correlation needs both random terms, and pooling effects.
  public init(
    intercepts: Intercepts, randomIntercept: Bool, randomEffect: Bool, isCorrelated: Bool = false,
    hasTreatment: Bool = true, poolsEffects: Bool = false
  ) {
    self.intercepts = intercepts
    self.randomIntercept = randomIntercept
    self.randomEffect = randomEffect
    self.isCorrelated = isCorrelated && randomIntercept && randomEffect
    self.hasTreatment = hasTreatment
    self.poolsEffects = poolsEffects && hasTreatment
  }

  /// The same terms, the effects of the leaves being partially pooled or not.
  public func poolingEffects(_ poolsEffects: Bool) -> ModelTerms {
    ModelTerms(
      intercepts: intercepts, randomIntercept: randomIntercept, randomEffect: randomEffect,
      isCorrelated: isCorrelated, hasTreatment: hasTreatment, poolsEffects: poolsEffects)
  }

  /// The same random terms about nothing but leaf intercepts.
  public var withoutTreatment: ModelTerms {
    ModelTerms(
      intercepts: .perLeaf, randomIntercept: randomIntercept, randomEffect: randomEffect,
      isCorrelated: isCorrelated, hasTreatment: false)
  }

  /// The number q of random terms of a trial: 0, 1 or 2, the intercept first.
  public var randomTerms: Int { (randomIntercept ? 1 : 0) + (randomEffect ? 1 : 0) }
}

/// The residual SD σ and the between-trial SDs τ of the random terms, in the order of the terms,
/// and what else a model has of their kind.
public struct Variances: Sendable, Equatable {
  /// The residual standard deviation.
  public var sigma: Double
  /// The standard deviation of each random term, the intercept first.
  public var tau: [Double]
  /// The correlation of random intercept and random effect; 0 where they are independent.
  public var correlation: Double
  /// The SD ω of the leaves' effects about their mean; 0 where effects are not pooled.
  public var omega: Double

  /// Standard deviations on the outcome's scale.
  public init(sigma: Double, tau: [Double], correlation: Double = 0, omega: Double = 0) {
    self.sigma = sigma
    self.tau = tau
    self.correlation = correlation
    self.omega = omega
  }
}

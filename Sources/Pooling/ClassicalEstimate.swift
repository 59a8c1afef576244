public import Posterior

/// How τ² is estimated without a prior.
public enum HeterogeneityEstimator: String, Sendable, CaseIterable {
  /// Restricted maximum likelihood.
  case reml = "REML"
  /// DerSimonian & Laird (1986).
  case derSimonianLaird = "DL"
  /// Paule & Mandel (1982): the generalised Q equals its expectation.
  case pauleMandel = "PM"
  /// Equal effects: τ² = 0.
  case equalEffects = "EE"
}

/// A classical random-effects or equal-effects estimate of the overall mean.
public struct ClassicalEstimate: Sendable, Equatable {
  /// The estimator of τ².
  public let method: HeterogeneityEstimator
  /// Whether standard error and degrees of freedom are those of Hartung & Knapp (2001).
  public let isHartungKnapp: Bool
  /// The overall mean.
  public let mean: Double
  /// Its standard error.
  public let se: Double
  /// Its interval, from the normal or, by Hartung & Knapp, the t distribution.
  public let interval: Interval
  /// The p-value for a mean of 0; nil where the standard error is 0.
  public let pValue: Double?
  /// The variance between studies.
  public let squaredTau: Double
  /// The Q-profile interval of τ² (Viechtbauer 2007); nil for equal effects, and where no τ² would
  /// make estimates so alike.
  public let squaredTauInterval: Interval?
  /// I² in percent: the share of τ² in the variance of a typical estimate (Higgins & Thompson 2002).
  public let inconsistency: Double
  /// Cochran's Q.
  public let q: Double
  /// Its degrees of freedom.
  public let qDegrees: Int
  /// The p-value of Q for homogeneity.
  public let qPValue: Double
  /// The interval for the effect in a new study; nil for equal effects.
  public let prediction: Interval?
}

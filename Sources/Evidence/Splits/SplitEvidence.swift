/// The evidence that the treatment effect differs between the sides of a split.
public struct SplitEvidence: Sendable, Equatable {
  /// The factors of the prior's scale at which Bayes factors are given.
  public static let factors = [0.5, 1, 2]

  /// The node that is split.
  public let node: Int
  /// log BF10, natural, one for each of `factors`; nil where the effects are not determined.
  public let logBayesFactors: [Double]?
  /// The mean over all splits that the node could have had; nil where it was not computed.
  public let averaged: AveragedEvidence?
}

/// The mean Bayes factor over the admissible splits of a node: each variable counts the same, and within it
/// each split.
public struct AveragedEvidence: Sendable, Equatable {
  /// log of the mean BF10, natural, one for each of `SplitEvidence.factors`.
  public let logBayesFactors: [Double]
  /// The number of variables that have an admissible split.
  public let variables: Int
  /// The number of splits that were averaged over.
  public let splits: Int
}

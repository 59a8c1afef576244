public import CrossValidation
public import Evidence
public import Sensitivity

/// What is known of an analysis beside its runs, by the positions of these.
public struct Supplements: Sendable, Equatable {
  /// How far the data speak for splits and models.
  public var evidence = AnalysisEvidence.none
  /// How much hangs on the prior of the heterogeneity; empty where that was not asked for.
  public var sensitivity: [Int: PriorSensitivity] = [:]
  /// How well the runs predict what their trees have not seen; nothing where that was not asked for.
  public var crossValidation = CrossValidation.none

  /// Nothing is known.
  public init() {}
}

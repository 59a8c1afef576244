public import Subgroups

/// Which part of the participants a tree is grown on again.
public enum Resampling: String, Sendable, Equatable, CaseIterable {
  /// Either half of each trial's arms, in complementary pairs.
  case halves
  /// All trials but one, each trial being left out once.
  case trials
}

/// What determines a stability analysis.
public struct StabilityPlan: Sendable, Equatable {
  /// The fewest trials of which one may be left out: with fewer each is too large a part of the whole.
  public static let fewestTrials = 10

  /// The procedure: the first method and the first estimator are used.
  public var analysis: AnalysisPlan
  /// The parts.
  public var resampling = Resampling.halves
  /// The number of complementary pairs of halves; leave-one-trial-out sets are as many as trials.
  public var pairs = 100
  /// Whether a tree is grown on one half and its effects are estimated on the other as well.
  public var isHonest = false

  /// The default stability of a plan's procedure.
  public init(_ analysis: AnalysisPlan) { self.analysis = analysis }
}

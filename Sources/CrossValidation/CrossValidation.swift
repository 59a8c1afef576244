import Designs

/// How well the runs of an analysis predict outcomes that neither their trees nor their fits have seen
/// (article CrossValidation).
public struct CrossValidation: Sendable, Equatable {
  /// By the active arm of each trial, given its own controls and the other trials; nil where not asked for.
  public var trials: FoldedComparison?
  /// By parts of the participants; nil where not asked for.
  public var participants: FoldedComparison?

  /// Nothing was compared.
  public static let none = CrossValidation()

  /// Nothing was compared.
  public init() {}
}

/// Runs compared on outcomes that were left out in folds.
public struct FoldedComparison: Sendable, Equatable {
  /// One fold.
  public struct Fold: Sendable, Equatable {
    /// The code of the trial whose active arm was left out; nil for a part of the participants.
    public let trial: Int?
    /// The participants who were left out.
    public let held: Int
    /// Those of them whom every run can predict: the figures are of these.
    public let predicted: Int
    /// Why no run has a figure, in words; nil where there are figures.
    public let obstacle: String?

    package init(trial: Int?, held: Int, predicted: Int, obstacle: String?) {
      (self.trial, self.held, self.predicted) = (trial, held, predicted)
      self.obstacle = obstacle
    }
  }

  /// The folds, in order of trials or of parts.
  public let folds: [Fold]
  /// The runs, in the order of the analysis.
  public let runs: [PredictedRun]

  package init(folds: [Fold], runs: [PredictedRun]) {
    (self.folds, self.runs) = (folds, runs)
  }

  /// The participants whom every run can predict.
  public var predicted: Int { folds.reduce(0) { $0 + $1.predicted } }
  /// The participants who were left out, in all folds.
  public var held: Int { folds.reduce(0) { $0 + $1.held } }
}

/// One run's predictions.
public struct PredictedRun: Sendable, Equatable {
  /// What one fold says of the run.
  public struct Fold: Sendable, Equatable {
    /// The log predictive density of the outcomes that were left out.
    public let elpd: Double
    /// The same of that tree with one effect for all its leaves; nil where each has heterogeneity of its own.
    public let oneEffect: Double?
    /// The same of the method without a tree.
    public let withoutTree: Double
    /// The number of leaves of the tree that the other participants grew.
    public let leaves: Int
    /// Whether that tree has the shape of the reported one with the same variable at every split.
    public let hasReportedVariables: Bool
    /// Whether the alternation of tree and trial effects ended.
    public let isSettled: Bool
    /// Whether all chains of growth have converged; true where there are none.
    public let hasConverged: Bool

    package init(
      elpd: Double, oneEffect: Double?, withoutTree: Double, leaves: Int,
      hasReportedVariables: Bool, isSettled: Bool, hasConverged: Bool
    ) {
      (self.elpd, self.oneEffect, self.withoutTree) = (elpd, oneEffect, withoutTree)
      (self.leaves, self.hasReportedVariables) = (leaves, hasReportedVariables)
      (self.isSettled, self.hasConverged) = (isSettled, hasConverged)
    }
  }

  /// One for each fold; nil where it has no figure.
  public let folds: [Fold?]
  /// Why the run has no figures, in words; nil where it has.
  public let obstacle: String?
  /// The sum over folds; nil where one that others have is missing.
  public let elpd: Double?
  /// The same with one effect for all leaves of each tree; nil where leaves have heterogeneity of their own.
  public let oneEffect: Double?
  /// The same without a tree.
  public let withoutTree: Double?
  /// `elpd` less that of the run with the largest; nil where the run has none.
  public internal(set) var fromBest: Difference?
  /// `elpd` less `oneEffect`, where there is one: what the differences of effects predict.
  public let fromOneEffect: Difference?
  /// `elpd` less `withoutTree`.
  public let fromWithoutTree: Difference?

  package init(
    folds: [Fold?], obstacle: String?, elpd: Double?, oneEffect: Double?, withoutTree: Double?,
    fromBest: Difference? = nil, fromOneEffect: Difference?, fromWithoutTree: Difference?
  ) {
    (self.folds, self.obstacle) = (folds, obstacle)
    (self.elpd, self.oneEffect, self.withoutTree) = (elpd, oneEffect, withoutTree)
    (self.fromBest, self.fromOneEffect) = (fromBest, fromOneEffect)
    self.fromWithoutTree = fromWithoutTree
  }
}

/// A difference of two sums of log densities of the same outcomes.
public struct Difference: Sendable, Equatable {
  /// The first less the second.
  public let value: Double
  /// √(n × variance of the n terms' differences), a term being a participant, or a trial; nil for fewer than ten
  /// terms, where it says nothing, and where both are one.
  public let standardError: Double?

  package init(value: Double, standardError: Double?) {
    (self.value, self.standardError) = (value, standardError)
  }
}

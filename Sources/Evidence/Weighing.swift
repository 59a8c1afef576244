import Designs
import Inference
import Numerics
import Posterior
public import Subgroups
import Trees
import Words

/// Whether leave-one-out by participant is computed.
public enum LeaveOneOutChoice: String, Sendable, Equatable, CaseIterable {
  /// Where participants × draws are at most 20 million.
  case auto
  /// Always.
  case on
  /// Never, nor by trial.
  case off

  /// Participants × draws up to which it is computed unasked.
  static let mostDensities = 20_000_000

  /// Whether leave-one-out by participant is computed for so many of them and draws.
  func isComputed(participants: Int, draws: Int) -> Bool {
    switch self {
    case .auto: participants * draws <= Self.mostDensities
    case .on: true
    case .off: false
    }
  }
}

/// The evidence on one Bayesian run.
public struct RunEvidence: Sendable, Equatable {
  /// The prior SD of the difference of two effects at the factor 1.
  public var splitScale: Double
  /// The splits in node order.
  public var splits: [SplitEvidence]
  /// Leave-one-out by participant; nil where it was not computed.
  public var participants: ParticipantPrediction?
  /// Leave-one-trial-out; nil where it was not computed.
  public var trials: TrialPrediction?
}

/// The evidence on the Bayesian runs of an analysis, by their positions.
public struct AnalysisEvidence: Sendable, Equatable {
  /// By the position of the run.
  public var runs: [Int: RunEvidence]

  /// No evidence.
  public static let none = AnalysisEvidence(runs: [:])

  /// The evidence on some runs.
  public init(runs: [Int: RunEvidence]) {
    self.runs = runs
  }
}

/// Weighs the Bayesian runs of an analysis: how far the data speak for each split, and how well each model
/// predicts.
///
/// Adds to the analysis what belongs there: the marginal likelihood of binomial models, wall times, and a warning
/// where leave-one-out would take long.
public func weigh(
  _ analysis: inout Analysis, leaveOneOut: LeaveOneOutChoice = .auto,
  in environment: AnalysisEnvironment = AnalysisEnvironment()
) -> AnalysisEvidence {
  var evidence = AnalysisEvidence.none
  for position in analysis.runs.indices {
    guard case .bayesian(var result) = analysis.runs[position].fit else { continue }
    let run = analysis.runs[position]
    let model = RunModel(
      analysis.design, run.tree.tree, run.method, analysis.plan, result.priors)
    let start = environment.now()
    var own = RunEvidence(splitScale: model.splitScale, splits: model.splits())
    if model.design.family == .binomial, result.logMarginalLikelihood == nil {
      result.logMarginalLikelihood = MarginalLikelihood(model: model).value(
        of: (0..<Int32(model.design.rows)).map { $0 })
      analysis.runs[position].fit = .bayesian(result)
      analysis.runs[position].tree.logLikelihood = result.logMarginalLikelihood
    }
    let weighed = environment.now()
    if leaveOneOut != .off {
      own.trials = TrialPrediction(model)
      own.participants = model.participants(result, leaveOneOut, &analysis.warnings)
    }
    evidence.runs[position] = own
    let loo = environment.now() - weighed
    analysis.runs[position].timing.evidence += weighed - start
    analysis.runs[position].timing.loo += loo
    analysis.runs[position].timing.total += weighed - start + loo
    analysis.timing.evidence += weighed - start
    analysis.timing.loo += loo
  }
  return evidence
}

extension RunModel {
  /// Half the within-arm SD; 1 on the log odds scale.
  var splitScale: Double {
    design.family == .binomial ? 1 : 0.5 * OutcomeScale(design).withinArmSD
  }

  fileprivate func splits() -> [SplitEvidence] {
    guard tree.leaves.count > 1 else { return [] }
    let variables =
      design.subgroups == nil ? SortedVariables(design, threads: plan.threads) : nil
    return SplitWeighing(model: self, scale: splitScale, variables: variables).splits()
  }

  fileprivate func participants(
    _ result: BayesianResult, _ choice: LeaveOneOutChoice, _ warnings: inout [String]
  ) -> ParticipantPrediction? {
    let draws = result.draws.count
    guard choice.isComputed(participants: design.rows, draws: draws) else {
      let warning =
        "leave-one-out by participant is left out: \(counted(design.rows, "row")) times "
        + "\(draws) draws would take long (--loo on computes it)"
      if !warnings.contains(warning) { warnings.append(warning) }
      return nil
    }
    return ParticipantPrediction(
      ObservationLikelihood(self, result.draws), chains: result.draws.chains, model: self,
      threads: plan.threads)
  }
}

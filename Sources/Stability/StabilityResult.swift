import Designs
import Posterior
public import Subgroups
import Threads
public import Trees

/// How far a tree can be trusted: what the same procedure finds in parts of the participants.
public struct StabilityResult: Sendable, Equatable {
  /// The effect in a leaf of the reported tree.
  public struct Subgroup: Sendable, Equatable {
    /// The leaf's id.
    public let node: Int
    /// The number of participants.
    public let rows: Int
    /// As the analysis reports it, the tree taken as given.
    public let effect: EffectEstimate?
    /// Corrected for the search; nil without a correction.
    ///
    /// The interval has been moved with the estimate and is as wide as before.
    public let corrected: EffectEstimate?
  }

  /// Why some parts have no tree.
  public struct Failure: Sendable, Equatable {
    /// The reason in words.
    public let reason: String
    /// The number of parts.
    public let parts: Int
  }

  /// The settings.
  public let plan: StabilityPlan
  /// The analysis of all participants: one run.
  public let analysis: Analysis
  /// The number of parts of which a tree was to be grown.
  public let parts: Int
  /// The reasons of parts without a tree, the most frequent first.
  public let failures: [Failure]
  /// The number of trees whose alternation did not end.
  public let unsettled: Int
  /// The number of trees with chains that have not converged.
  public let unconverged: Int
  /// What the trees have in common with one another and with the reported one; nil where there is none.
  public let shares: TreeShares?
  /// The cuts of the roots.
  public let rootCuts: [CutDistribution]
  /// The cuts of all nodes.
  public let cuts: [CutDistribution]
  /// The correction for the search; nil but for halves.
  public let correction: SearchCorrection?
  /// The effect of the model without a tree in all participants.
  public let overall: EffectEstimate?
  /// One for each leaf of the reported tree, in node order.
  public let subgroups: [Subgroup]
  /// The tree of one half with the effects of the other; nil unless it was asked for.
  public let honest: HonestTree?

  /// The result of an analysis of one run and of the outcomes of all rounds.
  public init(
    _ plan: StabilityPlan, _ analysis: Analysis, _ outcomes: [[ResampledOutcome]],
    overall: EffectEstimate?, honest: HonestTree?
  ) {
    self.plan = plan
    self.analysis = analysis
    self.overall = overall
    self.honest = honest
    let parts = outcomes.flatMap(\.self)
    self.parts = parts.count
    var reasons: [String: Int] = [:]
    var grown: [ResampledTree] = []
    for part in parts {
      switch part {
      case .grown(let tree): grown.append(tree)
      case .failed(let reason): reasons[reason, default: 0] += 1
      }
    }
    let trees = grown
    failures = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { Failure(reason: $0.key, parts: $0.value) }
    unsettled = trees.count { !$0.isSettled }
    unconverged = trees.count { !$0.hasConverged }
    let reference = analysis.runs[0].tree.tree
    let design = analysis.design
    shares =
      trees.isEmpty
      ? nil
      : TreeShares(
        concurrentMap(count: trees.count, threads: plan.analysis.threads) {
          TreeSketch(trees[$0].shape.tree(of: design), reference: reference)
        }, reference: reference)
    rootCuts = CutDistribution.all(trees.compactMap { $0.shape.splits[0] })
    cuts = CutDistribution.all(trees.flatMap { $0.shape.splits.compactMap(\.self) })
    let correction = plan.resampling == .halves ? SearchCorrection(trees) : nil
    self.correction = correction
    subgroups = analysis.runs[0].leafEffects.map { node, rows, effect in
      Subgroup(
        node: node, rows: rows, effect: effect,
        corrected: effect.flatMap { effect in
          overall.flatMap { correction?.corrected(effect, overall: $0.estimate) }
        })
    }
  }
}

extension SearchCorrection {
  /// An effect with its interval moved as the estimate is.
  fileprivate func corrected(_ effect: EffectEstimate, overall: Double) -> EffectEstimate? {
    guard let estimate = corrected(effect.estimate, overall: overall) else { return nil }
    let shift = estimate - effect.estimate
    return EffectEstimate(
      estimate: estimate,
      interval: effect.interval.map { .init(lower: $0.lower + shift, upper: $0.upper + shift) })
  }
}

extension Run {
  /// The effects of the leaves as they are reported.
  fileprivate var leafEffects: [(node: Int, rows: Int, effect: EffectEstimate?)] {
    switch fit {
    case .likelihood(let result):
      result.subgroups.map { subgroup in
        let effect = subgroup.effect
        return (
          subgroup.node, subgroup.rows,
          effect.estimate.map {
            EffectEstimate(
              estimate: $0, standardError: effect.standardError, interval: effect.interval)
          }
        )
      }
    case .bayesian(let result):
      result.subgroups.map {
        (
          $0.node, $0.rows,
          EffectEstimate(
            estimate: $0.effect.mean, standardError: $0.effect.sd, interval: $0.effect.central)
        )
      }
    }
  }
}

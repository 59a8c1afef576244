import Designs
import MixedModels
import Sampling
import Trees

/// A tree of recursive partitioning.
struct PartitionedTree {
  let tree: Tree
  let splits: [InteractionSplit]

  /// As the outcome of a Bayesian alternation of one round.
  var outcome: BayesianAlternation.Outcome {
    BayesianAlternation.Outcome(tree: tree, iterations: 1, converged: true)
  }

  /// As the outcome of an alternation of one round.
  func outcome(_ joint: JointModel) throws(AnalysisError) -> LikelihoodAlternation.Outcome {
    LikelihoodAlternation.Outcome(
      tree: tree, iterations: 1, converged: true,
      logLikelihood: try joint.round(Leaves(tree)).logLikelihood)
  }
}

extension Analyst {
  /// The tree of `rp`; nil for other methods, and for pre-specified subgroups.
  ///
  /// It is the same by every estimator: interactions are tested in models by REML, or by maximum likelihood
  /// for a binomial outcome.
  func partitioned() throws(AnalysisError) -> PartitionedTree? {
    guard method == .rp, design.subgroups == nil else { return nil }
    let (tree, splits) = try RecursivePartitioning(
      design, plan, isCancelled: environment.monitor.isCancelled
    ).grow()
    return PartitionedTree(tree: tree, splits: splits)
  }
}

extension RecursivePartitioning {
  /// The partitioning that every estimator of a plan has.
  init(
    _ design: Design, _ plan: AnalysisPlan, isCancelled: @escaping @Sendable () -> Bool
  ) {
    let joint = JointModel(
      design: design, terms: plan.terms(.rp),
      criterion: design.family == .gaussian ? .reml : .ml,
      quadraturePoints: plan.quadraturePoints)
    self.init(
      design: design, joint: joint, plan: plan, threads: plan.threads, isCancelled: isCancelled)
  }
}

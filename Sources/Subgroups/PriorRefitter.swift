public import Designs
public import Inference
import MixedModels
import Posterior
import Sampling
public import Trees

/// A between-trial SD of the model.
public enum HeterogeneityParameter: String, Sendable, Equatable {
  /// Of intercepts.
  case tau0
  /// Of treatment effects.
  case tau1
}

/// The posterior of a tree's leaves under a prior other than the analysis's.
public struct RefittedTree: Sendable {
  /// The tree.
  public var tree: Tree
  /// Draws of the effect in each leaf, in node order.
  public var effects: [[Double]]
  /// Draws of the SD whose prior was varied; one list for each leaf where each has its own, else one.
  public var deviations: [[Double]]
  /// Whether the chains have converged.
  public var converged: Bool

  /// A posterior of a tree.
  public init(tree: Tree, effects: [[Double]], deviations: [[Double]], converged: Bool) {
    self.tree = tree
    self.effects = effects
    self.deviations = deviations
    self.converged = converged
  }
}

/// Fits one design by one method again and again, each time under another prior of the heterogeneity: the
/// same model, seed and chains, so that nothing else differs.
public struct PriorRefitter: Sendable {
  /// The SD whose prior is varied: τ1, or τ0 where the method has no τ1; nil where it has neither.
  public let parameter: HeterogeneityParameter?
  private let analyst: Analyst
  private let base: ResolvedPriors

  /// Refits of a design by a method; each works on one thread, so that several may run at a time.
  ///
  /// Throws where the prior set does not suit the design.
  public init(
    _ design: Design, _ method: Method, _ plan: AnalysisPlan, in environment: AnalysisEnvironment
  ) throws(AnalysisError) {
    var plan = plan
    plan.threads = 1
    // The zero start gives the tree that is reported; another start only marks its splits.
    if plan.growth.start == .both { plan.growth.start = .zero }
    let silent = AnalysisEnvironment(
      now: environment.now, monitor: RunMonitor(isCancelled: environment.monitor.isCancelled))
    analyst = Analyst(design, method, plan, silent)
    base = try analyst.leafSampling().priors
    parameter =
      method.terms.randomEffect ? .tau1 : method.terms.randomIntercept ? .tau0 : nil
  }

  /// The prior of the analysis; nil where there is nothing to vary.
  public var prior: HeterogeneityPrior? {
    switch parameter {
    case .tau0: base.tau0
    case .tau1: base.tau1
    case nil: nil
    }
  }

  /// Why a prior cannot stand in for the analysis's, in words; nil where it can.
  public func obstacle(to prior: HeterogeneityPrior) -> String? {
    guard isPooled, parameter == .tau1, !PooledPosterior.isPossible(under: prior) else {
      return nil
    }
    return "without a standard deviation it cannot be partially pooled"
  }

  /// The posterior of a tree under another prior, and the tree that this prior gives itself; nil in
  /// place of that for pre-specified subgroups.
  public func refit(
    _ tree: Tree, under prior: HeterogeneityPrior
  ) throws(AnalysisError) -> (same: RefittedTree, regrown: RefittedTree?) {
    var priors = base
    if parameter == .tau0 { priors.tau0 = prior } else { priors.tau1 = prior }
    let sampling = LeafSampling(
      method: analyst.method, priors: priors, plan: analyst.plan, environment: analyst.environment)
    return switch analyst.plan.heterogeneity(analyst.method) {
    case .shared: try shared(tree, sampling)
    case .perSubgroup, .perSubgroupPooled: try nodewise(tree, sampling)
    }
  }

  private var isPooled: Bool {
    analyst.plan.heterogeneity(analyst.method) == .perSubgroupPooled
      && analyst.method.terms.randomEffect
  }

  private func shared(
    _ tree: Tree, _ sampling: LeafSampling
  ) throws(AnalysisError) -> (same: RefittedTree, regrown: RefittedTree?) {
    let cache = PosteriorCache(analyst.design, sampling)
    guard analyst.design.subgroups == nil else {
      return (try refitted(tree, cache), nil)
    }
    let alternation = BayesianAlternation(
      grower: analyst.grower, plan: analyst.plan.growth, cache: cache)
    let grown = try refitted(try alternation.run().outcome.tree, cache)
    // A tree that growth has met is not sampled twice.
    return (try refitted(tree, cache), grown)
  }

  private func refitted(
    _ tree: Tree, _ cache: PosteriorCache
  ) throws(AnalysisError) -> RefittedTree {
    let sampled = try cache.posterior(tree)
    return try refitted(
      tree, sampled.leafDraws, each: false, converged: sampled.convergence.converged)
  }

  private func nodewise(
    _ tree: Tree, _ sampling: LeafSampling
  ) throws(AnalysisError) -> (same: RefittedTree, regrown: RefittedTree?) {
    let posteriors = NodePosteriors(analyst.design, sampling)
    let grown = analyst.grower.tree(posteriors)
    try posteriors.check()
    let same = try refitted(tree, posteriors, sampling)
    guard analyst.design.subgroups == nil else { return (same, nil) }
    guard !grown.hasSameSplits(as: tree) else { return (same, same) }
    return (same, try refitted(grown, posteriors, sampling))
  }

  private func refitted(
    _ tree: Tree, _ posteriors: NodePosteriors, _ sampling: LeafSampling
  ) throws(AnalysisError) -> RefittedTree {
    var leaves = try analyst.leaves(of: tree, posteriors)
    var pooled: PooledPosterior?
    if isPooled, leaves.count > 1 { pooled = try analyst.pool(tree, &leaves, sampling) }
    let posterior = LeafwisePosterior(
      leaves.map(\.posterior), nodes: tree.leaves.map(\.id), records: pooled?.records)
    return try refitted(
      tree, LeafDraws(nodes: tree.leaves.map(\.id), posterior: posterior), each: true,
      converged: leaves.allSatisfy(\.convergence.converged))
  }

  private func refitted(
    _ tree: Tree, _ draws: LeafDraws, each: Bool, converged: Bool
  ) throws(AnalysisError) -> RefittedTree {
    var effects: [[Double]] = []
    for leaf in draws.nodes.indices {
      guard let found = draws.posterior.effect(leaf: leaf) else {
        throw .notIdentified(node: draws.nodes[leaf])
      }
      effects.append(found)
    }
    let term = draws.posterior.terms.randomTerms - 1
    let leaves = each ? draws.nodes.indices : 0..<1
    return RefittedTree(
      tree: tree, effects: effects,
      deviations: term < 0 ? [] : leaves.map { draws.posterior.deviation(term: term, leaf: $0) },
      converged: converged)
  }
}

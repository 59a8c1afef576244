import Designs
import Inference
import MixedModels
import Posterior
import Sampling
import Trees

/// The chains of a tree whose leaves have trial effects and SDs of their own.
struct NodewiseChains: KeptChains {
  /// How the chains of the leaves go on.
  private enum Way {
    /// Each by itself.
    case alone([any PosteriorContinuation])
    /// All as one, their τ1 being pooled.
    case pooled(PooledContinuation)
  }

  private let kept: KeptRun
  private let analyst: Analyst
  private let sampling: LeafSampling
  private let way: Way
  /// What tells the leaves' random numbers apart.
  private let parts: [Int]
  private var leafDraws: [KeptDraws]
  /// The nodes by themselves, as they were sampled for the last report.
  private var nodes: NodePosteriors?

  init(_ kept: KeptRun, _ analyst: Analyst) throws(AnalysisError) {
    self.kept = kept
    self.analyst = analyst
    sampling = LeafSampling(
      method: kept.method, priors: kept.priors, plan: analyst.plan,
      environment: analyst.environment)
    let tree = kept.tree.tree
    parts = tree.leaves.map { NodePosteriors.part($0.rows.sorted()) }
    let models: [any PosteriorContinuation]
    if let pooled = try sampling.pooledContinuation(tree, analyst.design, parts) {
      way = .pooled(pooled)
      models = pooled.leaves
    } else {
      var alone: [any PosteriorContinuation] = []
      for leaf in tree.leaves {
        let part = analyst.design.restricted(to: leaf.rows.sorted())
        alone.append(
          try sampling.continuation(Leaves(node: leaf.id, rows: part.rows), of: part))
      }
      way = .alone(alone)
      models = alone
    }
    leafDraws = []
    var first = 0
    for (leaf, model) in zip(tree.leaves, models) {
      let metric = first..<(first + model.dimension)
      first = metric.upperBound
      leafDraws.append(
        try KeptDraws(
          kept.draws, records: try Self.records(kept, leaf.id, metric, way), model: model,
          nodes: [leaf.id], ofNodeAlone: leaf.id))
    }
  }

  /// What the sampler says of the chains of one leaf.
  private static func records(
    _ kept: KeptRun, _ node: Int, _ metric: Range<Int>, _ way: Way
  ) throws(AnalysisError) -> [SamplerRecord] {
    if case .pooled = way {
      for name in [PooledPosterior.columns.level, PooledPosterior.columns.likeness]
      where kept.records.contains(where: { $0.column(name) == nil }) {
        throw .missingDraws(parameter: name)
      }
      return kept.records
    }
    guard kept.tree.tree.leaves.count > 1 else { return kept.records }
    let parts = kept.records.compactMap { $0.part(of: node, metric: metric) }
    guard parts.count == kept.records.count else {
      throw .missingDraws(parameter: "lp_\(node)__")
    }
    return parts
  }

  var iterations: Int { leafDraws.first?.iterations ?? 0 }

  private var design: Design { analyst.design }

  private func sampled(_ pooled: PooledPosterior?) -> [SampledTree] {
    kept.tree.tree.leaves.enumerated().map { j, leaf in
      SampledTree(
        leaves: Leaves(node: leaf.id, rows: leaf.rows.count),
        posterior: pooled?.leaves[j] ?? model(j).posterior(leafDraws[j]), quadrature: { nil },
        maxTreeDepth: analyst.plan.sampling.maxTreedepth, seconds: 0)
    }
  }

  private func model(_ leaf: Int) -> any PosteriorContinuation {
    switch way {
    case .alone(let leaves): leaves[leaf]
    case .pooled(let pooled): pooled.leaves[leaf]
    }
  }

  private var pooledPosterior: PooledPosterior? {
    if case .pooled(let pooled) = way { pooled.posterior(leafDraws) } else { nil }
  }

  var draws: [[Double]] {
    let pooled = pooledPosterior
    let leaves = zip(kept.tree.tree.leaves, sampled(pooled)).flatMap { leaf, sampled in
      sampled.namedDraws(design, ofNodeAlone: leaf.id).map(\.draws)
    }
    return leaves + (pooled.map { [$0.location, $0.spread] } ?? [])
  }

  mutating func lengthen(part: Int) throws(SamplingError) {
    var settings = sampling.samplerPlan(part: part)
    settings.draws = iterations
    let monitor = sampling.environment.monitor
    switch way {
    case .alone(let models):
      for (j, model) in models.enumerated() {
        // Parts of leaves are odd; that of another extension is another.
        settings.part = parts[j] &+ 2 &* part
        leafDraws[j] = try model.extended(leafDraws[j], plan: settings, monitor: monitor)
      }
    case .pooled(let pooled):
      leafDraws = try pooled.extended(leafDraws, plan: settings, monitor: monitor)
    }
  }

  mutating func report(_ plan: AnalysisPlan) throws(AnalysisError) -> BayesianResult {
    let posteriors = NodePosteriors(
      design,
      LeafSampling(
        method: kept.method, priors: kept.priors, plan: plan, environment: analyst.environment))
    nodes = posteriors
    let pooled = pooledPosterior
    if pooled != nil {
      // While the tree grew, each leaf was sampled by itself; that is judged too.
      for leaf in kept.tree.tree.leaves { _ = try posteriors.posterior(leaf.rows) }
    }
    let reporting = NodewiseReporting(
      reporting: BayesianReporting(design, kept.method, plan), tree: kept.tree.tree,
      priors: kept.priors)
    var result = try reporting.result(sampled(pooled), pooled, posteriors)
    result.logMarginalLikelihood = kept.tree.logLikelihood
    return result
  }

  /// None: no trial effects are shared.
  func treeShares() -> TreeShares? { nil }

  /// Grows the tree again, with chains of each node by itself that are as long.
  var wouldGrowAnotherTree: Bool {
    guard let nodes else { return false }
    return !analyst.grower.tree(nodes).hasSameSplits(as: kept.tree.tree)
  }

  /// Of leaves whose τ1 are pooled, in the chains that each had by itself.
  var growthIsTooShort: Bool {
    guard case .pooled = way, let nodes else { return false }
    return nodes.all.contains { node in
      let convergence = node.sampled.convergence
      return areTooShort(
        rhat: convergence.maxRhat, bulk: convergence.minEssBulk, tail: convergence.minEssTail,
        chains: node.sampled.posterior.chains)
    }
  }
}

extension LeafSampling {
  /// How the chains of a tree's leaves go on where their τ1 are pooled; nil where they are not.
  fileprivate func pooledContinuation(
    _ tree: Tree, _ design: Design, _ parts: [Int]
  ) throws(AnalysisError) -> PooledContinuation? {
    guard poolsHeterogeneity, tree.leaves.count > 1 else { return nil }
    let sampler = plan.sampling.sampler.resolved
    switch try leafModels(tree.leaves.map(\.rows), of: design) {
    case .gaussian(let models):
      return PooledContinuation(
        models, VariancePriors(priors, plan.terms(method)), parts: parts, sampler: sampler)
    case .binomial(let models):
      return PooledContinuation(models, parts: parts, sampler: sampler)
    }
  }
}

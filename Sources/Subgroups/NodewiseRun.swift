import Designs
import Inference
import MixedModels
import Posterior
import Predictive
import Trees

extension Analyst {
  /// The Bayesian tree whose nodes have trial effects and heterogeneity of their own (article
  /// HeterogeneityPerSubgroup): no alternation, since nothing is shared.
  mutating func nodewiseRun() throws(AnalysisError) -> Run {
    let start = environment.now()
    let sampling = try leafSampling()
    let poolsHeterogeneity = sampling.poolsHeterogeneity
    if poolsHeterogeneity { try checkPooling(sampling.priors) }
    let posteriors = NodePosteriors(design, sampling)
    let partitioned = try partitioned()
    let tree = partitioned?.tree ?? grower.tree(posteriors)
    try posteriors.check()
    let grown = environment.now()
    var leaves = try leaves(of: tree, posteriors)
    var pooled: PooledPosterior?
    if poolsHeterogeneity, leaves.count > 1 {
      pooled = try pool(tree, &leaves, sampling)
    }
    let reporting = NodewiseReporting(
      reporting: BayesianReporting(design, method, plan), tree: tree, priors: sampling.priors)
    let result = try reporting.result(leaves, pooled, posteriors)
    var timing = Timing()
    timing.sample = leaves.reduce(0) { $0 + $1.seconds }
    // Without pooling growth has sampled the leaves.
    timing.grow = max(grown - start - (pooled == nil ? timing.sample : 0), 0)
    timing.inner = max(environment.now() - grown - (pooled == nil ? 0 : timing.sample), 0)
    timing.total = environment.now() - start
    warn(tree, posteriors)
    var grownTree = GrownTree(
      tree: tree, iterations: 1, converged: true, logLikelihood: result.logMarginalLikelihood)
    if partitioned == nil { grownTree.evidence = grower.evidence(in: tree, posteriors) }
    grownTree.interactions = partitioned?.splits ?? []
    return Run(
      method: method, estimator: .bayes, tree: grownTree, fit: .bayesian(result), timing: timing)
  }

  /// How the posterior of leaves is sampled, the priors being on the scale of all data.
  func leafSampling() throws(AnalysisError) -> LeafSampling {
    do {
      return LeafSampling(
        method: method, priors: try ResolvedPriors(plan.priors, for: design), plan: plan,
        environment: environment)
    } catch {
      throw .prior(error)
    }
  }

  func leaves(
    of tree: Tree, _ posteriors: NodePosteriors
  ) throws(AnalysisError) -> [SampledTree] {
    var result: [SampledTree] = []
    for leaf in tree.leaves {
      result.append(
        try posteriors.posterior(leaf.rows).renamed(Leaves(node: leaf.id, rows: leaf.rows.count)))
    }
    return result
  }

  private func checkPooling(_ priors: ResolvedPriors) throws(AnalysisError) {
    guard PooledPosterior.isPossible(under: priors.tau1) else {
      throw .prior(
        .invalid(
          file: plan.priors.file, key: "\(design.family.rawValue).tau1",
          problem: "--heterogeneity per-subgroup-pooled needs a prior that leaves tau1 open; use "
            + "another family than fixed, or --heterogeneity per-subgroup"))
    }
  }

  /// The posteriors of the leaves with their τ1 partially pooled, in the place of those of growth.
  func pool(
    _ tree: Tree, _ leaves: inout [SampledTree], _ sampling: LeafSampling
  ) throws(AnalysisError) -> PooledPosterior? {
    let start = environment.now()
    guard let pooled = try sampling.pooledPosterior(tree.leaves.map(\.rows), of: design) else {
      return nil
    }
    let seconds = (environment.now() - start) / Double(leaves.count)
    for (j, posterior) in pooled.leaves.enumerated() {
      leaves[j] = SampledTree(
        leaves: leaves[j].leaves, posterior: posterior, quadrature: { nil },
        maxTreeDepth: plan.sampling.maxTreedepth, seconds: seconds)
    }
    return pooled
  }

  /// Says where there is nothing to be pooled.
  private mutating func warnOfPooling(_ tree: Tree) {
    guard plan.heterogeneity == .perSubgroupPooled else { return }
    if !method.terms.randomEffect {
      warnings.append(
        "--heterogeneity per-subgroup-pooled has no tau1 to pool in \(method.rawValue): each subgroup "
          + "has SDs of its own")
    } else if tree.leaves.count == 1 {
      warnings.append(
        "--heterogeneity per-subgroup-pooled has nothing to pool in the Bayesian "
          + "\(method.rawValue) tree, which has no split")
    }
  }

  private mutating func warn(_ tree: Tree, _ posteriors: NodePosteriors) {
    warnOfManyLevels(tree)
    warnOfPooling(tree)
    warnOfTreeDepth(posteriors.all.reduce(0) { $0 + $1.sampled.convergence.maxTreeDepthHits })
    if plan.sampling.treeDraws > 0, design.subgroups == nil {
      warnings.append(
        "--tree-draws grows trees under draws of the trial effects that all subgroups share: it has no "
          + "effect with --heterogeneity \(plan.heterogeneity.rawValue)")
    }
    if let other = plan.estimators.first(where: { $0 != .bayes }) {
      warnings.append(
        "--heterogeneity \(plan.heterogeneity.rawValue) is that of the Bayesian fit: the tree by "
          + "\(other.rawValue.uppercased()) has one set of trial effects and SDs, and the "
          + "\(other.rawValue.uppercased()) figures beside Bayesian subgroups are of each "
          + "subgroup's participants alone")
    }
  }
}

/// The posteriors of a tree's nodes in the figures that are reported.
struct NodewiseReporting {
  let reporting: BayesianReporting
  let tree: Tree
  let priors: ResolvedPriors

  private var design: Design { reporting.design }
  private var plan: AnalysisPlan { reporting.plan }

  /// A node's figures, with its parameters by their own names.
  private struct Node {
    var subgroup: BayesianSubgroup
    let named: [NamedDraws]
    let parameters: [ParameterSummary]
    let convergence: Convergence
  }

  /// The posterior of the tree: its leaves' draws side by side.
  ///
  /// Where the τ1 are `pooled` the leaves' chains are one and are judged once.
  func result(
    _ leaves: [SampledTree], _ pooled: PooledPosterior?, _ posteriors: NodePosteriors
  ) throws(AnalysisError) -> BayesianResult {
    let posterior = LeafwisePosterior(
      leaves.map(\.posterior), nodes: tree.leaves.map(\.id), records: pooled?.records)
    let draws = LeafDraws(nodes: tree.leaves.map(\.id), posterior: posterior)
    let effects = try reporting.effects(draws)
    let best = reporting.probabilitiesBest(effects)
    var nodes: [Node] = []
    for (index, leaf) in tree.leaves.enumerated() {
      var node = try self.node(leaf, leaves[index], hasOwnChains: pooled == nil)
      node.subgroup.probabilityBest = best[index]
      nodes.append(node)
    }
    let inner = try innerNodes(posteriors)
    let hyper = hyperparameters(pooled)
    let named = nodes.flatMap(\.named) + hyper
    let hyperSummaries = hyper.map(summary)
    let models = zip(leaves, tree.leaves).map {
      LeafModel(posterior: $0.posterior, leaf: 0, rows: $1.rows)
    }
    return BayesianResult(
      sampler: plan.sampling.sampler.resolved.rawValue, priors: priors,
      subgroups: nodes.map(\.subgroup), innerNodes: inner,
      contrasts: reporting.contrasts(effects, draws.nodes),
      pooledHeterogeneity: hyperSummaries.count == 2
        ? .init(
          location: hyperSummaries[0].posterior, spread: hyperSummaries[1].posterior,
          hasMoments: pooled?.figures == .moments) : nil,
      parameters: nodes.flatMap(\.parameters) + hyperSummaries,
      logMarginalLikelihood: logMarginalLikelihood(leaves),
      diagnostics: diagnostics(nodes, inner, pooled, posteriors),
      draws: Draws(named, chains: posterior.chains), records: posterior.records,
      predictive: reporting.predictive(models),
      powerScaling: pooled == nil
        ? reporting.powerScaling(models.map { [$0] }, draws, priors) : nil)
  }

  /// The sum over the leaves, which are independent; nil where one has none.
  private func logMarginalLikelihood(_ leaves: [SampledTree]) -> Double? {
    var sum = 0.0
    for leaf in leaves {
      guard let own = leaf.quadrature()?.logMarginalLikelihood else { return nil }
      sum += own
    }
    return sum
  }

  /// Mean and SD of τ1 over subgroups, or median and interquartile range; empty where they are not pooled.
  private func hyperparameters(_ pooled: PooledPosterior?) -> [NamedDraws] {
    guard let pooled else { return [] }
    let names =
      switch pooled.figures {
      case .moments: [("tau1_mean", "mean"), ("tau1_sd", "SD")]
      case .quartiles: [("tau1_median", "median"), ("tau1_iqr", "interquartile range")]
      }
    return zip(names, [pooled.location, pooled.spread]).map { name, draws in
      NamedDraws(name: name.0, label: "\(name.1) of τ1 over subgroups", draws: draws)
    }
  }

  private func summary(_ named: NamedDraws) -> ParameterSummary {
    ParameterSummary(
      name: named.name, label: named.label, posterior: reporting.summary(named.draws))
  }

  private func node(
    _ node: TreeNode, _ sampled: SampledTree, hasOwnChains: Bool = true
  ) throws(AnalysisError) -> Node {
    var subgroup = try reporting.subgroup(node, sampled.leafDraws)
    subgroup.likelihood = reporting.likelihood.alone(node)
    let named = sampled.namedDraws(design, ofNodeAlone: node.id)
    let parameters = named.map(summary)
    subgroup.heterogeneity = heterogeneity(node.id, parameters)
    let newTrial = subgroup.newTrial.map { [("effect in a new trial", $0)] } ?? []
    let convergence = Convergence(
      parameters: parameters.map { ($0.name, $0.posterior) } + newTrial,
      records: hasOwnChains ? sampled.posterior.records : [],
      chains: sampled.posterior.chains, maxTreeDepth: plan.sampling.maxTreedepth)
    return Node(
      subgroup: subgroup, named: named, parameters: parameters, convergence: convergence)
  }

  private func heterogeneity(_ node: Int, _ parameters: [ParameterSummary]) -> NodeHeterogeneity {
    let byName = Dictionary(
      parameters.map { ($0.name, $0.posterior) }, uniquingKeysWith: { first, _ in first })
    let tau1 = byName["tau1_\(node)"]
    return NodeHeterogeneity(
      tau0: byName["tau0_\(node)"], tau1: tau1, sigma: byName["sigma_\(node)"],
      correlation: byName["correlation_\(node)"],
      tau1SDRatio: tau1.flatMap { posterior in
        priors.tau1.standardDeviation.flatMap { $0 > 0 ? posterior.sd / $0 : nil }
      })
  }

  /// The posterior of each inner node's own participants, as growth sampled it.
  private func innerNodes(
    _ posteriors: NodePosteriors
  ) throws(AnalysisError) -> [BayesianSubgroup] {
    var result: [BayesianSubgroup] = []
    for inner in tree.innerNodes {
      let sampled = try posteriors.posterior(inner.rows)
        .renamed(Leaves(node: inner.id, rows: inner.rows.count))
      var found = try node(inner, sampled)
      found.subgroup.diagnostics = ChainDiagnostics(found.convergence)
      result.append(found.subgroup)
    }
    return result
  }

  /// The verdict on every node that was sampled; figures are those of the leaves.
  private func diagnostics(
    _ leaves: [Node], _ inner: [BayesianSubgroup], _ pooled: PooledPosterior?,
    _ posteriors: NodePosteriors
  ) -> ChainDiagnostics {
    var parts = leaves.map { ("node \($0.subgroup.node): ", $0.convergence) }
    if let pooled {
      parts.append(
        (
          "",
          Convergence(
            parameters: hyperparameters(pooled).map(summary).map { ($0.name, $0.posterior) },
            records: pooled.records, chains: plan.sampling.chains,
            maxTreeDepth: plan.sampling.maxTreedepth)
        ))
    }
    var result = ChainDiagnostics(joining: parts)
    for node in inner {
      for problem in node.diagnostics?.problems ?? [] {
        result.problems.append("node \(node.node): \(problem)")
      }
    }
    // Leaves whose τ1 are pooled were sampled by themselves while the tree grew.
    let reported = tree.nodes.filter { pooled == nil || !$0.isLeaf }
    let known = Set(reported.map { $0.rows.sorted() })
    for (rows, sampled) in posteriors.all where !known.contains(rows) {
      let leaf = tree.leaves.first { $0.rows.sorted() == rows }
      let name =
        leaf.map { "node \($0.id) \(ChainDiagnostics.growthMark)" }
        ?? "\(ChainDiagnostics.prunedPrefix) \(rows.count) participants that was pruned"
      result.problems += sampled.convergence.problems.map { "\(name): \($0)" }
    }
    result.converged = result.problems.isEmpty
    return result
  }
}

extension ChainDiagnostics {
  /// The verdict on several groups of chains; the name of a group stands before its problems.
  init(joining groups: [(name: String, convergence: Convergence)]) {
    let all = groups.map(\.convergence)
    self.init(
      converged: all.allSatisfy(\.converged), maxRhat: all.compactMap(\.maxRhat).max(),
      minEssBulk: all.compactMap(\.minEssBulk).min(),
      minEssTail: all.compactMap(\.minEssTail).min(),
      divergences: all.reduce(0) { $0 + $1.divergences },
      maxTreedepthHits: all.reduce(0) { $0 + $1.maxTreeDepthHits },
      minEbfmi: all.compactMap(\.minEnergyFraction).min(),
      problems: groups.flatMap { group in
        group.convergence.problems.map { "\(group.name)\($0.description)" }
      })
  }
}

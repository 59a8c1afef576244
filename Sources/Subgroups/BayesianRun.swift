import Designs
import Inference
import MixedModels
import Numerics
import Posterior
import Predictive
import Sampling
import Trees

extension Analyst {
  /// The Bayesian tree, its posterior, and the posteriors of its inner nodes.
  mutating func bayesianRun() throws(AnalysisError) -> Run {
    switch plan.heterogeneity(method) {
    case .shared: try sharedRun()
    case .perSubgroup, .perSubgroupPooled: try nodewiseRun()
    }
  }

  /// The same with one set of trial effects for the whole tree.
  private mutating func sharedRun() throws(AnalysisError) -> Run {
    let start = environment.now()
    let cache = PosteriorCache(design, try leafSampling())
    let alternation = BayesianAlternation(grower: grower, plan: plan.growth, cache: cache)
    let partitioned = try partitioned()
    let (outcome, other) =
      if let partitioned { (partitioned.outcome, nil as Tree?) } else { try alternation.run() }
    var timing = Timing()
    let grown = environment.now()
    let sampled = try cache.posterior(outcome.tree)
    let quadrature = sampled.quadrature()
    warn(alternation, outcome, quadrature, sampled)
    timing.grow = grown - start
    timing.sample = sampled.seconds
    let reporting = BayesianReporting(design, method, plan)
    let innerStart = environment.now()
    let inner = try innerNodes(outcome.tree, cache, reporting)
    let evidence =
      outcome.given.map {
        grower.evidence(
          in: outcome.tree, $0.shared, penalty: grower.penalty(cache.priors, sigma: $0.sigma))
      } ?? []
    timing.inner = environment.now() - innerStart
    var result = try result(
      outcome.tree, sampled, reporting, cache: cache, inner: inner,
      logMarginalLikelihood: quadrature?.logMarginalLikelihood)
    let drawing = environment.now()
    result.treeDraws = try treeShares(outcome.tree, sampled, cache.priors)
    timing.grow += environment.now() - drawing
    timing.total = environment.now() - start
    var tree = GrownTree(
      tree: outcome.tree, iterations: outcome.iterations, converged: outcome.converged,
      logLikelihood: quadrature?.logMarginalLikelihood,
      robustToStart: robustness(outcome.tree, other), cycle: outcome.cycle)
    tree.evidence = evidence
    tree.interactions = partitioned?.splits ?? []
    return Run(
      method: method, estimator: .bayes, tree: tree, fit: .bayesian(result), timing: timing)
  }

  func treeShares(
    _ tree: Tree, _ sampled: SampledTree, _ priors: ResolvedPriors
  ) throws(AnalysisError) -> TreeShares? {
    guard plan.sampling.treeDraws > 0, design.subgroups == nil, method != .rp else {
      return nil
    }
    let drawing = TreeDraws(
      grower: grower, priors: priors, threads: plan.threads,
      isCancelled: environment.monitor.isCancelled)
    return try drawing.shares(plan.sampling.treeDraws, of: sampled, against: tree)
  }

  private mutating func warn(
    _ alternation: BayesianAlternation, _ outcome: BayesianAlternation.Outcome,
    _ quadrature: VarianceQuadrature?, _ sampled: SampledTree
  ) {
    warnOfManyLevels(outcome.tree)
    if plan.poolsEffects, outcome.tree.leaves.count == 1 {
      warnings.append(
        "--pool-effects has nothing to pool in the Bayesian \(method.rawValue) tree, which has no split"
      )
    }
    if outcome.cycle.count > 1 {
      warnings.append(
        "the Bayesian \(method.rawValue) trees cycle through \(outcome.cycle.count) forms; "
          + "the one with the fewest leaves is reported")
    } else if !outcome.converged {
      warnings.append(
        "the Bayesian \(method.rawValue) tree did not settle within "
          + "\(outcome.iterations) rounds; the last one is reported")
    }
    if let quadrature, outcome.converged, design.subgroups == nil, method != .rp,
      alternation.quadratureChangesTree(outcome.tree, quadrature, sampled)
    {
      warnings.append(
        "with the trial effects' posterior means by quadrature in place of the draws' the "
          + "Bayesian \(method.rawValue) tree would have other splits: use more draws")
    }
    warnOfTreeDepth(
      alternation.cache.sampled.reduce(0) { $0 + $1.convergence.maxTreeDepthHits })
  }

  /// Says how many transitions reached the largest tree depth.
  mutating func warnOfTreeDepth(_ hits: Int) {
    guard hits > 0 else { return }
    warnings.append(
      (hits == 1 ? "1 transition" : "\(hits) transitions")
        + " reached the largest tree depth, which costs time; a larger --max-treedepth may help")
  }

  /// The posterior of the tree collapsed at each inner node.
  func innerNodes(
    _ tree: Tree, _ cache: PosteriorCache, _ reporting: BayesianReporting
  ) throws(AnalysisError) -> [BayesianSubgroup] {
    var result: [BayesianSubgroup] = []
    for node in tree.innerNodes {
      let sampled = try cache.posterior(tree.collapsed(at: node.id))
      var subgroup = try reporting.subgroup(node, sampled.leafDraws)
      subgroup.likelihood = reporting.likelihood.collapsed(tree, at: node)
      let (name, posterior) = ("effect_\(node.id)", subgroup.effect)
      subgroup.diagnostics = ChainDiagnostics(
        Convergence(
          parameters: [(name, posterior)] + sampled.varianceSummaries(reporting),
          records: sampled.posterior.records, chains: sampled.posterior.chains,
          maxTreeDepth: plan.sampling.maxTreedepth))
      result.append(subgroup)
    }
    return result
  }

  func result(
    _ tree: Tree, _ sampled: SampledTree, _ reporting: BayesianReporting,
    cache: PosteriorCache, inner: [BayesianSubgroup], logMarginalLikelihood: Double?
  ) throws(AnalysisError) -> BayesianResult {
    let effects = try reporting.effects(sampled.leafDraws)
    let best = reporting.probabilitiesBest(effects)
    let leaves = try? reporting.likelihood.result(tree)
    var subgroups: [BayesianSubgroup] = []
    for (index, leaf) in tree.leaves.enumerated() {
      var subgroup = try reporting.subgroup(leaf, sampled.leafDraws)
      subgroup.probabilityBest = best[index]
      subgroup.likelihood = leaves?.subgroups[index]
      subgroups.append(subgroup)
    }
    let named = sampled.namedDraws(design)
    let parameters = named.map {
      ParameterSummary(name: $0.name, label: $0.label, posterior: reporting.summary($0.draws))
    }
    let byName = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.posterior) })
    let tau1 = byName["tau1"]
    let models = tree.leaves.enumerated().map { index, leaf in
      LeafModel(posterior: sampled.posterior, leaf: index, rows: leaf.rows)
    }
    return BayesianResult(
      sampler: plan.sampling.sampler.resolved.rawValue, priors: cache.priors, subgroups: subgroups,
      innerNodes: inner,
      contrasts: reporting.contrasts(effects, sampled.leaves.nodes), tau0: byName["tau0"],
      tau1: tau1, sigma: byName["sigma"], correlation: byName["correlation"],
      pooledEffects: pooledEffects(byName),
      tau1SDRatio: tau1.flatMap { posterior in
        cache.priors.tau1.standardDeviation.flatMap { $0 > 0 ? posterior.sd / $0 : nil }
      },
      parameters: parameters, logMarginalLikelihood: logMarginalLikelihood,
      diagnostics: diagnostics(parameters, subgroups, sampled, cache, inner),
      draws: Draws(named, chains: sampled.posterior.chains),
      records: sampled.posterior.records, predictive: reporting.predictive(models),
      powerScaling: reporting.powerScaling([models], sampled.leafDraws, cache.priors))
  }

  private func pooledEffects(_ parameters: [String: PosteriorSummary]) -> PooledEffectsSummary? {
    guard let mean = parameters["effect_mean"], let omega = parameters["omega"] else { return nil }
    return PooledEffectsSummary(mean: mean, omega: omega)
  }

  /// The verdict on everything reported, and on every round of the alternation.
  private func diagnostics(
    _ parameters: [ParameterSummary], _ subgroups: [BayesianSubgroup], _ sampled: SampledTree,
    _ cache: PosteriorCache, _ inner: [BayesianSubgroup]
  ) -> ChainDiagnostics {
    let newTrials = subgroups.compactMap { subgroup in
      subgroup.newTrial.map { ("effect in node \(subgroup.node) in a new trial", $0) }
    }
    var result = ChainDiagnostics(
      Convergence(
        parameters: parameters.map { ($0.name, $0.posterior) } + newTrials,
        records: sampled.posterior.records, chains: sampled.posterior.chains,
        maxTreeDepth: plan.sampling.maxTreedepth))
    for node in inner {
      for problem in node.diagnostics?.problems ?? [] {
        result.problems.append("node \(node.node): \(problem)")
      }
    }
    for (round, other) in cache.sampled.enumerated() where !other.convergence.converged {
      let isReported =
        other.leaves.codes == sampled.leaves.codes
        || inner.contains { $0.diagnostics?.converged == false }
      guard !isReported else { continue }
      result.problems += other.convergence.problems.map {
        "\(ChainDiagnostics.growthPrefix) \(round + 1) of the alternation: \($0)"
      }
    }
    result.converged = result.problems.isEmpty
    return result
  }
}

extension SampledTree {
  func varianceSummaries(
    _ reporting: BayesianReporting
  ) -> [(name: String, summary: PosteriorSummary)] {
    posterior.varianceDraws.map { ($0.name, reporting.summary($0.draws)) }
  }
}

extension ChainDiagnostics {
  /// How a problem begins that arose while the tree was grown.
  static let growthPrefix = "posterior"
  /// How the name of a leaf ends that had a problem while the tree grew, its posterior being sampled anew.
  static let growthMark = "while the tree grew"
  /// How a problem begins of a node that the tree has not.
  static let prunedPrefix = "a node of"

  /// The verdict in the words of the output.
  init(_ convergence: Convergence) {
    self.init(
      converged: convergence.converged, maxRhat: convergence.maxRhat,
      minEssBulk: convergence.minEssBulk, minEssTail: convergence.minEssTail,
      divergences: convergence.divergences, maxTreedepthHits: convergence.maxTreeDepthHits,
      minEbfmi: convergence.minEnergyFraction,
      problems: convergence.problems.map(\.description))
  }
}

extension Draws {
  /// All named parameters of chains of equal length.
  init(_ named: [NamedDraws], chains: Int) {
    self.init(
      names: named.map(\.name), chains: chains,
      iterations: (named.first?.draws.count ?? 0) / max(chains, 1))
    values = named.flatMap(\.draws)
  }
}

public import Designs
import Inference
import MixedModels
import Numerics
public import Posterior
import Sampling
public import Trees

/// The whole tree procedure of one method by one estimator, without what only a report needs: the tree
/// and the effects of its leaves, for data sets of which there are many.
///
/// It works on one thread, and gives the tree that `analyse` reports (of two starts the zero one).
public struct TreeProcedure: Sendable {
  /// The method that is asked for.
  public let method: Method
  /// The estimator.
  public let estimator: Estimator
  let plan: AnalysisPlan
  let isCancelled: @Sendable () -> Bool

  /// The procedure of a plan's method and estimator, of the first where it has several.
  ///
  /// A binomial outcome is fitted by maximum likelihood where REML is asked for.
  public init(
    _ plan: AnalysisPlan, family: Family, isCancelled: @escaping @Sendable () -> Bool
  ) {
    var plan = plan
    plan.threads = 1
    plan.sampling.treeDraws = 0
    if plan.growth.start == .both { plan.growth.start = .zero }
    method = plan.methods[0]
    let wanted = plan.estimators[0]
    estimator = family == .binomial && wanted == .reml ? .ml : wanted
    self.plan = plan
    self.isCancelled = isCancelled
  }

  /// The same procedure with other random numbers.
  public func seeded(_ seed: UInt64) -> TreeProcedure {
    var plan = plan
    plan.sampling.seed = seed
    return TreeProcedure(self, plan)
  }

  private init(_ other: TreeProcedure, _ plan: AnalysisPlan) {
    method = other.method
    estimator = other.estimator
    self.plan = plan
    isCancelled = other.isCancelled
  }
}

/// A tree with what its alternation says.
public struct ProcedureTree: Sendable, Equatable {
  /// The tree.
  public var tree: Tree
  /// The method that grew it: another than was asked for under `--fallback metamob-ri`.
  public var method: Method
  /// Whether the alternation ended.
  public var isSettled: Bool
  /// Whether all chains have converged; true where there are none.
  public var hasConverged: Bool
}

/// The treatment effects of the leaves of a tree in one data set.
public struct LeafEstimates: Sendable, Equatable {
  /// One for each leaf, in node order; nil where it cannot be estimated.
  public var leaves: [EffectEstimate?]
  /// Of the model without a tree in all participants.
  public var overall: EffectEstimate?
}

/// A treatment effect by either estimator.
public struct EffectEstimate: Sendable, Equatable {
  /// The estimate, or the posterior mean.
  public var estimate: Double
  /// The standard error, or the posterior SD; nil where it was not asked for or does not exist.
  public var standardError: Double?
  /// The confidence interval, or the central posterior one; nil likewise.
  public var interval: Interval?

  /// An estimate with its precision, where that is known.
  public init(estimate: Double, standardError: Double? = nil, interval: Interval? = nil) {
    self.estimate = estimate
    self.standardError = standardError
    self.interval = interval
  }
}

/// One data set to which a procedure is applied; posteriors that were sampled once are kept.
public final class ProcedureSample {
  let design: Design
  let procedure: TreeProcedure
  private var caches: [Method: PosteriorCache] = [:]
  private var nodes: [Method: NodePosteriors] = [:]

  /// A data set for a procedure.
  public init(_ design: Design, _ procedure: TreeProcedure) {
    self.design = design
    self.procedure = procedure
  }

  /// Grows the tree.
  public func grow() throws(AnalysisError) -> ProcedureTree {
    let grown = try grow(by: procedure.method)
    guard procedure.plan.growth.fallback == .metamobRI, let other = procedure.method.fallback,
      grown.tree.untestedIntercepts(design) != nil
    else { return grown }
    return try grow(by: other)
  }

  private func grow(by method: Method) throws(AnalysisError) -> ProcedureTree {
    let plan = procedure.plan
    if method == .rp {
      let (tree, _) = try RecursivePartitioning(
        design, plan, isCancelled: procedure.isCancelled
      ).grow()
      return ProcedureTree(tree: tree, method: method, isSettled: true, hasConverged: true)
    }
    let grower = Grower(design, method, plan)
    guard procedure.estimator == .bayes else {
      let (outcome, _) = try LikelihoodAlternation(
        grower: grower, joint: joint(method), plan: plan.growth,
        isCancelled: procedure.isCancelled
      ).run()
      return ProcedureTree(
        tree: outcome.tree, method: method, isSettled: outcome.converged, hasConverged: true)
    }
    if plan.heterogeneity(method) != .shared { return try growNodewise(method, grower) }
    let cache = try cache(method)
    let (outcome, _) = try BayesianAlternation(
      grower: grower, plan: plan.growth, cache: cache
    ).run()
    return ProcedureTree(
      tree: outcome.tree, method: method, isSettled: outcome.converged,
      hasConverged: cache.sampled.allSatisfy(\.convergence.converged))
  }

  /// The effects of leaves by a method.
  ///
  /// `codes` has the leaf of each row, counted from 0; rows of code −1 are left out. With precision there
  /// are standard errors and intervals at the plan's level.
  public func effects(
    of codes: [Int32], leaves: Int, by method: Method, withPrecision: Bool = false
  ) throws(AnalysisError) -> LeafEstimates {
    var own = codes
    var sample = self
    if codes.contains(-1) {
      let rows = codes.indices.filter { codes[$0] >= 0 }.map { Int32($0) }
      own = rows.map { codes[Int($0)] }
      sample = ProcedureSample(design.restricted(to: rows), procedure)
    }
    // A leaf without participants has no column in a model.
    let present = Set(own).sorted()
    guard !present.isEmpty else {
      return LeafEstimates(leaves: [EffectEstimate?](repeating: nil, count: leaves), overall: nil)
    }
    let place = Dictionary(uniqueKeysWithValues: zip(present, present.indices.map { Int32($0) }))
    let known = try sample.effects(
      Leaves(nodes: present.map { Int($0) }, codes: own.map { place[$0] ?? 0 }), method,
      withPrecision)
    var result = [EffectEstimate?](repeating: nil, count: leaves)
    for (code, effect) in zip(present, known) { result[Int(code)] = effect }
    return LeafEstimates(
      leaves: result, overall: try overall(by: method, withPrecision: withPrecision))
  }

  /// The effect of the model without a tree.
  public func overall(
    by method: Method, withPrecision: Bool = false
  ) throws(AnalysisError) -> EffectEstimate? {
    try effects(Leaves(rows: design.rows), method, withPrecision)[0]
  }

  private func effects(
    _ leaves: Leaves, _ method: Method, _ withPrecision: Bool
  ) throws(AnalysisError) -> [EffectEstimate?] {
    let level = procedure.plan.level
    if procedure.estimator == .bayes {
      if procedure.plan.heterogeneity(method) != .shared {
        return try nodewiseEffects(leaves, method, withPrecision)
      }
      let posterior = try cache(method).posterior(leaves).posterior
      return leaves.nodes.indices.map { effect(leaf: $0, of: posterior, withPrecision) }
    }
    guard withPrecision else {
      return try joint(method).round(leaves).effects.map { $0.map { EffectEstimate(estimate: $0) } }
    }
    let fitted = try joint(method).fit(leaves)
    return leaves.nodes.indices.map { leaf in
      let found = fitted.estimate([(role: .effect(leaf: leaf), weight: 1)], level: level)
      return found.estimate.map {
        EffectEstimate(
          estimate: $0, standardError: found.standardError, interval: found.interval)
      }
    }
  }

  /// The effect of a leaf by its draws; nil where the leaf has none.
  func effect(
    leaf: Int, of posterior: any SampledPosterior, _ withPrecision: Bool
  ) -> EffectEstimate? {
    posterior.effect(leaf: leaf).map { draws in
      guard withPrecision else { return EffectEstimate(estimate: mean(draws)) }
      let summary = Summariser(
        chains: posterior.chains, iterations: posterior.iterations, level: procedure.plan.level
      ).summary(of: draws)
      return EffectEstimate(
        estimate: summary.mean, standardError: summary.sd, interval: summary.central)
    }
  }

  private func joint(_ method: Method) -> JointModel {
    JointModel(
      design: design, terms: procedure.plan.terms(method),
      criterion: procedure.estimator == .ml || design.family == .binomial ? .ml : .reml,
      quadraturePoints: procedure.plan.quadraturePoints)
  }

  private func cache(_ method: Method) throws(AnalysisError) -> PosteriorCache {
    if let known = caches[method] { return known }
    let new = PosteriorCache(design, try sampling(method))
    caches[method] = new
    return new
  }

  /// The posteriors of nodes that have trial effects of their own.
  func nodePosteriors(_ method: Method) throws(AnalysisError) -> NodePosteriors {
    if let known = nodes[method] { return known }
    let new = NodePosteriors(design, try sampling(method))
    nodes[method] = new
    return new
  }

  private func sampling(_ method: Method) throws(AnalysisError) -> LeafSampling {
    do {
      let monitor = RunMonitor(isCancelled: procedure.isCancelled)
      return LeafSampling(
        method: method, priors: try ResolvedPriors(procedure.plan.priors, for: design),
        plan: procedure.plan, environment: AnalysisEnvironment(monitor: monitor))
    } catch {
      throw .prior(error)
    }
  }
}

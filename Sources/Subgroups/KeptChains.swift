import Designs
import Inference
import MixedModels
import Posterior
import Sampling
import Trees

/// The chains of a saved run that go on.
protocol KeptChains {
  /// The present number of draws of each chain.
  var iterations: Int { get }
  /// The present draws of every reported parameter of the tree.
  var draws: [[Double]] { get }
  /// Twice as many draws; `part` is the number of the extension, counted from 1 over all calls.
  mutating func lengthen(part: Int) throws(SamplingError)
  /// The figures of the present chains; nodes whose draws are not kept are sampled anew to the same length.
  mutating func report(_ plan: AnalysisPlan) throws(AnalysisError) -> BayesianResult
  /// Whether more draws may mend a problem of nodes that the last report has not, but growth rests on.
  var growthIsTooShort: Bool { get }
  /// The trees under draws of the trial effects; nil where none were asked for.
  func treeShares() throws(AnalysisError) -> TreeShares?
  /// Whether the tree would have other splits, were it grown with what the present draws say.
  var wouldGrowAnotherTree: Bool { get }
}

/// The chains of a tree whose leaves share one set of trial effects.
struct SharedChains: KeptChains {
  private let kept: KeptRun
  private let analyst: Analyst
  private let leaves: Leaves
  private let sampling: LeafSampling
  private let continuation: any PosteriorContinuation
  private var keptDraws: KeptDraws
  private var sampled: SampledTree

  init(_ kept: KeptRun, _ analyst: Analyst) throws(AnalysisError) {
    self.kept = kept
    self.analyst = analyst
    sampling = LeafSampling(
      method: kept.method, priors: kept.priors, plan: analyst.plan,
      environment: analyst.environment)
    leaves = Leaves(kept.tree.tree)
    continuation = try sampling.continuation(leaves, of: analyst.design)
    keptDraws = try KeptDraws(
      kept.draws, records: kept.records, model: continuation, nodes: leaves.nodes)
    sampled = Self.sampled(continuation, keptDraws, leaves, analyst.plan)
  }

  private static func sampled(
    _ continuation: any PosteriorContinuation, _ draws: KeptDraws, _ leaves: Leaves,
    _ plan: AnalysisPlan
  ) -> SampledTree {
    SampledTree(
      leaves: leaves, posterior: continuation.posterior(draws), quadrature: { nil },
      maxTreeDepth: plan.sampling.maxTreedepth, seconds: 0)
  }

  var iterations: Int { keptDraws.iterations }

  /// No: rounds of the alternation stay what they were.
  var growthIsTooShort: Bool { false }

  var draws: [[Double]] { sampled.namedDraws(analyst.design).map(\.draws) }

  mutating func lengthen(part: Int) throws(SamplingError) {
    var settings = sampling.samplerPlan(part: part)
    settings.draws = iterations
    keptDraws = try continuation.extended(
      keptDraws, plan: settings, monitor: sampling.environment.monitor)
    sampled = Self.sampled(continuation, keptDraws, leaves, analyst.plan)
  }

  func report(_ plan: AnalysisPlan) throws(AnalysisError) -> BayesianResult {
    let cache = PosteriorCache(
      analyst.design,
      LeafSampling(
        method: kept.method, priors: kept.priors, plan: plan, environment: analyst.environment))
    let reporting = BayesianReporting(analyst.design, kept.method, plan)
    let inner = try analyst.innerNodes(kept.tree.tree, cache, reporting)
    return try analyst.result(
      kept.tree.tree, sampled, reporting, cache: cache, inner: inner,
      logMarginalLikelihood: kept.tree.logLikelihood)
  }

  func treeShares() throws(AnalysisError) -> TreeShares? {
    try analyst.treeShares(kept.tree.tree, sampled, kept.priors)
  }

  var wouldGrowAnotherTree: Bool {
    guard analyst.grower.hasSharedEffects else { return false }
    let penalty = analyst.grower.penalty(kept.priors, sigma: sampled.sigma)
    return !analyst.grower.tree(sampled.shared, penalty: penalty)
      .hasSameSplits(as: kept.tree.tree)
  }
}

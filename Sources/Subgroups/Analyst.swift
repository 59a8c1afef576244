public import Designs
import Inference
import MixedModels
import Numerics
import Posterior
public import Sampling
import Trees
import Words

/// What an analysis needs of the world outside: a clock, a listener, a wish to stop.
public struct AnalysisEnvironment: Sendable {
  /// Seconds since some fixed time.
  public let now: @Sendable () -> Double
  /// How chains are watched and stopped.
  public let monitor: RunMonitor

  /// An environment of a clock and a monitor.
  public init(now: @escaping @Sendable () -> Double = { 0 }, monitor: RunMonitor = .silent) {
    self.now = now
    self.monitor = monitor
  }
}

/// Carries out a plan on a design: every method by every estimator, method by method.
///
/// Throws where a model cannot be fitted, the priors do not suit, or the run was cancelled.
public func analyse(
  _ design: Design, _ plan: AnalysisPlan, in environment: AnalysisEnvironment
) throws(AnalysisError) -> Analysis {
  var runs: [Run] = []
  var warnings = design.warnings
  for method in plan.methods {
    for estimator in plan.estimators {
      var analyst = Analyst(design, method, plan, environment)
      runs.append(
        estimator == .reml ? try analyst.restrictedRun() : try analyst.bayesianRun())
      warnings += analyst.warnings.filter { !warnings.contains($0) }
    }
  }
  var timing = Timing()
  for run in runs { timing.add(run.timing) }
  return Analysis(
    design: design, plan: plan, runs: runs, agreement: agreement(runs), warnings: warnings,
    timing: timing)
}

private func agreement(_ runs: [Run]) -> [Agreement] {
  runs.indices.flatMap { i in
    runs.indices.dropFirst(i + 1).map { j in
      let comparison = TreeComparison(runs[i].tree.tree, runs[j].tree.tree)
      return Agreement(
        runs: [i, j], adjustedRandIndex: comparison.adjustedRandIndex,
        sameRootSplit: comparison.sameRootSplit,
        splitsInBoth: comparison.splitsInBoth.count,
        splitsOnlyFirst: comparison.splitsOnlyFirst.count,
        splitsOnlySecond: comparison.splitsOnlySecond.count)
    }
  }
}

extension Timing {
  mutating func add(_ other: Timing) {
    read += other.read
    grow += other.grow
    estimate += other.estimate
    sample += other.sample
    inner += other.inner
    loo += other.loo
    total += other.total
  }
}

/// One method on one design.
struct Analyst {
  let design: Design
  let method: Method
  let plan: AnalysisPlan
  let environment: AnalysisEnvironment
  let grower: Grower
  var warnings: [String] = []

  init(
    _ design: Design, _ method: Method, _ plan: AnalysisPlan,
    _ environment: AnalysisEnvironment
  ) {
    self.design = design
    self.method = method
    self.plan = plan
    self.environment = environment
    grower = Grower(design, method, plan.growth)
  }

  /// The REML tree and its fit.
  mutating func restrictedRun() throws(AnalysisError) -> Run {
    var timing = Timing()
    let start = environment.now()
    let alternation = RestrictedAlternation(
      grower: grower, plan: plan.growth, isCancelled: environment.monitor.isCancelled)
    let (outcome, other) = try alternation.run()
    timing.grow = environment.now() - start
    let fitted = environment.now()
    let result = try RestrictedReporting(design: design, method: method, level: plan.level)
      .result(outcome.tree)
    timing.estimate = environment.now() - fitted
    timing.total = environment.now() - start
    let isJoint = method.terms.randomTerms > 0
    let tree = GrownTree(
      tree: outcome.tree, iterations: outcome.iterations, converged: outcome.converged,
      logLikelihood: isJoint ? outcome.logLikelihood : outcome.tree.sumOfLeafLogLikelihoods,
      robustToStart: robustness(outcome.tree, other))
    warnOfManyLevels(outcome.tree)
    if !outcome.converged {
      warnings.append(
        "the \(method.rawValue) tree by REML did not settle within "
          + "\(outcome.iterations) rounds; the last one is reported")
    }
    return Run(
      method: method, estimator: .reml, tree: tree, fit: .restricted(result), timing: timing)
  }

  /// Notes the nodes that were split on a nominal variable with too many levels for a full search.
  mutating func warnOfManyLevels(_ tree: Tree) {
    guard design.subgroups == nil else { return }
    for node in tree.innerNodes {
      guard case .nominal(let variable, let groups) = node.split else { continue }
      let levels = groups.reduce(0) { $0 + $1.count }
      guard levels > GrowthControl.mostLevelsTried else { continue }
      warnings.append(
        "variable \(quoted(design.partitioning[variable].name)) has \(levels) levels in node "
          + "\(node.id), more than the \(GrowthControl.mostLevelsTried) of which all groupings are "
          + "tried: its groups cut the levels in the order of their treatment effects")
    }
  }

  /// For each inner node whether the tree of the other start has its split.
  func robustness(_ tree: Tree, _ other: Tree?) -> [Int: Bool] {
    guard let other else { return [:] }
    let common = Set(TreeComparison(tree, other).splitsInBoth.map(\.first))
    return Dictionary(
      uniqueKeysWithValues: tree.innerNodes.map { ($0.id, common.contains($0.id)) })
  }
}

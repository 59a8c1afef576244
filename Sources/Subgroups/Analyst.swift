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
  var plan = plan
  var runs: [Run] = []
  var warnings = design.warnings
  if design.family == .binomial, let place = plan.estimators.firstIndex(of: .reml) {
    plan.estimators[place] = .ml
    warnings.append(
      "a binomial outcome has no restricted likelihood: the model is fitted by maximum likelihood")
  }
  if design.family == .binomial, plan.estimators.contains(.bayes),
    plan.sampling.sampler.resolved == .gibbs
  {
    guard design.hasWholeWeights else { throw .fractionalWeights }
  }
  for method in plan.methods {
    var group = try MethodRuns(design, method, plan, environment)
    if plan.growth.fallback == .metamobRI, let other = method.fallback,
      let reason = group.runs.compactMap({ $0.tree.tree.untestedIntercepts(design) }).first
    {
      warnings.append(
        "\(method.rawValue) cannot be tested in every node (\(reason)): the analysis was done "
          + "again by \(other.rawValue)")
      group = try MethodRuns(design, other, plan, environment)
      for place in group.runs.indices { group.runs[place].fallbackFrom = method }
    }
    runs += group.runs
    warnings += group.warnings.filter { !warnings.contains($0) }
  }
  warnings += oneArmWarnings(design, runs)
  var timing = Timing()
  for run in runs { timing.add(run.timing) }
  return Analysis(
    design: design, plan: plan, wholePopulation: wholePopulation(design, plan), runs: runs,
    agreement: agreement(runs), warnings: warnings, timing: timing)
}

/// The runs of one method by every estimator.
private struct MethodRuns {
  var runs: [Run] = []
  var warnings: [String] = []

  init(
    _ design: Design, _ method: Method, _ plan: AnalysisPlan, _ environment: AnalysisEnvironment
  ) throws(AnalysisError) {
    for estimator in plan.estimators {
      var analyst = Analyst(design, method, plan, environment)
      switch estimator {
      case .reml: runs.append(try analyst.likelihoodRun(.reml))
      case .ml: runs.append(try analyst.likelihoodRun(.ml))
      case .bayes: runs.append(try analyst.bayesianRun())
      }
      warnings += analyst.warnings.filter { !warnings.contains($0) }
    }
  }
}

extension Method {
  /// The method with random trial intercepts in the place of stratified ones.
  var fallback: Method? {
    switch self {
    case .mobSI: .mobRI
    case .metamobSI: .metamobRI
    default: nil
    }
  }
}

extension Design {
  /// Whether every participant counts a whole number of times, and their sum is such a number as well.
  fileprivate var hasWholeWeights: Bool {
    guard let weights else { return true }
    return weights.allSatisfy { $0 == $0.rounded() } && weights.reduce(0, +) < 0x1p53
  }
}

extension Tree {
  /// The first node whose tests lack a trial's intercept, in words; nil where all could be tested.
  func untestedIntercepts(_ design: Design) -> String? {
    for node in nodes {
      for case .trialIntercept(let trial, _) in node.notTested {
        return "node \(node.id): the intercept of trial \(design.trials[Int(trial)])"
      }
      if node.stop == .notEstimable { return "node \(node.id): the treatment effect" }
    }
    return nil
  }
}

func agreement(_ runs: [Run]) -> [Agreement] {
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
    evidence += other.evidence
    loo += other.loo
    sensitivity += other.sensitivity
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
  /// When the work on this method began, with the sorting of the variables.
  let begun: Double
  var warnings: [String] = []

  init(
    _ design: Design, _ method: Method, _ plan: AnalysisPlan,
    _ environment: AnalysisEnvironment
  ) {
    self.design = design
    self.method = method
    self.plan = plan
    self.environment = environment
    begun = environment.now()
    grower = Grower(design, method, plan)
  }

  /// The tree and its fit by the maximum of the (restricted) likelihood.
  mutating func likelihoodRun(_ criterion: Criterion) throws(AnalysisError) -> Run {
    var timing = Timing()
    let start = begun
    let joint = JointModel(
      design: design, terms: grower.terms, criterion: criterion,
      quadraturePoints: plan.quadraturePoints)
    let alternation = LikelihoodAlternation(
      grower: grower, joint: joint, plan: plan.growth,
      isCancelled: environment.monitor.isCancelled)
    let partitioned = try partitioned()
    let (outcome, other) =
      if let partitioned { (try partitioned.outcome(joint), nil as Tree?) } else {
        try alternation.run()
      }
    timing.grow = environment.now() - start
    let fitted = environment.now()
    let reporting = LikelihoodReporting(joint: joint, level: plan.level)
    var result = try reporting.result(outcome.tree)
    timing.estimate = environment.now() - fitted
    let inner = environment.now()
    result.innerNodes = reporting.innerNodes(outcome.tree)
    let evidence =
      outcome.shared.map { grower.evidence(in: outcome.tree, $0, penalty: .none) } ?? []
    timing.inner = environment.now() - inner
    timing.total = environment.now() - start
    var tree = GrownTree(
      tree: outcome.tree, iterations: outcome.iterations, converged: outcome.converged,
      logLikelihood: grower.hasSharedEffects
        ? outcome.logLikelihood
        : outcome.tree.sumOfLeafLogLikelihoods(design, grower.objectiveKind),
      robustToStart: robustness(outcome.tree, other))
    tree.evidence = evidence
    tree.interactions = partitioned?.splits ?? []
    warnOfManyLevels(outcome.tree)
    if !outcome.converged {
      warnings.append(
        "the \(method.rawValue) tree by \(criterion.rawValue.uppercased()) did not settle within "
          + "\(outcome.iterations) rounds; the last one is reported")
    }
    return Run(
      method: method, estimator: criterion == .reml ? .reml : .ml, tree: tree,
      fit: .likelihood(result), timing: timing)
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

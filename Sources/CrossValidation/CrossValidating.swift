import Designs
import MixedModels
import Numerics
import Sampling
public import Subgroups
import Threads

/// Compares the runs of an analysis by outcomes that are left out: in every fold each run's tree is grown again,
/// by the same method, estimator and settings, and its model fitted again.
///
/// Chains have at most 500 warm-up and 500 kept draws. Folds are done many at a time, each on one thread; the
/// same seed gives the same figures whatever the number of threads.
///
/// Throws where the analysis was cancelled, or the priors do not suit.
public func crossValidate(
  _ analysis: Analysis, by choice: FoldChoice,
  in environment: AnalysisEnvironment = AnalysisEnvironment()
) throws(AnalysisError) -> CrossValidation {
  let validator = CrossValidator(analysis, environment)
  var result = CrossValidation()
  if choice.trials {
    result.trials = try validator.compare(Fold.activeArms(analysis.design))
  }
  if let count = choice.folds {
    result.participants = try validator.compare(
      Fold.parts(analysis.design, count: count, seed: analysis.plan.sampling.seed))
  }
  return result
}

/// The largest number of warm-up draws, and of draws, of a chain in a fold.
public let mostFoldDraws = 500

private struct CrossValidator {
  let design: Design
  let plan: AnalysisPlan
  let runs: [FoldedRun]
  /// Why a run is not compared, in words.
  let obstacles: [String?]
  let isCancelled: @Sendable () -> Bool

  init(_ analysis: Analysis, _ environment: AnalysisEnvironment) {
    design = analysis.design
    var plan = analysis.plan
    plan.threads = 1
    plan.sampling.warmup = min(plan.sampling.warmup, mostFoldDraws)
    plan.sampling.draws = min(plan.sampling.draws, mostFoldDraws)
    plan.sampling.treeDraws = 0
    self.plan = plan
    threads = analysis.plan.threads
    runs = analysis.runs.map {
      FoldedRun(
        method: $0.fallbackFrom ?? $0.method, estimator: $0.estimator, tree: $0.tree.tree)
    }
    obstacles = analysis.runs.map { run in
      run.estimator == .bayes && run.method.terms.randomEffect
        && analysis.plan.heterogeneity(run.method) == .perSubgroupPooled
        ? "not computed with --heterogeneity per-subgroup-pooled: the density of outcomes that are left out "
          + "has no closed form where subgroups' SDs are pooled" : nil
    }
    isCancelled = environment.monitor.isCancelled
  }

  private let threads: Int

  /// The number of trials with both arms that a fold must leave.
  private var neededTrials: Int { plan.methods == [.mob] ? 1 : 2 }

  private var compared: [Int] { runs.indices.filter { obstacles[$0] == nil } }

  func compare(_ folds: [Fold]) throws(AnalysisError) -> FoldedComparison {
    let compared = compared
    let results = try concurrentMap(count: folds.count, threads: threads) {
      (place) throws(AnalysisError) -> (runs: [FoldWork.Outcome], predicted: Int)? in
      let fold = folds[place]
      guard fold.comparedTrials(design) >= neededTrials else { return nil }
      return try FoldWork(
        design: design, fold: fold, plan: plan, runs: compared.map { runs[$0] },
        isCancelled: isCancelled
      ).outcomes()
    }
    let words = zip(folds, results).map { obstacle($0, $1?.predicted) }
    let summaries = folds.indices.map { place in
      FoldedComparison.Fold(
        trial: folds[place].trial, held: folds[place].held.count,
        predicted: results[place]?.predicted ?? 0, obstacle: words[place])
    }
    let open = folds.indices.filter { words[$0] == nil }
    var tables = runs.indices.map { RunTable(folds: folds.count, obstacle: obstacles[$0]) }
    for place in open {
      for (run, outcome) in zip(compared, results[place]?.runs ?? []) {
        tables[run].add(outcome, place)
      }
    }
    return FoldedComparison(folds: summaries, runs: Self.runs(tables, open))
  }

  /// Why a fold has no figures for any run.
  private func obstacle(_ fold: Fold, _ predicted: Int?) -> String? {
    guard let predicted else {
      return "fewer than two trials with both arms are left"
    }
    return predicted == 0 ? "no run can predict its participants" : nil
  }

  private static func runs(_ tables: [RunTable], _ open: [Int]) -> [PredictedRun] {
    var runs = tables.map { $0.summary(open) }
    let best = runs.indices.filter { runs[$0].elpd != nil }.max {
      (runs[$0].elpd ?? 0, $1) < (runs[$1].elpd ?? 0, $0)
    }
    guard let best else { return runs }
    let reference = tables[best].terms(open)
    for place in runs.indices where runs[place].elpd != nil {
      runs[place].fromBest = Difference(
        tables[place].terms(open), reference, isOne: place == best)
    }
    return runs
  }
}

/// The densities of one run, fold by fold.
private struct RunTable {
  private var folds: [FoldedDensities?]
  private var obstacle: String?

  init(folds: Int, obstacle: String?) {
    self.folds = [FoldedDensities?](repeating: nil, count: folds)
    self.obstacle = obstacle
  }

  mutating func add(_ outcome: FoldWork.Outcome, _ place: Int) {
    switch outcome {
    case .densities(let found): folds[place] = found
    case .failed(let reason): obstacle = obstacle ?? "\(reason) in fold \(place + 1)"
    }
  }

  func terms(_ open: [Int]) -> [Double] { open.flatMap { folds[$0]?.terms ?? [] } }

  func summary(_ open: [Int]) -> PredictedRun {
    let isWhole = !open.isEmpty && open.allSatisfy { folds[$0] != nil } && obstacle == nil
    let own = terms(open)
    let common = open.compactMap { folds[$0]?.oneEffect }
    let hasCommon = isWhole && common.count == open.count
    let oneEffect = common.flatMap(\.self)
    let others = open.flatMap { folds[$0]?.withoutTree ?? [] }
    return PredictedRun(
      folds: folds.map { fold in
        fold.map {
          PredictedRun.Fold(
            elpd: $0.terms.reduce(0, +), oneEffect: $0.oneEffect?.reduce(0, +),
            withoutTree: $0.withoutTree.reduce(0, +),
            leaves: $0.leaves, hasReportedVariables: $0.hasReportedVariables,
            isSettled: $0.tree?.isSettled ?? true, hasConverged: $0.tree?.hasConverged ?? true)
        }
      }, obstacle: obstacle, elpd: isWhole ? own.reduce(0, +) : nil,
      oneEffect: hasCommon ? oneEffect.reduce(0, +) : nil,
      withoutTree: isWhole ? others.reduce(0, +) : nil,
      fromOneEffect: hasCommon ? Difference(own, oneEffect, isOne: own == oneEffect) : nil,
      fromWithoutTree: isWhole ? Difference(own, others, isOne: own == others) : nil)
  }
}

extension Difference {
  /// The fewest terms with a standard error.
  private static let fewestTerms = 10

  fileprivate init(_ first: [Double], _ second: [Double], isOne: Bool) {
    let terms = zip(first, second).map { $0 - $1 }
    value = terms.reduce(0, +)
    standardError =
      isOne || terms.count < Self.fewestTerms
      ? nil : (Double(terms.count) * variance(terms)).squareRoot()
  }
}

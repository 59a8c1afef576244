public import Designs
public import Inference
import Sampling
public import Subgroups
import Threads
import Trees

/// A fit under one prior of the grid.
public struct PriorRefit: Sendable, Equatable {
  /// The prior.
  public let entry: PriorGrid.Entry
  /// The posterior of the reported tree; nil where it could not be had.
  public let same: RefitFigures?
  /// The posterior of the tree that grows under the prior; nil for pre-specified subgroups.
  public let regrown: RefitFigures?
  /// How alike the two trees' subgroups are: the adjusted Rand index.
  public let agreement: Double?
  /// Why the fit could not be done, in words.
  public let obstacle: String?

  /// Whether the tree that grows has the splits of the reported one; nil where none is grown.
  public var isSameTree: Bool? {
    guard let same, let regrown else { return nil }
    return regrown.tree.hasSameSplits(as: same.tree)
  }
}

/// How much a Bayesian fit hangs on the prior of the heterogeneity: refits over a grid of priors, and
/// whether the conclusion is the same under all of them.
public struct PriorSensitivity: Sendable, Equatable {
  /// The SD whose prior was varied.
  public let parameter: HeterogeneityParameter
  /// The prior of the analysis.
  public let prior: HeterogeneityPrior
  /// The refits, in the order of the grid.
  public let refits: [PriorRefit]
  /// Whether the conclusion holds.
  public let conclusion: SensitivityConclusion

  /// Fits a Bayesian run again under every prior of the grid.
  ///
  /// Refits run side by side on the plan's threads; what they give does not depend on how many. Nil where
  /// the run has no prior to vary. Throws where the work was cancelled or the priors do not suit.
  public init?(
    _ run: Run, of design: Design, _ plan: AnalysisPlan, in environment: AnalysisEnvironment
  ) throws(AnalysisError) {
    guard case .bayesian(let result) = run.fit else { return nil }
    let refitter = try PriorRefitter(design, run.method, plan, in: environment)
    guard let parameter = refitter.parameter, let prior = refitter.prior,
      let grid = PriorGrid(around: prior)
    else { return nil }
    let tree = run.tree.tree
    self.parameter = parameter
    self.prior = prior
    refits = try concurrentMap(count: grid.entries.count, threads: plan.threads) {
      (index) throws(AnalysisError) in
      try PriorRefit(grid.entries[index], tree, refitter, level: plan.level)
    }
    conclusion = SensitivityConclusion(
      refits, reported: RefitFigures(result, of: tree, level: plan.level))
  }
}

extension PriorRefit {
  /// The fit under a prior; what fails but for being cancelled is an obstacle.
  fileprivate init(
    _ entry: PriorGrid.Entry, _ tree: Tree, _ refitter: PriorRefitter, level: Double
  ) throws(AnalysisError) {
    self.entry = entry
    if let obstacle = refitter.obstacle(to: entry.prior) {
      (same, regrown, agreement, self.obstacle) = (nil, nil, nil, obstacle)
      return
    }
    do {
      let refit = try refitter.refit(tree, under: entry.prior)
      same = RefitFigures(refit.same, level: level)
      regrown = refit.regrown.map { RefitFigures($0, level: level) }
      agreement = refit.regrown.map { TreeComparison(tree, $0.tree).adjustedRandIndex }
      obstacle = nil
    } catch .sampling(.cancelled) {
      throw .sampling(.cancelled)
    } catch {
      (same, regrown, agreement) = (nil, nil, nil)
      obstacle = "the model cannot be fitted under it"
    }
  }
}

public import Drawing
public import Posterior
import Reports
import Subgroups

/// The figures of a saved fit.
public struct FigureMaker: Sendable {
  let fit: FigureFit
  private(set) var options: FigureOptions

  /// Figures of a fit; throws where a label names no column of it.
  public init(_ fit: FigureFit, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.options) = (fit, options)
    let known = fit.columns
    if let name = options.labels.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unknown(
        option: "--label",
        "the fit has no column \"\(name)\"; it has \(known.joined(separator: ", "))")
    }
  }

  /// Draws a figure; `draws` are those of the run that is shown, needed where the kind wants them.
  ///
  /// Where a height is wanted panels are made higher or lower.
  public func page(
    _ kind: FigureKind, draws: DrawsFile.Contents? = nil
  ) throws(FigureError) -> Page {
    let usual = try drawn(kind, draws)
    guard let height = options.height else { return usual }
    let wanted = options.width.map { height * usual.width / $0 } ?? height
    var other = self
    other.options.stretch = 10
    let slope = (try other.drawn(kind, draws).height - usual.height) / 10
    guard slope > 0 else { return usual }
    other.options.stretch = (wanted - usual.height) / slope
    return try other.drawn(kind, draws)
  }

  private func drawn(
    _ kind: FigureKind, _ draws: DrawsFile.Contents?
  ) throws(FigureError) -> Page {
    switch kind {
    case .tree: return TreeFigure(fit, try pair(), options).page()
    case .forest: return ForestFigure(fit, try pair(), options).page()
    case .trials: return try TrialsFigure(fit, try chosen(), options).page()
    case .process: return try ProcessFigure(fit, try chosen(), options).page()
    case .profile: return try ProfileFigure(fit, try chosen(), options).page()
    case .convergence: return try ConvergenceFigure(fit, try chosen(), options).page()
    case .priors: return try PriorsFigure(fit, try chosen(), options).page()
    case .leaveOneOut: return try LeaveOneOutFigure(fit, try chosen(), options).page()
    case .predictive: return try PredictiveFigure(fit, try chosen(), options).page()
    case .sensitivity: return try SensitivityFigure(fit, try chosen(), options).page()
    case .stability: return try StabilityFigure(fit, try chosen(), options).page()
    case .heterogeneity, .shrinkage, .effects, .trace, .rank, .autocorrelation, .energy, .pairs:
      guard let draws else { throw .lacking("its draws are wanted") }
      return try page(kind, of: RunDraws(fit, try chosen(), draws))
    }
  }

  private func page(_ kind: FigureKind, of draws: RunDraws) throws(FigureError) -> Page {
    switch kind {
    case .heterogeneity: try HeterogeneityFigure(draws, options).page()
    case .shrinkage: try ShrinkageFigure(draws, options).page()
    case .effects: try EffectsFigure(draws, options).page()
    case .trace: try ChainFigure(draws, options, .trace).page()
    case .rank: try ChainFigure(draws, options, .rank).page()
    case .autocorrelation: try ChainFigure(draws, options, .autocorrelation).page()
    case .energy: try EnergyFigure(draws, options).page()
    default: try PairsFigure(draws, options).page()
    }
  }

  // MARK: Runs

  /// The name of the run that a figure of one run shows.
  public func runName(for kind: FigureKind) throws(FigureError) -> String {
    let run = try chosen()
    guard !kind.needsBayes || run.isBayesian else {
      throw .lacking(
        "the run \(run.name) has no posterior, which the figure \(kind.rawValue) shows; choose another "
          + "with --run, or fit with --estimator bayes")
    }
    return run.name
  }

  /// The run that was asked for; without a wish (or without an estimator in it) the first Bayesian one,
  /// else the first.
  func chosen() throws(FigureError) -> FigureRun {
    let candidates = fit.runs.filter { run in
      options.run.map { $0 == run.name || $0 == run.method.rawValue } ?? true
    }
    guard let run = candidates.first(where: \.isBayesian) ?? candidates.first else {
      throw .saved(.unknownRun(name: options.run ?? "", known: fit.runs.map(\.name)))
    }
    return run
  }

  /// The run by REML or ML and the Bayesian one of the chosen run's method; one of them where an estimator
  /// was asked for.
  func pair() throws(FigureError) -> [FigureRun] {
    let run = try chosen()
    guard options.run != run.name else { return [run] }
    let same = fit.runs.filter { $0.method == run.method }
    let pair = [same.first { !$0.isBayesian }, same.first { $0.isBayesian }].compactMap { $0 }
    return pair.isEmpty ? [run] : pair
  }
}

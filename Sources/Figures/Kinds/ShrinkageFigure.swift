import Drawing
import Foundation
import Numerics
import Posterior
import Reports

/// How far the effect of each trial is from the mean effect, at each value of τ1.
struct ShrinkageFigure {
  /// Trials that share one τ1.
  private struct Panel {
    let name: String
    let tau: [Double]
    /// By trial; nil where the trial has no effect there.
    let deviations: [[Double]?]
    /// What REML or ML found: τ1 and the deviation of each trial.
    let likelihood: (tau: Double, deviations: [Double?])?
  }

  let draws: RunDraws
  let options: FigureOptions
  let theme: Theme
  private let panels: [Panel]

  init(_ draws: RunDraws, _ options: FigureOptions) throws(FigureError) {
    (self.draws, self.options) = (draws, options)
    theme = options.theme
    let trials = draws.fit.trials.indices
    panels = draws.family("tau1").compactMap { place in
      let column = draws.draws.names[place]
      let node = column == "tau1" ? nil : String(column.dropFirst(5))
      let deviations = trials.map { trial in
        draws.values(
          node.map { "trial_effect_\($0)_\(trial + 1)" } ?? "trial_effect_\(trial + 1)")
      }
      guard deviations.contains(where: { $0 != nil }) else { return nil }
      return Panel(
        name: node.map { "Node \($0)" } ?? "", tau: Array(draws.draws.variable(place)),
        deviations: deviations, likelihood: node == nil ? Self.likelihood(draws) : nil)
    }
    guard !panels.isEmpty else {
      throw .lacking(
        "the run \(draws.run.name) has no effects that vary between trials; choose another with --run"
      )
    }
  }

  private static func likelihood(_ draws: RunDraws) -> (tau: Double, deviations: [Double?])? {
    let other = draws.fit.runs.first { $0.method == draws.run.method && !$0.isBayesian }
    guard let other, let tau = other.tau.effects, let leaf = other.leaves.first,
      let mean = other.effects[leaf.id]?.estimate, let trials = other.trialEffects[leaf.id]
    else { return nil }
    return (tau, trials.map { trial in trial.shrunken.map { $0 - mean } })
  }

  func page() -> Page {
    let columns = panels.count > 1 ? 2 : 1
    let width = max(options.width ?? (columns == 2 ? 820 : 600), 360)
    var sheet = Sheet(
      options.title ?? "Shrinkage of the trials' effects towards their mean", width: width, theme)
    let grid = PanelGrid(
      count: panels.count, columns: columns, height: options.panelHeight(260), left: 60, below: 42,
      above: panels.count > 1 ? 22 : 8)
    sheet.panels(grid) { canvas, place, frame in draw(&canvas, panels[place], frame) }
    sheet.legend(
      [.area("posterior of τ1", fill: "#b3cfe4")]
        + (panels.contains { $0.likelihood != nil }
          ? [
            LegendEntry.estimate(
              "by REML or ML, at its τ1", EstimateLook(isBayesian: false, theme: theme))
          ] : []))
    sheet.notes([
      "Each line is a trial: the posterior mean of its effect less the mean effect, given τ1 (local linear "
        + "smoothing of the draws). At τ1 = 0 all trials have the mean effect; the larger τ1, the more each keeps of "
        + "its own."
    ])
    return sheet.page(
      "Shrinkage of the trials' effects",
      "Posterior means of \(draws.fit.trials.count) trials' effects against τ1.")
  }

  private func draw(_ canvas: inout Canvas, _ panel: Panel, _ frame: Frame) {
    let sorted = panel.tau.sorted()
    let (low, high) = (quantile(sorted: sorted, 0.02), quantile(sorted: sorted, 0.95))
    let end = max(high, panel.likelihood?.tau ?? 0) * 1.03
    let labelWidth = min(
      (draws.fit.trials.map { TextWidth.of($0.name, size: theme.smallSize) }.max() ?? 0) + 10, 120)
    let inner = Frame(
      x: frame.x, y: frame.y, width: frame.width - labelWidth, height: frame.height)
    let across = inner.across(0, end)
    let places = (0..<60).map { low + Double($0) / 59 * (high - low) }
    let curves = panel.deviations.map { deviations in
      deviations.map { smoothed(panel.tau, $0, at: places) }
    }
    let all =
      curves.compactMap { $0 }.joined() + (panel.likelihood?.deviations ?? []).compactMap { $0 }
    let scale = Scale(holding: Array(all) + [0], margin: 0.08, from: inner.bottom, to: inner.y)
    let up = options.limits.map { inner.up($0.lowerBound, $0.upperBound) } ?? scale
    if !panel.name.isEmpty { Sheet.name(panel.name, of: frame, &canvas, theme) }
    if let density = Density(of: panel.tau, floor: 0) {
      canvas.density(
        density, across, inner.up(0, density.highest * 3.2), Stroke("#b3cfe4"), fill: "#b3cfe4",
        opacity: 0.6)
    }
    canvas.bottomAxis(across, y: inner.bottom, theme, title: "τ1, SD of effects between trials")
    let quantity = draws.fit.isBinomial ? "log odds ratio" : "effect"
    canvas.leftAxis(up, x: inner.x, theme, title: "\(quantity) less the mean")
    canvas.line(Point(inner.x, up(0)), Point(inner.right, up(0)), theme.reference)
    lines(&canvas, curves, places, across, up, inner)
    guard let found = panel.likelihood, across.holds(found.tau) else { return }
    canvas.line(
      Point(across(found.tau), inner.y), Point(across(found.tau), inner.bottom),
      Stroke(theme.palette.likelihood, width: 1, dash: "2 2"))
    for deviation in found.deviations.compactMap({ $0 }) where up.holds(deviation) {
      EstimateLook(isBayesian: false, theme: theme)
        .mark(&canvas, Point(across(found.tau), up(deviation)))
    }
  }

  private func lines(
    _ canvas: inout Canvas, _ curves: [[Double]?], _ places: [Double], _ across: Scale,
    _ up: Scale, _ frame: Frame
  ) {
    let drawn = curves.enumerated().compactMap { trial, curve in curve.map { (trial, $0) } }
    for (trial, curve) in drawn {
      canvas.path(
        zip(places, curve).map { Point(across($0), up.clamped($1)) },
        theme.palette.stroke(trial, width: 1.6), tooltip: draws.fit.trials[trial].name)
    }
    let ends = drawn.map { up.clamped($0.1.last ?? 0) }
    let labels = spread(
      ends, apart: theme.smallSize * 1.15, within: (frame.y + 4)...(frame.bottom - 2))
    guard Double(drawn.count) * theme.smallSize * 1.15 < frame.height else { return }
    for ((trial, _), (end, y)) in zip(drawn, zip(ends, labels)) {
      let stroke = theme.palette.stroke(trial, width: 0.7)
      canvas.line(
        Point(across(places.last ?? 0), end), Point(frame.right + 3, y),
        Stroke(stroke.color, width: 0.6))
      canvas.text(
        TextWidth.fitted(draws.fit.trials[trial].name, size: theme.smallSize, width: 112),
        at: Point(frame.right + 5, y + theme.smallSize * 0.36), theme.small)
    }
  }

  /// The mean of y given x by local linear regression with a Gaussian kernel; bandwidth 0.5 SD of x.
  private func smoothed(_ x: [Double], _ y: [Double], at places: [Double]) -> [Double] {
    let step = max(1, x.count / 8000)
    let sample = stride(from: 0, to: x.count, by: step).map { (x[$0], y[$0]) }
    let width = max(0.5 * standardDeviation(x), 1e-300)
    return places.map { place in
      var (s0, s1, s2, t0, t1) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (x, y) in sample {
        let d = (x - place) / width
        let w = exp(-d * d / 2)
        (s0, s1, s2) = (s0 + w, s1 + w * d, s2 + w * d * d)
        (t0, t1) = (t0 + w * y, t1 + w * d * y)
      }
      let determinant = s0 * s2 - s1 * s1
      return determinant > 1e-9 * s0 * s0 ? (s2 * t0 - s1 * t1) / determinant : t0 / max(s0, 1e-300)
    }
  }
}

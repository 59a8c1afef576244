import Drawing
import Foundation
import JSON
import Posterior
import Reports

/// R-hat and effective sample sizes of all parameters, with their limits.
struct ConvergenceFigure {
  /// One parameter.
  private struct Row {
    let label: String
    let rhat: Double?
    let bulk: Double?
    let tail: Double?

    /// The larger, the worse: how near to its limit the worst figure is.
    func badness(needed: Double) -> Double {
      max(
        ((rhat ?? 1) - 1) / (Convergence.rhatLimit - 1), needed / max(bulk ?? .infinity, 1e-9),
        needed / max(tail ?? .infinity, 1e-9))
    }
  }

  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  private let rows: [Row]
  private let omitted: Int
  /// The smallest effective sample size that is enough.
  private let needed: Double

  /// The most parameters that are drawn: of more, the worst.
  private static let mostRows = 60

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    let saved = run.saved.value["fit"]
    let parameters = saved?["parameters"]?.array ?? []
    let needed = 100 * (saved?["chains"]?.number ?? 4)
    self.needed = needed
    let all = parameters.map { parameter in
      Row(
        label: run.parameterLabel(parameter["name"]?.string ?? ""),
        rhat: parameter["rhat"]?.number, bulk: parameter["ess_bulk"]?.number,
        tail: parameter["ess_tail"]?.number)
    }
    guard !all.isEmpty else { throw .lacking("the run \(run.name) has no parameters") }
    let worst = all.indices.sorted {
      (all[$1].badness(needed: needed), $0) < (all[$0].badness(needed: needed), $1)
    }.prefix(Self.mostRows)
    rows = worst.sorted().map { all[$0] }
    omitted = all.count - rows.count
  }

  func page() -> Page {
    let rowHeight = theme.smallSize * 1.45
    let labelWidth = min(
      (rows.map { TextWidth.of($0.label, size: theme.smallSize) }.max() ?? 0) + 10, 220)
    let width = max(options.width ?? 720, labelWidth + 320)
    var sheet = Sheet(
      options.title ?? "Convergence of the chains: \(verdict)", width: width, theme)
    let half = (width - 2 * Sheet.margin - labelWidth) / 2
    let left = Sheet.margin + labelWidth + 4
    let top = sheet.y + theme.size * 1.4
    let bottom = top + Double(rows.count) * rowHeight
    let highest = max(rows.compactMap(\.rhat).max() ?? 1, Convergence.rhatLimit)
    let rhat = Scale(
      min(rows.compactMap(\.rhat).min() ?? 1, 1), highest + (highest - 1) * 0.08, from: left,
      to: left + half - 24)
    let sizes = rows.flatMap { [$0.bulk, $0.tail].compactMap { $0 } } + [needed]
    let ess = Scale(
      0, (sizes.max() ?? 1) * 1.05, from: left + half + 4, to: width - Sheet.margin - 8)
    sheet.canvas.text("R-hat", at: Point(left, top - 6), theme.bold)
    sheet.canvas.text("effective sample size", at: Point(ess.start, top - 6), theme.bold)
    for (scale, limit) in [(rhat, Convergence.rhatLimit), (ess, needed)] {
      sheet.canvas.line(
        Point(scale(limit), top), Point(scale(limit), bottom),
        Stroke(theme.palette.alarm, width: 1.2, dash: "5 3"))
      sheet.canvas.bottomAxis(scale, y: bottom + 2, theme)
    }
    for (place, row) in rows.enumerated() {
      draw(
        &sheet.canvas, row, rhat, ess, labelWidth, y: top + (Double(place) + 0.5) * rowHeight)
    }
    sheet.skip(bottom + 2 - sheet.y + Canvas.bottomAxisHeight(theme, hasTitle: false))
    sheet.legend(legend)
    sheet.notes([
      "\(run.name). "
        + (omitted > 0
          ? "The \(rows.count) parameters nearest to their limits, of \(rows.count + omitted). "
          : "")
        + "R-hat above \(Convergence.rhatLimit) or effective sample sizes below 100 a chain say that chains are too "
        + "short."
    ])
    return sheet.page(
      "Convergence of the chains",
      "\(verdict). Largest R-hat \(NumberStyle.rhat(rows.compactMap(\.rhat).max())).")
  }

  private var verdict: String {
    switch run.saved.value["fit"]?["diagnostics"]?["converged"] {
    case .bool(true)?: "converged"
    default: "not converged"
    }
  }

  private func draw(
    _ canvas: inout Canvas, _ row: Row, _ rhat: Scale, _ ess: Scale, _ labelWidth: Double,
    y: Double
  ) {
    let palette = theme.palette
    canvas.line(Point(rhat.start, y), Point(rhat.end, y), theme.grid)
    canvas.line(Point(ess.start, y), Point(ess.end, y), theme.grid)
    canvas.text(
      TextWidth.fitted(row.label, size: theme.smallSize, width: labelWidth - 6),
      at: Point(Sheet.margin, y + theme.smallSize * 0.36), theme.small)
    if let value = row.rhat {
      canvas.circle(
        Point(rhat(value), y), radius: 3.2,
        fill: value > Convergence.rhatLimit ? palette.alarm : palette.bayes,
        tooltip: "\(row.label): R-hat \(NumberStyle.rhat(value))")
    }
    if let bulk = row.bulk {
      canvas.circle(
        Point(ess(bulk), y), radius: 3.2, fill: bulk < needed ? palette.alarm : palette.bayes,
        tooltip: "\(row.label): bulk \(NumberStyle.effectiveSize(bulk))")
    }
    if let tail = row.tail {
      canvas.square(
        Point(ess(tail), y), radius: 2.8, fill: palette.paper,
        stroke: Stroke(tail < needed ? palette.alarm : palette.bayes, width: 1.3),
        tooltip: "\(row.label): tail \(NumberStyle.effectiveSize(tail))")
    }
  }

  private var legend: [LegendEntry] {
    let palette = theme.palette
    return [
      LegendEntry(text: "R-hat, bulk") { canvas, point in
        canvas.circle(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 3.2, fill: palette.bayes)
      },
      LegendEntry(text: "tail") { canvas, point in
        canvas.square(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 2.8, fill: palette.paper,
          stroke: Stroke(palette.bayes, width: 1.3))
      },
      .line("limit", Stroke(palette.alarm, width: 1.2, dash: "5 3")),
    ]
  }
}

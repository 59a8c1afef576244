import Drawing
import JSON
import Posterior
import Reports
import Subgroups

/// Posterior densities of the subgroups' effects, and of their differences.
struct EffectsFigure {
  /// One density with what is written beside it.
  private struct Row {
    let label: String
    let density: Density?
    let center: Double?
    let interval: Interval?
  }

  let draws: RunDraws
  let options: FigureOptions
  let theme: Theme
  private let style: EffectStyle
  private let effects: [Row]
  private let differences: [Row]
  private let isAbridged: Bool

  /// The most differences that are drawn; of more, those of neighbouring leaves alone.
  private static let mostDifferences = 15

  init(_ draws: RunDraws, _ options: FigureOptions) throws(FigureError) {
    (self.draws, self.options) = (draws, options)
    theme = options.theme
    let (run, fit) = (draws.run, draws.fit)
    style = EffectStyle(fit, run.leaves.compactMap { run.effects[$0.id] })
    effects = run.leaves.map { leaf in
      let rule = run.conditions(leaf.id, fit, options).joined(separator: " & ")
      let values = draws.values("effect_\(leaf.id)")
      return Row(
        label: "[\(leaf.id)] \(rule.isEmpty ? "all participants" : rule)",
        density: values.flatMap { Density(of: $0) }, center: run.effects[leaf.id]?.estimate,
        interval: run.effects[leaf.id]?.interval)
    }
    let contrasts = run.saved.value["fit"]?["contrasts"]?.array ?? []
    let ids = run.leaves.map(\.id)
    let neighbours = Set(zip(ids, ids.dropFirst()).map { [$0, $1] })
    isAbridged = contrasts.count > Self.mostDifferences
    var differences: [Row] = []
    for contrast in contrasts {
      let pair = (contrast["nodes"]?.array ?? []).compactMap { $0.number.map { Int($0) } }
      guard pair.count == 2, !isAbridged || neighbours.contains(pair),
        let first = draws.values("effect_\(pair[0])"),
        let second = draws.values("effect_\(pair[1])")
      else { continue }
      let limits = (contrast["difference"]?["ci"]?.array ?? []).compactMap(\.number)
      differences.append(
        Row(
          label: "[\(pair[0])] \(fit.isBinomial ? "against" : "minus") [\(pair[1])]",
          density: Density(of: zip(first, second).map { $0 - $1 }),
          center: contrast["difference"]?[fit.centerWord]?.number,
          interval: limits.count == 2 ? Interval(lower: limits[0], upper: limits[1]) : nil))
    }
    self.differences = differences
    guard effects.contains(where: { $0.density != nil }) else {
      throw .lacking("the draws of the run \(run.name) have no effects that vary")
    }
  }

  /// The height of a row, with room for the longest label.
  private var rowHeight: Double {
    let most = effects.map { lines($0).count }.max() ?? 1
    return max(options.panelHeight(44), Double(most) * theme.size * 1.2 + 10)
  }

  private func lines(_ row: Row) -> [String] {
    TextWidth.wrapped(row.label, size: theme.size, width: Self.mostLabelWidth - 14, lines: 5)
  }

  private static let mostLabelWidth = 240.0

  func page() -> Page {
    let texts = (effects + differences).map {
      TextWidth.of(text($0), size: theme.smallSize)
    }
    let textWidth = (texts.max() ?? 0) + 12
    let widest = (effects + differences).map { TextWidth.of($0.label, size: theme.size) }.max() ?? 0
    let labelWidth = min(max(widest, 90) + 14, Self.mostLabelWidth)
    let width = max(options.width ?? 720, labelWidth + textWidth + 240)
    var sheet = Sheet(
      options.title ?? "Posterior of the treatment effects", width: width, theme)
    let frame = (
      from: Sheet.margin + labelWidth + 6, to: width - Sheet.margin - textWidth - 6
    )
    block(
      &sheet, effects, frame, labelWidth, rowHeight: rowHeight,
      title: draws.fit.effectTitle(options), marksWorthwhile: true)
    if !differences.isEmpty {
      sheet.skip(theme.size * 1.8)
      sheet.canvas.text(
        "Differences between subgroups", at: Point(Sheet.margin, sheet.y), theme.bold)
      let title = draws.fit.isBinomial ? "Ratio of odds ratios" : "Difference of effects"
      block(
        &sheet, differences, frame, labelWidth, rowHeight: options.panelHeight(44), title: title,
        marksWorthwhile: false)
    }
    sheet.legend(legend)
    sheet.notes([
      "Densities given the tree (\(draws.run.method.rawValue)), which was chosen from the same data: differences "
        + "between subgroups are exaggerated."
        + (isAbridged ? " Differences of neighbouring subgroups alone are drawn." : "")
    ])
    return sheet.page("Posterior of the treatment effects", summary)
  }

  private func text(_ row: Row) -> String {
    style.text(FigureRun.Effect(estimate: row.center, interval: row.interval))
  }

  private func block(
    _ sheet: inout Sheet, _ rows: [Row], _ place: (from: Double, to: Double),
    _ labelWidth: Double, rowHeight: Double, title: String, marksWorthwhile: Bool
  ) {
    let densities = rows.compactMap(\.density)
    let ends: [Double] =
      densities.flatMap { density in
        [density.at.first ?? 0, density.at.last ?? 0]
      } + [0]
    let scale =
      options.limits.map {
        Scale($0.lowerBound, $0.upperBound, from: place.from, to: place.to)
      } ?? Scale(holding: ends, margin: 0.01, from: place.from, to: place.to)
    let highest = rows.compactMap { $0.density?.highest }.max() ?? 1
    let top = sheet.y + 8
    let bottom = top + Double(rows.count) * rowHeight
    sheet.canvas.line(Point(scale(0), top), Point(scale(0), bottom), theme.reference)
    if marksWorthwhile, let worthwhile = draws.fit.worthwhileEffect, scale.holds(worthwhile) {
      sheet.canvas.line(
        Point(scale(worthwhile), top), Point(scale(worthwhile), bottom),
        Stroke(theme.palette.faint, width: 1.2, dash: "5 3"))
    }
    for (index, row) in rows.enumerated() {
      let base = top + Double(index + 1) * rowHeight - 4
      ridge(
        &sheet.canvas, row, scale, base: base, height: rowHeight * 0.84, highest: highest)
      write(&sheet.canvas, row, labelWidth, sheet.width, base: base)
    }
    let count = max(4, Int((scale.end - scale.start) / (theme.smallSize * 5.5)))
    sheet.canvas.bottomAxis(
      scale, y: bottom + 2, theme, title: title,
      titleWidth: sheet.room(about: (scale.start + scale.end) / 2),
      ticks: style.ticks(scale, count: count))
    sheet.skip(bottom + 2 - sheet.y + Canvas.bottomAxisHeight(theme))
  }

  private func ridge(
    _ canvas: inout Canvas, _ row: Row, _ scale: Scale, base: Double, height: Double,
    highest: Double
  ) {
    canvas.line(Point(scale.start, base), Point(scale.end, base), theme.grid)
    let up = Scale(0, highest, from: base, to: base - height)
    if let density = row.density {
      canvas.density(
        density, scale, up, Stroke(theme.palette.bayes, width: 1.3), fill: theme.palette.bayes,
        opacity: 0.25)
    }
    EstimateLook(isBayesian: true, theme: theme).draw(
      &canvas, FigureRun.Effect(estimate: row.center, interval: row.interval), scale, y: base,
      tooltip: text(row))
  }

  private func write(
    _ canvas: inout Canvas, _ row: Row, _ labelWidth: Double, _ width: Double, base: Double
  ) {
    let lines = self.lines(row)
    var y = base - (Double(lines.count) - 1) * theme.size * 1.2
    for line in lines {
      canvas.text(line, at: Point(Sheet.margin, y), theme.plain)
      y += theme.size * 1.2
    }
    canvas.text(text(row), at: Point(width - Sheet.margin, base), theme.small, anchor: .end)
  }

  private var legend: [LegendEntry] {
    var entries = [
      LegendEntry.estimate(
        "posterior \(draws.fit.centerWord), \(NumberStyle.percent(draws.fit.level)) central interval",
        EstimateLook(isBayesian: true, theme: theme))
    ]
    if let worthwhile = draws.fit.worthwhileEffect {
      entries.append(
        .line(
          "smallest worthwhile effect, \(style.value(worthwhile))",
          Stroke(theme.palette.faint, width: 1.2, dash: "5 3")))
    }
    return entries
  }

  private var summary: String {
    (effects + differences).map { "\($0.label): \(text($0))" }.joined(separator: "; ") + "."
  }
}

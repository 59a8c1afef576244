import Drawing
import Posterior
import Reports
import Subgroups

/// Effects of the subgroups with their intervals, the rows of REML and Bayes paired, the effect in all
/// participants below.
struct ForestFigure {
  /// A subgroup, or all participants, with the effect by each estimator.
  private struct Row {
    let label: String
    let participants: Int
    var effects: [(run: FigureRun, effect: FigureRun.Effect)]
    let isOverall: Bool
  }

  let fit: FigureFit
  let runs: [FigureRun]
  let options: FigureOptions
  let theme: Theme
  private let style: EffectStyle
  private let rows: [Row]

  init(_ fit: FigureFit, _ runs: [FigureRun], _ options: FigureOptions) {
    (self.fit, self.runs, self.options) = (fit, runs, options)
    theme = options.theme
    rows = Self.rows(fit, runs, options)
    style = EffectStyle(fit, rows.flatMap { $0.effects.map(\.effect) })
  }

  /// The leaves of the last tree in order, those of the other that it lacks after them, then everybody.
  private static func rows(
    _ fit: FigureFit, _ runs: [FigureRun], _ options: FigureOptions
  ) -> [Row] {
    var rows: [(signature: String, row: Row)] = []
    for run in runs.reversed() where run.leaves.count > 1 {
      for leaf in run.leaves {
        guard let effect = run.effects[leaf.id] else { continue }
        let signature = run.signature(leaf.id)
        if let place = rows.firstIndex(where: { $0.signature == signature }) {
          rows[place].row.effects.insert((run, effect), at: 0)
        } else {
          let label =
            "[\(leaf.id)] "
            + run.conditions(leaf.id, fit, options).joined(separator: " & ")
          rows.append(
            (
              signature,
              Row(
                label: label, participants: leaf.participants, effects: [(run, effect)],
                isOverall: false)
            ))
        }
      }
    }
    let overall = runs.compactMap { run in run.effects[1].map { (run, $0) } }
    let all = Row(
      label: "All participants", participants: fit.trials.reduce(0) { $0 + $1.participants },
      effects: overall, isOverall: true)
    return rows.map(\.row) + [all]
  }

  private var lineHeight: Double { theme.size * 1.35 }

  func page() -> Page {
    let texts = rows.flatMap { row in row.effects.map { text($0.effect) } }
    let textWidth = (texts.map { TextWidth.of($0, size: theme.smallSize) }.max() ?? 0) + 10
    let nameWidth =
      (runs.map { TextWidth.of($0.estimatorWord, size: theme.smallSize) }.max() ?? 0) + 14
    let countWidth = TextWidth.of("00000", size: theme.smallSize) + 12
    let longest = rows.map { TextWidth.of($0.label, size: theme.size) }.max() ?? 0
    let labelWidth = min(max(longest, 90) + 8, 250)
    let fixed = labelWidth + countWidth + nameWidth + textWidth + 2 * Sheet.margin + 16
    let width = max(options.width ?? 760, fixed + 180)
    var sheet = Sheet(options.title ?? "Treatment effects in subgroups", width: width, theme)
    let left = Sheet.margin + labelWidth + countWidth + nameWidth
    let scale = self.scale(from: left + 8, to: width - Sheet.margin - textWidth - 8)
    let columns = Columns(
      label: Sheet.margin, labelWidth: labelWidth - 8,
      count: Sheet.margin + labelWidth + countWidth - 12,
      name: Sheet.margin + labelWidth + countWidth, text: width - Sheet.margin)
    let top = head(&sheet, columns)
    let body = heights()
    let bottom = top + body.reduce(0, +)
    references(&sheet.canvas, scale, from: top, to: bottom)
    var y = top
    for (row, height) in zip(rows, body) {
      if row.isOverall, rows.count > 1 {
        sheet.canvas.line(
          Point(Sheet.margin, y), Point(width - Sheet.margin, y), theme.axis)
      }
      draw(&sheet.canvas, row, columns, scale, y: y, height: height)
      y += height
    }
    let count = max(4, Int((scale.end - scale.start) / (theme.smallSize * 5.5)))
    sheet.canvas.bottomAxis(
      scale, y: bottom + 4, theme, title: fit.effectTitle(options),
      titleWidth: sheet.room(about: (scale.start + scale.end) / 2),
      ticks: style.ticks(scale, count: count))
    sheet.skip(bottom + 4 - sheet.y + Canvas.bottomAxisHeight(theme))
    directions(&sheet, scale)
    sheet.legend(legend)
    sheet.notes(notes)
    return sheet.page("Treatment effects in subgroups", summary)
  }

  private struct Columns {
    let label, labelWidth, count, name, text: Double
  }

  private func scale(from start: Double, to end: Double) -> Scale {
    if let limits = options.limits {
      return Scale(limits.lowerBound, limits.upperBound, from: start, to: end)
    }
    let intervals = rows.flatMap { $0.effects.map(\.effect) }
    let ends = intervals.flatMap { effect in
      [
        effect.estimate, effect.interval?.lower, effect.interval?.upper, effect.newTrial?.lower,
        effect.newTrial?.upper,
      ].compactMap { $0 }
    }
    // A new-trial interval from very few trials would leave the others no room.
    let core: [Double] =
      intervals.compactMap(\.interval?.lower) + intervals.compactMap(\.interval?.upper) + [0]
    let extent = max((core.max() ?? 1) - (core.min() ?? -1), 1e-9)
    let (low, high) = ((core.min() ?? -1) - extent, (core.max() ?? 1) + extent)
    let kept = ends.map { min(max($0, low), high) } + [0]
    return Scale(holding: kept + [fit.worthwhileEffect ?? 0], from: start, to: end)
  }

  private func text(_ effect: FigureRun.Effect) -> String {
    style.text(effect)
  }

  private func head(_ sheet: inout Sheet, _ columns: Columns) -> Double {
    let y = sheet.y + theme.smallSize
    let font = Canvas.Font(theme.smallSize, theme.palette.faint)
    sheet.canvas.text("[node] subgroup", at: Point(columns.label, y), font)
    sheet.canvas.text("n", at: Point(columns.count, y), font, anchor: .end)
    let effect = fit.isBinomial ? "odds ratio" : "effect"
    sheet.canvas.text(
      "\(effect) [\(NumberStyle.percent(fit.level)) interval]", at: Point(columns.text, y), font,
      anchor: .end)
    sheet.canvas.line(
      Point(Sheet.margin, y + 5), Point(sheet.width - Sheet.margin, y + 5), theme.axis)
    return y + 9
  }

  private func lines(_ row: Row, _ width: Double) -> [String] {
    TextWidth.wrapped(row.label, size: theme.size, width: width, lines: 4, isBold: row.isOverall)
  }

  private func heights() -> [Double] {
    rows.map { row in
      let labels = Double(lines(row, 242).count)
      return max(labels, Double(row.effects.count)) * lineHeight + theme.size * 0.7
    }
  }

  private func references(
    _ canvas: inout Canvas, _ scale: Scale, from top: Double, to bottom: Double
  ) {
    canvas.line(Point(scale(0), top), Point(scale(0), bottom + 4), theme.reference)
    guard let worthwhile = fit.worthwhileEffect, scale.holds(worthwhile) else { return }
    canvas.line(
      Point(scale(worthwhile), top), Point(scale(worthwhile), bottom + 4),
      Stroke(theme.palette.faint, width: 1.2, dash: "5 3"))
  }

  private func draw(
    _ canvas: inout Canvas, _ row: Row, _ columns: Columns, _ scale: Scale, y: Double,
    height: Double
  ) {
    let labels = lines(row, columns.labelWidth)
    let middle = y + height / 2
    let font = row.isOverall ? theme.bold : theme.plain
    var baseline = middle - Double(labels.count) * lineHeight / 2 + lineHeight * 0.75
    for line in labels {
      canvas.text(line, at: Point(columns.label, baseline), font)
      baseline += lineHeight
    }
    canvas.text(
      "\(row.participants)", at: Point(columns.count, middle + theme.size * 0.36), theme.small,
      anchor: .end)
    var place = middle - Double(row.effects.count) * lineHeight / 2 + lineHeight / 2
    for (run, effect) in row.effects {
      let text = place + theme.smallSize * 0.36
      canvas.text(run.estimatorWord, at: Point(columns.name, text), theme.small)
      EstimateLook(isBayesian: run.isBayesian, theme: theme).draw(
        &canvas, effect, scale, y: place,
        tooltip: "\(run.estimatorWord): \(self.text(effect))"
          + (effect.newTrial.map { ", new trial \(style.interval($0))" } ?? ""))
      canvas.text(self.text(effect), at: Point(columns.text, text), theme.small, anchor: .end)
      place += lineHeight
    }
  }

  /// Whom an effect on either side of zero favours.
  private func directions(_ sheet: inout Sheet, _ scale: Scale) {
    guard let benefit = fit.benefit else { return }
    let (left, right) =
      benefit == .lower ? (fit.active, fit.reference) : (fit.reference, fit.active)
    let y = sheet.y + theme.smallSize * 1.2
    let zero = min(max(scale(0), scale.start + 60), scale.end - 60)
    let room = (zero - 12 - Sheet.margin, sheet.width - Sheet.margin - zero - 12)
    let texts = ["← favours \(left)", "favours \(right) →"]
    sheet.canvas.text(
      TextWidth.fitted(texts[0], size: theme.smallSize, width: room.0),
      at: Point(zero - 8, y),
      theme.note, anchor: .end)
    sheet.canvas.text(
      TextWidth.fitted(texts[1], size: theme.smallSize, width: room.1),
      at: Point(zero + 8, y),
      theme.note)
    sheet.skip(theme.smallSize * 1.6)
  }

  private var legend: [LegendEntry] {
    var entries = runs.map { run in
      LegendEntry.estimate(
        run.isBayesian
          ? "Bayes: posterior \(fit.centerWord), central interval"
          : "\(run.estimatorWord): estimate, confidence interval",
        EstimateLook(isBayesian: run.isBayesian, theme: theme))
    }
    if rows.contains(where: { $0.effects.contains { $0.effect.newTrial != nil } }) {
      entries.append(
        .line(
          "effect in a new trial", Stroke(theme.palette.ink, width: 1, dash: "1 2.5")))
    }
    if let worthwhile = fit.worthwhileEffect {
      entries.append(
        .line(
          "smallest worthwhile effect, \(style.value(worthwhile))",
          Stroke(theme.palette.faint, width: 1.2, dash: "5 3")))
    }
    return entries
  }

  private var notes: [String] {
    let methods = runs.map { "\($0.estimatorWord): \($0.method.rawValue)" }.joined(separator: "; ")
    let searched =
      rows.count > 1
      ? " Intervals take the tree as given; it was chosen from the same data."
      : " No subgroup was found."
    return ["\(methods).\(searched)"]
  }

  private var summary: String {
    rows.map { row in
      "\(row.label), \(row.participants) participants: "
        + row.effects.map { "\($0.run.estimatorWord) \(text($0.effect))" }.joined(separator: ", ")
    }.joined(separator: "; ") + "."
  }
}

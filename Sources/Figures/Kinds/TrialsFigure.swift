import Drawing
import Posterior
import Reports
import Subgroups

/// Effects of the trials in each subgroup: from the trial alone, and drawn towards the subgroup's mean by the
/// model, an arrow from one to the other.
struct TrialsFigure {
  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  private let style: EffectStyle

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    guard
      run.leaves.contains(where: { run.trialEffects[$0.id]?.contains { $0.raw != nil } == true })
    else {
      throw .lacking(
        "the run \(run.name) has no trial's effect that its participants alone give (fits of earlier versions "
          + "have none: fit again)")
    }
    style = EffectStyle(fit, run.leaves.compactMap { run.effects[$0.id] })
  }

  private var lineHeight: Double { theme.size * 1.5 }
  /// The look of the model's effects.
  private var look: EstimateLook { EstimateLook(isBayesian: run.isBayesian, theme: theme) }

  private func interval(_ raw: (estimate: Double, se: Double)) -> Interval {
    let z = 1.959964
    return Interval(lower: raw.estimate - z * raw.se, upper: raw.estimate + z * raw.se)
  }

  func page() -> Page {
    let texts = run.leaves.flatMap { leaf in
      (run.trialEffects[leaf.id] ?? []).flatMap { [rawText($0), shrunkenText($0)] }
    }
    let textWidth = (texts.map { TextWidth.of($0, size: theme.smallSize) }.max() ?? 0) + 10
    let names = fit.trials.map { TextWidth.of($0.name, size: theme.smallSize) }.max() ?? 0
    let labelWidth = min(max(names + 26, 90), 190)
    let width = max(options.width ?? 760, labelWidth + 2 * textWidth + 2 * Sheet.margin + 200)
    var sheet = Sheet(
      options.title ?? "Treatment effects of the trials in each subgroup", width: width, theme)
    let scale = self.scale(
      from: Sheet.margin + labelWidth + 8, to: width - Sheet.margin - 2 * textWidth - 8)
    let font = Canvas.Font(theme.smallSize, theme.palette.faint)
    let head = sheet.y + theme.smallSize
    sheet.canvas.text(
      "from the trial alone", at: Point(width - Sheet.margin - textWidth, head), font, anchor: .end)
    sheet.canvas.text("in the model", at: Point(width - Sheet.margin, head), font, anchor: .end)
    let top = head + 5
    sheet.canvas.line(Point(Sheet.margin, top), Point(width - Sheet.margin, top), theme.axis)
    let bottom = run.leaves.reduce(top + 6) { $0 + height(of: $1, width) }
    sheet.canvas.line(Point(scale(0), top), Point(scale(0), bottom), theme.reference)
    if let worthwhile = fit.worthwhileEffect, scale.holds(worthwhile) {
      sheet.canvas.line(
        Point(scale(worthwhile), top), Point(scale(worthwhile), bottom),
        Stroke(theme.palette.faint, width: 1.2, dash: "5 3"))
    }
    var y = top
    for leaf in run.leaves { y = block(&sheet.canvas, leaf, scale, textWidth, width, from: y) }
    let count = max(4, Int((scale.end - scale.start) / (theme.smallSize * 5.5)))
    sheet.canvas.bottomAxis(
      scale, y: bottom, theme, title: fit.effectTitle(options),
      titleWidth: sheet.room(about: (scale.start + scale.end) / 2),
      ticks: style.ticks(scale, count: count))
    sheet.skip(bottom - sheet.y + Canvas.bottomAxisHeight(theme))
    sheet.legend(legend)
    sheet.notes(notes)
    return sheet.page("Treatment effects of the trials", summary)
  }

  private func scale(from start: Double, to end: Double) -> Scale {
    if let limits = options.limits {
      return Scale(limits.lowerBound, limits.upperBound, from: start, to: end)
    }
    var values = [0.0]
    var raw: [Double] = []
    for leaf in run.leaves {
      if let effect = run.effects[leaf.id] {
        values += [effect.estimate, effect.interval?.lower, effect.interval?.upper].compactMap {
          $0
        }
      }
      for trial in run.trialEffects[leaf.id] ?? [] {
        values += [trial.shrunken, trial.interval?.lower, trial.interval?.upper].compactMap { $0 }
        if let own = trial.raw {
          let interval = interval(own)
          raw += [own.estimate, interval.lower, interval.upper]
        }
      }
    }
    // A tiny trial's interval would leave the others no room.
    let extent = max((values.max() ?? 1) - (values.min() ?? -1), 1e-9)
    let (low, high) = ((values.min() ?? -1) - extent * 0.75, (values.max() ?? 1) + extent * 0.75)
    return Scale(holding: values + raw.map { min(max($0, low), high) }, from: start, to: end)
  }

  private func rawText(_ effect: FigureRun.TrialEffect) -> String {
    guard let raw = effect.raw else { return NumberStyle.absent }
    return "\(style.value(raw.estimate)) \(style.interval(interval(raw)))"
  }

  private func shrunkenText(_ effect: FigureRun.TrialEffect) -> String {
    guard let shrunken = effect.shrunken else { return NumberStyle.absent }
    return style.value(shrunken) + (effect.interval.map { " \(style.interval($0))" } ?? "")
  }

  /// The name of a subgroup in as many lines as it needs left of its mean.
  private func heading(_ leaf: FigureNode, _ width: Double) -> [String] {
    let rule = run.conditions(leaf.id, fit, options).joined(separator: " & ")
    let room = width - 2 * Sheet.margin - 20 - TextWidth.of(meanText(leaf), size: theme.smallSize)
    return TextWidth.wrapped(
      "[\(leaf.id)] \(rule.isEmpty ? "all participants" : rule)", size: theme.size, width: room,
      lines: 4, isBold: true)
  }

  private func meanText(_ leaf: FigureNode) -> String {
    let effect = run.effects[leaf.id]
    return effect?.estimate == nil
      ? "no estimate" : "mean \(style.text(effect ?? FigureRun.Effect()))"
  }

  private func height(of leaf: FigureNode, _ width: Double) -> Double {
    lineHeight * (1.25 + Double(run.trialEffects[leaf.id]?.count ?? 0))
      + theme.size * 1.3 * Double(heading(leaf, width).count - 1)
  }

  private func block(
    _ canvas: inout Canvas, _ leaf: FigureNode, _ scale: Scale, _ textWidth: Double,
    _ width: Double, from top: Double
  ) -> Double {
    let lines = heading(leaf, width)
    var y = top + lineHeight * 1.25
    canvas.rectangle(
      x: Sheet.margin, y: y - theme.size * 1.05, width: width - 2 * Sheet.margin,
      height: theme.size * (1.4 + 1.3 * Double(lines.count - 1)), fill: "#f2f2f2")
    for line in lines {
      canvas.text(line, at: Point(Sheet.margin + 2, y), theme.bold)
      y += theme.size * 1.3
    }
    y -= theme.size * 1.3
    if let effect = run.effects[leaf.id] {
      canvas.text(
        meanText(leaf), at: Point(width - Sheet.margin - 2, y), theme.small, anchor: .end)
      mean(&canvas, effect, scale, from: y + 4, trials: run.trialEffects[leaf.id]?.count ?? 0)
    }
    for trial in run.trialEffects[leaf.id] ?? [] {
      y += lineHeight
      row(&canvas, trial, scale, textWidth, width, y: y)
    }
    return y
  }

  /// The mean effect of the subgroup as a band behind its trials.
  private func mean(
    _ canvas: inout Canvas, _ effect: FigureRun.Effect, _ scale: Scale, from top: Double,
    trials: Int
  ) {
    let height = Double(trials) * lineHeight
    if let interval = effect.interval {
      let (left, right) = (scale.clamped(interval.lower), scale.clamped(interval.upper))
      canvas.rectangle(
        x: left, y: top, width: right - left, height: height, fill: "#e8eef4")
    }
    if let estimate = effect.estimate, scale.holds(estimate) {
      canvas.line(
        Point(scale(estimate), top), Point(scale(estimate), top + height),
        Stroke(look.color, width: 1.2, dash: look.stroke.dash))
    }
  }

  private func row(
    _ canvas: inout Canvas, _ trial: FigureRun.TrialEffect, _ scale: Scale, _ textWidth: Double,
    _ width: Double, y: Double
  ) {
    let middle = y - theme.smallSize * 0.36
    let room = scale.start - Sheet.margin - 24
    canvas.text(
      TextWidth.fitted(trial.trial, size: theme.smallSize, width: room),
      at: Point(Sheet.margin + 12, y), theme.small)
    let (up, down) = (middle - 3.2, middle + 3.2)
    let grey = Stroke(theme.palette.faint, width: 1)
    if let raw = trial.raw {
      let own = interval(raw)
      canvas.line(
        Point(scale.clamped(own.lower), up), Point(scale.clamped(own.upper), up), grey)
    }
    if let interval = trial.interval {
      canvas.line(
        Point(scale.clamped(interval.lower), down), Point(scale.clamped(interval.upper), down),
        Stroke(look.color, width: 1.5))
    }
    if let raw = trial.raw, let shrunken = trial.shrunken {
      canvas.arrow(
        Point(scale.clamped(raw.estimate), up), Point(scale.clamped(shrunken), down),
        Stroke(theme.palette.ink, width: 0.9))
    }
    if let raw = trial.raw, scale.holds(raw.estimate) {
      canvas.square(
        Point(scale(raw.estimate), up), radius: 3.2, fill: theme.palette.paper,
        stroke: Stroke(theme.palette.ink, width: 1.1), tooltip: "\(trial.trial): \(rawText(trial))")
    }
    if let shrunken = trial.shrunken, scale.holds(shrunken) {
      canvas.circle(
        Point(scale(shrunken), down), radius: 3.6, fill: look.color,
        tooltip: "\(trial.trial): \(shrunkenText(trial))")
    }
    canvas.text(
      rawText(trial), at: Point(width - Sheet.margin - textWidth, y), theme.small, anchor: .end)
    canvas.text(shrunkenText(trial), at: Point(width - Sheet.margin, y), theme.small, anchor: .end)
  }

  private var legend: [LegendEntry] {
    let (theme, look) = (theme, look)
    return [
      LegendEntry(text: "from the trial alone, with 95% interval") { canvas, point in
        canvas.line(
          point, Point(point.x + LegendEntry.markWidth, point.y), Stroke(theme.palette.faint))
        canvas.square(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 3.2,
          fill: theme.palette.paper, stroke: Stroke(theme.palette.ink, width: 1.1))
      },
      LegendEntry(text: "in the model (\(run.estimatorWord))") { canvas, point in
        canvas.line(
          point, Point(point.x + LegendEntry.markWidth, point.y), Stroke(look.color, width: 1.5))
        canvas.circle(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 3.6, fill: look.color)
      },
      .area("mean of the subgroup with its interval", fill: "#e8eef4"),
    ]
  }

  private var notes: [String] {
    [
      "\(run.estimatorWord), \(run.method.rawValue). The model draws the effect of a trial towards the mean of "
        + "its subgroup, the more so the less the trial says and the less trials differ. Intervals that leave the "
        + "axis are cut at its ends. A trial without both arms in a subgroup has no effect of its own there."
    ]
  }

  private var summary: String {
    run.leaves.map { leaf in
      "Node \(leaf.id): "
        + (run.trialEffects[leaf.id] ?? []).map {
          "\($0.trial) \(rawText($0)) in the model \(shrunkenText($0))"
        }.joined(separator: ", ")
    }.joined(separator: "; ") + "."
  }
}

import Drawing
import Posterior
import Reports

/// What stands below each leaf: participants, effect, outcomes by arm and by trial, on scales that all leaves
/// of all trees share.
struct LeafPanels {
  let fit: FigureFit
  let options: FigureOptions
  let theme: Theme
  let style: EffectStyle
  /// The lowest and the highest effect that is drawn.
  private let effects: ClosedRange<Double>
  /// The same of outcomes, or of shares of events.
  private let outcomes: ClosedRange<Double>

  private static let stripHeight = 24.0
  /// The most trials whose names are written.
  private static let mostNames = 24

  init(
    _ fit: FigureFit, _ runs: [FigureRun], _ options: FigureOptions, _ style: EffectStyle
  ) {
    (self.fit, self.options, self.style) = (fit, options, style)
    theme = options.theme
    let drawn = runs.flatMap { run in run.leaves.compactMap { run.effects[$0.id] } }
    let ends = drawn.flatMap { effect in
      [effect.estimate, effect.interval?.lower, effect.interval?.upper].compactMap { $0 }
    }
    effects = Scale(holding: ends + [0], margin: 0.04, from: 0, to: 1).domain
    let groups = runs.flatMap { $0.leaves.flatMap { $0.byArm + $0.byTrial + $0.byBoth } }
    let values = Scale(
      holding: Array(groups.compactMap(\.five).joined()), margin: 0.04, from: 0, to: 1)
    let highest = groups.compactMap(\.share).max() ?? 1
    outcomes =
      options.limits
      ?? (fit.isBinomial ? 0...(highest > 0 ? min(highest * 1.08, 1) : 1) : values.domain)
  }

  // MARK: Sizes

  private var panelHeight: Double { options.panelHeight(104) }

  /// The width of the axis left of the first leaf.
  var axisWidth: Double {
    let scale = Scale(outcomes.lowerBound, outcomes.upperBound, from: panelHeight, to: 0)
    return Canvas.leftAxisWidth(scale, theme) + 4
  }

  /// The width that the texts and boxes of a leaf need.
  func neededWidth(_ effects: [FigureRun.Effect]) -> Double {
    let intervals = effects.map {
      TextWidth.of(style.interval($0.interval), size: theme.smallSize)
    }
    let arms = [fit.reference, fit.active].map {
      TextWidth.of("\($0) 00000", size: theme.smallSize)
    }
    let trials = Double(min(fit.trials.count, Self.mostNames)) * theme.smallSize * 1.15 + 12
    // Limits for text of 12 pixels; larger text needs more.
    let scale = max(theme.size / 12, 1)
    return max(
      (intervals.max() ?? 0) + 14, min((arms.max() ?? 0) + 14, 130 * scale),
      min(trials, 260 * scale), 84 * scale)
  }

  private var namesHeight: Double {
    guard fit.trials.count <= Self.mostNames else { return 6 }
    let widest = fit.trials.map { TextWidth.of($0.name, size: theme.smallSize) }.max() ?? 0
    return min(widest, 70) + 8
  }

  private var lineHeight: Double { theme.smallSize * 1.3 }

  // MARK: Drawing

  /// Draws the leaves of a run from a place on; returns the height.
  func draw(
    _ canvas: inout Canvas, _ run: FigureRun, x: Double, top: Double, column: Double
  ) -> Double {
    let header = lineHeight * 3 + theme.size * 1.3 + lineHeight + 4
    let stripTop = top + header
    let armTop = stripTop + Self.stripHeight + theme.smallSize + 12
    let trialTop = armTop + panelHeight + 22
    for (place, leaf) in run.leaves.enumerated() {
      let left = x + Double(place) * column
      var head = Canvas()
      if options.linksNodes {
        head.rectangle(
          x: left + 3, y: top + 1, width: column - 6, height: header - 4, fill: "none", radius: 5)
      }
      self.header(&head, leaf, run, x: left, top: top, column: column)
      canvas.add(head, linkedTo: options.link(run, leaf), name: run.linkName(leaf))
      strip(&canvas, leaf, run, x: left, top: stripTop, column: column)
      frame(&canvas, x: left, top: armTop, column: column)
      byArm(&canvas, leaf, x: left, top: armTop, column: column)
      frame(&canvas, x: left, top: trialTop, column: column)
      byTrial(&canvas, leaf, x: left, top: trialTop, column: column)
    }
    let name = fit.label(fit.outcome, options)
    let axisTitle = fit.isBinomial ? "share" : name
    for (panelTop, by) in [(armTop, "by arm"), (trialTop, "by trial")] {
      let scale = Scale(
        outcomes.lowerBound, outcomes.upperBound, from: panelTop + panelHeight, to: panelTop)
      canvas.leftAxis(scale, x: x - 2, theme, title: "\(axisTitle) \(by)")
    }
    return trialTop + panelHeight + namesHeight - top
  }

  private func header(
    _ canvas: inout Canvas, _ leaf: FigureNode, _ run: FigureRun, x: Double, top: Double,
    column: Double
  ) {
    let center = x + column / 2
    var y = top
    func write(_ text: String, _ font: Canvas.Font, _ advance: Double) {
      y += advance
      let shown = TextWidth.fitted(text, size: font.size, width: column - 6, isBold: font.isBold)
      canvas.text(
        shown, at: Point(center, y), font, anchor: .middle, tooltip: shown == text ? nil : text)
    }
    let bold = Canvas.Font(theme.smallSize, theme.palette.ink, isBold: true)
    write("[\(leaf.id)] n = \(leaf.participants)", bold, lineHeight)
    for (arm, name) in [fit.reference, fit.active].enumerated() {
      let count = leaf.byArm.indices.contains(arm) ? leaf.byArm[arm].participants : nil
      guard let count else {
        y += lineHeight
        continue
      }
      let number = " \(count)"
      let room = column - 6 - TextWidth.of(number, size: theme.smallSize)
      write(
        TextWidth.fitted(name, size: theme.smallSize, width: room) + number, theme.small, lineHeight
      )
    }
    let effect = run.effects[leaf.id]
    write(style.value(effect?.estimate), theme.bold, theme.size * 1.3)
    write(style.interval(effect?.interval), theme.small, lineHeight)
  }

  /// The effect with its interval on a scale of its own.
  private func strip(
    _ canvas: inout Canvas, _ leaf: FigureNode, _ run: FigureRun, x: Double, top: Double,
    column: Double
  ) {
    let scale = Scale(
      effects.lowerBound, effects.upperBound, from: x + 6, to: x + column - 6)
    let bottom = top + Self.stripHeight
    canvas.line(Point(scale(0), top), Point(scale(0), bottom), theme.reference)
    if let worthwhile = fit.worthwhileEffect, scale.holds(worthwhile) {
      canvas.line(
        Point(scale(worthwhile), top), Point(scale(worthwhile), bottom),
        Stroke(theme.palette.faint, dash: "3 2"))
    }
    var effect = run.effects[leaf.id] ?? FigureRun.Effect()
    effect.newTrial = nil
    EstimateLook(isBayesian: run.isBayesian, theme: theme)
      .draw(&canvas, effect, scale, y: top + Self.stripHeight / 2)
    canvas.bottomAxis(
      scale, y: bottom, theme, ticks: style.ticks(scale, count: max(3, Int(column / 40))))
  }

  private func frame(_ canvas: inout Canvas, x: Double, top: Double, column: Double) {
    canvas.rectangle(
      x: x + 2, y: top, width: column - 4, height: panelHeight, fill: "none",
      stroke: theme.axis)
  }

  private func byArm(
    _ canvas: inout Canvas, _ leaf: FigureNode, x: Double, top: Double, column: Double
  ) {
    let width = min(column * 0.26, 40)
    for (arm, group) in leaf.byArm.enumerated() {
      let center = x + column * (arm == 0 ? 0.3 : 0.7)
      mark(&canvas, group, center: center, width: width, top: top, isActive: arm == 1)
      // Where the names do not fit, place and legend tell the arms.
      let names = [fit.reference, fit.active]
      guard names.allSatisfy({ TextWidth.of($0, size: theme.smallSize) < column * 0.4 - 4 }) else {
        continue
      }
      canvas.text(
        names[arm], at: Point(center, top + panelHeight + lineHeight), theme.small,
        anchor: .middle)
    }
  }

  /// Two boxes a trial where there is room, else one of both arms.
  private func byTrial(
    _ canvas: inout Canvas, _ leaf: FigureNode, x: Double, top: Double, column: Double
  ) {
    let slot = (column - 8) / Double(max(fit.trials.count, 1))
    let isPaired = slot >= 10
    for (place, trial) in fit.trials.enumerated() {
      let center = x + 4 + (Double(place) + 0.5) * slot
      if isPaired {
        let own = leaf.byBoth.filter { $0.trial == trial.name }
        let width = min(slot * 0.36, 20)
        for group in own {
          let isActive = group.arm == fit.active
          mark(
            &canvas, group, center: center + (isActive ? 0.56 : -0.56) * width, width: width,
            top: top, isActive: isActive)
        }
      } else if let group = leaf.byTrial.first(where: { $0.trial == trial.name }) {
        mark(&canvas, group, center: center, width: max(slot * 0.7, 1.5), top: top, isActive: nil)
      }
      guard fit.trials.count <= Self.mostNames, slot >= theme.smallSize * 0.85 else { continue }
      self.name(trial.name, &canvas, center: center, slot: slot, y: top + panelHeight)
    }
  }

  /// Whether the names of trials fit side by side.
  private func isUpright(_ slot: Double) -> Bool {
    fit.trials.allSatisfy { TextWidth.of($0.name, size: theme.smallSize) <= slot - 2 }
  }

  private func name(
    _ text: String, _ canvas: inout Canvas, center: Double, slot: Double, y: Double
  ) {
    guard !isUpright(slot) else {
      canvas.text(text, at: Point(center, y + lineHeight), theme.small, anchor: .middle)
      return
    }
    let shown = TextWidth.fitted(text, size: theme.smallSize, width: 70)
    canvas.text(
      shown, at: Point(center + theme.smallSize * 0.36, y + 5), theme.small, anchor: .end,
      angle: -90, tooltip: shown == text ? nil : text)
  }

  /// A box plot, or a bar of the share of events.
  private func mark(
    _ canvas: inout Canvas, _ group: FigureNode.Group, center: Double, width: Double, top: Double,
    isActive: Bool?
  ) {
    let scale = Scale(
      outcomes.lowerBound, outcomes.upperBound, from: top + panelHeight, to: top)
    let fill =
      isActive.map { $0 ? theme.palette.active : theme.palette.reference } ?? theme.palette.pale
    let line = Stroke(theme.palette.ink, width: 0.8)
    let left = center - width / 2
    if let share = group.share {
      let y = scale.clamped(share)
      canvas.rectangle(
        x: left, y: y, width: width, height: scale.start - y, fill: fill, stroke: line,
        tooltip: "\(NumberStyle.share(share)) of \(group.participants)")
    }
    guard let five = group.five, five[4] >= outcomes.lowerBound, five[0] <= outcomes.upperBound
    else { return }
    let y = five.map { scale.clamped($0) }
    canvas.line(Point(center, y[0]), Point(center, y[1]), line)
    canvas.line(Point(center, y[3]), Point(center, y[4]), line)
    canvas.rectangle(
      x: left, y: y[3], width: width, height: y[1] - y[3], fill: fill, stroke: line,
      tooltip: "n = \(group.participants), median \(NumberStyle.significant(five[2]))")
    if scale.holds(five[2]) {
      let color = isActive == true ? theme.palette.paper : theme.palette.ink
      canvas.line(Point(left, y[2]), Point(left + width, y[2]), Stroke(color, width: 2))
    }
  }
}

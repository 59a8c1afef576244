import Drawing
import JSON
import Posterior
import Reports
import Words

/// How much the effects hang on the prior of the heterogeneity: refits over a grid of priors, on the reported
/// tree and with the tree grown again, and power-scaling.
struct SensitivityFigure {
  /// What a tree that was grown again says of a subgroup.
  enum Regrown {
    /// No tree was grown.
    case notGrown
    /// The tree has no such subgroup.
    case missing
    /// The effect in it.
    case found(SavedRefits.Quantity)

    /// The interval of the effect.
    var interval: Interval? {
      if case .found(let quantity) = self { quantity.interval } else { nil }
    }
    /// Whether no tree was grown.
    var isNotGrown: Bool { if case .notGrown = self { true } else { false } }
    /// Whether the tree has no such subgroup.
    var isMissing: Bool { if case .missing = self { true } else { false } }
  }

  /// The effect in one subgroup, or an SD, under each prior.
  struct Panel {
    let title: String
    /// As reported.
    let reported: FigureRun.Effect
    /// On the reported tree, a prior each.
    let same: [SavedRefits.Quantity?]
    /// Of the tree grown again, a prior each.
    let regrown: [Regrown]
    let isEffect: Bool
  }

  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  let style: EffectStyle
  let found: SavedRefits
  let panels: [Panel]
  let scaling: PowerScalingRows?

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    guard let saved = run.part("sensitivity") else {
      throw .lacking(
        "the run \(run.name) was not fitted again under other priors; fit again with --sensitivity")
    }
    let found = try reading { () throws(SavedFitError) in
      try SavedRefits(saved, isBinomial: fit.isBinomial)
    }
    self.found = found
    scaling = try reading { () throws(SavedFitError) in
      try found.powerScaling.map { (scaling) throws(SavedFitError) in
        try PowerScalingRows(scaling)
      }
    }
    let isFitted = found.refits.contains { !$0.same.isEmpty }
    panels =
      isFitted
      ? Self.effects(fit, run, options, found) + Self.deviations(run, found) : []
    style = EffectStyle(fit, panels.filter(\.isEffect).map(\.reported))
    guard !panels.isEmpty || scaling?.rows.isEmpty == false else {
      throw .lacking(
        "the run \(run.name) has no heterogeneity whose prior could be varied; choose another run with --run"
      )
    }
  }

  private static func effects(
    _ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions, _ found: SavedRefits
  ) -> [Panel] {
    run.leaves.map { leaf in
      let rule = run.conditions(leaf.id, fit, options).joined(separator: " & ")
      let saved = run.rule(leaf.id)
      return Panel(
        title: "[\(leaf.id)] \(rule.isEmpty ? "all participants" : rule)",
        reported: run.effects[leaf.id] ?? FigureRun.Effect(),
        same: found.refits.map { $0.same[leaf.id] },
        regrown: found.refits.map { refit in
          guard let regrown = refit.regrown else { return .notGrown }
          return regrown[saved].map { .found($0) } ?? .missing
        }, isEffect: true)
    }
  }

  private static func deviations(_ run: FigureRun, _ found: SavedRefits) -> [Panel] {
    let leaves = run.leaves
    let count = found.refits.map(\.deviations.count).max() ?? 0
    guard count == 1 || count == leaves.count else { return [] }
    return (0..<count).map { place in
      let word = found.parameter == "tau0" ? "SD of intercepts" : "SD of effects"
      return Panel(
        title: "\(found.symbol), \(word)" + (count > 1 ? " in [\(leaves[place].id)]" : ""),
        reported: run.deviation(found.parameter ?? "tau1", in: count > 1 ? leaves[place].id : nil),
        same: found.refits.map {
          $0.deviations.indices.contains(place) ? $0.deviations[place] : nil
        },
        regrown: found.refits.map { _ in .notGrown }, isEffect: false)
    }
  }

  // MARK: Layout

  func page() -> Page {
    let labelWidth =
      (found.refits.map { TextWidth.of($0.name, size: theme.smallSize) }.max() ?? 60) + 12
    let columns = min(max(panels.count, 1), 3)
    let needed = 2 * Sheet.margin + labelWidth + Double(columns) * 190
    let width = max(options.width ?? max(needed + 40, 640), needed, 460)
    var sheet = Sheet(
      options.title ?? "Refits under other priors of \(found.symbol), and power-scaling",
      width: width, theme)
    if !panels.isEmpty {
      refits(&sheet, columns, labelWidth)
      sheet.legend(legend)
    }
    if let scaling, !scaling.rows.isEmpty { scaling.draw(&sheet, theme, options) }
    sheet.notes(notes)
    return sheet.page("Sensitivity to the priors", summary)
  }

  /// The places of the refits within a panel, those of one form together.
  private func places(_ frame: Frame) -> [Double] {
    var groups: [(shape: String, count: Int)] = []
    for refit in found.refits {
      if groups.last?.shape == refit.shape {
        groups[groups.count - 1].count += 1
      } else {
        groups.append((refit.shape, 1))
      }
    }
    return Sheet.rows(groups.map(\.count), from: frame.y, to: frame.bottom)
  }

  private func refits(_ sheet: inout Sheet, _ columns: Int, _ labelWidth: Double) {
    let cell = (sheet.width - 2 * Sheet.margin - labelWidth) / Double(columns)
    let font = Canvas.Font(theme.size * 0.95, theme.palette.ink, isBold: true)
    let line = font.size * 1.2
    let height = options.panelHeight(Double(found.refits.count) * theme.smallSize * 1.75)
    for first in stride(from: 0, to: panels.count, by: columns) {
      let row = Array(panels[first..<min(first + columns, panels.count)])
      let titles = row.map {
        TextWidth.wrapped($0.title, size: font.size, width: cell - 16, lines: 6, isBold: true)
      }
      let above = Double(titles.map(\.count).max() ?? 1) * line + 4
      for (column, panel) in row.enumerated() {
        let frame = Frame(
          x: Sheet.margin + labelWidth + Double(column) * cell, y: sheet.y + above,
          width: cell - 16, height: height)
        if column == 0 { labels(&sheet.canvas, frame, labelWidth) }
        for (index, text) in titles[column].enumerated() {
          let y = frame.y - 6 - Double(titles[column].count - 1 - index) * line
          sheet.canvas.text(text, at: Point(frame.x, y), font)
        }
        let domain = domain(of: panel)
        draw(
          &sheet.canvas, panel,
          Scale(domain.lowerBound, domain.upperBound, from: frame.x, to: frame.right), frame)
      }
      sheet.skip(above + height + Canvas.bottomAxisHeight(theme) + 8)
    }
  }

  /// What a panel must hold.
  private func range(of panel: Panel) -> ClosedRange<Double>? {
    let intervals =
      panel.same.compactMap { $0?.interval } + panel.regrown.compactMap(\.interval)
      + [panel.reported.interval].compactMap { $0 }
    let values = intervals.flatMap { [$0.lower, $0.upper] }.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  /// The ends of all effects, with 0 among them, and the widest extent of one panel.
  private var extents: (low: Double, high: Double, widest: Double) {
    let ranges = panels.filter(\.isEffect).compactMap(range)
    return (
      min(ranges.map(\.lowerBound).min() ?? 0, 0), max(ranges.map(\.upperBound).max() ?? 0, 0),
      ranges.map { $0.upperBound - $0.lowerBound }.max() ?? 0
    )
  }

  /// Whether effects are so far apart that one axis for all would hide their intervals.
  var isApart: Bool {
    let (low, high, widest) = extents
    return options.limits == nil && high - low > 4 * widest
  }

  /// The ends of a panel's axis: panels of effects share them, or where effects are far apart their extent
  /// alone, so that intervals can be compared.
  private func domain(of panel: Panel) -> ClosedRange<Double> {
    if panel.isEffect, let limits = options.limits { return limits }
    func widened(_ low: Double, _ high: Double) -> ClosedRange<Double> {
      let space = max(high - low, 1e-12) * 0.04
      return (low - space)...(high + space)
    }
    guard let own = range(of: panel) else { return -1...1 }
    guard panel.isEffect else { return widened(min(own.lowerBound, 0), own.upperBound) }
    let (low, high, widest) = extents
    guard isApart else { return widened(low, high) }
    let middle = (own.lowerBound + own.upperBound) / 2
    return widened(middle - widest / 2, middle + widest / 2)
  }

  private func labels(_ canvas: inout Canvas, _ frame: Frame, _ width: Double) {
    for (refit, y) in zip(found.refits, places(frame)) {
      canvas.rowLabel(refit.name, x: frame.x - width, y: y, width: width - 6, theme)
    }
  }

  private func draw(_ canvas: inout Canvas, _ panel: Panel, _ scale: Scale, _ frame: Frame) {
    if let interval = panel.reported.interval {
      let (left, right) = (scale.clamped(interval.lower), scale.clamped(interval.upper))
      canvas.rectangle(
        x: left, y: frame.y, width: right - left, height: frame.height, fill: "#e8eef4")
    }
    if let center = panel.reported.estimate, scale.holds(center) {
      canvas.line(
        Point(scale(center), frame.y), Point(scale(center), frame.bottom),
        Stroke(theme.palette.bayes, width: 1, dash: "2 2"))
    }
    if scale.holds(0) {
      canvas.line(Point(scale(0), frame.y), Point(scale(0), frame.bottom), theme.reference)
    }
    let places = places(frame)
    let apart = places.count > 1 ? min((places[1] - places[0]) * 0.21, 4) : 0
    for (place, y) in places.enumerated() {
      let hasTwo = !panel.regrown[place].isNotGrown
      if let quantity = panel.same[place] {
        look(
          isRegrown: false, &canvas, quantity, scale, y: y - (hasTwo ? apart : 0),
          tooltip: words(quantity, panel, place))
      }
      switch panel.regrown[place] {
      case .notGrown: continue
      case .found(let quantity):
        look(
          isRegrown: true, &canvas, quantity, scale, y: y + apart,
          tooltip: "\(words(quantity, panel, place)), tree grown again")
      case .missing:
        canvas.cross(
          Point(frame.right - 5, y + apart), radius: 2.4, Stroke(theme.palette.alarm, width: 1.4))
      }
    }
    let count = max(3, Int((scale.end - scale.start) / (theme.smallSize * 5.5)))
    canvas.bottomAxis(
      scale, y: frame.bottom, theme, title: panel.isEffect ? effectWord : found.symbol,
      ticks: panel.isEffect ? style.ticks(scale, count: count) : nil)
  }

  private var effectWord: String { fit.isBinomial ? "odds ratio" : "effect" }

  func stroke(isRegrown: Bool) -> Stroke {
    Stroke(theme.palette.bayes, width: 1.3, dash: isRegrown ? "3 2" : nil)
  }

  private func look(
    isRegrown: Bool, _ canvas: inout Canvas, _ quantity: SavedRefits.Quantity, _ scale: Scale,
    y: Double, tooltip: String
  ) {
    if let interval = quantity.interval {
      canvas.line(
        Point(scale.clamped(interval.lower), y), Point(scale.clamped(interval.upper), y),
        stroke(isRegrown: isRegrown))
    }
    guard let center = quantity.center, scale.holds(center) else { return }
    mark(isRegrown: isRegrown, &canvas, Point(scale(center), y), tooltip: tooltip)
  }

  /// A quantity under the prior at a place of the grid.
  private func words(
    _ quantity: SavedRefits.Quantity, _ panel: Panel, _ place: Int
  ) -> String {
    let text =
      panel.isEffect
      ? style.text(.init(estimate: quantity.center, interval: quantity.interval))
      : NumberStyle.significant(quantity.center)
    return "\(found.refits[place].name): \(text)"
  }

  func mark(
    isRegrown: Bool, _ canvas: inout Canvas, _ point: Point, tooltip: String? = nil
  ) {
    if isRegrown {
      canvas.square(
        point, radius: 2.2, fill: theme.palette.paper,
        stroke: Stroke(theme.palette.bayes, width: 1.2), tooltip: tooltip)
    } else {
      canvas.circle(point, radius: 2.6, fill: theme.palette.bayes, tooltip: tooltip)
    }
  }
}

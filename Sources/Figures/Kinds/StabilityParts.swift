import Drawing
import Posterior
import Reports
import Words

extension StabilityFigure {
  // MARK: Cut points

  /// The most variables whose cuts are drawn.
  private static var mostCuts: Int { 6 }
  /// The most cuts that have a bar each; more are put together in bins.
  private static var mostBars: Int { 40 }

  /// Histograms of the cut points, with the cuts of the reported tree.
  func cuts(_ sheet: inout Sheet) {
    let shown = found.cuts.filter { !$0.cuts.isEmpty }.prefix(Self.mostCuts)
    guard !shown.isEmpty else { return }
    sheet.skip(theme.size * 0.8)
    let columns = min(shown.count, 3)
    let cell = (sheet.width - 2 * Sheet.margin) / Double(columns) - 66
    let below = shown.compactMap(\.levels).map { levels in
      Canvas.categoryAxisHeight(
        levels.dropLast().map { "≤ \($0)" }, slot: cell / Double(max(levels.count - 1, 1)), theme)
    }
    let grid = PanelGrid(
      count: shown.count, columns: columns, height: options.panelHeight(120), left: 52,
      below: below.reduce(42) { max($0, $1) }, above: 34)
    sheet.panels(grid) { canvas, place, frame in draw(&canvas, shown[place], frame) }
  }

  private func draw(_ canvas: inout Canvas, _ cuts: SavedStability.Cuts, _ frame: Frame) {
    let name = fit.label(cuts.variable, options)
    let named = Frame(x: frame.x, y: frame.y - 12, width: frame.width, height: frame.height)
    Sheet.name("Cuts of \(name)", of: named, &canvas, theme)
    let bars = bars(cuts)
    let across: Scale
    if let levels = cuts.levels {
      // Nothing is cut after the last level.
      across = Scale(-0.5, Double(max(levels.count, 2)) - 1.5, from: frame.x, to: frame.right)
    } else {
      let ends = bars.flatMap { [$0.from, $0.to] } + ownCuts(cuts).map(\.at)
      across = Scale(holding: ends, margin: 0.04, from: frame.x, to: frame.right)
    }
    let highest = bars.map(\.anywhere).max() ?? 1
    let up = frame.up(0, highest * 1.06)
    for bar in bars {
      let (left, right) = (across(bar.from), across(bar.to))
      for (height, fill) in [(bar.anywhere, anywhereFill), (bar.root, rootFill)] where height > 0 {
        canvas.rectangle(
          x: left, y: up(height), width: max(right - left, 1), height: frame.bottom - up(height),
          fill: fill, stroke: right - left > 3 ? outline : nil,
          tooltip: "\(bar.label): \(NumberStyle.significant(bar.anywhere, digits: 6)) splits, "
            + "\(NumberStyle.significant(bar.root, digits: 6)) at the root")
      }
    }
    ownLines(&canvas, ownCuts(cuts), across, frame)
    canvas.leftAxis(up, x: frame.x, theme, title: "splits", ticks: up.countTicks(4))
    guard let levels = cuts.levels else {
      let isWhole = cuts.cuts.allSatisfy { $0.at == $0.at.rounded() }
      canvas.bottomAxis(
        across, y: frame.bottom, theme, title: name,
        ticks: isWhole ? across.countTicks(max(2, Int(frame.width / 45))) : nil)
      return
    }
    canvas.categoryAxis(
      levels.dropLast().map { "≤ \($0)" }, { across(Double($0)) }, slot: across(1) - across(0),
      y: frame.bottom, end: frame.right, theme)
  }

  private struct Bar {
    let from, to, anywhere, root: Double
    let label: String
  }

  private func bars(_ cuts: SavedStability.Cuts) -> [Bar] {
    let values = cuts.cuts.map(\.at)
    let low = values.min() ?? 0
    let extent = (values.max() ?? 0) - low
    let gap = zip(values.dropFirst(), values).map { $0 - $1 }.min() ?? 1
    guard cuts.levels == nil, cuts.cuts.count > Self.mostBars || gap < extent / 120 else {
      let half = cuts.levels == nil ? min(gap, max(extent, 1) / 8) * 0.42 : 0.35
      return cuts.cuts.map { cut in
        let word = cuts.levels.map { $0[Int(cut.at)] } ?? NumberStyle.significant(cut.at, digits: 5)
        return Bar(
          from: cut.at - half, to: cut.at + half, anywhere: cut.anywhere, root: cut.root,
          label: "≤ \(word)")
      }
    }
    let bins = 30
    let width = extent / Double(bins)
    return (0..<bins).compactMap { bin in
      let inside = cuts.cuts.filter { min(Int(($0.at - low) / width), bins - 1) == bin }
      guard !inside.isEmpty else { return nil }
      let from = low + Double(bin) * width
      return Bar(
        from: from, to: from + width, anywhere: inside.reduce(0) { $0 + $1.anywhere },
        root: inside.reduce(0) { $0 + $1.root },
        label: "\(NumberStyle.significant(from)) to \(NumberStyle.significant(from + width))")
    }
  }

  /// The cuts of the reported tree on a variable.
  private func ownCuts(_ cuts: SavedStability.Cuts) -> [(node: Int, at: Double)] {
    run.nodes.compactMap { node in
      guard let split = node.split, split.variable == cuts.variable else { return nil }
      if let levels = cuts.levels {
        let place = levels.firstIndex { split.conditions.first == "≤ \($0)" }
        return place.map { (node.id, Double($0)) }
      }
      return split.breakpoint.map { (node.id, $0) }
    }
  }

  /// A line at each cut, with its node above.
  private func ownLines(
    _ canvas: inout Canvas, _ cuts: [(node: Int, at: Double)], _ across: Scale, _ frame: Frame
  ) {
    let labels = cuts.map { "[\($0.node)]" }
    let widest = labels.map { TextWidth.of($0, size: theme.smallSize) }.max() ?? 0
    let places = spread(
      cuts.map { across($0.at) }, apart: widest + 2, within: frame.x...frame.right)
    for (cut, (label, place)) in zip(cuts, zip(labels, places)) {
      let x = across(cut.at)
      canvas.line(Point(x, frame.y), Point(x, frame.bottom), own)
      canvas.text(label, at: Point(place, frame.y - 2), theme.small, anchor: .middle)
    }
  }

  // MARK: Splits of the reported tree

  /// How often each split of the reported tree comes back.
  func splits(_ sheet: inout Sheet) {
    let labels = found.splits.map { entry -> (String, String) in
      guard let split = run.node(entry.node)?.split else { return ("[\(entry.node)]", "") }
      let name = fit.label(split.variable, options)
      let condition = split.conditions.first ?? ""
      let isLevels = split.breakpoint == nil && !condition.hasPrefix("≤ ")
      return ("[\(entry.node)] \(name)", isLevels ? ": \(condition)" : " \(condition)")
    }
    let size = theme.smallSize
    let widest = labels.map { TextWidth.of($0.0 + $0.1, size: size) }.max() ?? 0
    let labelWidth = min(widest + 12, sheet.width * 0.45)
    sheet.skip(theme.size * 0.8)
    let frame = Frame(
      x: Sheet.margin + labelWidth, y: sheet.y + 22,
      width: sheet.width - 2 * Sheet.margin - labelWidth - 44,
      height: Double(labels.count) * size * 1.7)
    Sheet.name(
      "Splits of the reported tree, found again under the same ancestors", of: frame, &sheet.canvas,
      theme, left: labelWidth)
    let across = frame.across(0, 1)
    let places = Sheet.rows([labels.count], from: frame.y, to: frame.bottom)
    for (entry, (label, y)) in zip(found.splits, zip(labels, places)) {
      let rest = TextWidth.fitted(label.1, size: size, width: labelWidth * 0.55)
      sheet.canvas.rowLabel(label.0, rest, x: Sheet.margin, y: y, width: labelWidth - 8, theme)
      sheet.canvas.bar(
        entry.share, across, y: y, height: size * 1.1,
        fill: entry.node == 1 ? rootFill : anywhereFill, stroke: outline)
      sheet.canvas.text(
        NumberStyle.share(entry.share),
        at: Point(across(entry.share) + 6, y + size * 0.36), theme.small)
    }
    sheet.canvas.line(Point(frame.x, frame.y), Point(frame.x, frame.bottom), theme.axis)
    sheet.canvas.bottomAxis(
      across, y: frame.bottom, theme,
      title: "share of trees, cuts being the same to the last digit",
      titleWidth: sheet.room(about: (across.start + across.end) / 2), ticks: Self.percents)
    sheet.skip(22 + frame.height + Canvas.bottomAxisHeight(theme))
  }

  // MARK: Effects

  /// The effects as reported, with arrows to those that are corrected for the search.
  func effects(_ sheet: inout Sheet) {
    let size = theme.smallSize
    let labelWidth = 240.0
    let labels = found.subgroups.map { subgroup in
      TextWidth.wrapped(
        "[\(subgroup.node)] "
          + run.conditions(subgroup.node, fit, options).joined(separator: " & "), size: size,
        width: labelWidth - 10, lines: 4)
    }
    let texts = found.subgroups.map { subgroup in
      subgroup.effect.estimate == nil
        ? "no estimate"
        : "\(style.value(subgroup.effect.estimate)) → \(style.value(subgroup.corrected?.estimate))"
    }
    let textWidth = (texts.map { TextWidth.of($0, size: size) }.max() ?? 0) + 12
    sheet.skip(theme.size * 0.8)
    let heights = labels.map { max(Double($0.count), 2) * size * 1.3 + 4 }
    let frame = Frame(
      x: Sheet.margin + labelWidth, y: sheet.y + 22,
      width: sheet.width - 2 * Sheet.margin - labelWidth - textWidth,
      height: heights.reduce(0, +))
    Sheet.name(
      "Effects as reported, and corrected for the search", of: frame, &sheet.canvas, theme,
      left: labelWidth)
    let intervals = found.subgroups.flatMap { [$0.effect.interval, $0.corrected?.interval] }
      .compactMap { $0 }
    let across =
      options.limits.map { Scale($0.lowerBound, $0.upperBound, from: frame.x, to: frame.right) }
      ?? Scale(
        holding: intervals.flatMap { [$0.lower, $0.upper] } + [0], from: frame.x, to: frame.right)
    references(&sheet.canvas, across, frame)
    var y = frame.y
    for (place, subgroup) in found.subgroups.enumerated() {
      let middle = y + heights[place] / 2
      var baseline =
        middle - Double(labels[place].count) * size * 1.3 / 2 + size
      for line in labels[place] {
        sheet.canvas.text(line, at: Point(Sheet.margin, baseline), theme.small)
        baseline += size * 1.3
      }
      pair(&sheet.canvas, subgroup, across, y: middle)
      sheet.canvas.text(
        texts[place], at: Point(sheet.width - Sheet.margin, middle + size * 0.36), theme.small,
        anchor: .end)
      y += heights[place]
    }
    let count = max(4, Int((across.end - across.start) / (size * 5.5)))
    sheet.canvas.bottomAxis(
      across, y: frame.bottom, theme, title: fit.effectTitle(options),
      titleWidth: sheet.room(about: (across.start + across.end) / 2),
      ticks: style.ticks(across, count: count))
    sheet.skip(22 + frame.height + Canvas.bottomAxisHeight(theme))
    sheet.legend(effectLegend)
  }

  private func references(_ canvas: inout Canvas, _ across: Scale, _ frame: Frame) {
    if across.holds(0) {
      canvas.line(Point(across(0), frame.y), Point(across(0), frame.bottom), theme.reference)
    }
    if let overall = found.overall?.estimate, across.holds(overall) {
      canvas.line(
        Point(across(overall), frame.y), Point(across(overall), frame.bottom), overallStroke)
    }
  }

  private var overallStroke: Stroke { Stroke(theme.palette.faint, width: 1.2, dash: "5 3") }
  private var reportedLook: EstimateLook {
    EstimateLook(isBayesian: run.isBayesian, theme: theme)
  }

  private func pair(
    _ canvas: inout Canvas, _ subgroup: SavedStability.Subgroup, _ across: Scale, y: Double
  ) {
    let apart = subgroup.corrected == nil ? 0 : theme.smallSize * 0.6
    if let corrected = subgroup.corrected {
      if let from = subgroup.effect.estimate, let to = corrected.estimate {
        canvas.arrow(
          Point(across.clamped(from), y - apart), Point(across.clamped(to), y + apart),
          Stroke(theme.palette.ink, width: 1))
      }
      if let interval = corrected.interval {
        canvas.line(
          Point(across.clamped(interval.lower), y + apart),
          Point(across.clamped(interval.upper), y + apart), Stroke(theme.palette.ink, width: 1.2))
      }
    }
    reportedLook.draw(
      &canvas, subgroup.effect, across, y: y - apart)
    if let to = subgroup.corrected?.estimate, across.holds(to) {
      canvas.circle(
        Point(across(to), y + apart), radius: 3.4, fill: theme.palette.ink,
        tooltip: "corrected: \(style.value(to))")
    }
  }

  private var effectLegend: [LegendEntry] {
    [
      .estimate("as reported", reportedLook),
      LegendEntry(text: "corrected; the interval is the same, moved") { canvas, point in
        canvas.line(
          point, Point(point.x + LegendEntry.markWidth, point.y),
          Stroke(theme.palette.ink, width: 1.2))
        canvas.circle(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 3.4, fill: theme.palette.ink)
      }, .line("overall effect", overallStroke),
    ]
  }
}

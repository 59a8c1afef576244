import Drawing
import Reports
import Subgroups

/// One or two trees: inner nodes above, leaves with participants, effect and outcomes below.
struct TreeFigure {
  let fit: FigureFit
  let runs: [FigureRun]
  let options: FigureOptions
  let theme: Theme
  private let style: EffectStyle
  /// The width of a leaf's column.
  private let column: Double
  private let panels: LeafPanels
  private let isStacked: Bool
  /// The most lines that the name of a variable needs.
  private let nameLines: Int

  init(_ fit: FigureFit, _ runs: [FigureRun], _ options: FigureOptions) {
    (self.fit, self.runs, self.options) = (fit, runs, options)
    theme = options.theme
    let effects = runs.flatMap { run in run.leaves.compactMap { run.effects[$0.id] } }
    style = EffectStyle(fit, effects)
    let panels = LeafPanels(fit, runs, options, style)
    let leaves = runs.reduce(0) { $0 + $1.leaves.count }
    let needed = panels.neededWidth(effects)
    let isStacked = runs.count > 1 && leaves > Self.mostLeavesAbreast
    let abreast = isStacked ? runs.map(\.leaves.count).max() ?? 1 : leaves
    let trees = Double(isStacked ? 1 : runs.count)
    let edges = 2 * Sheet.margin + trees * panels.axisWidth + (trees - 1) * Self.gap
    let wanted = options.width.map { ($0 - edges) / Double(abreast) } ?? 0
    let named = runs.map { run in
      (TextWidth.of(Self.heading(run), size: options.theme.size, isBold: true) - panels.axisWidth)
        / Double(run.leaves.count)
    }
    column = max(needed, min(wanted, 400), named.max() ?? 0)
    self.panels = panels
    self.isStacked = isStacked
    let room = Self.nameWidth(column)
    let names = runs.flatMap { $0.nodes.compactMap { $0.split?.variable } }.map { name in
      TextWidth.wrapped(
        fit.label(name, options), size: options.theme.size, width: room, lines: 2, isBold: true)
    }
    nameLines = names.map(\.count).max() ?? 1
  }

  /// The room for a variable's name: boxes of one depth are two columns apart at least.
  private static func nameWidth(_ column: Double) -> Double { max(column * 1.8 - 16, 90) }

  private static let gap = 36.0
  /// The most leaves, over both trees, that stand side by side; trees of more stand above one another.
  private static let mostLeavesAbreast = 16

  func page() -> Page {
    let widths = runs.map { panels.axisWidth + Double($0.leaves.count) * column }
    let abreast =
      isStacked
      ? widths.max() ?? 0 : widths.reduce(0, +) + Double(runs.count - 1) * Self.gap
    var sheet = Sheet(title, width: max(abreast + 2 * Sheet.margin, 360), theme)
    let layouts = runs.map { TreeLayout($0) }
    let deepest = layouts.map(\.depth).max() ?? 0
    var x = Sheet.margin
    for (place, layout) in layouts.enumerated() {
      let depth = isStacked ? layout.depth : deepest
      let height = draw(&sheet.canvas, layout, place, x: x, y: sheet.y, depth: depth)
      x += isStacked ? 0 : widths[place] + Self.gap
      if isStacked || place == layouts.count - 1 { sheet.skip(height) }
      if isStacked, place < layouts.count - 1 { sheet.skip(theme.size * 2) }
    }
    sheet.legend(legend)
    sheet.notes(notes)
    let page = sheet.page("Subgroup trees", summary)
    return page
  }

  /// Draws one tree under its name from a place on; returns the height.
  private func draw(
    _ canvas: inout Canvas, _ layout: TreeLayout, _ place: Int, x: Double, y: Double, depth: Int
  ) -> Double {
    let shared = runs.count == 2 ? layout.run.splitsShared(with: runs[1 - place]) : []
    canvas.text(Self.heading(layout.run), at: Point(x, y + theme.size), theme.bold)
    let top = y + theme.size * 1.6
    let leafTop = top + Double(depth) * levelHeight + 4
    let origin = x + panels.axisWidth
    drawTree(&canvas, layout, x: origin, top: top, leafTop: leafTop, shared: shared)
    let height = panels.draw(&canvas, layout.run, x: origin, top: leafTop, column: column)
    return leafTop - y + height
  }

  private var title: String {
    options.title
      ?? "Effects of \(fit.active) on \(fit.label(fit.outcome, options)) by subgroup"
  }

  private static func heading(_ run: FigureRun) -> String {
    let leaves = run.leaves.count
    return "\(run.estimatorWord), \(run.method.rawValue): "
      + (leaves == 1 ? "no subgroup found" : "\(leaves) subgroups")
  }

  private var summary: String {
    runs.map { run in
      "\(Self.heading(run)). "
        + run.leaves.map { leaf in
          let rule = run.conditions(leaf.id, fit, options).joined(separator: " and ")
          let effect = run.effects[leaf.id]
          return "Node \(leaf.id) (\(rule.isEmpty ? "all participants" : rule)), "
            + "\(leaf.participants) participants: effect \(style.value(effect?.estimate)) "
            + style.interval(effect?.interval)
        }.joined(separator: "; ") + "."
    }.joined(separator: " ")
  }

  // MARK: Inner nodes

  private var lineHeight: Double { theme.smallSize * 1.3 }
  private var boxHeight: Double { theme.size * 1.3 * Double(nameLines) + lineHeight * 2 + 8 }
  private var levelHeight: Double { boxHeight + theme.size * 3.4 }

  private func drawTree(
    _ canvas: inout Canvas, _ layout: TreeLayout, x: Double, top: Double, leafTop: Double,
    shared: Set<Int>
  ) {
    let inner = layout.run.nodes.filter { !$0.isLeaf }
    for node in inner {
      edges(&canvas, layout, node, x: x, top: top, leafTop: leafTop)
    }
    for node in inner {
      var own = Canvas()
      box(
        &own, node, center: x + layout.column(node.id) * column,
        y: top + Double(node.depth) * levelHeight, isShared: shared.contains(node.id))
      canvas.add(own, linkedTo: options.link(layout.run, node), name: layout.run.linkName(node))
    }
  }

  /// Down from the node, across, and down to each child, whose condition stands on the way.
  private func edges(
    _ canvas: inout Canvas, _ layout: TreeLayout, _ node: FigureNode, x: Double, top: Double,
    leafTop: Double
  ) {
    let center = x + layout.column(node.id) * column
    let start = top + Double(node.depth) * levelHeight
    let bend = start + boxHeight + theme.size * 0.7
    let stroke = Stroke(theme.palette.faint)
    canvas.line(Point(center, start), Point(center, bend), stroke)
    for (place, id) in node.children.enumerated() {
      guard let child = layout.run.node(id) else { continue }
      let end = x + layout.column(id) * column
      let y = child.isLeaf ? leafTop : top + Double(child.depth) * levelHeight
      canvas.path([Point(center, bend), Point(end, bend), Point(end, y)], stroke)
      guard let split = node.split, split.conditions.indices.contains(place) else { continue }
      condition(
        &canvas, split.conditions[place], at: Point(end, bend + theme.size * 1.25), child, layout)
    }
  }

  private func condition(
    _ canvas: inout Canvas, _ text: String, at point: Point, _ child: FigureNode,
    _ layout: TreeLayout
  ) {
    let leaves = layout.run.leaves.count { $0.id == child.id || isBelow($0, child, layout) }
    let room = column * Double(max(leaves, 1)) - 8
    let shown = TextWidth.fitted(text, size: theme.smallSize, width: room)
    let width = TextWidth.of(shown, size: theme.smallSize) + 6
    canvas.rectangle(
      x: point.x - width / 2, y: point.y - theme.smallSize, width: width,
      height: theme.smallSize * 1.35, fill: theme.palette.paper)
    canvas.text(
      shown, at: point, theme.small, anchor: .middle, tooltip: shown == text ? nil : text)
  }

  private func isBelow(_ leaf: FigureNode, _ node: FigureNode, _ layout: TreeLayout) -> Bool {
    var current = leaf
    while let parent = current.parent.flatMap(layout.run.node) {
      if parent.id == node.id { return true }
      current = parent
    }
    return false
  }

  private func box(
    _ canvas: inout Canvas, _ node: FigureNode, center: Double, y: Double, isShared: Bool
  ) {
    guard let split = node.split else { return }
    let name = fit.label(split.variable, options)
    let room = Self.nameWidth(column)
    let names = TextWidth.wrapped(name, size: theme.size, width: room, lines: 2, isBold: true)
    let lines = [
      "[\(node.id)]" + (node.pValue.map { " \(NumberStyle.pStatement($0))" } ?? ""), moved(split),
    ].filter { !$0.isEmpty }.map { TextWidth.fitted($0, size: theme.smallSize, width: room) }
    let width =
      ((names.map { TextWidth.of($0, size: theme.size, isBold: true) }
        + lines.map { TextWidth.of($0, size: theme.smallSize) }).max() ?? 0) + 16
    let height =
      theme.size * 1.3 * Double(names.count) + lineHeight * Double(lines.count) + 8
    let rests = split.isRobust == false
    canvas.rectangle(
      x: center - width / 2, y: y, width: width, height: height,
      fill: isShared ? "#e8eef4" : theme.palette.paper,
      stroke: Stroke(
        theme.palette.ink, width: isShared ? 2 : 1, dash: rests ? "4 2" : nil), radius: 5,
      tooltip: "Node \(node.id): \(name), \(node.participants) participants")
    var baseline = y + 4
    for line in names {
      baseline += theme.size * 1.2
      canvas.text(line, at: Point(center, baseline), theme.bold, anchor: .middle)
    }
    for line in lines {
      baseline += lineHeight
      canvas.text(line, at: Point(center, baseline), theme.small, anchor: .middle)
    }
  }

  /// Which parameter moved, and the share of the effect in it.
  private func moved(_ split: FigureNode.Split) -> String {
    let share = split.effectShare.map { NumberStyle.share(($0 * 100).rounded() / 100) }
    switch (split.drivenBy, share) {
    case ("effect", let share?): return "effect moved (share \(share))"
    case ("intercepts", let share?): return "intercepts moved (effect \(share))"
    case (nil, let share?): return "effect's share \(share)"
    default: return ""
    }
  }

  // MARK: Remarks

  private var legend: [LegendEntry] {
    let palette = theme.palette
    var entries = [
      LegendEntry.area(
        "\(fit.reference) (left)", fill: palette.reference, stroke: Stroke(palette.ink)),
      LegendEntry.area("\(fit.active) (right)", fill: palette.active, stroke: Stroke(palette.ink)),
    ]
    let kinds = Set(runs.map(\.isBayesian))
    for isBayesian in [false, true] where kinds.contains(isBayesian) {
      entries.append(
        .estimate(
          isBayesian ? "posterior \(fit.centerWord)" : "estimate",
          EstimateLook(isBayesian: isBayesian, theme: theme)))
    }
    if runs.count == 2, !runs[0].splitsShared(with: runs[1]).isEmpty {
      entries.append(
        .area("split in both trees", fill: "#e8eef4", stroke: Stroke(palette.ink, width: 2)))
    }
    if runs.contains(where: { $0.nodes.contains { $0.split?.isRobust == false } }) {
      entries.append(
        .area(
          "split of the zero start alone", fill: palette.paper,
          stroke: Stroke(palette.ink, dash: "4 2")))
    }
    return entries
  }

  private var notes: [String] {
    let level = NumberStyle.percent(fit.level)
    let outcomes =
      fit.isBinomial
      ? "Bars: share of participants with the event."
      : "Boxes: quartiles and range of the outcome."
    return [
      "Effects (\(fit.effectTitle(options).lowercasedFirst)) with \(level) intervals, which take the "
        + "tree as given. \(outcomes) Groups of fewer than 5 participants are not drawn."
    ]
  }
}

extension FigureOptions {
  /// The place that a node leads to; nil where nodes lead nowhere.
  func link(_ run: FigureRun, _ node: FigureNode) -> String? {
    linksNodes ? Self.anchor(run.name, node: node.id) : nil
  }
}

extension FigureRun {
  /// What a node that leads somewhere is called for those who do not see it.
  func linkName(_ node: FigureNode) -> String {
    "Node \(node.id) of the \(estimatorWord) tree, "
      + (node.split.map { "split on \($0.variable), " } ?? "subgroup, ")
      + "\(node.participants) participants: show details"
  }
}

extension String {
  /// The text with a small first letter.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

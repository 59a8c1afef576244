import Drawing
import JSON
import Reports

/// A curve of a node's evidence as it was saved.
struct SavedCurve {
  /// The variable.
  let variable: String
  /// Numbers, levels, or levels of the first side of a grouping.
  let labels: [String]
  /// The values of a numeric variable; nil for levels.
  let values: [Double]?
  /// Statistics or objectives.
  let heights: [Double]
  /// The critical value, or the objective without a cut.
  let line: Double?
  /// Whether the points are what levels add.
  let isByLevel: Bool
  /// Whether points have no order.
  let isUnordered: Bool
  /// The range of cuts that gain nearly as much as the best.
  let nearlyBest: ClosedRange<Double>?
  /// The adjusted p-value of the variable in the node.
  let pValue: Double?

  init(
    _ saved: JSONCursor, heights key: String, line: String, _ node: FigureNode, pValue: Double?
  ) throws(SavedFitError) {
    variable = try saved.member("variable").string()
    var labels: [String] = []
    var values: [Double] = []
    var isUnordered = false
    for element in try saved.member("at").elements() {
      if let number = element.value.number {
        values.append(number)
        labels.append(NumberStyle.significant(number, digits: 5).withMinus)
      } else if element.value.array != nil {
        labels.append(try element.strings().joined(separator: ", "))
        isUnordered = true
      } else {
        labels.append(try element.string())
      }
    }
    let heights = try saved.member(key)
    self.heights = try heights.numbers()
    guard self.heights.count == labels.count else {
      throw heights.invalid("as many numbers as in \"at\" are wanted here")
    }
    self.labels = labels
    self.values = values.count == labels.count && !labels.isEmpty ? values : nil
    self.line = try saved.member(line).unlessNull?.number()
    isByLevel = saved.value["reading"]?.string == "levels"
    self.isUnordered = isUnordered
    let range = (saved.value["nearly_best"]?.array ?? []).compactMap(\.number)
    nearlyBest = range.count == 2 && range[0] <= range[1] ? range[0]...range[1] : nil
    self.pValue = pValue
  }
}

/// The evidence of one node that a figure shows.
struct NodeCurves {
  let run: FigureRun
  let node: FigureNode
  let curves: [SavedCurve]

  /// Reads the curves under a key (`processes`, `profiles`) of the node and the variable that were asked for.
  init(
    _ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions, key: String, heights: String,
    line: String
  ) throws(FigureError) {
    self.run = run
    let id = options.node ?? 1
    guard let node = run.node(id) else {
      throw .unknown(
        option: "--node",
        "the tree of \(run.name) has no node \(id); it has \(run.nodes.map { "\($0.id)" }.joined(separator: ", "))"
      )
    }
    self.node = node
    guard node.evidence != .null else {
      throw .lacking(
        node.isTested
          ? "node \(id) of \(run.name) has no curves (fits of earlier versions have none: fit again)"
          : "node \(id) of \(run.name) was not tested for a split; choose another with --node")
    }
    var curves: [SavedCurve] = []
    do throws(SavedFitError) {
      let list = JSONCursor(value: node.evidence, path: "evidence")
      for element in try list.member(key).elements() {
        let name = try element.member("variable").string()
        curves.append(
          try SavedCurve(
            element, heights: heights, line: line, node, pValue: run.pValue(of: name, in: id)))
      }
    } catch {
      throw .saved(error)
    }
    guard !curves.isEmpty else {
      throw .lacking(
        "node \(id) of \(run.name) is a leaf, whose cuts were not searched; choose an inner node with --node"
      )
    }
    guard let wanted = options.variable else {
      self.curves = curves
      return
    }
    guard let curve = curves.first(where: { $0.variable == wanted }) else {
      throw .unknown(
        option: "--variable",
        "node \(id) of \(run.name) has no curve of \"\(wanted)\"; it has those of "
          + curves.map(\.variable).joined(separator: ", "))
    }
    self.curves = [curve]
  }

  /// The room that the axes below panels of a width need: more where names of levels are turned.
  func axisHeight(_ width: Double, _ theme: Theme) -> Double {
    curves.filter { $0.values == nil }.map { curve in
      Canvas.categoryAxisHeight(
        curve.labels.map { curve.isUnordered ? "{\($0)}" : "≤ \($0)" },
        slot: width / Double(curve.labels.count + 1), theme)
    }.reduce(46) { max($0, $1) }
  }

  /// What stands below the title: the node and its participants.
  func words(_ fit: FigureFit, _ options: FigureOptions) -> String {
    let rule = run.conditions(node.id, fit, options).joined(separator: " & ")
    return "\(run.name), node \(node.id)\(rule.isEmpty ? "" : " (\(rule))"), "
      + "\(node.participants) participants."
  }
}

extension FigureRun {
  /// The adjusted p-value of a variable in a node.
  func pValue(of variable: String, in id: Int) -> Double? {
    saved.value["tree"]?["nodes"]?.array?.first { $0["id"]?.number == Double(id) }?["tests"]?
      .array?.first { $0["variable"]?.string == variable }?["p_adjusted"]?.number
  }
}

extension Canvas {
  /// The most room that names of categories have where they are turned.
  private static let mostTurned = 120.0

  /// The room below a panel that an axis of categories needs.
  static func categoryAxisHeight(_ labels: [String], slot: Double, _ theme: Theme) -> Double {
    let widest = labels.map { TextWidth.of($0, size: theme.smallSize) }.max() ?? 0
    return widest < slot - 3 ? theme.smallSize + 16 : min(widest, mostTurned) + 14
  }

  /// An axis of categories below a panel, their names upright where they fit, else turned.
  mutating func categoryAxis(
    _ labels: [String], _ across: (Int) -> Double, slot: Double, y: Double, end: Double,
    _ theme: Theme
  ) {
    line(Point(across(0) - slot / 2, y), Point(end, y), theme.axis)
    let size = theme.smallSize
    let isUpright = labels.allSatisfy { TextWidth.of($0, size: size) < slot - 3 }
    guard isUpright || slot >= size * 0.95 else { return }
    for (place, label) in labels.enumerated() {
      let x = across(place)
      let shown = TextWidth.fitted(label, size: size, width: isUpright ? slot : Self.mostTurned)
      text(
        shown, at: Point(isUpright ? x : x + size * 0.36, y + (isUpright ? size + 5 : 5)),
        theme.small,
        anchor: isUpright ? .middle : .end, angle: isUpright ? 0 : -90, tooltip: label)
    }
  }
}

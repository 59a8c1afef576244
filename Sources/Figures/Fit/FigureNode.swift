import JSON
import Reports

/// What figures read of a node of a saved tree.
struct FigureNode: Sendable, Equatable {
  /// The split of an inner node.
  struct Split: Sendable, Equatable {
    /// The column.
    let variable: String
    /// What leads to each child, with the variable left out: `≤ 9`, `> 9`, `{a, b}`.
    let conditions: [String]
    /// The breakpoint of a numeric variable.
    let breakpoint: Double?
    /// The share of the treatment effect in what moved; nil where it is not known.
    let effectShare: Double?
    /// `effect` or `intercepts`; nil where the split was given.
    let drivenBy: String?
    /// Whether the start without a tree has the split too; nil where it is not known.
    let isRobust: Bool?
  }

  /// The participants of a group, and their outcomes where they are enough.
  struct Group: Sendable, Equatable {
    let trial: String?
    let arm: String?
    let participants: Int
    /// Minimum, quartiles and maximum.
    let five: [Double]?
    /// The number of events.
    let events: Double?

    /// The share of events.
    var share: Double? { events.map { participants > 0 ? $0 / Double(participants) : 0 } }
  }

  let id: Int
  let parent: Int?
  let depth: Int
  let participants: Int
  let isLeaf: Bool
  let split: Split?
  let children: [Int]
  /// The smallest adjusted p-value of the tests, or that of the variable that split the node.
  let pValue: Double?
  /// Whether the node was tested.
  let isTested: Bool
  /// What tests and search saw; null where there is nothing.
  let evidence: JSONValue
  /// Outcomes by arm.
  var byArm: [Group] = []
  /// Outcomes by trial, both arms together.
  var byTrial: [Group] = []
  /// Outcomes by trial and arm.
  var byBoth: [Group] = []

  init(saved: JSONCursor) throws(SavedFitError) {
    id = try saved.member("id").integer()
    parent = try saved.member("parent").unlessNull?.integer()
    depth = try saved.member("depth").integer()
    participants = try saved.member("n").integer()
    isLeaf = try saved.member("leaf").flag()
    let split = try saved.member("split").unlessNull
    self.split = try split.map { (found) throws(SavedFitError) in try Split(saved: found) } ?? nil
    children = try split?.member("children").integers() ?? []
    evidence = saved.value["evidence"] ?? .null
    let tests = try saved.member("tests").elements()
    isTested = !tests.isEmpty
    var values: [Double] = []
    for test in tests {
      let variable = try test.member("variable").string()
      guard self.split == nil || self.split?.variable == variable else { continue }
      if let p = try test.member("p_adjusted").unlessNull?.number() { values.append(p) }
    }
    pValue = values.min()
  }

  /// Reads the outcomes of the leaves.
  static func addOutcomes(
    to nodes: inout [FigureNode], _ figures: JSONCursor
  ) throws(SavedFitError) {
    for leaf in try figures.member("outcomes").elements() {
      let id = try leaf.member("node").integer()
      guard let place = nodes.firstIndex(where: { $0.id == id }) else { continue }
      nodes[place].byArm = try groups(leaf.member("by_arm"))
      nodes[place].byTrial = try groups(leaf.member("by_trial"))
      nodes[place].byBoth = try groups(leaf.member("by_trial_and_arm"))
    }
  }

  private static func groups(_ list: JSONCursor) throws(SavedFitError) -> [Group] {
    var result: [Group] = []
    for group in try list.elements() {
      let five = group.value["five"] == nil ? nil : try group.member("five").unlessNull
      if let five, try five.numbers().count != 5 {
        throw five.invalid("a list of five numbers is wanted here")
      }
      result.append(
        Group(
          trial: group.value["trial"]?.string, arm: group.value["arm"]?.string,
          participants: try group.member("n").integer(), five: try five?.numbers(),
          events: group.value["events"]?.number))
    }
    return result
  }
}

extension FigureNode.Split {
  fileprivate init(saved: JSONCursor) throws(SavedFitError) {
    variable = try saved.member("variable").string()
    effectShare = saved.value["effect_share"]?.number
    drivenBy = saved.value["driven_by"]?.string
    isRobust = try saved.member("robust_to_start").unlessNull?.flag()
    let kind = try saved.member("kind")
    switch try kind.string() {
    case "numeric":
      let value = try saved.member("breakpoint").number()
      breakpoint = value
      let text = NumberStyle.significant(value, digits: 5).withMinus
      conditions = ["≤ \(text)", "> \(text)"]
    case "ordered":
      let level = try saved.member("breakpoint").string()
      breakpoint = nil
      conditions = ["≤ \(level)", "> \(level)"]
    case "nominal":
      breakpoint = nil
      var conditions: [String] = []
      for group in try saved.member("levels").elements() {
        conditions.append(try group.strings().joined(separator: ", "))
      }
      self.conditions = conditions
    default: throw kind.invalid("numeric, ordered or nominal is wanted here")
    }
  }
}

extension FigureRun {
  /// The path to a node, one condition a step; of conditions on the same variable and side the last
  /// stands alone.
  func conditions(_ id: Int, _ fit: FigureFit, _ options: FigureOptions) -> [String] {
    var steps: [(key: String, text: String)] = []
    var child = node(id)
    while let current = child, let parent = current.parent.flatMap(node),
      let split = parent.split, let place = parent.children.firstIndex(of: current.id)
    {
      let name = fit.label(split.variable, options)
      let condition = split.conditions.indices.contains(place) ? split.conditions[place] : "?"
      let isLevels = !condition.hasPrefix("≤ ") && !condition.hasPrefix("> ")
      let key = isLevels ? split.variable : "\(split.variable) \(condition.prefix(1))"
      // A comparison stays on one line.
      let text =
        isLevels
        ? "\(name): \(condition)"
        : "\(name)\u{A0}\(condition.replacing(" ", with: "\u{A0}", maxReplacements: 1))"
      if !steps.contains(where: { $0.key == key }) { steps.append((key, text)) }
      child = parent
    }
    return steps.reversed().map(\.text)
  }

  /// The splits from the root to a node, each by variable and conditions, with the side taken.
  private func trail(_ id: Int) -> [String] {
    guard let current = node(id), let parent = current.parent.flatMap(node),
      let split = parent.split
    else { return [] }
    let place = parent.children.firstIndex(of: id) ?? 0
    return trail(parent.id) + ["\(split.variable)|\(split.conditions)|\(place)"]
  }

  /// The ids of the inner nodes whose split, and all splits above it, another tree has as well.
  func splitsShared(with other: FigureRun) -> Set<Int> {
    func key(_ run: FigureRun, _ node: FigureNode) -> String? {
      node.split.map { "\(run.trail(node.id))|\($0.variable)|\($0.conditions)" }
    }
    let known = Set(other.nodes.compactMap { key(other, $0) })
    return Set(nodes.filter { key(self, $0).map(known.contains) ?? false }.map(\.id))
  }

  /// What tells a leaf from those of another tree: its path.
  func signature(_ id: Int) -> String { trail(id).joined(separator: "/") }
}

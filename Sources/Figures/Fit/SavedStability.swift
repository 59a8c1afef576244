import JSON
import Posterior
import Reports

/// What figures read of the document of a stability analysis.
struct SavedStability {
  /// A variable with its shares of trees.
  struct Variable {
    /// Nil for trees without a split.
    let name: String?
    var root: Double
    var anywhere: Double
  }

  /// Where trees cut one numeric or ordered variable.
  struct Cuts {
    let variable: String
    /// Levels of an ordered variable; nil for numbers.
    let levels: [String]?
    /// The cuts in their order (of levels their places), each with the splits of any node and of roots.
    let cuts: [(at: Double, anywhere: Double, root: Double)]
    let splits: Int
  }

  /// The effect in a leaf of the reported tree.
  struct Subgroup {
    let node: Int
    let effect: FigureRun.Effect
    /// Corrected for the search; nil without a correction.
    let corrected: FigureRun.Effect?
  }

  /// The number of trees.
  let trees: Int
  /// Whether these are of halves, not of all trials but one.
  let isOfHalves: Bool
  /// The number of parts without a tree.
  let failed: Int
  let variables: [Variable]
  /// Numbers of leaves with their shares of trees.
  let leaves: [(count: Int, share: Double)]
  /// The splits of the reported tree, by node, with the share of trees that have them under the same
  /// ancestors.
  let splits: [(node: Int, share: Double)]
  let cuts: [Cuts]
  let subgroups: [Subgroup]
  let overall: FigureRun.Effect?
  /// The share of a difference that is found again; nil where nothing can be said.
  let slope: Double?

  /// Reads a document; nil where there is no tree of a part.
  init?(_ document: JSONValue) throws(SavedFitError) {
    let root = JSONCursor(value: document, path: "")
    let resampling = try root.member("resampling")
    isOfHalves = try resampling.member("kind").string() == "halves"
    var failed = 0
    for failure in try resampling.member("failed").elements() {
      failed += try failure.member("parts").integer()
    }
    self.failed = failed
    guard let found = try root.member("trees").unlessNull else { return nil }
    trees = try found.member("trees").integer()
    variables = try Self.variables(found, document)
    var leaves: [(count: Int, share: Double)] = []
    for entry in try found.member("leaves").elements() {
      leaves.append((try entry.member("count").integer(), try entry.member("share").number()))
    }
    self.leaves = leaves
    var splits: [(node: Int, share: Double)] = []
    for entry in try found.member("splits").elements() {
      splits.append((try entry.member("node").integer(), try entry.member("share").number()))
    }
    self.splits = splits
    cuts = try Self.cuts(root, document)
    var subgroups: [Subgroup] = []
    for entry in try root.member("subgroups").elements() {
      subgroups.append(
        Subgroup(
          node: try entry.member("node").integer(),
          effect: try Self.effect(entry.member("effect")) ?? FigureRun.Effect(),
          corrected: try Self.effect(entry.member("corrected"))))
    }
    self.subgroups = subgroups
    overall = try Self.effect(root.member("overall"))
    slope = try root.member("correction").unlessNull?.member("slope").unlessNull?.number()
  }

  private static func effect(_ saved: JSONCursor) throws(SavedFitError) -> FigureRun.Effect? {
    guard let found = saved.unlessNull else { return nil }
    return FigureRun.Effect(
      estimate: try found.member("estimate").unlessNull?.number(),
      interval: try found.member("ci").interval())
  }

  /// The variables, those of roots first, then trees without a split.
  private static func variables(
    _ found: JSONCursor, _ document: JSONValue
  ) throws(SavedFitError) -> [Variable] {
    let names = (document["variables"]?.array ?? []).compactMap { $0["name"]?.string }
    var variables = names.map { Variable(name: $0, root: 0, anywhere: 0) }
    var none = 0.0
    for entry in try found.member("root_split").elements() {
      let share = try entry.member("share").number()
      let name = try entry.member("variable").unlessNull?.string()
      if let place = variables.firstIndex(where: { $0.name == name }) {
        variables[place].root = share
      } else {
        none = share
      }
    }
    for entry in try found.member("variables").elements() {
      let name = try entry.member("variable").string()
      guard let place = variables.firstIndex(where: { $0.name == name }) else { continue }
      variables[place].anywhere = try entry.member("share").number()
    }
    let sorted = variables.indices.sorted {
      (variables[$1].root, variables[$1].anywhere, $0)
        < (variables[$0].root, variables[$0].anywhere, $1)
    }
    return sorted.map { variables[$0] }
      + (none > 0 ? [Variable(name: nil, root: none, anywhere: 0)] : [])
  }

  /// The cuts of each variable, the variable with the most splits first.
  private static func cuts(
    _ root: JSONCursor, _ document: JSONValue
  ) throws(SavedFitError) -> [Cuts] {
    var result: [Cuts] = []
    let roots = document["root_cuts"]?.array ?? []
    for entry in try root.member("cuts").elements() {
      let name = try entry.member("variable").string()
      let variable = document["variables"]?.array?.first { $0["name"]?.string == name }
      let levels = variable?["levels"]?.array?.compactMap(\.string)
      func place(_ cut: JSONValue?) -> Double? {
        guard let levels else { return cut?.number }
        return cut?.string.flatMap { levels.firstIndex(of: $0) }.map(Double.init)
      }
      let ofRoot = roots.first { $0["variable"]?.string == name }?["cuts"]?.array ?? []
      var cuts: [(at: Double, anywhere: Double, root: Double)] = []
      for cut in try entry.member("cuts").elements() {
        guard let at = place(try cut.member("breakpoint").value) else { continue }
        let same = ofRoot.first { place($0["breakpoint"]) == at }
        cuts.append(
          (at, try cut.member("splits").number(), same?["splits"]?.number ?? 0))
      }
      result.append(
        Cuts(
          variable: name, levels: levels, cuts: cuts, splits: try entry.member("splits").integer()))
    }
    return result.sorted { ($1.splits, $0.variable) < ($0.splits, $1.variable) }
  }
}

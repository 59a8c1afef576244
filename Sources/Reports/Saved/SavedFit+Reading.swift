import JSON
import Posterior
import Subgroups
import Trees

extension SplitVariable {
  init(saved: JSONCursor) throws(SavedFitError) {
    let kind = try saved.member("kind")
    let levels = try saved.member("levels")
    let read: Kind
    switch try kind.string() {
    case "numeric": read = .numeric
    case "nominal": read = .nominal(levels: try levels.strings())
    case "ordered": read = .ordered(levels: try levels.strings())
    default: throw kind.invalid("\"numeric\", \"nominal\" or \"ordered\" is wanted here")
    }
    self.init(name: try saved.member("name").string(), kind: read)
  }
}

extension SavedRun {
  init(saved: JSONCursor, variables: [SplitVariable]) throws(SavedFitError) {
    method = try saved.member("method").word()
    estimator = try saved.member("estimator").word()
    let list = try saved.member("tree").member("nodes")
    var nodes: [SavedNode] = []
    for element in try list.elements() {
      let node = try SavedNode(saved: element, variables: variables)
      guard node.id > nodes.last?.id ?? 0 else {
        throw try element.member("id").invalid("ids must ascend from 1")
      }
      nodes.append(node)
    }
    guard nodes.first?.id == 1 else { throw list.invalid("the root, node 1, is wanted first") }
    for (node, element) in zip(nodes, try list.elements()) {
      for child in node.children where !nodes.contains(where: { $0.id == child }) {
        throw try element.member("split").member("children").invalid("there is no node \(child)")
      }
    }
    self.nodes = nodes
    let subgroups = try saved.member("fit").member("subgroups")
    var effects: [Int: SavedEffect] = [:]
    for element in try subgroups.elements() {
      let node = try element.member("node").integer()
      effects[node] =
        estimator == .bayes
        ? try SavedEffect(posterior: element) : try SavedEffect(likelihood: element)
    }
    for node in nodes where node.children.isEmpty && effects[node.id] == nil {
      throw subgroups.invalid("leaf \(node.id) has no entry")
    }
    self.effects = effects
  }
}

extension SavedNode {
  init(saved: JSONCursor, variables: [SplitVariable]) throws(SavedFitError) {
    id = try saved.member("id").integer()
    participants = try saved.member("n").integer()
    rule = try saved.member("rule").string()
    guard let split = try saved.member("split").unlessNull else {
      self.split = nil
      children = []
      return
    }
    let read = try Split(saved: split, variables: variables)
    let children = try split.member("children")
    self.split = read
    self.children = try children.integers()
    // Later nodes alone can be children, so that every path comes to an end.
    guard self.children.count == read.childCount, self.children.allSatisfy({ $0 > id }) else {
      throw children.invalid("\(read.childCount) later nodes are wanted here")
    }
  }
}

extension Split {
  init(saved: JSONCursor, variables: [SplitVariable]) throws(SavedFitError) {
    let name = try saved.member("variable")
    let text = try name.string()
    guard let variable = variables.firstIndex(where: { $0.name == text }) else {
      throw name.invalid("\"\(text)\" is not among the variables of the fit")
    }
    let levels = variables[variable].levels
    switch variables[variable].kind {
    case .numeric:
      self = .numeric(
        variable: variable, breakpoint: try saved.member("breakpoint").number())
    case .ordered:
      self = .ordered(
        variable: variable, breakpoint: try saved.member("breakpoint").level(among: levels))
    case .nominal:
      var groups: [[Int]] = []
      for group in try saved.member("levels").elements() {
        var members: [Int] = []
        for level in try group.elements() { members.append(try level.level(among: levels)) }
        groups.append(members)
      }
      self = .nominal(variable: variable, groups: groups)
    }
  }

  /// The number of children.
  var childCount: Int {
    if case .nominal(_, let groups) = self { groups.count } else { 2 }
  }
}

extension SavedEffect {
  init(likelihood saved: JSONCursor) throws(SavedFitError) {
    estimate = try saved.member("estimate").unlessNull?.number()
    interval = try saved.member("ci").interval()
    probabilityBenefit = nil
    newTrial = try saved.ifPresent("new_trial_ci")?.interval()
  }

  init(posterior saved: JSONCursor) throws(SavedFitError) {
    let effect = try saved.member("effect")
    estimate = try effect.member("mean").unlessNull?.number()
    interval = try effect.member("ci").interval()
    probabilityBenefit = try saved.member("probability_benefit").unlessNull?.number()
    newTrial = try saved.ifPresent("new_trial")?.member("ci").interval()
    for element in try saved.ifPresent("trials")?.elements() ?? [] {
      let own = try element.member("effect")
      trials[try element.member("trial").string()] = SavedInterval(
        estimate: try own.member("mean").unlessNull?.number(),
        interval: try own.member("ci").interval())
    }
  }
}

extension JSONCursor {
  /// The member under a key; nil where there is none, or it is null.
  func ifPresent(_ key: String) throws(SavedFitError) -> JSONCursor? {
    guard value[key] != nil else { return nil }
    return try member(key).unlessNull
  }

  /// The index of a level by its label.
  fileprivate func level(among levels: [String]) throws(SavedFitError) -> Int {
    let label = try string()
    guard let index = levels.firstIndex(of: label) else {
      throw invalid("\"\(label)\" is not a level of the variable")
    }
    return index
  }

  /// A list of two limits; nil where it, or one of them, is null.
  func interval() throws(SavedFitError) -> Interval? {
    guard unlessNull != nil else { return nil }
    let limits = try elements()
    guard limits.count == 2 else { throw invalid("a list of two numbers is wanted here") }
    guard let lower = try limits[0].unlessNull?.number(),
      let upper = try limits[1].unlessNull?.number()
    else { return nil }
    return Interval(lower: lower, upper: upper)
  }
}

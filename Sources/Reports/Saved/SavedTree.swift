import Designs
import JSON
import Subgroups
import Trees

extension GrownTree {
  /// Reads the tree of a saved run, with the rows that its rules send to each node.
  ///
  /// Throws where a node has not the participants that the document says: the data are others.
  init(saved: JSONCursor, _ design: Design) throws(SavedFitError) {
    var robust: [Int: Bool] = [:]
    var cycle: [Tree] = []
    var interactions: [InteractionSplit] = []
    var evidence: [NodeEvidence] = []
    for member in try saved.member("cycle").elements() {
      cycle.append(Tree(nodes: try TreeNode.list(member, design) { _, _ throws(SavedFitError) in }))
    }
    let nodes = try TreeNode.list(try saved.member("nodes"), design) {
      (node, element) throws(SavedFitError) in
      try node.read(element, design)
      if let split = try element.member("split").unlessNull {
        robust[node.id] = try split.member("robust_to_start").unlessNull?.flag()
      }
      if let saved = try element.ifPresent("interaction") {
        interactions.append(try InteractionSplit(saved: saved, node: node.id))
      }
      if let saved = try element.ifPresent("evidence") {
        evidence.append(try NodeEvidence(saved: saved, node: node.id, design))
      }
    }
    self.init(
      tree: Tree(nodes: nodes), iterations: try saved.member("iterations").integer(),
      converged: try saved.member("converged").flag(),
      logLikelihood: try saved.member("log_likelihood").unlessNull?.number(),
      robustToStart: robust, cycle: cycle)
    self.interactions = interactions
    self.evidence = evidence
  }
}

extension NodeEvidence {
  /// The objectives along the cuts of numeric variables, which the summary needs; the other curves are for
  /// figures alone, which read them from the document.
  fileprivate init(saved: JSONCursor, node: Int, _ design: Design) throws(SavedFitError) {
    var profiles: [CutProfile] = []
    for element in try saved.member("profiles").elements() {
      let name = try element.member("variable").string()
      guard let variable = design.splitVariables.firstIndex(where: { $0.name == name }),
        case .numeric = design.splitVariables[variable].kind
      else { continue }
      let cuts = try element.member("at").elements()
      let objectives = try element.member("objectives").elements()
      var candidates: [CutProfile.Candidate] = []
      for (cut, objective) in zip(cuts, objectives) {
        guard let value = try objective.unlessNull?.number() else { continue }
        candidates.append(
          .init(
            split: .numeric(variable: variable, breakpoint: try cut.number()), objective: value))
      }
      guard let undivided = try element.member("undivided").unlessNull?.number() else { continue }
      profiles.append(
        CutProfile(
          variable: variable, undivided: undivided, candidates: candidates,
          tried: try element.member("tried").integer()))
    }
    self.init(node: node, processes: [], profiles: profiles)
  }
}

extension TreeNode {
  /// The nodes of a saved tree by its splits; `complete` reads what else a node has.
  fileprivate static func list(
    _ saved: JSONCursor, _ design: Design,
    complete: (inout TreeNode, JSONCursor) throws(SavedFitError) -> Void
  ) throws(SavedFitError) -> [TreeNode] {
    let variables = design.splitVariables
    var rows: [Int: [Int32]] = [1: (0..<Int32(design.rows)).map(\.self)]
    var depths: [Int: Int] = [1: 0]
    var nodes: [TreeNode] = []
    for element in try saved.elements() {
      let id = try element.member("id").integer()
      let count = try element.member("n")
      guard let own = rows[id], let depth = depths[id], own.count == (try count.integer()) else {
        throw count.invalid(
          "the data send \(rows[id]?.count ?? 0) participants to node \(id); they are not the data "
            + "of the fit, or were read otherwise")
      }
      var node = TreeNode(
        id: id, parent: try element.member("parent").unlessNull?.integer(), depth: depth, rows: own,
        coefficients: NodeCoefficients(effect: nil, intercept: nil), objective: .nan)
      if let saved = try element.member("split").unlessNull {
        let split = try Split(saved: saved, variables: variables)
        node.split = split
        node.children = try saved.member("children").integers()
        for (child, members) in zip(node.children, design.divided(own, by: split)) {
          rows[child] = members
          depths[child] = depth + 1
        }
      }
      try complete(&node, element)
      nodes.append(node)
    }
    guard !nodes.isEmpty else { throw saved.invalid("at least one node is wanted here") }
    return nodes
  }

  /// Reads estimates and tests.
  fileprivate mutating func read(_ saved: JSONCursor, _ design: Design) throws(SavedFitError) {
    let own = try saved.member("coefficients")
    coefficients.effect = try own.member("effect").unlessNull?.number()
    coefficients.intercept = try own.member("intercept").unlessNull?.number()
    if let intercepts = try own.member("intercepts").unlessNull {
      for (code, trial) in design.trials.enumerated() where intercepts.value[trial] != nil {
        coefficients.trialIntercepts[Int32(code)] =
          try intercepts.member(trial).unlessNull?.number()
      }
    }
    objective = try saved.member("objective").unlessNull?.number() ?? .nan
    let sizes = design.trialSizes(rows)
    let parameters =
      [ScoreParameter.intercept, .effect]
      + design.trials.indices.map { .trialIntercept(trial: Int32($0), participants: sizes[$0]) }
    notTested = try saved.member("not_tested").strings().compactMap { word in
      parameters.first { $0.words(trials: design.trials) == word }
    }
    for test in try saved.member("tests").elements() {
      tests.append(try InstabilityTest(saved: test, design))
    }
    stop = try saved.member("stop").unlessNull?.string().asStopReason
    if let split, let saved = try saved.member("split").unlessNull,
      let p = try saved.member("effect_p_adjusted").unlessNull?.number()
    {
      effectTest = InstabilityTest(variable: split.variable, adjustedPValue: p)
    }
  }
}

extension InteractionSplit {
  fileprivate init(saved: JSONCursor, node: Int) throws(SavedFitError) {
    var sides: [LikelihoodEstimate] = []
    for side in try saved.member("sides").elements() {
      sides.append(try LikelihoodEstimate(saved: side))
    }
    self.init(
      node: node, sides: sides,
      difference: try LikelihoodEstimate(saved: try saved.member("difference")),
      candidates: try saved.member("candidates").integer(),
      allCandidates: try saved.member("all_candidates").integer(),
      pValue: try saved.member("p_value").number(),
      adjustedPValue: try saved.member("p_adjusted").number())
  }
}

extension LikelihoodEstimate {
  fileprivate init(saved: JSONCursor) throws(SavedFitError) {
    self.init()
    estimate = try saved.member("estimate").unlessNull?.number()
    standardError = try saved.member("se").unlessNull?.number()
    degreesOfFreedom = try saved.member("df").unlessNull?.number()
    pValue = try saved.member("p").unlessNull?.number()
    interval = try saved.member("ci").interval()
  }
}

extension String {
  fileprivate var asStopReason: StopReason? { StopReason(rawValue: self) }
}

extension InstabilityTest {
  fileprivate init(saved: JSONCursor, _ design: Design) throws(SavedFitError) {
    let name = try saved.member("variable")
    let text = try name.string()
    guard let variable = design.splitVariables.firstIndex(where: { $0.name == text }) else {
      throw name.invalid("\"\(text)\" is not among the variables of the fit")
    }
    self.init(
      variable: variable, statistic: try saved.member("statistic").unlessNull?.number(),
      logPValue: try saved.member("log_p_value").unlessNull?.number(),
      pValue: try saved.member("p_value").unlessNull?.number(),
      adjustedPValue: try saved.member("p_adjusted").unlessNull?.number(),
      effectShare: try saved.member("effect_share").unlessNull?.number())
  }
}

extension Design {
  /// The rows of each child, ascending; a row whose value goes nowhere is in none.
  fileprivate func divided(_ rows: [Int32], by split: Split) -> [[Int32]] {
    var result = [[Int32]](repeating: [], count: split.childCount)
    func divide(_ value: (Int) -> SplitValue) {
      for row in rows {
        if let child = split.child(for: value(Int(row))) { result[child].append(row) }
      }
    }
    if let subgroups {
      divide { .level(Int(subgroups.codes[$0])) }
      return result
    }
    switch partitioning[split.variable].values {
    case .numeric(let values): divide { .number(values[$0]) }
    case .nominal(let codes, _), .ordered(let codes, _): divide { .level(Int(codes[$0])) }
    }
    return result
  }
}

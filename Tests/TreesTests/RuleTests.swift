import Designs
import Testing

@testable import Trees

@Suite struct RuleTests {
  let variables = [
    SplitVariable(name: "rmdq_0", kind: .numeric),
    SplitVariable(name: "age at entry", kind: .numeric),
    SplitVariable(name: "o", kind: .ordered(levels: ["low", "mid", "high"])),
    SplitVariable(name: "g", kind: .nominal(levels: ["a", "b", "c", "d"])),
  ]

  /// A chain of splits: each inner node's child `side` is split again, the other is a leaf.
  private func chain(_ steps: [(split: Split, side: Int)]) -> (tree: Tree, last: Int) {
    var nodes: [TreeNode] = []
    func leaf(_ parent: Int?, _ depth: Int) -> TreeNode {
      TreeNode(
        id: nodes.count + 1, parent: parent, depth: depth, rows: [],
        coefficients: NodeCoefficients(effect: nil, intercept: nil), objective: 0)
    }
    func build(_ step: Int, parent: Int?) -> (id: Int, last: Int) {
      let node = leaf(parent, step)
      nodes.append(node)
      guard step < steps.count else { return (node.id, node.id) }
      var last = 0
      nodes[node.id - 1].split = steps[step].split
      for side in 0..<2 {
        var child = build(steps.count, parent: node.id)
        if side == steps[step].side {
          nodes.removeLast()
          child = build(step + 1, parent: node.id)
          last = child.last
        }
        nodes[node.id - 1].children.append(child.id)
      }
      return (node.id, last)
    }
    let built = build(0, parent: nil)
    return (Tree(nodes: nodes), built.last)
  }

  private func text(_ steps: [(split: Split, side: Int)]) -> String {
    let built = chain(steps)
    return built.tree.rule(of: built.last, variables: variables).description
  }

  private func cut(_ value: Double, _ side: Int, variable: Int = 0) -> (split: Split, side: Int) {
    (.numeric(variable: variable, breakpoint: value), side)
  }

  @Test("the root's rule is empty")
  func root() {
    let tree = chain([cut(9, 0)]).tree
    #expect(tree.rule(of: 1, variables: variables).conditions.isEmpty)
    #expect(tree.rule(of: 1, variables: variables).description == "")
  }

  @Test("conditions in the order of the path")
  func path() {
    #expect(text([cut(9, 0), cut(44, 1, variable: 1)]) == "rmdq_0 <= 9 & age at entry > 44")
    #expect(
      text([
        (.ordered(variable: 2, breakpoint: 1), 0),
        (.nominal(variable: 3, groups: [[0, 2], [1]]), 0),
      ]) == "o <= mid & g in {a, c}")
    #expect(text([(.ordered(variable: 2, breakpoint: 1), 1)]) == "o > mid")
    #expect(text([(.nominal(variable: 3, groups: [[0, 2], [1]]), 1)]) == "g in {b}")
  }

  @Test("of conditions that one implies the other the tighter stands, at its own place")
  func redundant() {
    #expect(text([cut(11, 0), cut(4, 0)]) == "rmdq_0 <= 4")
    #expect(
      text([cut(4, 0), cut(44, 1, variable: 1), cut(4, 0)]) == "age at entry > 44 & rmdq_0 <= 4")
    #expect(text([cut(4, 1), cut(11, 0)]) == "rmdq_0 > 4 & rmdq_0 <= 11")
    #expect(text([cut(11, 0), cut(4, 1), cut(6, 1)]) == "rmdq_0 <= 11 & rmdq_0 > 6")
    #expect(
      text([cut(11, 0), cut(44, 1, variable: 1), cut(4, 0)])
        == "age at entry > 44 & rmdq_0 <= 4")
    #expect(
      text([
        (.ordered(variable: 2, breakpoint: 1), 0), (.ordered(variable: 2, breakpoint: 0), 0),
      ]) == "o <= low")
    #expect(
      text([
        (.nominal(variable: 3, groups: [[0, 1], [2, 3]]), 0),
        (.nominal(variable: 3, groups: [[0], [1]]), 1),
      ]) == "g in {b}")
  }

  @Test(
    "numbers in shortest decimal",
    arguments: [
      (9, "9"), (0.279, "0.279"), (-3.5, "-3.5"), (-0.0, "0"), (0.1 + 0.2, "0.30000000000000004"),
      (1e20, "1e+20"), (123_456_789, "123456789"),
    ] as [(Double, String)])
  func decimals(value: Double, expected: String) {
    #expect(shortestDecimal(value) == expected)
    #expect(Double(expected) == value)
  }

  @Test("a rule is met by the rows of its node and no others")
  func membership() {
    let data = SimulatedData(rows: 600, seed: 7)
    let tree = grow(data.model(), on: data.sorted, control: GrowthControl(alpha: 0.6, minSize: 15))
    let variables = data.variables.map { SplitVariable($0) }
    #expect(tree.nodes.count > 7)
    for node in tree.nodes {
      let conditions = tree.rule(of: node.id, variables: variables).conditions
      let members = (0..<600).filter { row in
        conditions.allSatisfy { isMet($0, data.variables, row) }
      }
      #expect(members.map { Int32($0) } == node.rows)
    }
  }

  private func isMet(
    _ condition: Rule.Condition, _ variables: [PartitioningVariable], _ row: Int
  ) -> Bool {
    guard let values = variables.first(where: { $0.name == condition.variable.name })?.values
    else { return false }
    switch (values, condition.requirement) {
    case (.numeric(let numbers), .atMost(let bound)): return numbers[row] <= bound
    case (.numeric(let numbers), .above(let bound)): return numbers[row] > bound
    case (.ordered(let codes, _), .levelAtMost(let level)): return codes[row] <= level
    case (.ordered(let codes, _), .levelAbove(let level)): return codes[row] > level
    case (.nominal(let codes, _), .among(let levels)): return levels.contains(Int(codes[row]))
    default: return false
    }
  }
}

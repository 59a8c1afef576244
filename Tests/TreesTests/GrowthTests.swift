import Designs
import Testing

@testable import Trees

@Suite struct GrowthTests {
  let data = SimulatedData(rows: 800, seed: 21)

  private func tree(_ control: GrowthControl) -> Tree {
    grow(data.model(), on: data.sorted, control: control)
  }

  @Test("nodes are numbered in pre-order and divide their parents' rows")
  func structure() {
    let tree = tree(GrowthControl(alpha: 1, minSize: 20))
    #expect(tree.nodes.count > 6)
    #expect(tree.nodes.map(\.id) == Array(1...tree.nodes.count))
    for node in tree.nodes {
      #expect(node.rows == node.rows.sorted())
      #expect(node.isLeaf == (node.stop != nil) && node.isLeaf == (node.split == nil))
      guard let split = node.split else { continue }
      let children = node.children.map { tree.node($0) }
      #expect(children[0].id == node.id + 1)
      #expect(children.allSatisfy { $0.parent == node.id && $0.depth == node.depth + 1 })
      #expect(children.flatMap(\.rows).sorted() == node.rows)
      for (place, child) in children.enumerated() {
        for row in child.rows { #expect(split.child(for: value(split.variable, row)) == place) }
      }
    }
  }

  /// The value of a variable in a row.
  private func value(_ variable: Int, _ row: Int32) -> SplitValue {
    switch data.variables[variable].values {
    case .numeric(let values): .number(values[Int(row)])
    case .nominal(let codes, _), .ordered(let codes, _): .level(Int(codes[Int(row)]))
    }
  }

  @Test("a node below twice the smallest size is not tested")
  func minSize() {
    let tree = tree(GrowthControl(minSize: 401))
    #expect(tree.nodes.count == 1)
    #expect(tree.root.stop == .minSize && tree.root.tests.isEmpty)
    #expect(self.tree(GrowthControl(minSize: 400)).root.stop != .minSize)
  }

  @Test("the smallest size is ten for each parameter of the root")
  func defaultMinSize() {
    #expect(GrowthControl().resolvedMinSize(parameters: 5) == 50)
    #expect(GrowthControl(minSize: 7).resolvedMinSize(parameters: 5) == 7)
    let tree = tree(GrowthControl(alpha: 1))
    #expect(tree.nodes.allSatisfy { $0.rows.count >= 50 })
    #expect(tree.leaves.contains { $0.rows.count < 100 && $0.stop == .minSize })
  }

  @Test("the root has depth one for the limit")
  func maxDepth() {
    #expect(tree(GrowthControl(maxDepth: 1)).nodes.map(\.stop) == [.maxDepth])
    let two = tree(GrowthControl(maxDepth: 2))
    #expect(two.nodes.map(\.stop) == [nil, .maxDepth, .maxDepth])
    #expect(two.leaves.allSatisfy { $0.tests.isEmpty })
    #expect(tree(GrowthControl(minSize: 401, maxDepth: 1)).root.stop == .minSize)
  }

  @Test("without a significant test the node is a leaf that shows its tests")
  func notSignificant() {
    let tree = tree(GrowthControl(alpha: 0))
    #expect(tree.root.stop == .notSignificant)
    #expect(tree.root.tests.count == 5)
    #expect(tree.root.tests.map { $0.statistic == nil } == [false, false, false, false, true])
  }

  @Test("where nothing can be tested the node is a leaf")
  func nothingTestable() {
    let constants = SortedVariables(
      [PartitioningVariable(name: "c", values: .numeric([Double](repeating: 1, count: 800)))],
      rows: 800)
    let tree = grow(data.model(), on: constants, control: GrowthControl(alpha: 1))
    #expect(tree.root.stop == .notSignificant)
    #expect(tree.root.tests == [InstabilityTest(variable: 0)])
    let none = grow(data.model(), on: SortedVariables([], rows: 800))
    #expect(none.root.stop == .notSignificant && none.root.tests.isEmpty)
  }

  @Test("a significant variable without an admissible cut")
  func noSplit() {
    // A level of 30 rows with a large effect of its own: significant, but too small to stand alone.
    var other = data
    let codes = (0..<800).map { Int32($0 < 30 ? 1 : 0) }
    for i in 0..<30 where other.arm[i] == 1 { other.outcome[i] += 12 }
    let variables = SortedVariables(
      [PartitioningVariable(name: "g", values: .nominal(codes: codes, levels: ["a", "b"]))],
      rows: 800)
    let tree = grow(other.model(), on: variables)
    #expect(tree.root.stop == .noSplit)
    #expect((tree.root.tests[0].adjustedPValue ?? 1) < 0.05)
  }

  @Test("a node without a trial with both arms is not estimable")
  func oneArmEach() {
    var other = data
    other.arm = data.trial.map { $0 < 2 ? 0 : 1 }
    let tree = grow(other.model(), on: other.sorted)
    #expect(tree.root.stop == .notEstimable)
    #expect(tree.root.coefficients.effect == nil && tree.root.tests.isEmpty)
  }

  @Test("a trial with one participant is dropped from the tests, or stops the node")
  func fallback() {
    var other = data
    other.trial[0] = 4
    let dropped = grow(other.model(), on: other.sorted)
    #expect(dropped.root.notTested == [.trialIntercept(trial: 4, participants: 1)])
    #expect(dropped.root.split != nil)
    let stopped = grow(other.model(), on: other.sorted, control: GrowthControl(fallback: .stop))
    #expect(stopped.nodes.map(\.stop) == [.notEstimable])
    #expect(stopped.root.notTested == dropped.root.notTested && stopped.root.tests.isEmpty)
  }

  @Test("a trial that a node lacks is no reason to stop it")
  func absentTrial() {
    var other = data
    // Trial 3 has participants on one side of the root's split only.
    for i in 0..<800 where other.trial[i] == 3 && other.tied[i] <= 13 { other.trial[i] = 0 }
    let control = GrowthControl(fallback: .stop)
    let tree = grow(other.model(), on: other.sorted, control: control)
    let left = tree.node(2)
    #expect(left.coefficients.trialIntercepts.count == 3)
    #expect(left.stop == .notSignificant && left.tests.count == 5)
  }

  @Test("the first row at which the process is read")
  func firstCandidate() {
    func first(_ trim: Double, _ n: Int, _ minSize: Int) -> Int {
      GrowthControl(trim: trim).firstCandidate(total: Double(n), minSize: minSize)
    }
    #expect(first(0.1, 120, 5) == 12)
    #expect(first(0.1, 121, 5) == 13)
    #expect(first(0.1, 120, 20) == 20)
    #expect(first(15, 120, 5) == 15)
    #expect(first(0, 120, 0) == 1)
  }
}

import Designs
import Testing

@testable import Trees

@Suite struct TreePartitionTests {
  let data = SimulatedData(rows: 700, seed: 3)
  let tree: Tree

  init() {
    tree = grow(data.model(), on: data.sorted, control: GrowthControl(alpha: 0.5, minSize: 20))
  }

  @Test("each row is in the leaf that the partition says")
  func partition() {
    let partition = tree.partition
    #expect(partition.count == 700)
    #expect(Set(partition) == Set(tree.leaves.map(\.id)))
    for leaf in tree.leaves { for row in leaf.rows { #expect(partition[Int(row)] == leaf.id) } }
  }

  @Test("a collapsed tree keeps all ids but those below")
  func collapse() throws {
    let inner = try #require(tree.innerNodes.last { $0.depth > 0 })
    let collapsed = tree.collapsed(at: inner.id)
    let below = tree.nodes.filter { node in
      node.id != inner.id && tree.path(to: node.id).contains { $0.id == inner.id }
    }
    #expect(!below.isEmpty)
    #expect(
      collapsed.nodes.map(\.id)
        == tree.nodes.map(\.id).filter { id in !below.contains { $0.id == id } })
    #expect(collapsed.node(inner.id).isLeaf && collapsed.node(inner.id).split == nil)
    for node in collapsed.nodes where node.id != inner.id { #expect(node == tree.node(node.id)) }
    for (before, after) in zip(tree.partition, collapsed.partition) {
      #expect(after == (below.contains { $0.id == before } ? inner.id : before))
    }
    #expect(tree.collapsed(at: 1).nodes.map(\.id) == [1])
  }

  @Test("a participant of the data goes to the leaf of his row")
  func assignment() {
    let partition = tree.partition
    for row in 0..<700 {
      let leaf = tree.leaf { variable in
        switch data.variables[variable].values {
        case .numeric(let values): .number(values[row])
        case .nominal(let codes, _), .ordered(let codes, _): .level(Int(codes[row]))
        }
      }
      #expect(leaf == partition[row])
    }
  }

  @Test("a missing or unseen value on the path leads nowhere, off the path it does not matter")
  func missing() {
    let root = TreeNode(
      id: 1, parent: nil, depth: 0, rows: [0, 1],
      coefficients: NodeCoefficients(effect: 1, intercept: 0), objective: 0,
      split: .nominal(variable: 1, groups: [[0], [2, 3]]), children: [2, 3])
    var left = root
    (left.id, left.parent, left.depth, left.rows) = (2, 1, 1, [0])
    (left.split, left.children) = (nil, [])
    var right = left
    (right.id, right.rows) = (3, [1])
    let tree = Tree(nodes: [root, left, right])
    #expect(tree.leaf { $0 == 1 ? .level(0) : nil } == 2)
    #expect(tree.leaf { $0 == 1 ? .level(3) : nil } == 3)
    #expect(tree.leaf { _ in .level(1) } == nil, "a level that the node lacked")
    #expect(tree.leaf { _ in nil } == nil)
    #expect(tree.leaf { _ in .number(1) } == nil)
    #expect(Split.numeric(variable: 0, breakpoint: 4).child(for: .number(4)) == 0)
    #expect(Split.numeric(variable: 0, breakpoint: 4).child(for: .number(.nan)) == nil)
    #expect(Split.ordered(variable: 0, breakpoint: 1).child(for: .level(2)) == 1)
  }

  @Test("pre-specified subgroups are the children of a root without tests")
  func prespecified() {
    let column = SubgroupColumn(
      name: "region", codes: data.nominal, levels: ["east", "north", "south", "west"])
    let tree = Tree(data.model(), subgroups: column)
    #expect(tree.nodes.map(\.id) == [1, 2, 3, 4, 5])
    #expect(tree.root.split == .nominal(variable: 0, groups: [[0], [1], [2], [3]]))
    #expect(tree.root.children == [2, 3, 4, 5] && tree.root.tests.isEmpty)
    #expect(tree.partition == data.nominal.map { Int($0) + 2 })
    for leaf in tree.leaves {
      #expect(leaf.coefficients == data.model().fit(leaf.rows).coefficients)
      #expect(leaf.stop == nil)
    }
    #expect(
      tree.rule(of: 4, variables: [SplitVariable(column)]).description == "region in {south}")
    #expect(tree.leaf { _ in .level(3) } == 5)
  }
}

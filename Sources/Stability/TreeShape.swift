public import Designs
public import Trees

/// The splits of a tree without its participants: what of a tree holds for other participants too.
public struct TreeShape: Sendable, Equatable {
  /// The split of each node in pre-order; nil for a leaf.
  public let splits: [Split?]

  /// The shape of a tree.
  public init(_ tree: Tree) { splits = tree.nodes.map(\.split) }

  /// A shape of splits in pre-order; nil where these are not the nodes of one tree.
  public init?(splits: [Split?]) {
    var open = 1
    for split in splits {
      guard open > 0 else { return nil }
      open += (split?.children ?? 0) - 1
    }
    guard open == 0 else { return nil }
    self.splits = splits
  }

  /// The number of leaves.
  public var leaves: Int { splits.count { $0 == nil } }

  /// The leaf of each row of a design, counted from 0 in node order; −1 where a level of the row was
  /// unseen in its node.
  public func leafCodes(of design: Design) -> [Int32] {
    let tree = tree(of: design)
    var codes = [Int32](repeating: -1, count: design.rows)
    for (code, leaf) in tree.leaves.enumerated() {
      for row in leaf.rows { codes[Int(row)] = Int32(code) }
    }
    return codes
  }

  /// The tree of this shape whose nodes have the rows of a design, numbered in pre-order from 1.
  ///
  /// A row whose level was unseen in a node goes no further than that node. Nodes have no estimates and
  /// no tests.
  public func tree(of design: Design) -> Tree {
    var nodes: [TreeNode] = []
    var place = 0
    add(design, (0..<design.rows).map { Int32($0) }, parent: nil, depth: 0, &nodes, &place)
    return Tree(nodes: nodes)
  }

  /// Adds the node at a place in pre-order, and all below it.
  private func add(
    _ design: Design, _ rows: [Int32], parent: Int?, depth: Int, _ nodes: inout [TreeNode],
    _ place: inout Int
  ) {
    let own = nodes.count
    nodes.append(
      TreeNode(
        id: own + 1, parent: parent, depth: depth, rows: rows,
        coefficients: NodeCoefficients(effect: nil, intercept: nil), objective: .nan,
        split: splits[place]))
    let split = splits[place]
    place += 1
    guard let split else { return }
    for members in split.divided(rows, by: design.partitioning[split.variable].values) {
      nodes[own].children.append(nodes.count + 1)
      add(design, members, parent: own + 1, depth: depth + 1, &nodes, &place)
    }
  }
}

extension Split {
  /// The number of children.
  public var children: Int {
    switch self {
    case .numeric, .ordered: 2
    case .nominal(_, let groups): groups.count
    }
  }

  /// The rows of each child.
  fileprivate func divided(
    _ rows: [Int32], by values: PartitioningVariable.Values
  ) -> [[Int32]] {
    var members = [[Int32]](repeating: [], count: children)
    for row in rows {
      let value: SplitValue =
        switch values {
        case .numeric(let numbers): .number(numbers[Int(row)])
        case .nominal(let codes, _), .ordered(let codes, _): .level(Int(codes[Int(row)]))
        }
      if let child = child(for: value) { members[child].append(row) }
    }
    return members
  }
}

public import Designs

extension Tree {
  /// The tree of pre-specified subgroups: a root without tests, with one child a level in level
  /// order.
  ///
  /// Its only split variable is the subgroup column. Every level must have a row, as a design's
  /// levels do.
  public init(_ model: some NodeModel, subgroups: SubgroupColumn) {
    var members = [[Int32]](repeating: [], count: subgroups.levels.count)
    for (row, code) in subgroups.codes.enumerated() { members[Int(code)].append(Int32(row)) }
    let all = subgroups.codes.indices.map { Int32($0) }
    var nodes = [
      TreeNode(id: 1, parent: nil, depth: 0, rows: all, fit: model.local(to: all).fit(all))
    ]
    nodes[0].split = .nominal(variable: 0, groups: members.indices.map { [$0] })
    nodes[0].children = members.indices.map { $0 + 2 }
    for (level, rows) in members.enumerated() {
      nodes.append(
        TreeNode(
          id: level + 2, parent: 1, depth: 1, rows: rows, fit: model.local(to: rows).fit(rows)))
    }
    self.init(nodes: nodes)
  }
}

extension TreeNode {
  /// A node with the estimates of its fit.
  init(id: Int, parent: Int?, depth: Int, rows: [Int32], fit: NodeFit) {
    self.init(
      id: id, parent: parent, depth: depth, rows: rows, coefficients: fit.coefficients,
      objective: fit.objective)
  }
}

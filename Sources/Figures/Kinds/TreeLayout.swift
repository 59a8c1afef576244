/// Where the nodes of a tree stand: columns of leaves in order, inner nodes between their children.
struct TreeLayout {
  let run: FigureRun
  /// The place of each node, by id, in widths of a column from the left edge of the first.
  let columns: [Int: Double]
  /// The largest depth.
  let depth: Int

  init(_ run: FigureRun) {
    self.run = run
    var columns: [Int: Double] = [:]
    for (place, leaf) in run.leaves.enumerated() { columns[leaf.id] = Double(place) + 0.5 }
    // Children come after their parents.
    for node in run.nodes.reversed() where !node.isLeaf {
      let places = node.children.compactMap { columns[$0] }
      columns[node.id] = ((places.min() ?? 0) + (places.max() ?? 0)) / 2
    }
    self.columns = columns
    depth = run.nodes.map(\.depth).max() ?? 0
  }

  func column(_ id: Int) -> Double { columns[id] ?? 0.5 }
}

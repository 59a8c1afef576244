public import Trees

/// What two splits, or two subgroups, of trees of the same participants have in common.
extension Tree {
  /// The share of the root's participants whom two splits on the same variable send to the same side, each
  /// being applied to all of them; 0 for splits on other variables.
  ///
  /// `value` is a variable's value for a row. Of splits with more than two children sides are matched by
  /// their position; of nominal ones in two the better matching counts.
  public func overlap(
    _ first: Split, _ second: Split, value: (_ variable: Int, _ row: Int32) -> SplitValue
  ) -> Double {
    guard first.variable == second.variable, !root.rows.isEmpty else { return 0 }
    var same = 0
    for row in root.rows {
      let answer = value(first.variable, row)
      if first.child(for: answer) == second.child(for: answer) { same += 1 }
    }
    let share = Double(same) / Double(root.rows.count)
    if case .nominal(_, let groups) = first, groups.count == 2 { return max(share, 1 - share) }
    return share
  }
}

extension TreeNode {
  /// The participants that two nodes have in common as a share of those of either (Jaccard).
  ///
  /// The rows of nodes ascend.
  public func overlap(with other: TreeNode) -> Double {
    var (i, j, both) = (0, 0, 0)
    while i < rows.count, j < other.rows.count {
      if rows[i] == other.rows[j] {
        both += 1
        i += 1
        j += 1
      } else if rows[i] < other.rows[j] {
        i += 1
      } else {
        j += 1
      }
    }
    let either = rows.count + other.rows.count - both
    return either == 0 ? 1 : Double(both) / Double(either)
  }
}

/// How the participants of two partitions of the same rows meet.
public struct CrossTable: Sendable, Equatable {
  /// The leaf ids of the first tree, in node order.
  public let first: [Int]
  /// Those of the second.
  public let second: [Int]
  /// The participants in leaf a of the first and b of the second tree, row after row.
  public let counts: [[Int]]

  /// The table of two trees of the same rows.
  public init(_ one: Tree, _ other: Tree) {
    let first = one.leaves.map(\.id)
    let second = other.leaves.map(\.id)
    let rows = Dictionary(uniqueKeysWithValues: first.enumerated().map { ($0.element, $0.offset) })
    let columns = Dictionary(
      uniqueKeysWithValues: second.enumerated().map { ($0.element, $0.offset) })
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: second.count), count: first.count)
    for (a, b) in zip(one.partition, other.partition) {
      if let row = rows[a], let column = columns[b] { counts[row][column] += 1 }
    }
    self.first = first
    self.second = second
    self.counts = counts
  }
}

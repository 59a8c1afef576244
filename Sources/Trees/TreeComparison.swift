/// Two trees of the same rows, compared.
public struct TreeComparison: Sendable, Equatable {
  /// The adjusted Rand index of their partitions.
  public let adjustedRandIndex: Double
  /// Whether the roots have the same split, or neither has one.
  public let sameRootSplit: Bool
  /// The ids of the nodes with splits that are in both trees, in node order, first tree first.
  public let splitsInBoth: [NodePair]
  /// The ids of the first tree's nodes whose splits the second lacks.
  public let splitsOnlyFirst: [Int]
  /// The ids of the second tree's nodes whose splits the first lacks.
  public let splitsOnlySecond: [Int]

  /// The same split in two trees.
  public struct NodePair: Sendable, Equatable {
    /// The node's id in the first tree.
    public let first: Int
    /// The node's id in the second tree.
    public let second: Int

    /// A pair of node ids.
    public init(first: Int, second: Int) {
      self.first = first
      self.second = second
    }
  }

  /// Compares two trees of the same rows and variables.
  ///
  /// A split is in both trees if variable, cut or groups of levels, and all its ancestors' splits
  /// agree.
  public init(_ first: Tree, _ second: Tree) {
    adjustedRandIndex = Trees.adjustedRandIndex(first.partition, second.partition)
    sameRootSplit = first.root.split == second.root.split
    let both = Self.commonSplits(first, second)
    splitsInBoth = both
    splitsOnlyFirst = first.innerNodes.map(\.id).filter { id in !both.contains { $0.first == id } }
    splitsOnlySecond = second.innerNodes.map(\.id).filter { id in
      !both.contains { $0.second == id }
    }
  }

  /// Whether all splits are in both trees.
  public var isSameTree: Bool { splitsOnlyFirst.isEmpty && splitsOnlySecond.isEmpty }

  private static func commonSplits(_ first: Tree, _ second: Tree) -> [NodePair] {
    var result: [NodePair] = []
    var stack = [NodePair(first: first.root.id, second: second.root.id)]
    while let pair = stack.popLast() {
      let a = first.node(pair.first)
      let b = second.node(pair.second)
      guard let split = a.split, split == b.split else { continue }
      result.append(pair)
      stack.append(
        contentsOf: zip(a.children, b.children).reversed().map(NodePair.init(first:second:)))
    }
    return result
  }
}

extension Tree {
  /// Whether two trees of the same variables have the same splits throughout.
  public func hasSameSplits(as other: Tree) -> Bool {
    nodes.count == other.nodes.count
      && zip(nodes, other.nodes).allSatisfy { $0.split == $1.split && $0.depth == $1.depth }
  }
}

/// The adjusted Rand index of two partitions of the same items (Hubert & Arabie 1985), 1 where both
/// are trivial in the same way.
public func adjustedRandIndex(_ first: [Int], _ second: [Int]) -> Double {
  precondition(first.count == second.count, "partitions of \(first.count) and \(second.count)")
  struct Cell: Hashable {
    var first: Int
    var second: Int
  }
  func pairs(_ counts: some Sequence<Int>) -> Double {
    counts.reduce(0) { $0 + Double($1) * Double($1 - 1) / 2 }
  }
  func counts<Key: Hashable>(_ keys: some Sequence<Key>) -> [Int] {
    Array(keys.reduce(into: [Key: Int]()) { $0[$1, default: 0] += 1 }.values)
  }
  let together = pairs(counts(zip(first, second).map { Cell(first: $0, second: $1) }))
  let inFirst = pairs(counts(first))
  let inSecond = pairs(counts(second))
  let expected = first.count < 2 ? 0 : inFirst * inSecond / pairs([first.count])
  let largest = (inFirst + inSecond) / 2
  return largest == expected ? 1 : (together - expected) / (largest - expected)
}

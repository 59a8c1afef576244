/// What many trees of the same rows have in common, and in common with a reference tree.
public struct TreeShares: Sendable, Equatable {
  /// How many of the trees have something.
  public struct Share<Item: Sendable & Equatable>: Sendable, Equatable {
    /// What they have.
    public let item: Item
    /// The share of the trees that have it, 0 to 1.
    public let share: Double
  }

  /// The number of trees.
  public let trees: Int
  /// The variable at the root, nil for trees without a split; the largest share first.
  public let rootVariables: [Share<Int?>]
  /// The split of the root; the largest share first, trees without a split left out.
  public let rootSplits: [Share<Split>]
  /// The variables that split a node somewhere; the largest share first.
  public let variables: [Share<Int>]
  /// The number of leaves, ascending.
  public let leafCounts: [Share<Int>]
  /// Each inner node of the reference by its id: the trees that have its split and its ancestors'.
  public let referenceSplits: [Share<Int>]
  /// The trees all of whose splits are the reference's, and no others.
  public let sameTree: Double
  /// The mean adjusted Rand index of the trees' partitions and the reference's.
  public let meanAdjustedRandIndex: Double
  /// For each pair of leaves of the reference, at a J + b in node order: the probability that two
  /// participants, one of either leaf, are in one leaf of a tree; nil for a leaf of one participant
  /// with itself.
  public let coMembership: [Double?]

  /// The shares over sketches of trees against one reference; there must be at least one.
  public init(_ sketches: [TreeSketch], reference: Tree) {
    trees = sketches.count
    rootVariables = Self.shares(sketches.map { $0.rootSplit?.variable }) {
      ($0 ?? .max) < ($1 ?? .max)
    }
    rootSplits = Self.shares(
      sketches.compactMap(\.rootSplit), of: sketches.count, by: Split.precedes)
    variables = Self.shares(sketches.flatMap(\.variables), of: sketches.count, by: <)
    leafCounts = Self.shares(sketches.map(\.leaves), by: <).sorted { $0.item < $1.item }
    referenceSplits = reference.innerNodes.map { node in
      Share(item: node.id, share: Self.share(sketches) { $0.sharedSplits.contains(node.id) })
    }
    sameTree = Self.share(sketches, \.isReference)
    meanAdjustedRandIndex =
      sketches.reduce(0) { $0 + $1.adjustedRandIndex } / Double(sketches.count)
    let pairs = sketches.first?.together.indices ?? 0..<0
    coMembership = pairs.map { pair in
      let known = sketches.compactMap { $0.together[pair] }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }

  private static func share(_ sketches: [TreeSketch], _ has: (TreeSketch) -> Bool) -> Double {
    Double(sketches.count(where: has)) / Double(sketches.count)
  }

  /// The shares of distinct items, the largest first, equal ones in a given order.
  private static func shares<Item: Sendable & Equatable>(
    _ items: [Item], of total: Int? = nil, by precedes: (Item, Item) -> Bool
  ) -> [Share<Item>] {
    var counts: [(item: Item, count: Int)] = []
    for item in items {
      if let place = counts.firstIndex(where: { $0.item == item }) {
        counts[place].count += 1
      } else {
        counts.append((item, 1))
      }
    }
    return counts.sorted {
      $0.count == $1.count ? precedes($0.item, $1.item) : $0.count > $1.count
    }.map { Share(item: $0.item, share: Double($0.count) / Double(total ?? items.count)) }
  }
}

extension Split {
  /// An order of splits: by variable, then by cut, then by the levels that go left.
  static func precedes(_ first: Split, _ second: Split) -> Bool {
    guard first.variable == second.variable else { return first.variable < second.variable }
    return switch (first, second) {
    case (.numeric(_, let a), .numeric(_, let b)): a < b
    case (.ordered(_, let a), .ordered(_, let b)): a < b
    case (.nominal(_, let a), .nominal(_, let b)):
      a.flatMap { $0 + [.max] }.lexicographicallyPrecedes(b.flatMap { $0 + [.max] })
    default: false
    }
  }
}

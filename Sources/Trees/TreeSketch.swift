/// What is kept of one of many trees of the same rows: its splits, and how it divides the leaves of
/// a reference tree; no rows.
public struct TreeSketch: Sendable, Equatable {
  /// The split of the root; nil where the tree is a single leaf.
  public let rootSplit: Split?
  /// The variables that split a node somewhere, ascending.
  public let variables: [Int]
  /// The number of leaves.
  public let leaves: Int
  /// The reference's inner nodes whose splits, ancestors' splits included, the tree has.
  public let sharedSplits: [Int]
  /// Whether all splits are those of the reference.
  public let isReference: Bool
  /// Of the tree's partition and the reference's.
  public let adjustedRandIndex: Double
  /// For each pair of the reference's leaves, at a J + b, the share of the pairs of one participant
  /// of leaf a and another of leaf b who are in one leaf of the tree; nil where a leaf has no pair.
  public let together: [Double?]

  /// The sketch of a tree of the same rows as the reference.
  public init(_ tree: Tree, reference: Tree) {
    let comparison = TreeComparison(reference, tree)
    rootSplit = tree.root.split
    variables = Set(tree.innerNodes.compactMap(\.split?.variable)).sorted()
    leaves = tree.leaves.count
    sharedSplits = comparison.splitsInBoth.map(\.first)
    isReference = comparison.isSameTree
    adjustedRandIndex = comparison.adjustedRandIndex
    together = Self.together(tree, reference)
  }

  private static func together(_ tree: Tree, _ reference: Tree) -> [Double?] {
    let groups = reference.leaves.count
    let places = Dictionary(
      uniqueKeysWithValues: tree.leaves.enumerated().map { ($0.element.id, $0.offset) })
    let partition = tree.partition
    let referencePlaces = Dictionary(
      uniqueKeysWithValues: reference.leaves.enumerated().map { ($0.element.id, $0.offset) })
    var counts = [[Double]](
      repeating: [Double](repeating: 0, count: places.count), count: groups)
    for (own, other) in zip(partition, reference.partition) {
      guard let place = places[own], let group = referencePlaces[other] else { continue }
      counts[group][place] += 1
    }
    let sizes = counts.map { $0.reduce(0, +) }
    return (0..<groups).flatMap { a in
      (0..<groups).map { b -> Double? in
        let same = a == b ? 1.0 : 0
        let pairs = sizes[a] * (sizes[b] - same)
        guard pairs > 0 else { return nil }
        return zip(counts[a], counts[b]).reduce(0) { $0 + $1.0 * ($1.1 - same) } / pairs
      }
    }
  }
}

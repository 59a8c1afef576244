import TestSupport
import Testing

@testable import Trees

@Suite struct TreeSharesTests {
  /// A tree of eight rows with one split of variable 0 or none, and the rows of its left leaf.
  static func tree(_ split: Split?, left: [Int32] = []) -> Tree {
    let rows = [Int32](0..<8)
    let none = NodeCoefficients(effect: nil, intercept: nil)
    let root = TreeNode(
      id: 1, parent: nil, depth: 0, rows: rows, coefficients: none, objective: 0, split: split,
      children: split == nil ? [] : [2, 3])
    guard split != nil else { return Tree(nodes: [root]) }
    let parts = [left, rows.filter { !left.contains($0) }]
    return Tree(
      nodes: [root]
        + parts.enumerated().map { place, part in
          TreeNode(
            id: 2 + place, parent: 1, depth: 1, rows: part, coefficients: none, objective: 0)
        })
  }

  static let half = Split.numeric(variable: 0, breakpoint: 4)
  static let quarter = Split.numeric(variable: 0, breakpoint: 2)
  static let other = Split.nominal(variable: 1, groups: [[0], [1]])

  // Reference: rows 0…3 against 4…7. Drawn: itself twice, a cut after row 1, another variable
  // that sends the even rows left, and a tree without a split.
  static let reference = tree(half, left: [0, 1, 2, 3])
  static let shares = TreeShares(
    [
      reference, reference, tree(quarter, left: [0, 1]), tree(other, left: [0, 2, 4, 6]),
      tree(nil),
    ].map { TreeSketch($0, reference: reference) }, reference: reference)

  @Test("roots, cuts and leaves are counted over all trees, the commonest first")
  func counts() {
    let shares = Self.shares
    #expect(shares.trees == 5)
    #expect(shares.rootVariables.map(\.item) == [0, 1, nil])
    #expect(shares.rootVariables.map(\.share) == [0.6, 0.2, 0.2])
    #expect(shares.rootSplits.map(\.item) == [Self.half, Self.quarter, Self.other])
    #expect(shares.rootSplits.map(\.share) == [0.4, 0.2, 0.2])
    #expect(shares.variables.map(\.item) == [0, 1])
    #expect(shares.variables.map(\.share) == [0.6, 0.2])
    #expect(shares.leafCounts.map(\.item) == [1, 2])
    #expect(shares.leafCounts.map(\.share) == [0.2, 0.8])
    #expect(shares.sameTree == 0.4)
    #expect(shares.referenceSplits.map(\.item) == [1])
    #expect(shares.referenceSplits.map(\.share) == [0.4])
  }

  @Test("co-membership by hand: pairs in one leaf, of the pairs there are")
  func coMembership() {
    // Within rows 0…3 the 6 pairs: 6, 6, {01}{23} 2, {02}{13} 2, 6. Within 4…7: 6, 6, 6, 2, 6.
    // Between the halves the 16 pairs: 0, 0, {23}×{4567} 8, {02}×{46} + {13}×{57} 8, 16.
    let within = (6.0 + 6 + 2 + 2 + 6) / 30
    let right = (6.0 + 6 + 6 + 2 + 6) / 30
    let between = (0.0 + 0 + 8 + 8 + 16) / 80
    for (share, expected) in zip(
      Self.shares.coMembership, [within, between, between, right])
    {
      #expect(close(share ?? .nan, expected, relative: 1e-14))
    }
  }

  @Test("the mean adjusted Rand index is that of the partitions")
  func randIndex() {
    let partitions = [[0, 0, 1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 0, 1, 0, 1]]
    let reference = [0, 0, 0, 0, 1, 1, 1, 1]
    let sum = 2 + partitions.reduce(0) { $0 + adjustedRandIndex($1, reference) }
    #expect(close(Self.shares.meanAdjustedRandIndex, sum / 5, relative: 1e-14))
  }

  @Test("a leaf of one participant has no pair of its own")
  func singleParticipant() {
    let reference = Self.tree(Self.half, left: [5])
    let shares = TreeShares([TreeSketch(reference, reference: reference)], reference: reference)
    #expect(shares.coMembership == [nil, 0, 0, 1])
  }

  @Test("ties stand in the order of variables and cuts, whatever the order of the trees")
  func order() {
    let trees = [Self.tree(Self.other, left: [0]), Self.tree(Self.quarter, left: [0, 1])]
    for sketches in [trees, trees.reversed()] {
      let shares = TreeShares(
        sketches.map { TreeSketch($0, reference: Self.reference) }, reference: Self.reference)
      #expect(shares.rootSplits.map(\.item) == [Self.quarter, Self.other])
      #expect(shares.variables.map(\.item) == [0, 1])
    }
  }
}

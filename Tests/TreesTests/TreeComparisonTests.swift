import Designs
import TestSupport
import Testing

@testable import Trees

@Suite struct TreeComparisonTests {
  let data = SimulatedData(rows: 700, seed: 3)

  @Test(
    "the adjusted Rand index",
    arguments: [
      ([1, 1, 2, 2], [5, 5, 9, 9], 1.0), ([1, 1, 1, 1], [1, 1, 1, 1], 1),
      ([1, 2, 3], [3, 2, 1], 1),
      ([1, 1, 1, 1], [1, 2, 3, 4], 0), ([1, 1, 2, 2], [1, 2, 1, 2], -0.5),
      // By hand: 2 pairs together in both, 6 in the first, 3 in the second, of 15:
      // (2 − 1.2) / (4.5 − 1.2).
      ([1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 3, 3], 0.8 / 3.3),
      ([], [], 1), ([4], [7], 1),
    ] as [([Int], [Int], Double)])
  func randIndex(first: [Int], second: [Int], expected: Double) {
    #expect(close(adjustedRandIndex(first, second), expected, relative: 1e-14))
    #expect(close(adjustedRandIndex(second, first), expected, relative: 1e-14))
  }

  @Test("a tree agrees with itself")
  func same() {
    let tree = grow(data.model(), on: data.sorted)
    let comparison = TreeComparison(tree, tree)
    #expect(comparison.adjustedRandIndex == 1)
    #expect(comparison.sameRootSplit && comparison.isSameTree)
    #expect(comparison.splitsInBoth.map(\.first) == tree.innerNodes.map(\.id))
    #expect(comparison.splitsInBoth.map(\.second) == tree.innerNodes.map(\.id))
  }

  @Test("a shallower tree has the upper splits only")
  func nested() {
    let tree = grow(data.model(), on: data.sorted)
    let stump = grow(data.model(), on: data.sorted, control: GrowthControl(maxDepth: 2))
    let comparison = TreeComparison(stump, tree)
    #expect(comparison.sameRootSplit && !comparison.isSameTree)
    #expect(comparison.splitsInBoth == [TreeComparison.NodePair(first: 1, second: 1)])
    #expect(comparison.splitsOnlyFirst.isEmpty)
    #expect(comparison.splitsOnlySecond == tree.innerNodes.map(\.id).filter { $0 != 1 })
    #expect(comparison.adjustedRandIndex > 0 && comparison.adjustedRandIndex < 1)
    let alone = tree.collapsed(at: 1)
    #expect(!TreeComparison(alone, tree).sameRootSplit)
    #expect(TreeComparison(alone, alone).sameRootSplit)
  }

  @Test("a split below different ancestors is not in both trees")
  func ancestors() {
    let tree = grow(data.model(), on: data.sorted)
    var other = tree
    other.nodes[0].split = .numeric(variable: 0, breakpoint: 12.5)
    let comparison = TreeComparison(tree, other)
    #expect(comparison.splitsInBoth.isEmpty)
    #expect(comparison.splitsOnlyFirst == tree.innerNodes.map(\.id))
    #expect(comparison.splitsOnlySecond == tree.innerNodes.map(\.id))
  }

  @Test("trees with equal splits in other places are not the same")
  func shape() {
    let tree = grow(data.model(), on: data.sorted)
    #expect(tree.hasSameSplits(as: tree))
    #expect(!tree.hasSameSplits(as: tree.collapsed(at: tree.innerNodes[1].id)))
  }
}

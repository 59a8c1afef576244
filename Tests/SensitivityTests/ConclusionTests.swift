import Inference
import Posterior
import Testing
import Trees

@testable import Sensitivity
@testable import Subgroups

/// What holds and what changes, from draws made by hand.
@Suite("Conclusion of refits") struct ConclusionTests {
  /// Two leaves whose effects are spread evenly over an interval.
  private static func figures(
    _ tree: Tree, _ effects: [ClosedRange<Double>]
  ) -> RefitFigures {
    let draws = effects.map { range in
      (0...100).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 100 }
    }
    return RefitFigures(
      RefittedTree(tree: tree, effects: draws, deviations: [], converged: true), level: 0.9)
  }

  private static func refit(_ same: RefitFigures, _ regrown: RefitFigures?) throws -> PriorRefit {
    let grid = try #require(PriorGrid(around: .halfNormal(scale: 1)))
    return PriorRefit(
      entry: grid.entries[0], same: same, regrown: regrown, agreement: 1, obstacle: nil)
  }

  /// A tree with splits, and its root alone.
  private static let grown = Result {
    let design = try PriorSensitivityTests.design("few-trials")
    let tree = try PriorSensitivityTests.fit(design, try PriorSensitivityTests.plan(.mobSI)).run
      .tree.tree
    return (whole: tree, root: tree.collapsed(at: tree.root.id))
  }

  @Test("Effects and differences on the same side hold; others are named with their refits")
  func changes() throws {
    let (tree, root) = try Self.grown.get()
    let leaves = tree.leaves.map(\.id)
    try #require(leaves.count >= 2)
    func figures(_ first: ClosedRange<Double>, _ second: ClosedRange<Double>) -> RefitFigures {
      Self.figures(
        tree, [first, second] + leaves.dropFirst(2).map { _ in 1...2 as ClosedRange<Double> })
    }
    let reported = figures(-3 ... -1, -1...1)
    let held = try Self.refit(figures(-9 ... -0.5, -0.2...2), reported)
    let conclusion = SensitivityConclusion([held, held], reported: reported)
    #expect(conclusion.holds && conclusion.done == 2)
    let crossing = try Self.refit(figures(-3...1, -1...1), reported)
    let changed = SensitivityConclusion([held, crossing], reported: reported)
    #expect(!changed.holds)
    let change = try #require(changed.changes.first)
    #expect(change.nodes == [leaves[0]] && change.reported == .below && change.refits == [1])
    let grown = try Self.refit(reported, Self.figures(root, [-1...1]))
    let other = SensitivityConclusion([held, grown, grown], reported: reported)
    #expect(other.changes.isEmpty && other.otherTrees == [1, 2] && !other.holds)
  }

  @Test("A difference can change though both effects hold")
  func difference() throws {
    let tree = try Self.grown.get().whole
    let leaves = tree.leaves.map(\.id)
    let rest = leaves.dropFirst(2).map { _ in -1...1 as ClosedRange<Double> }
    let reported = Self.figures(tree, [1...2, 0.5...3] + rest)
    let other = Self.figures(tree, [1...2, 3...6] + rest)
    let found = SensitivityConclusion([try Self.refit(other, nil)], reported: reported)
    #expect(found.changes.contains { $0.nodes == [leaves[0], leaves[1]] })
    #expect(!found.changes.contains { $0.nodes.count == 1 })
    #expect(found.otherTrees.isEmpty)
  }

  @Test("No refit that could be done is no conclusion")
  func none() throws {
    let tree = try Self.grown.get().whole
    let grid = try #require(PriorGrid(around: .halfNormal(scale: 1)))
    let failed = PriorRefit(
      entry: grid.entries[3], same: nil, regrown: nil, agreement: nil, obstacle: "why")
    let reported = Self.figures(tree, tree.leaves.map { _ in 1...2 })
    #expect(!SensitivityConclusion([failed], reported: reported).holds)
  }
}

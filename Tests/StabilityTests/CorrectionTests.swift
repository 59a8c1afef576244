import Designs
import Inference
import Subgroups
import Testing
import Trees

@testable import Stability

@Suite struct CorrectionTests {
  static func tree(_ deviations: [(Double, Double, Double)]) -> ResampledTree {
    ResampledTree(
      shape: TreeShape(splits: [nil]) ?? .init(Tree(nodes: [])),
      deviations: deviations.map { .init(grown: $0.0, other: $0.1, weight: $0.2) },
      isSettled: true, hasConverged: true)
  }

  /// Σ w d̂ d̃ = 2·1·0.5 + 1·2·1 + 4·(−1)·(−0.25) = 4; Σ w d̂² = 2 + 4 + 4 = 10.
  @Test func slopeByHand() throws {
    let correction = SearchCorrection([
      Self.tree([(1, 0.5, 2), (2, 1, 1)]), Self.tree([]), Self.tree([(-1, -0.25, 4)]),
    ])
    #expect(try #require(correction.slope) == 0.4)
    #expect(correction.trees == 2)
    let corrected = try #require(correction.corrected(3, overall: 1))
    #expect(abs(corrected - 1.8) < 1e-15)
  }

  @Test func slopeStaysBetweenZeroAndOne() {
    let against = SearchCorrection([Self.tree([(1, -0.5, 2)])])
    #expect(against.slope == 0 && against.rawSlope == -0.5)
    let beyond = SearchCorrection([Self.tree([(1, 1.5, 2)])])
    #expect(beyond.slope == 1 && beyond.rawSlope == 1.5)
    #expect(SearchCorrection([Self.tree([])]).slope == nil)
    #expect(SearchCorrection([Self.tree([(0, 1, 1)])]).slope == nil)
  }

  @Test func cutsByHand() throws {
    let splits: [Split] =
      [3, 1, 2, 2, 9].map { .numeric(variable: 1, breakpoint: $0) } + [
        .nominal(variable: 0, groups: [[0], [1]]), .ordered(variable: 2, breakpoint: 1),
      ]
    let all = CutDistribution.all(splits)
    #expect(all.map(\.variable) == [1, 2])
    // R: quantile(c(3, 1, 2, 2, 9), c(.25, .5, .75), type = 1) is 2 2 3.
    #expect(all[0].quartiles == [2, 2, 3])
    #expect(all[0].range == 1...9)
    #expect(all[0].counts.map(\.breakpoint) == [1, 2, 3, 9])
    #expect(all[0].counts.map(\.splits) == [1, 2, 1, 1])
    #expect(all[1].splits == 1 && all[1].quartiles == [1, 1, 1])
  }

  @Test func shapesKeepWhatATreeAsks() throws {
    let design = SimulatedTrials(modification: 2).design(5)
    let tree = try analyse(design, try ResamplerTests.plan().analysis, in: AnalysisEnvironment())
      .runs[0].tree.tree
    let shape = TreeShape(tree)
    #expect(shape.leaves == tree.leaves.count && shape.leaves > 1)
    let again = shape.tree(of: design)
    #expect(again.partition == tree.partition)
    #expect(again.hasSameSplits(as: tree))
    #expect(zip(again.nodes, tree.nodes).allSatisfy { $0.parent == $1.parent && $0.id == $1.id })
    #expect(TreeShape(splits: shape.splits) == shape)
    #expect(TreeShape(splits: shape.splits + [nil]) == nil)
    #expect(TreeShape(splits: Array(shape.splits.dropLast())) == nil)
    #expect(TreeShape(splits: []) == nil)
  }
}

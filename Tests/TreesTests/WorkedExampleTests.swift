import Designs
import TestSupport
import Testing

@testable import Trees

/// A deterministic data set of 120 rows with partykit 1.2-27's figures for its root node (they are
/// those of 1.2-16), computed by `lmtree` on R 4.2.2.
@Suite struct WorkedExampleTests {
  let outcome: [Double]
  let arm: [UInt8]
  let trial: [Int32]
  let partitioning: [PartitioningVariable]
  let variables: SortedVariables

  init() {
    let index = Array(1...120)
    let trial = index.map { Int32(($0 - 1) % 4) }
    let arm = index.map { UInt8((($0 - 1) / 4) % 2) }
    let z = index.map { Double((37 * $0) % 61) }
    let error = index.map { i in Double((7919 * i * i * i + 104_729 * i) % 10_007) / 10_007 - 0.5 }
    outcome = index.indices.map { i in
      0.5 * Double(trial[i] + 1) + (arm[i] == 1 && z[i] > 30 ? 1.5 : 0) + 2 * error[i]
    }
    (self.trial, self.arm) = (trial, arm)
    partitioning = [
      PartitioningVariable(name: "z", values: .numeric(z)),
      PartitioningVariable(
        name: "g",
        values: .nominal(
          codes: index.map { Int32((7 * $0 + $0 / 5) % 3) }, levels: ["a", "b", "c"])),
      PartitioningVariable(
        name: "o",
        values: .ordered(
          codes: index.map { Int32((5 * $0 + $0 / 7) % 4) }, levels: ["0", "1", "2", "3"])),
    ]
    variables = SortedVariables(partitioning, rows: 120)
  }

  /// What R reports of a root node, variable by variable.
  struct Expected: CustomTestStringConvertible {
    var testDescription: String
    var stratified = false
    var control = GrowthControl(ties: .rows)
    var statistics: [Double]
    var pValues: [Double]
    var breakpoint: Double
    var sizes: [Int]
    var objectives: [Double]
  }

  static let models = [
    Expected(
      testDescription: "y ~ trt", statistics: [39.5151712141, 2.25563221621, 4.13150090781],
      pValues: [2.74248947669e-07, 0.969878580904, 0.960308400976], breakpoint: 30,
      sizes: [60, 60], objectives: [123.413478016, 36.0557827335, 34.913747099]),
    Expected(
      testDescription: "y ~ trt, trim 0.2, no adjustment",
      control: GrowthControl(bonferroni: false, trim: 0.2, ties: .rows),
      statistics: [39.5151712141, 2.25563221621, 4.13150090781],
      pValues: [8.54631724191e-08, 0.688858116608, 0.658886009666], breakpoint: 30,
      sizes: [60, 60], objectives: [123.413478016, 36.0557827335, 34.913747099]),
    Expected(
      testDescription: "y ~ trt + trial", stratified: true,
      statistics: [48.1769560001, 7.87899376163, 16.9994529390],
      pValues: [1.21099013535e-07, 0.953598363810, 0.684035588125], breakpoint: 29,
      sizes: [58, 62], objectives: [84.0990387352, 18.8210221296, 17.6006822996]),
  ]

  @Test("a logistic model as R")
  func logistic() {
    let model = LogisticModel(outcome: outcome.map { $0 > 1.7 ? 1 : 0 }, arm: arm)
    let tree = grow(model, on: variables, control: GrowthControl(ties: .rows))
    for (test, statistic) in zip(
      tree.root.tests, [45.2671352214, 4.14528554340, 3.53828372355])
    {
      // R's iterations end where the deviance changes by less than 1e-8.
      #expect(close(test.statistic ?? .nan, statistic, relative: 1e-7))
    }
    #expect(
      close(tree.root.tests[0].adjustedPValue ?? .nan, 1.57922814863e-08, relative: 1e-6))
    #expect(tree.root.split == .numeric(variable: 0, breakpoint: 29))
    #expect(close(tree.root.objective, 77.4002223934, relative: 1e-10))
    for (child, objective) in zip(tree.root.children, [28.115752867, 21.3421739741]) {
      #expect(close(tree.node(child).objective, objective, relative: 1e-7))
    }
  }

  @Test("the data are those of the example")
  func data() {
    #expect(close(outcome[0], 0.013840311782, relative: 1e-10))
    #expect(close(outcome.reduce(0, +), 194.083841311082, relative: 1e-12))
  }

  @Test("statistics, p-values, split and objectives as R", arguments: models)
  func root(_ expected: Expected) {
    let model = LeastSquaresModel(
      outcome: outcome, arm: arm, trial: expected.stratified ? trial : nil)
    let tree = grow(model, on: variables, control: expected.control)
    for (test, (statistic, p)) in zip(
      tree.root.tests, zip(expected.statistics, expected.pValues))
    {
      #expect(close(test.statistic ?? .nan, statistic, relative: 1e-11))
      #expect(close(test.adjustedPValue ?? .nan, p, relative: 1e-9))
    }
    #expect(tree.root.split == .numeric(variable: 0, breakpoint: expected.breakpoint))
    let children = tree.root.children.map { tree.node($0) }
    #expect(children.map(\.rows.count) == expected.sizes)
    for (node, objective) in zip([tree.root] + children, expected.objectives) {
      #expect(close(node.objective, objective, relative: 1e-10))
    }
  }

  @Test("leaf coefficients as R")
  func leaves() {
    let tree = grow(
      LeastSquaresModel(outcome: outcome, arm: arm), on: variables,
      control: GrowthControl(ties: .rows))
    let expected = [(1.005939176, 0.09996668998), (1.430785117, 1.496046101)]
    #expect(tree.leaves.count == 2)
    for (leaf, (intercept, effect)) in zip(tree.leaves, expected) {
      #expect(close(leaf.coefficients.intercept ?? .nan, intercept, relative: 1e-9))
      #expect(close(leaf.coefficients.effect ?? .nan, effect, relative: 1e-9))
    }
  }

  @Test("a nominal split of an intercept-only model as R")
  func nominalSplit() {
    // With all participants in one arm the model is the intercept alone.
    let model = LeastSquaresModel(outcome: outcome, arm: [UInt8](repeating: 0, count: 120))
    guard case .nominal(let codes, let levels) = variables.columns[1] else { return }
    let rows = variables.rows
    let split = SplitSearch(model: model, minSize: 10)
      .nominal(1, codes: codes, levels: levels, rows: rows)
    #expect(split == .nominal(variable: 1, groups: [[0], [1, 2]]))
    let left = rows.filter { codes[Int($0)] == 0 }
    let right = rows.filter { codes[Int($0)] != 0 }
    #expect(left.count == 48 && right.count == 72)
    #expect(close(model.fit(rows).objective, 142.517904235, relative: 1e-10))
    #expect(close(model.fit(left).objective, 64.0438280118, relative: 1e-10))
    #expect(close(model.fit(right).objective, 76.8168307076, relative: 1e-10))
  }
}

import Designs
import TestSupport
import Testing

@testable import Trees

/// The 120 rows of WorkedExampleTests under other covariances, parameters and weights, by `lmtree` and
/// `glmtree` of partykit 1.2-16 on R 4.2.2.
///
/// With `trial` a factor of levels 1 to 4 and `w = 1 + i %% 3` the calls are `glmtree(y ~ …, vcov =)`,
/// `lmtree(y ~ …, parm = "trt")`, `ordinal = "max"` and `weights = w`; the tests are those of the root.
@Suite struct WorkedVariantsTests {
  struct Expected: CustomTestStringConvertible {
    var testDescription: String
    var stratified = false
    var isWeighted = false
    var change: @Sendable (inout GrowthControl) -> Void = { _ in }
    /// Of z, g and o; a nil is not compared.
    var statistics: [Double?]
    var pValues: [Double?]
  }

  static let roots: [Expected] = [
    Expected(
      testDescription: "info", change: { $0.vcov = .info },
      statistics: [51.8577025962, 2.53253558972, 3.16716346516],
      pValues: [5.84737900022e-10, 0.952883484246, 0.990416832744]),
    Expected(
      testDescription: "info, trial + trt", stratified: true, change: { $0.vcov = .info },
      statistics: [70.5462599904, 8.11587154578, 15.7253090572],
      pValues: [4.47095453146e-12, 0.944046540389, 0.784581573052]),
    Expected(
      testDescription: "info, parm", change: { ($0.vcov, $0.testParameters) = (.info, .partykit) },
      statistics: [31.5365557811, 1.16619112784, 1.93943390705],
      pValues: [2.36250141908e-06, 0.913747447398, 0.92856386543]),
    Expected(
      testDescription: "sandwich", change: { $0.vcov = .sandwich },
      statistics: [70.1442333441, 3.13424210636, 2.7478655181],
      pValues: [5.66338750154e-14, 0.899855052605, 0.995885655296]),
    Expected(
      testDescription: "sandwich, trial + trt", stratified: true,
      change: { $0.vcov = .sandwich },
      statistics: [111.585843416, 9.41991453872, 16.1818198733],
      pValues: [1.96001568056e-20, 0.869497791222, 0.750038498853]),
    Expected(
      testDescription: "sandwich, parm",
      change: { ($0.vcov, $0.testParameters) = (.sandwich, .partykit) },
      statistics: [52.2271650505, 2.00286514473, 1.94226292363],
      pValues: [8.84444259777e-11, 0.746787721397, 0.928255701732]),
    Expected(
      testDescription: "parm", change: { $0.testParameters = .partykit },
      statistics: [17.3965913596, 0.642990132784, 2.26137906756],
      pValues: [0.00226347923198, nil, nil]),
    Expected(
      testDescription: "weights, trial + trt", stratified: true, isWeighted: true,
      statistics: [99.3579211927, 22.9919653498, 30.5143287459],
      pValues: [1.06422765667e-17, 0.0319816906338, 0.0302777921638]),
    Expected(
      testDescription: "weights, parm, trial + trt", stratified: true, isWeighted: true,
      change: { $0.testParameters = .partykit },
      statistics: [30.0148979227, 5.15314913891, 6.77298854681],
      pValues: [4.08769602468e-06, 0.211198077588, 0.220032515845]),
    // Quasi-Monte-Carlo p-values of `max` are compared apart.
    Expected(
      testDescription: "max", change: { $0.ordinal = .max },
      statistics: [nil, nil, 1.194248705813], pValues: [nil, nil, nil]),
    Expected(
      testDescription: "max, trial + trt", stratified: true, change: { $0.ordinal = .max },
      statistics: [nil, nil, 2.18707062516], pValues: [nil, nil, nil]),
  ]

  private func tree(_ expected: Expected) -> Tree {
    let example = WorkedExampleTests()
    let weights = expected.isWeighted ? (1...120).map { 1 + Double($0 % 3) } : nil
    let strata = Strata(arm: example.arm, trial: example.trial, trials: 4, weights: weights)
    let variables = SortedVariables(example.partitioning, rows: 120, strata: strata)
    var control = GrowthControl(ties: .rows)
    expected.change(&control)
    let model = LeastSquaresModel(
      outcome: example.outcome, arm: example.arm,
      trial: expected.stratified ? example.trial : nil, weights: weights)
    return grow(model, on: variables, control: control)
  }

  @Test("statistics and p-values of the root as R", arguments: roots)
  func root(_ expected: Expected) {
    let tests = tree(expected).root.tests
    for (test, (statistic, p)) in zip(tests, zip(expected.statistics, expected.pValues)) {
      if let statistic {
        #expect(close(test.statistic ?? .nan, statistic, relative: 1e-10))
      }
      if let p { #expect(close(test.adjustedPValue ?? .nan, p, relative: 1e-9)) }
    }
  }

  @Test("p-values of the largest component near R's, which are quasi-Monte-Carlo")
  func largestComponent() {
    let p = Self.roots.suffix(2).map { tree($0).root.tests[2] }
    #expect(close(p[0].adjustedPValue ?? .nan, 0.98444, relative: 0, absolute: 1e-3))
    #expect(close(p[1].pValue ?? .nan, 0.328353269367, relative: 0, absolute: 3e-3))
  }

  /// `lmtree(y2 ~ trial + trt | z0 + z + g + o, minsize = 20, maxdepth = 3, alpha = 1)` with
  /// `z0 = trial != 1` and `y2 = y + 6 trt z0`: node 3 lacks the first level of the factor.
  @Test("a node without the first trial as R, whose coding drops another indicator then")
  func firstTrialAbsent() {
    let example = WorkedExampleTests()
    let z0 = example.trial.map { $0 == 0 ? 0.0 : 1 }
    let outcome = (0..<120).map { i in
      example.outcome[i] + 6 * Double(example.arm[i]) * z0[i]
    }
    let variables = SortedVariables(
      [PartitioningVariable(name: "z0", values: .numeric(z0))] + example.partitioning, rows: 120)
    var control = GrowthControl(alpha: 1, minSize: 20, maxDepth: 3, ties: .rows)
    let model = LeastSquaresModel(outcome: outcome, arm: example.arm, trial: example.trial)
    func statistics(_ node: Int) -> [Double?] {
      grow(model, on: variables, control: control).node(node).tests.map(\.statistic)
    }
    func expect(_ found: [Double?], _ expected: [Double?]) {
      for (a, b) in zip(found, expected) {
        #expect(close(a ?? -1, b ?? -1, relative: 1e-10))
      }
    }
    control.testParameters = .partykit
    expect(statistics(1), [77.0728823933, 10.0961725809, 0.330118398855, 0.396139226009])
    expect(statistics(3), [nil, 11.7550687356, 1.3237005525, 3.12703804505])
    control.testParameters = .all
    control.ordinal = .max
    expect(statistics(1), [88.1417323441, 26.7823066699, 4.50361756419, 1.14563733587])
    expect(statistics(3), [nil, 38.3047453267, 8.62064221877, 2.13655103511])
  }

  @Test("a weighted tree as R")
  func weightedTree() throws {
    let expected = try #require(Self.roots.first { $0.isWeighted })
    let tree = tree(expected)
    let sizes = tree.nodes.map { $0.rows.reduce(0) { $0 + 1 + (Int($1) + 1) % 3 } }
    #expect(sizes == [240, 116, 63, 53, 124, 74, 50])
    #expect(tree.root.split == .numeric(variable: 0, breakpoint: 29))
    let objectives = [
      159.89535246968, 33.84376037034, 11.85381417275, 15.56986202286, 33.33800972833,
      21.54592136322, 9.75668863161,
    ]
    for (node, objective) in zip(tree.nodes, objectives) {
      #expect(close(node.objective, objective, relative: 1e-10))
    }
  }
}

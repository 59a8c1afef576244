import Designs
import TestSupport
import Testing

@testable import Trees

/// Whole case weights against rows that stand as often in the data.
@Suite struct CaseWeightsTests {
  static let controls: [(name: String, control: GrowthControl)] = [
    ("default", GrowthControl()),
    ("small nodes", GrowthControl(alpha: 0.9, minSize: 20, trim: 0.07)),
    ("L2", control { $0.ordinal = .l2 }),
    ("max", control { $0.ordinal = .max }),
    ("treatment", control { $0.testParameters = .treatment }),
    ("partykit", control { $0.testParameters = .partykit }),
    ("info", control { $0.vcov = .info }),
    ("sandwich", control { $0.vcov = .sandwich }),
    ("multiway, BIC", control { ($0.categorical, $0.prune) = (.multiway, .bic) }),
    ("smallest arms and trials", control { ($0.minArm, $0.minTrial) = (45, 12) }),
  ]

  private static func control(_ change: (inout GrowthControl) -> Void) -> GrowthControl {
    var control = GrowthControl(alpha: 0.5, minSize: 30)
    change(&control)
    return control
  }

  private func tree(
    _ data: SimulatedData, weights: [Double]?, stratified: Bool, _ control: GrowthControl
  ) -> Tree {
    let strata = Strata(arm: data.arm, trial: data.trial, trials: 4, weights: weights)
    let model = LeastSquaresModel(
      outcome: data.outcome, arm: data.arm, trial: stratified ? data.trial : nil,
      weights: weights)
    return grow(
      model, on: SortedVariables(data.variables, rows: data.outcome.count, strata: strata),
      control: control)
  }

  @Test("tests, p-values and cuts are those of replicated rows", arguments: controls)
  func replicated(name: String, control: GrowthControl) {
    let data = SimulatedData(rows: 500, seed: 31)
    var generator = TestGenerator(seed: 2)
    let weights = data.outcome.indices.map { _ in Int.random(in: 1...3, using: &generator) }
    let long = data.reordered(weights.indices.flatMap { [Int](repeating: $0, count: weights[$0]) })
    for stratified in [false, true] {
      let weighted = tree(data, weights: weights.map(Double.init), stratified: stratified, control)
      let replicated = tree(long, weights: nil, stratified: stratified, control)
      #expect(weighted.nodes.count > 2)
      expectSame(weighted, replicated)
      #expect(
        weighted.nodes.map { $0.rows.reduce(0) { $0 + weights[Int($1)] } }
          == replicated.nodes.map(\.rows.count))
    }
  }

  private func expectSame(_ first: Tree, _ second: Tree) {
    #expect(first.hasSameSplits(as: second))
    for (a, b) in zip(first.nodes, second.nodes) {
      #expect(a.stop == b.stop)
      #expect(close(a.objective, b.objective, relative: 1e-9))
      #expect(a.tests.count == b.tests.count)
      for (s, t) in zip(a.tests, b.tests) {
        #expect((s.statistic == nil) == (t.statistic == nil))
        #expect(close(s.statistic ?? 0, t.statistic ?? 0, relative: 1e-8))
        #expect(close(s.logPValue ?? 0, t.logPValue ?? 0, relative: 1e-7, absolute: 1e-12))
        #expect(close(s.effectShare ?? 0, t.effectShare ?? 0, relative: 1e-7, absolute: 1e-9))
      }
    }
  }

  @Test("weights of 1 are no weights, and weights that are all equal leave the cuts")
  func equalWeights() {
    let data = SimulatedData(rows: 500, seed: 31)
    let none = tree(data, weights: nil, stratified: true, GrowthControl())
    let ones = tree(
      data, weights: data.outcome.map { _ in 1 }, stratified: true, GrowthControl())
    expectSame(none, ones)
    // Fractions that do not add up exactly: sizes and statistics count by sums of weights.
    let tenths = tree(
      data, weights: data.outcome.map { _ in 0.1 }, stratified: true,
      GrowthControl(alpha: 1, minSize: 5))
    #expect(tenths.root.split == none.root.split)
    for (s, t) in zip(tenths.root.tests, none.root.tests) {
      #expect(close(10 * (s.statistic ?? 0), t.statistic ?? 0, relative: 1e-9))
    }
  }
}

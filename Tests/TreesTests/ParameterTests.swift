import Designs
import Numerics
import TestSupport
import Testing

@testable import Trees

/// Which parameters are tested, and what of a statistic is the treatment's.
@Suite struct ParameterTests {
  private func tree(_ data: SimulatedData, _ change: (inout GrowthControl) -> Void) -> Tree {
    var control = GrowthControl(alpha: 0)
    change(&control)
    return grow(data.model(), on: data.sorted, control: control)
  }

  @Test("the effect alone carries the whole of its own statistic, whatever the test")
  func treatmentShare() {
    let data = SimulatedData(rows: 500, seed: 3)
    for ordinal in GrowthControl.Ordinal.allCases {
      let tests = tree(data) { ($0.testParameters, $0.ordinal) = (.treatment, ordinal) }.root.tests
      for test in tests.dropLast() {
        #expect(close(test.effectShare ?? .nan, 1, relative: 1e-12))
      }
    }
  }

  @Test("one component's max and L2 are one test, the max its root")
  func maxIsL2() {
    let data = SimulatedData(rows: 500, seed: 3)
    let tests = [GrowthControl.Ordinal.max, .l2].map { ordinal in
      tree(data) { ($0.testParameters, $0.ordinal) = (.treatment, ordinal) }.root.tests[3]
    }
    let root = tests[0].statistic ?? .nan
    #expect(close(root * root, tests[1].statistic ?? .nan, relative: 1e-12))
    #expect(close(tests[0].logPValue ?? .nan, tests[1].logPValue ?? 0, relative: 1e-12))
  }

  @Test("the share of the effect at an ordered maximum, from first principles")
  func orderedShare() throws {
    let data = SimulatedData(rows: 500, seed: 5)
    let scores = data.model().fit(data.sorted.rows).scores
    let k = scores.parameters.count
    var meat = Matrix(rows: k, columns: k)
    let rows = scores.residuals.indices.map { i in
      (0..<k).map { scores.residuals[i] * scores.regressors[Int(scores.cells[i]), $0] }
    }
    for row in rows { for a in 0..<k { for b in 0..<k { meat[a, b] += row[a] * row[b] } } }
    var inner = Matrix(rows: k - 1, columns: k - 1)
    for a in 0..<(k - 1) { for b in 0..<(k - 1) { inner[a, b] = meat[a, b] } }
    let (whole, part) = (try Cholesky(meat), try Cholesky(inner))
    var best = (statistic: 0.0, share: 0.0)
    for level in 0..<4 {
      let members = rows.indices.filter { data.ordered[$0] <= Int32(level) }
      let sum = (0..<k).map { j in members.reduce(0) { $0 + rows[$1][j] } }
      let form = dot(sum, whole.solve(sum))
      let t = Double(members.count) / 500
      let others = Array(sum.dropLast())
      let share = 1 - dot(others, part.solve(others)) / form
      if form / (t * (1 - t)) > best.statistic { best = (form / (t * (1 - t)), share) }
    }
    let test = tree(data) { $0.ordinal = .l2 }.root.tests[3]
    #expect(close(test.statistic ?? .nan, best.statistic, relative: 1e-9))
    #expect(close(test.effectShare ?? .nan, best.share, relative: 1e-8))
  }

  @Test("partykit's component leaves the share of the effect in the whole process")
  func partykitShare() {
    let data = SimulatedData(rows: 500, seed: 3)
    let all = tree(data) { _ in }.root.tests
    let parm = tree(data) { $0.testParameters = .partykit }.root.tests
    // Levels are summed over throughout, so that the maximising cut plays no part.
    for variable in [2, 3] {
      #expect(
        close(
          parm[variable].effectShare ?? .nan, all[variable].effectShare ?? 0, relative: 1e-9))
      #expect((parm[variable].statistic ?? .nan) < (all[variable].statistic ?? 0))
    }
    #expect(parm[..<2].allSatisfy { (0...1).contains($0.effectShare ?? .nan) })
  }

  /// 400 data sets in which a variable shifts outcomes of both arms by 1.5 SD.
  ///
  /// At the nominal 5 % between 9 and 33 of 400 are rejected with probability 0.998 (binomial), and the
  /// tests are a little conservative; partykit's component rejects far more often.
  @Test("a merely prognostic shift is rejected at the nominal rate by the effect's score")
  func prognosticShift() {
    var generator = TestGenerator(seed: 77)
    var rejections = [GrowthControl.TestParameters.treatment: 0, .partykit: 0, .all: 0]
    for _ in 0..<400 {
      let n = 300
      let value = (0..<n).map { _ in Double.random(in: 0..<1, using: &generator) }
      // Two thirds are treated: the arms' scores then do not cancel in a symmetric root.
      let arm = (0..<n).map { _ in UInt8(Int.random(in: 0..<3, using: &generator) > 0 ? 1 : 0) }
      let outcome = (0..<n).map { i in
        (value[i] > 0.5 ? 1.5 : 0)
          + (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
      }
      let variables = SortedVariables(
        [PartitioningVariable(name: "z", values: .numeric(value))], rows: n)
      let model = LeastSquaresModel(outcome: outcome, arm: arm)
      for parameters in rejections.keys {
        var control = GrowthControl(maxDepth: 2)
        control.testParameters = parameters
        let tree = grow(model, on: variables, control: control)
        if tree.root.split != nil { rejections[parameters, default: 0] += 1 }
      }
    }
    #expect((4...33).contains(rejections[.treatment] ?? 0), "\(rejections)")
    #expect((rejections[.partykit] ?? 0) > 100, "\(rejections)")
    #expect(rejections[.all] == 400)
  }

  @Test("a column that the model marks is left out of the tests")
  func untestable() {
    let data = SimulatedData(rows: 300, seed: 8)
    var scores = data.model().fit(data.sorted.rows).scores
    scores.untestable = scores.parameters.indices.map { $0 == 1 }
    let outcome = ScoreProcess.whiten(scores)
    #expect(outcome.notTested == [scores.parameters[1]])
    #expect(outcome.process?.parameters == 4)
    scores.untestable = scores.parameters.map { $0 == .effect }
    #expect(ScoreProcess.whiten(scores).process == nil)
  }

  @Test("a separated node is a leaf without tests, after the limits of size and depth")
  func separated() {
    let data = SimulatedData(rows: 300, seed: 8)
    let model = LogisticModel(outcome: data.arm.map(Double.init), arm: data.arm)
    let tree = grow(model, on: data.sorted)
    #expect(tree.nodes.map(\.stop) == [.notEstimable] && tree.root.tests.isEmpty)
    #expect(
      grow(model, on: data.sorted, control: GrowthControl(minSize: 151)).root.stop == .minSize)
    #expect(
      grow(model, on: data.sorted, control: GrowthControl(maxDepth: 1)).root.stop == .maxDepth)
  }
}

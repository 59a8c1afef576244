import Designs
import Numerics
import TestSupport
import Testing

@testable import Trees

@Suite struct ScoreProcessTests {
  /// Scores as a plain matrix, one row a participant, and the LM form from first principles.
  private struct DenseScores {
    var rows: [[Double]]
    var inverse: Matrix
    var partialInverse: Matrix

    /// Centred scores of the columns that are kept, the effect last.
    init(_ field: ScoreField, columns: [Int]) throws {
      let n = Double(field.residuals.count)
      let raw = field.residuals.indices.map { i in
        columns.map { field.residuals[i] * field.regressors[Int(field.cells[i]), $0] }
      }
      let means = columns.indices.map { j in raw.reduce(0) { $0 + $1[j] } / n }
      let rows = raw.map { row in zip(row, means).map { $0 - $1 } }
      func product(_ k: Int) -> Matrix {
        var result = Matrix(rows: k, columns: k)
        for row in rows {
          for i in 0..<k { for j in 0..<k { result[i, j] += row[i] * row[j] } }
        }
        return result
      }
      self.rows = rows
      inverse = try Cholesky(product(columns.count)).inverse
      partialInverse = try Cholesky(product(columns.count - 1)).inverse
    }

    /// S'A⁻¹S of all columns and of all but the effect, over some rows.
    func forms(_ members: [Int]) -> (all: Double, others: Double) {
      var sum = [Double](repeating: 0, count: inverse.rows)
      for i in members { for j in sum.indices { sum[j] += rows[i][j] } }
      let others = Array(sum.dropLast())
      return (dot(sum, inverse.times(sum)), dot(others, partialInverse.times(others)))
    }
  }

  /// Root tests of a model that gives these scores whatever the rows.
  private func tests(
    _ scores: ScoreField, _ variables: SortedVariables, ties: GrowthControl.Ties = .distinct
  ) -> [InstabilityTest] {
    let outcome = ScoreProcess.whiten(scores)
    guard let process = outcome.process else { return [] }
    var tester = InstabilityTester(
      variables: variables, control: GrowthControl(ties: ties), minSize: 10, threads: 1)
    var sorted = variables
    return tester.tests(
      process, scores: scores, node: NodeRows(&sorted, readsEveryRow: ties == .rows),
      range: 0..<variables.rows.count)
  }

  /// Statistics and effect shares by first principles.
  private func expected(
    _ scores: ScoreField, _ data: SimulatedData, _ dense: DenseScores
  ) -> [(statistic: Double, share: Double)] {
    let n = data.outcome.count
    func supremum(_ values: [Double]) -> (Double, Double) {
      var best = (statistic: 0.0, share: 0.0)
      for cut in Set(values) {
        let members = (0..<n).filter { values[$0] <= cut }
        let tau = Double(members.count) / Double(n)
        guard members.count >= n / 10, n - members.count >= n / 10 else { continue }
        let forms = dense.forms(members)
        let statistic = forms.all / (tau * (1 - tau))
        if statistic > best.statistic { best = (statistic, 1 - forms.others / forms.all) }
      }
      return best
    }
    func chiSquared(_ codes: [Int32]) -> (Double, Double) {
      var sums = (all: 0.0, others: 0.0)
      for level in Set(codes) {
        let members = (0..<n).filter { codes[$0] == level }
        let forms = dense.forms(members)
        sums.all += forms.all * Double(n) / Double(members.count)
        sums.others += forms.others * Double(n) / Double(members.count)
      }
      return (sums.all, 1 - sums.others / sums.all)
    }
    return [
      supremum(data.tied), supremum(data.continuous), chiSquared(data.nominal),
      chiSquared(data.ordered),
    ]
  }

  // Every width of the sweep: 2, 4, 8, 16 components and blocks of 16.
  @Test("statistics and effect shares from first principles", arguments: [0, 2, 6, 13, 19])
  func brute(trials: Int) throws {
    let data = SimulatedData(rows: 400, trials: max(trials, 1), seed: UInt64(trials))
    var scores = data.model(stratified: trials > 0).fit(data.sorted.rows).scores
    // Scores under a prior do not sum to zero.
    for i in scores.residuals.indices { scores.residuals[i] += 0.05 * Double(i % 7) }
    let dense = try DenseScores(scores, columns: Array(scores.parameters.indices))
    let made = tests(scores, data.sorted)
    for (test, (statistic, share)) in zip(made, expected(scores, data, dense)) {
      #expect(close(test.statistic ?? .nan, statistic, relative: 1e-9))
      #expect(close(test.effectShare ?? .nan, share, relative: 1e-8))
    }
    #expect(made[4] == InstabilityTest(variable: 4), "a constant cannot be tested")
  }

  @Test("the coding of intercepts does not matter")
  func coding() {
    let data = SimulatedData(rows: 300, seed: 8)
    let scores = data.model().fit(data.sorted.rows).scores
    var contrasts = scores
    // A common intercept and contrasts with the first trial, as R's treatment coding has it.
    for cell in 0..<scores.regressors.rows { contrasts.regressors[cell, 0] = 1 }
    for (a, b) in zip(tests(scores, data.sorted), tests(contrasts, data.sorted)) {
      #expect(close(a.statistic ?? 0, b.statistic ?? 0, relative: 1e-10))
      #expect(close(a.effectShare ?? 0, b.effectShare ?? 0, relative: 1e-9))
    }
  }

  /// A field of two trials with both arms, and what a test adds to it.
  private func field(
    extraTrials: [(arm: UInt8, outcomes: [Double])]
  ) -> (scores: ScoreField, model: LeastSquaresModel) {
    let base = SimulatedData(rows: 60, trials: 2, seed: 4)
    var (outcome, arm, trial) = (base.outcome, base.arm, base.trial)
    for (place, extra) in extraTrials.enumerated() {
      outcome += extra.outcomes
      arm += extra.outcomes.map { _ in extra.arm }
      trial += extra.outcomes.map { _ in Int32(2 + place) }
    }
    let model = LeastSquaresModel(outcome: outcome, arm: arm, trial: trial)
    return (model.fit((0..<Int32(outcome.count)).map { $0 }).scores, model)
  }

  @Test("a trial with one participant is left out of the tests, whatever its residual")
  func singleParticipant() {
    var scores = field(extraTrials: [(0, [3])]).scores
    scores.residuals[60] = 0.3
    let outcome = ScoreProcess.whiten(scores)
    #expect(outcome.notTested == [.trialIntercept(trial: 2, participants: 1)])
    #expect(outcome.process?.parameters == 3)
  }

  @Test("equal outcomes at a score's floor leave a column of rounding, which is left out")
  func nullColumn() {
    let scores = field(extraTrials: [(1, [0, 0]), (0, [0.1, 0.7, 0.4])]).scores
    let outcome = ScoreProcess.whiten(scores)
    #expect(outcome.notTested == [.trialIntercept(trial: 2, participants: 2)])
    #expect(outcome.process?.parameters == 4)
    var noisy = scores
    noisy.residuals[60] = 3e-16
    noisy.residuals[61] = -3e-16
    #expect(ScoreProcess.whiten(noisy).notTested == outcome.notTested)
  }

  @Test("a column that depends on others is left out, and the statistic is that of the others")
  func dependentColumn() throws {
    let data = SimulatedData(rows: 200, seed: 12)
    let scores = data.model().fit(data.sorted.rows).scores
    // The same intercept twice.
    var doubled = scores
    doubled.regressors = Matrix(rows: scores.regressors.rows, columns: 6)
    for cell in 0..<scores.regressors.rows {
      for j in 0..<5 { doubled.regressors[cell, j + 1] = scores.regressors[cell, j] }
      doubled.regressors[cell, 0] = scores.regressors[cell, 0] * 3
    }
    doubled.parameters = [.intercept] + scores.parameters
    let outcome = ScoreProcess.whiten(doubled)
    #expect(outcome.notTested.count == 1)
    for (a, b) in zip(tests(scores, data.sorted), tests(doubled, data.sorted)) {
      #expect(close(a.statistic ?? 0, b.statistic ?? 0, relative: 1e-9))
      #expect(close(a.effectShare ?? 0, b.effectShare ?? 0, relative: 1e-8))
    }
  }

  @Test("where every trial has one arm the effect cannot be tested")
  func oneArmEach() {
    var scores = field(extraTrials: []).scores
    for i in scores.cells.indices { scores.cells[i] = scores.cells[i] / 2 * 3 }
    let outcome = ScoreProcess.whiten(scores)
    #expect(outcome.process == nil)
    #expect(outcome.notTested == [.effect])
  }

  @Test("no residuals, no tests")
  func zeroResiduals() {
    var scores = field(extraTrials: []).scores
    for i in scores.residuals.indices { scores.residuals[i] = 0 }
    let outcome = ScoreProcess.whiten(scores)
    #expect(outcome.process == nil)
    #expect(outcome.notTested == scores.parameters)
  }

  @Test("a statistic of 41 parameters has Estrella's p-value")
  func manyTrials() {
    let data = SimulatedData(rows: 3000, trials: 45, seed: 6)
    let made = tests(data.model().fit(data.sorted.rows).scores, data.sorted)
    let expected = SupremumLM(parameters: 46, from: 300, of: 3000)
      .logUpperTail(made[0].statistic ?? .nan)
    #expect(close(made[0].logPValue ?? .nan, expected, relative: 1e-12))
    #expect(expected < -20)
  }
}

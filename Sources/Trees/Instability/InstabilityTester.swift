import Threads

/// The parameter-instability tests of all variables in one node after another.
struct InstabilityTester {
  private let variables: SortedVariables
  private let control: GrowthControl
  private let minSize: Int
  private let threads: Int
  /// The scores of the node's rows by row of the data, so that any order can find them.
  private var rowScores: [RowScore]
  /// Their case weights likewise; empty until there are any.
  private var rowWeights: [Double] = []

  /// Makes room for the scores of a data set.
  init(variables: SortedVariables, control: GrowthControl, minSize: Int, threads: Int) {
    self.variables = variables
    self.control = control
    self.minSize = minSize
    self.threads = threads
    rowScores = [RowScore](
      repeating: RowScore(residual: 0, cell: 0), count: variables.dataRows)
  }

  /// One adjusted test a variable, in their order.
  mutating func tests(
    _ process: ScoreProcess, scores: ScoreField, node: NodeRows, range: Range<Int>
  ) -> [InstabilityTest] {
    scatter(scores, rows: node.rows[range])
    let work = range.count * variables.count
    let tester = self
    return concurrentMap(
      count: variables.count, threads: work < SortedVariables.smallestParallelWork ? 1 : threads
    ) { variable in
      tester.test(variable, process, scores: scores, node: node, range: range)
        ?? InstabilityTest(variable: variable)
    }.adjusted(bonferroni: control.bonferroni)
  }

  /// The test of the treatment effect alone along one variable, adjusted as the tests of all of them.
  ///
  /// `process` is that of the effect; `tests` are those by which the variable was chosen, and the
  /// scores are still those of the node that they were made in.
  func effectTest(
    of variable: Int, _ process: ScoreProcess, scores: ScoreField, node: NodeRows,
    range: Range<Int>, among tests: [InstabilityTest]
  ) -> InstabilityTest? {
    guard var result = test(variable, process, scores: scores, node: node, range: range)
    else { return nil }
    let made = tests.count { $0.pValue != nil }
    result.adjustedPValue = result.pValue.map {
      control.bonferroni ? bonferroniAdjusted($0, tests: made) : $0
    }
    return result
  }

  private mutating func scatter(_ scores: ScoreField, rows: ArraySlice<Int32>) {
    rowScores.withUnsafeMutableBufferPointer { rowScores in
      rows.withUnsafeBufferPointer { rows in
        scores.withRows(count: rows.count) { i, residual, cell in
          rowScores[Int(rows[i])] = RowScore(residual: residual, cell: cell)
        }
      }
    }
    guard let weights = scores.weights else { return }
    if rowWeights.isEmpty { rowWeights = [Double](repeating: 1, count: variables.dataRows) }
    for (row, weight) in zip(rows, weights) { rowWeights[Int(row)] = weight }
  }

  private func test(
    _ variable: Int, _ process: ScoreProcess, scores: ScoreField, node: NodeRows,
    range: Range<Int>
  ) -> InstabilityTest? {
    switch variables.columns[variable] {
    case .numeric(let values, let hasTies):
      return supremumTest(
        variable, process, values: values, order: node.orders[variable][range],
        readsEveryRow: !hasTies || control.ties == .rows)
    case .nominal(let codes, let levels):
      return LevelSums(rows: node.rows[range], scores: scores, codes: codes, levels: levels)
        .chiSquaredTest(variable: variable, process)
    case .ordered(let codes, let levels):
      let sums = LevelSums(rows: node.rows[range], scores: scores, codes: codes, levels: levels)
      switch control.ordinal {
      case .chisq: return sums.chiSquaredTest(variable: variable, process)
      case .max: return sums.largestComponentTest(variable: variable, process)
      case .l2: return sums.largestFormTest(variable: variable, process)
      }
    }
  }

  /// The supremum of the LM process along a numeric variable; nil where it has one value only, or
  /// no point between the trimmed ends.
  private func supremumTest(
    _ variable: Int, _ process: ScoreProcess, values: [Double], order: ArraySlice<Int32>,
    readsEveryRow: Bool
  ) -> InstabilityTest? {
    guard let first = order.first, let last = order.last, values[Int(first)] != values[Int(last)]
    else { return nil }
    let n = process.total
    let from = control.firstCandidate(total: n, minSize: minSize)
    let tested = process.tested
    let maximum = order.withUnsafeBufferPointer { order in
      withBases(values, rowScores) { values, scores in
        withBases(tested.directions, tested.center) { directions, center in
          rowWeights.withUnsafeBufferPointer { weights in
            ScoreSweep(
              order: order, values: values, scores: scores,
              weights: rowWeights.isEmpty ? nil : weights.baseAddress,
              total: n, directions: directions, center: center, width: tested.width, from: from,
              readsEveryRow: readsEveryRow
            ).maximum()
          }
        }
      }
    }
    guard maximum.isFound else { return nil }
    let statistic = maximum.form * n * n / maximum.weight
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: SupremumLM(parameters: process.parameters, from: from, of: n)
        .logUpperTail(statistic),
      effectShare: effectShare(process, maximum, order: order))
  }

  /// What the effect adds to the LM form of all parameters at the maximum.
  private func effectShare(
    _ process: ScoreProcess, _ maximum: ProcessMaximum, order: ArraySlice<Int32>
  ) -> Double {
    guard let full = process.full else {
      return maximum.form > 0 ? maximum.effect / maximum.form : 0
    }
    let members = order.prefix(maximum.cut)
    let participants =
      rowWeights.isEmpty
      ? Double(members.count) : members.reduce(0) { $0 + rowWeights[Int($1)] }
    var sum = full.center.map { -participants * $0 }
    for row in members {
      let score = rowScores[Int(row)]
      for j in sum.indices {
        sum[j] += score.residual * full.directions[score.cell * full.width + j]
      }
    }
    let form = sum.reduce(0) { $0 + $1 * $1 }
    return form > 0 ? sum[0] * sum[0] / form : 0
  }
}

/// Lends the elements of two arrays that are not empty, for the time of a call.
@inline(__always)
private func withBases<A, B, Result>(
  _ first: [A], _ second: [B], _ body: (UnsafePointer<A>, UnsafePointer<B>) -> Result
) -> Result {
  first.withUnsafeBufferPointer { first in
    second.withUnsafeBufferPointer { second in
      guard let a = first.baseAddress, let b = second.baseAddress else {
        preconditionFailure("a sweep of nothing")
      }
      return body(a, b)
    }
  }
}

import Threads

/// The parameter-instability tests of all variables in one node after another.
struct InstabilityTester {
  private let variables: SortedVariables
  private let control: GrowthControl
  private let minSize: Int
  private let threads: Int
  /// The scores of the node's rows by row of the data, so that any order can find them.
  private var rowScores: [RowScore]

  /// Makes room for the scores of a data set.
  init(variables: SortedVariables, control: GrowthControl, minSize: Int, threads: Int) {
    self.variables = variables
    self.control = control
    self.minSize = minSize
    self.threads = threads
    rowScores = [RowScore](
      repeating: RowScore(residual: 0, direction: 0), count: variables.dataRows)
  }

  /// One adjusted test a variable, in their order.
  mutating func tests(
    _ process: ScoreProcess, scores: ScoreField, node: NodeRows, range: Range<Int>
  ) -> [InstabilityTest] {
    scatter(scores, rows: node.rows[range], width: process.width)
    let work = range.count * variables.count
    let tester = self
    return concurrentMap(
      count: variables.count, threads: work < SortedVariables.smallestParallelWork ? 1 : threads
    ) { variable in
      tester.test(variable, process, scores: scores, node: node, range: range)
        ?? InstabilityTest(variable: variable)
    }.adjusted(bonferroni: control.bonferroni)
  }

  private mutating func scatter(_ scores: ScoreField, rows: ArraySlice<Int32>, width: Int) {
    rowScores.withUnsafeMutableBufferPointer { rowScores in
      rows.withUnsafeBufferPointer { rows in
        scores.withRows(count: rows.count) { i, residual, cell in
          rowScores[Int(rows[i])] = RowScore(residual: residual, direction: cell * width)
        }
      }
    }
  }

  private func test(
    _ variable: Int, _ process: ScoreProcess, scores: ScoreField, node: NodeRows,
    range: Range<Int>
  ) -> InstabilityTest? {
    switch variables.columns[variable] {
    case .numeric(let values, _, let hasTies):
      supremumTest(
        variable, process, values: values, order: node.orders[variable][range],
        readsEveryRow: !hasTies || control.ties == .rows)
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      LevelSums(
        process, rows: node.rows[range], scores: scores, codes: codes, levels: levels
      ).chiSquaredTest(variable: variable, parameters: process.parameters)
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
    let n = order.count
    let from = control.firstCandidate(rows: n, minSize: minSize)
    let maximum = order.withUnsafeBufferPointer { order in
      withBases(values, rowScores) { values, scores in
        withBases(process.directions, process.center) { directions, center in
          ScoreSweep(
            order: order, values: values, scores: scores, directions: directions,
            center: center, width: process.width, from: from, readsEveryRow: readsEveryRow
          ).maximum()
        }
      }
    }
    guard maximum.isFound else { return nil }
    let statistic = maximum.form * Double(n) * Double(n) / maximum.weight
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: SupremumLM(parameters: process.parameters, from: from, of: n)
        .logUpperTail(statistic),
      effectShare: maximum.form > 0 ? maximum.effect / maximum.form : 0)
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

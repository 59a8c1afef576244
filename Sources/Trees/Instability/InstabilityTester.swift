import Threads

/// The parameter-instability tests of all variables in one node after another.
struct InstabilityTester {
  private let variables: SortedVariables
  private let control: GrowthControl
  private let minSize: Int
  private let threads: Int
  /// Whether some variable is tested along its rows one by one.
  private let readsRows: Bool
  /// The scores of the node's rows by row of the data, so that any order can find them.
  private var rowScores: [RowScore]
  /// Their case weights likewise; empty until there are any.
  private var rowWeights: [Double] = []
  /// The scores of the last node by level of each variable that has levels, or few values.
  private var tables: [LevelTable?] = []

  /// Makes room for the scores of a data set.
  init(variables: SortedVariables, control: GrowthControl, minSize: Int, threads: Int) {
    self.variables = variables
    self.control = control
    self.minSize = minSize
    self.threads = threads
    readsRows = variables.columns.contains {
      if case .numeric(_, _, let distinct) = $0 {
        distinct == nil || control.ties == .rows
      } else {
        false
      }
    }
    rowScores = [RowScore](
      repeating: RowScore(residual: 0, cell: 0), count: variables.dataRows)
  }

  /// One adjusted test a variable, in their order.
  mutating func tests(
    _ process: ScoreProcess, scores: ScoreField, node: NodeRows, range: Range<Int>
  ) -> [InstabilityTest] {
    if readsRows { scatter(scores, rows: node.rows[range]) }
    let work = range.count * variables.count
    let tester = self
    let made: [(InstabilityTest, LevelTable?)] = concurrentMap(
      count: variables.count, threads: work < SortedVariables.smallestParallelWork ? 1 : threads
    ) { variable in
      let table = tester.table(variable, scores, rows: node.rows[range])
      let test = tester.test(variable, process, table, node: node, range: range)
      return (test ?? InstabilityTest(variable: variable), table)
    }
    tables = made.map(\.1)
    return made.map(\.0).adjusted(bonferroni: control.bonferroni)
  }

  /// The test of the treatment effect alone along one variable, adjusted as the tests of all of them.
  ///
  /// `process` is that of the effect; `tests` are those by which the variable was chosen, the last that
  /// were made.
  func effectTest(
    of variable: Int, _ process: ScoreProcess, node: NodeRows, range: Range<Int>,
    among tests: [InstabilityTest]
  ) -> InstabilityTest? {
    guard var result = test(variable, process, tables[variable], node: node, range: range)
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

  /// The scores of a node by level of a variable that has levels, or few values.
  private func table(_ variable: Int, _ scores: ScoreField, rows: ArraySlice<Int32>) -> LevelTable?
  {
    switch variables.columns[variable] {
    case .numeric(_, _, let distinct?) where control.ties == .distinct:
      LevelTable(rows: rows, scores: scores, codes: distinct.codes, levels: distinct.count)
    case .numeric: nil
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      LevelTable(rows: rows, scores: scores, codes: codes, levels: levels)
    }
  }

  private func test(
    _ variable: Int, _ process: ScoreProcess, _ table: LevelTable?, node: NodeRows,
    range: Range<Int>
  ) -> InstabilityTest? {
    switch (variables.columns[variable], table) {
    case (.numeric, let table?):
      return table.supremumTest(
        variable: variable, process,
        from: control.firstCandidate(total: process.total, minSize: minSize))
    case (.numeric(let values, let hasTies, _), nil):
      return supremumTest(
        variable, process, values: values, order: node.orders[variable][range],
        readsEveryRow: !hasTies || control.ties == .rows)
    case (.nominal, let table?):
      return LevelSums(table).chiSquaredTest(variable: variable, process)
    case (.ordered, let table?):
      switch control.ordinal {
      case .chisq: return LevelSums(table).chiSquaredTest(variable: variable, process)
      case .max: return LevelSums(table).largestComponentTest(variable: variable, process)
      case .l2: return LevelSums(table).largestFormTest(variable: variable, process)
      }
    case (_, nil): return nil
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

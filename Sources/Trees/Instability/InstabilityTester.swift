/// The parameter-instability tests of all variables in one node after another.
struct InstabilityTester {
  private let variables: SortedVariables
  private let control: GrowthControl
  private let minSize: Int
  /// The scores of the node's rows by row of the data, so that any order can find them.
  private var rowScores: [RowScore]

  /// Makes room for the scores of a data set.
  init(variables: SortedVariables, control: GrowthControl, minSize: Int) {
    self.variables = variables
    self.control = control
    self.minSize = minSize
    rowScores = [RowScore](
      repeating: RowScore(residual: 0, direction: 0), count: variables.dataRows)
  }

  /// One adjusted test a variable, in their order.
  mutating func tests(
    _ process: ScoreProcess, scores: ScoreField, node: NodeRows, range: Range<Int>
  ) -> [InstabilityTest] {
    scatter(scores, rows: node.rows[range], width: process.width)
    return variables.columns.indices.map { variable in
      test(variable, process, scores: scores, node: node, range: range)
        ?? InstabilityTest(variable: variable)
    }.adjusted(bonferroni: control.bonferroni)
  }

  private mutating func scatter(_ scores: ScoreField, rows: ArraySlice<Int32>, width: Int) {
    rowScores.withUnsafeMutableBufferPointer { rowScores in
      for (position, row) in rows.enumerated() {
        rowScores[Int(row)] = RowScore(
          residual: scores.residuals[position],
          direction: Int(scores.cells[position]) * width)
      }
    }
  }

  private func test(
    _ variable: Int, _ process: ScoreProcess, scores: ScoreField, node: NodeRows,
    range: Range<Int>
  ) -> InstabilityTest? {
    switch variables.columns[variable] {
    case .numeric(let values, _):
      supremumTest(variable, process, values: values, order: node.orders[variable][range])
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      LevelSums(
        process, rows: node.rows[range], scores: scores, codes: codes, levels: levels
      ).chiSquaredTest(variable: variable, parameters: process.parameters)
    }
  }

  /// The supremum of the LM process along a numeric variable; nil where it has one value only, or
  /// no point between the trimmed ends.
  private func supremumTest(
    _ variable: Int, _ process: ScoreProcess, values: [Double], order: ArraySlice<Int32>
  ) -> InstabilityTest? {
    guard let first = order.first, let last = order.last, values[Int(first)] != values[Int(last)]
    else { return nil }
    let n = order.count
    let from = control.firstCandidate(rows: n, minSize: minSize)
    let maximum = largest(process, values: values, order: order, from: from)
    guard maximum.isFound else { return nil }
    let statistic = maximum.form * Double(n) * Double(n) / maximum.weight
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: SupremumLM(parameters: process.parameters, from: from, of: n)
        .logUpperTail(statistic),
      effectShare: maximum.form > 0 ? maximum.effect / maximum.form : 0)
  }

  private func largest(
    _ process: ScoreProcess, values: [Double], order: ArraySlice<Int32>, from: Int
  ) -> ProcessMaximum {
    order.withUnsafeBufferPointer { order in
      values.withUnsafeBufferPointer { values in
        rowScores.withUnsafeBufferPointer { scores in
          process.directions.withUnsafeBufferPointer { directions in
            process.center.withUnsafeBufferPointer { center in
              guard let values = values.baseAddress, let scores = scores.baseAddress,
                let directions = directions.baseAddress, let center = center.baseAddress
              else { return ProcessMaximum() }
              return ScoreSweep(
                order: order, values: values, scores: scores, directions: directions,
                center: center, width: process.width, from: from,
                readsEveryRow: control.ties == .rows
              ).maximum()
            }
          }
        }
      }
    }
  }
}

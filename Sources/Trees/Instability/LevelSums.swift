import Numerics

/// The whitened scores of a node summed by level of a nominal or ordered variable.
struct LevelSums {
  /// The rows of each level.
  private(set) var counts: [Double]
  /// The LM form of each level's sum.
  private(set) var forms: [Double]
  /// The effect's part of each form.
  private(set) var effects: [Double]

  /// Sums the scores of some rows by their codes below `levels`; the rows are touched once.
  init(
    _ process: ScoreProcess, rows: ArraySlice<Int32>, scores: ScoreField, codes: [Int32],
    levels: Int
  ) {
    let cells = scores.regressors.rows
    let stride = cells + 1
    // For each level the residuals of each cell, then the count.
    var table = [Double](repeating: 0, count: levels * stride)
    table.withUnsafeMutableBufferPointer { table in
      rows.withUnsafeBufferPointer { rows in
        codes.withUnsafeBufferPointer { codes in
          scores.withRows(count: rows.count) { i, residual, cell in
            let level = stride * Int(codes[Int(rows[i])])
            table[level + cell] += residual
            table[level + cells] += 1
          }
        }
      }
    }
    counts = (0..<levels).map { table[$0 * stride + cells] }
    forms = [Double](repeating: 0, count: levels)
    effects = forms
    for level in 0..<levels where counts[level] > 0 {
      var sum = process.center.map { -counts[level] * $0 }
      for cell in 0..<cells where table[level * stride + cell] != 0 {
        let residual = table[level * stride + cell]
        for j in 0..<process.width {
          sum[j] += residual * process.directions[cell * process.width + j]
        }
      }
      forms[level] = sum.reduce(0) { $0 + $1 * $1 }
      effects[level] = sum[0] * sum[0]
    }
  }

  /// The chi-squared test of equal mean scores over the levels that the node has; nil below two.
  ///
  /// The statistic is Σ ‖S_l‖² / π_l with k (L − 1) degrees of freedom.
  func chiSquaredTest(variable: Int, parameters: Int) -> InstabilityTest? {
    let present = counts.indices.filter { counts[$0] > 0 }
    guard present.count > 1 else { return nil }
    let n = counts.reduce(0, +)
    let statistic = present.reduce(0) { $0 + forms[$1] * n / counts[$1] }
    let effect = present.reduce(0) { $0 + effects[$1] * n / counts[$1] }
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: Distributions.logChiSquaredUpperTail(
        statistic, df: Double(parameters * (present.count - 1))),
      effectShare: statistic > 0 ? effect / statistic : 0)
  }
}

import Numerics

/// The whitened scores of a node summed by level of a nominal or ordered variable.
struct LevelSums {
  /// The rows of each level.
  private(set) var counts: [Int]
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
    var counts = [Int](repeating: 0, count: levels)
    var residuals = [Double](repeating: 0, count: levels * cells)
    residuals.withUnsafeMutableBufferPointer { residuals in
      counts.withUnsafeMutableBufferPointer { counts in
        codes.withUnsafeBufferPointer { codes in
          for (i, row) in rows.enumerated() {
            let level = Int(codes[Int(row)])
            counts[level] += 1
            residuals[level * cells + Int(scores.cells[i])] += scores.residuals[i]
          }
        }
      }
    }
    forms = [Double](repeating: 0, count: levels)
    effects = forms
    for level in 0..<levels where counts[level] > 0 {
      var sum = process.center.map { -Double(counts[level]) * $0 }
      for cell in 0..<cells where residuals[level * cells + cell] != 0 {
        let residual = residuals[level * cells + cell]
        for j in 0..<process.width {
          sum[j] += residual * process.directions[cell * process.width + j]
        }
      }
      forms[level] = sum.reduce(0) { $0 + $1 * $1 }
      effects[level] = sum[0] * sum[0]
    }
    self.counts = counts
  }

  /// The chi-squared test of equal mean scores over the levels that the node has; nil below two.
  ///
  /// The statistic is Σ ‖S_l‖² / π_l with k (L − 1) degrees of freedom.
  func chiSquaredTest(variable: Int, parameters: Int) -> InstabilityTest? {
    let present = counts.indices.filter { counts[$0] > 0 }
    guard present.count > 1 else { return nil }
    let n = Double(counts.reduce(0, +))
    let statistic = present.reduce(0) { $0 + forms[$1] * n / Double(counts[$1]) }
    let effect = present.reduce(0) { $0 + effects[$1] * n / Double(counts[$1]) }
    return InstabilityTest(
      variable: variable, statistic: statistic,
      logPValue: Distributions.logChiSquaredUpperTail(
        statistic, df: Double(parameters * (present.count - 1))),
      effectShare: statistic > 0 ? effect / statistic : 0)
  }
}

import Numerics

/// The scores of a node summed by the levels that it has of a nominal or ordered variable.
struct LevelSums {
  /// The participants of each level that the node has, counted by their weights.
  private(set) var counts: [Double]
  /// The residuals of each such level by cell.
  private var residuals: [Double]
  private let cells: Int

  /// The levels of a table that the node has.
  init(_ table: LevelTable) {
    cells = table.cells
    let present = (0..<table.levels).filter { table.count($0) > 0 }
    counts = present.map(table.count)
    residuals = present.flatMap(table.residuals)
  }

  /// Adds what a level moves the process by to a sum.
  func add(_ level: Int, of directions: ScoreDirections, to sum: inout [Double]) {
    for j in 0..<directions.width { sum[j] -= counts[level] * directions.center[j] }
    for cell in 0..<cells where residuals[level * cells + cell] != 0 {
      let residual = residuals[level * cells + cell]
      for j in 0..<directions.width {
        sum[j] += residual * directions.directions[cell * directions.width + j]
      }
    }
  }

  /// Σ over levels of ‖S_l‖² / π_l, and the part of the first component.
  private func chiSquared(_ directions: ScoreDirections) -> (form: Double, effect: Double) {
    let n = counts.reduce(0, +)
    var result = (form: 0.0, effect: 0.0)
    for level in counts.indices {
      var sum = [Double](repeating: 0, count: directions.width)
      add(level, of: directions, to: &sum)
      result.form += sum.reduce(0) { $0 + $1 * $1 } * n / counts[level]
      result.effect += sum[0] * sum[0] * n / counts[level]
    }
    return result
  }

  /// The chi-squared test of equal mean scores over the levels; nil below two.
  ///
  /// The statistic is Σ ‖S_l‖² / π_l with k (L − 1) degrees of freedom.
  func chiSquaredTest(variable: Int, _ process: ScoreProcess) -> InstabilityTest? {
    guard counts.count > 1 else { return nil }
    let tested = chiSquared(process.tested)
    let full = process.full.map { chiSquared($0) } ?? tested
    return InstabilityTest(
      variable: variable, statistic: tested.form,
      logPValue: Distributions.logChiSquaredUpperTail(
        tested.form, df: Double(process.parameters * (counts.count - 1))),
      effectShare: full.form > 0 ? full.effect / full.form : 0)
  }
}

import Numerics

/// Counts and sums of the residuals of each cell: all that the moments of the scores need of the rows.
struct ScoreSums {
  /// The participants of each cell, counted by their weights.
  private(set) var counts: [Double]
  /// The residuals of each cell, which contain the weights.
  private(set) var sums: [Double]
  /// Σ residual² / weight of each cell.
  private(set) var squares: [Double]

  init(_ scores: ScoreField) {
    let cells = scores.regressors.rows
    var table = [Double](repeating: 0, count: 3 * cells)
    table.withUnsafeMutableBufferPointer { table in
      if let weights = scores.weights {
        scores.withRows(count: scores.residuals.count) { i, residual, cell in
          table[3 * cell] += weights[i]
          table[3 * cell + 1] += residual
          table[3 * cell + 2] += residual * residual / weights[i]
        }
      } else {
        scores.withRows(count: scores.residuals.count) { _, residual, cell in
          table[3 * cell] += 1
          table[3 * cell + 1] += residual
          table[3 * cell + 2] += residual * residual
        }
      }
    }
    counts = (0..<cells).map { table[3 * $0] }
    sums = (0..<cells).map { table[3 * $0 + 1] }
    squares = (0..<cells).map { table[3 * $0 + 2] }
  }
}

/// The mean and the centred cross-product of the scores.
struct ScoreMoments {
  /// The number of participants, counted by their weights.
  let total: Double
  /// The mean score of each column.
  let means: [Double]
  /// The root of the diagonal of the cross-product, 1 where it is not positive.
  let scales: [Double]
  /// Σ s s'/w of the centred scores.
  let crossProduct: Matrix
  private let floors: [Double]

  init(_ regressors: Matrix, _ sums: ScoreSums) {
    let columns = regressors.columns
    let total = sums.counts.reduce(0, +)
    // Weights may well sum to less than 1, no rows may not.
    let n = total > 0 ? total : 1
    let meanSquare = sums.squares.reduce(0, +) / n
    var means = [Double](repeating: 0, count: columns)
    var floors = means
    var product = Matrix(rows: columns, columns: columns)
    for j in 0..<columns {
      for cell in 0..<regressors.rows where regressors[cell, j] != 0 {
        let x = regressors[cell, j]
        means[j] += x * sums.sums[cell] / n
        floors[j] += x * x * sums.counts[cell] * meanSquare
        for i in 0...j { product[i, j] += regressors[cell, i] * x * sums.squares[cell] }
      }
    }
    for j in 0..<columns {
      for i in 0...j {
        product[i, j] -= n * means[i] * means[j]
        product[j, i] = product[i, j]
      }
    }
    self.total = total
    self.means = means
    self.floors = floors
    crossProduct = product
    scales = diagonalRoots(product)
  }

  /// Whether a column is zero up to rounding.
  func isNull(_ column: Int) -> Bool {
    let tolerance = ScoreProcess.nullTolerance * ScoreProcess.nullTolerance
    return !(crossProduct[column, column] > tolerance * floors[column])
  }
}

/// The roots of the diagonal of a matrix, 1 where it is not positive.
func diagonalRoots(_ matrix: Matrix) -> [Double] {
  (0..<matrix.columns).map { matrix[$0, $0] > 0 ? matrix[$0, $0].squareRoot() : 1 }
}

/// A matrix divided by the scales of its rows and columns, with unit diagonal but for what is
/// excluded.
func scaled(_ matrix: Matrix, by scales: [Double], excluded: [Bool]) -> Matrix {
  var result = matrix
  for j in 0..<result.columns {
    for i in 0..<result.rows { result[i, j] /= scales[i] * scales[j] }
    if !excluded[j] { result[j, j] = 1 }
  }
  return result
}

extension ScoreField {
  /// Calls a closure with position, residual and cell of each row; it is inlined into the loop.
  @inline(__always)
  func withRows(count: Int, _ body: (_ position: Int, _ residual: Double, _ cell: Int) -> Void) {
    residuals.withUnsafeBufferPointer { residuals in
      cells.withUnsafeBufferPointer { cells in
        for i in 0..<count { body(i, residuals[i], Int(cells[i])) }
      }
    }
  }

  /// X'WX · RSS (N − p)/N² of a least-squares fit.
  var leastSquaresInformation: Matrix {
    let sums = ScoreSums(self)
    let n = sums.counts.reduce(0, +)
    let factor = sums.squares.reduce(0, +) * (n - Double(regressors.columns)) / (n * n)
    var result = Matrix(rows: regressors.columns, columns: regressors.columns)
    for j in 0..<result.columns {
      for cell in 0..<regressors.rows where regressors[cell, j] != 0 {
        let weight = factor * sums.counts[cell] * regressors[cell, j]
        for i in 0..<result.rows { result[i, j] += weight * regressors[cell, i] }
      }
    }
    return result
  }
}

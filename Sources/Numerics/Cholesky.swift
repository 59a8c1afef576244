import Foundation

/// The Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ.
public struct Cholesky: Sendable, Equatable {
  /// The lower triangle L; the elements above the diagonal are zero.
  public let factor: Matrix

  /// A known factor: lower triangular with a positive diagonal.
  public init(factor: Matrix) {
    precondition(factor.rows == factor.columns, "a square matrix is wanted")
    self.factor = factor
  }

  /// Factorises a symmetric matrix of which only the lower triangle is read.
  ///
  /// Throws `notPositiveDefinite` where a pivot is not positive. O(n³/3).
  public init(_ matrix: Matrix) throws(NumericalError) {
    precondition(matrix.rows == matrix.columns, "a square matrix is wanted")
    let n = matrix.rows
    var factor = matrix
    for j in 0..<n {
      var pivot = factor[j, j]
      for k in 0..<j { pivot -= factor[j, k] * factor[j, k] }
      guard pivot > 0, pivot.isFinite else { throw .notPositiveDefinite(order: j) }
      let root = pivot.squareRoot()
      factor[j, j] = root
      for i in (j + 1)..<max(n, j + 1) {
        var sum = factor[i, j]
        for k in 0..<j { sum -= factor[i, k] * factor[j, k] }
        factor[i, j] = sum / root
      }
      for i in 0..<j { factor[i, j] = 0 }
    }
    self.factor = factor
  }

  /// The order of the matrix.
  public var order: Int { factor.rows }

  /// The logarithm of the determinant of A.
  public var logDeterminant: Double {
    2 * (0..<order).reduce(0) { $0 + log(factor[$1, $1]) }
  }

  /// Solves L x = b.
  public func solveLower(_ b: [Double]) -> [Double] {
    var x = b
    for i in 0..<order {
      for k in 0..<i { x[i] -= factor[i, k] * x[k] }
      x[i] /= factor[i, i]
    }
    return x
  }

  /// Solves Lᵀ x = b.
  public func solveUpper(_ b: [Double]) -> [Double] {
    var x = b
    for i in (0..<order).reversed() {
      for k in (i + 1)..<max(order, i + 1) { x[i] -= factor[k, i] * x[k] }
      x[i] /= factor[i, i]
    }
    return x
  }

  /// Solves A x = b.
  public func solve(_ b: [Double]) -> [Double] {
    solveUpper(solveLower(b))
  }

  /// Solves A X = B column by column.
  public func solve(_ b: Matrix) -> Matrix {
    var result = Matrix(rows: order, columns: b.columns)
    for j in 0..<b.columns {
      result.elements.replaceSubrange(
        (j * order)..<((j + 1) * order), with: solve(Array(b.column(j))))
    }
    return result
  }

  /// The inverse of A.
  public var inverse: Matrix { solve(.identity(order)) }
}

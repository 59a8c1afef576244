import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct CholeskyTests {
  /// L of small integers, so that A = L Lᵀ and log |A| = 2 log 6 are exact.
  let factor = Matrix(rows: [[2, 0, 0], [6, 1, 0], [-8, 5, 3]])
  var matrix: Matrix { factor * factor.transposed }

  @Test func recoversTheFactor() throws {
    let found = try Cholesky(matrix)
    #expect(found.factor == factor)
    #expect(close(found.logDeterminant, 2 * log(6), relative: 1e-15))
  }

  @Test func readsTheLowerTriangleAlone() throws {
    var spoilt = matrix
    spoilt[0, 1] = .nan
    spoilt[0, 2] = 1e9
    spoilt[1, 2] = -3
    #expect(try Cholesky(spoilt) == Cholesky(matrix))
  }

  @Test func solves() throws {
    let found = try Cholesky(matrix)
    let x = [1.0, -2, 3]
    #expect(zip(found.solve(matrix.times(x)), x).allSatisfy { close($0, $1, relative: 1e-12) })
    #expect(found.solveLower(factor.times(x)) == x)
    #expect(found.solveUpper(factor.transposed.times(x)) == x)
    let product = matrix * found.inverse
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-11) }
    }
  }

  // Orders 1 to 12 of the Hilbert matrix plus its diagonal: the residual of a solution is of the size
  // of rounding, whatever the condition.
  @Test(arguments: 1...12) func residualIsRounding(order: Int) throws {
    var a = Matrix(rows: order, columns: order)
    for i in 0..<order {
      for j in 0..<order { a[i, j] = 1 / Double(i + j + 1) * (i == j ? 2 : 1) }
    }
    let b = (0..<order).map { Double($0 % 3) - 1 }
    let x = try Cholesky(a).solve(b)
    let largest = x.map(abs).max() ?? 0
    for (left, right) in zip(a.times(x), b) {
      #expect(abs(left - right) < 16 * Double(order) * 0x1p-52 * (1 + largest))
    }
  }

  // The number of leading minors that are positive.
  @Test(arguments: [
    ([[0.0]], 0), ([[-1.0, 0], [0, 1]], 0), ([[1, 2], [2, 1.0]], 1), ([[1, 1], [1, 1.0]], 1),
    ([[4, 0, 2], [0, 9, 3], [2, 3, 2.0]], 2), ([[1, 0], [0, Double.nan]], 1),
    ([[Double.infinity]], 0),
  ])
  func namesTheOrderOfTheMinor(rows: [[Double]], order: Int) {
    #expect(throws: NumericalError.notPositiveDefinite(order: order)) {
      try Cholesky(Matrix(rows: rows))
    }
  }

  @Test func emptyMatrix() throws {
    let none = try Cholesky(Matrix(rows: 0, columns: 0))
    #expect(none.logDeterminant == 0)
    #expect(none.solve([Double]()) == [])
  }
}

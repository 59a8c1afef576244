import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  // The second-difference matrix of order n has eigenvalues 2 − 2 cos(kπ/(n + 1)).
  @Test(arguments: [1, 2, 3, 8, 25]) func secondDifferences(order: Int) throws {
    var a = Matrix(rows: order, columns: order)
    for i in 0..<order {
      a[i, i] = 2
      if i > 0 {
        a[i, i - 1] = -1
        a[i - 1, i] = -1
      }
    }
    let found = try SymmetricEigen(a)
    for k in 1...order {
      let exact = 2 - 2 * cos(Double(k) * Double.pi / Double(order + 1))
      #expect(abs(found.values[k - 1] - exact) < 1e-14 * Double(order))
    }
    try expectDecomposition(found, of: a, tolerance: 1e-14 * Double(order))
  }

  // Two equal eigenvalues, one zero, one negative: 0, 3 and 3, and −1 apart.
  @Test func repeatedAndNegativeValues() throws {
    let a = Matrix(rows: [[2, -1, -1, 0], [-1, 2, -1, 0], [-1, -1, 2, 0], [0, 0, 0, -1]])
    let found = try SymmetricEigen(a)
    for (value, exact) in zip(found.values, [-1.0, 0, 3, 3]) { #expect(abs(value - exact) < 1e-14) }
    try expectDecomposition(found, of: a, tolerance: 1e-14)
  }

  @Test func emptyMatrix() throws {
    #expect(try SymmetricEigen(Matrix(rows: 0, columns: 0)).values.isEmpty)
  }

  /// A = V diag(λ) Vᵀ with orthonormal V.
  private func expectDecomposition(
    _ found: SymmetricEigen, of a: Matrix, tolerance: Double
  ) throws {
    let v = found.vectors
    var scaled = v
    for j in 0..<a.rows {
      for i in 0..<a.rows { scaled[i, j] *= found.values[j] }
    }
    let again = scaled * v.transposed
    let unit = v.transposed * v
    for i in 0..<a.rows {
      for j in 0..<a.rows {
        #expect(abs(again[i, j] - a[i, j]) < 4 * tolerance)
        #expect(abs(unit[i, j] - (i == j ? 1 : 0)) < 4 * tolerance)
      }
    }
  }
}

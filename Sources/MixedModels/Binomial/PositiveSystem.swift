import Numerics

/// Linear equations in a positive definite block of a matrix, by Cholesky's method on rows that lie
/// together in memory: with stratified intercepts there are hundreds of them.
enum PositiveSystem {
  /// The solution for the rows and columns at some places, with a ridge on the diagonal; nil where the
  /// block is not positive definite.
  static func solve(
    _ matrix: Matrix, _ places: [Int], _ right: [Double], ridge: Double = 0
  ) -> [Double]? {
    guard let factor = factor(matrix, places, ridge: ridge) else { return nil }
    var x = right
    substitute(factor, &x, from: 0)
    return x
  }

  /// The inverse of the block at some places; nil where it is not positive definite.
  static func inverse(_ matrix: Matrix, _ places: [Int]) -> Matrix? {
    guard let factor = factor(matrix, places, ridge: 0) else { return nil }
    let n = places.count
    var result = Matrix(rows: n, columns: n)
    for j in 0..<n {
      var x = [Double](repeating: 0, count: n)
      x[j] = 1
      substitute(factor, &x, from: j)
      for i in 0..<n { result[i, j] = x[i] }
    }
    return result
  }

  private static func factor(_ matrix: Matrix, _ places: [Int], ridge: Double) -> [Double]? {
    let n = places.count
    var factor = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i { factor[i * n + j] = matrix[places[i], places[j]] }
      factor[i * n + i] += ridge
    }
    return factor.withUnsafeMutableBufferPointer { decompose($0, n) } ? factor : nil
  }

  /// Replaces x by the solution; its elements before `first` are zero.
  private static func substitute(_ factor: [Double], _ x: inout [Double], from first: Int) {
    let n = x.count
    factor.withUnsafeBufferPointer { l in
      x.withUnsafeMutableBufferPointer { x in
        for i in first..<max(n, first) {
          var sum = x[i]
          for k in first..<i { sum -= l[i * n + k] * x[k] }
          x[i] = sum / l[i * n + i]
        }
        for i in (0..<n).reversed() {
          x[i] /= l[i * n + i]
          for k in 0..<i { x[k] -= l[i * n + k] * x[i] }
        }
      }
    }
  }

  /// Replaces the lower triangle by its Cholesky factor; leading zeros of a row stay zeros and are
  /// skipped.
  private static func decompose(_ l: UnsafeMutableBufferPointer<Double>, _ n: Int) -> Bool {
    for i in 0..<n {
      var first = 0
      while first < i, l[i * n + first] == 0 { first += 1 }
      for j in first...i {
        var sum = l[i * n + j]
        for k in first..<max(j, first) { sum -= l[i * n + k] * l[j * n + k] }
        if j < i {
          l[i * n + j] = sum / l[j * n + j]
        } else {
          guard sum > 0, sum.isFinite else { return false }
          l[i * n + i] = sum.squareRoot()
        }
      }
    }
    return true
  }
}

import Numerics

/// The Cholesky factor of those columns of a positive semidefinite matrix that do not depend on one
/// another, in the order in which they were chosen.
///
/// Each step takes the column with the largest remaining variance, the first on ties, until none
/// has more than the tolerance. One column, where named, is judged after all others.
struct PivotedCholesky {
  /// The independent columns, in order of choice; the last column, if independent, stands last.
  private(set) var columns: [Int] = []
  /// The lower triangle by rows: row s has the s + 1 elements of `columns[s]`.
  private(set) var factor: [[Double]] = []

  /// Factorises a matrix of unit diagonal; `excluded` columns are left out.
  init(_ matrix: Matrix, tolerance: Double, excluded: [Bool], last: Int?) {
    let order = matrix.rows
    var remaining = (0..<order).map { matrix[$0, $0] }
    var loadings = [[Double]](repeating: [], count: order)
    var open = (0..<order).filter { !excluded[$0] && $0 != last }

    func choose(_ pivot: Int, updating others: [Int]) {
      let root = remaining[pivot].squareRoot()
      for column in others {
        let value = (matrix[column, pivot] - inner(loadings[column], loadings[pivot])) / root
        loadings[column].append(value)
        remaining[column] -= value * value
      }
      columns.append(pivot)
      factor.append(loadings[pivot] + [root])
    }

    let final = last.flatMap { excluded[$0] ? nil : $0 }
    while let pivot = open.max(by: { remaining[$0] < remaining[$1] }) {
      let first = open.first { remaining[$0] >= remaining[pivot] } ?? pivot
      guard remaining[first] > tolerance else { break }
      open.removeAll { $0 == first }
      choose(first, updating: open + (final.map { [$0] } ?? []))
    }
    if let final, remaining[final] > tolerance { choose(final, updating: []) }
  }

  /// Solves L z = x for the chosen columns of a vector; its squared length is the quadratic form.
  func solve(_ vector: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(columns.count)
    for (step, row) in factor.enumerated() {
      var sum = vector[columns[step]]
      for t in 0..<step { sum -= row[t] * result[t] }
      result.append(sum / row[step])
    }
    return result
  }
}

/// The inner product over the elements that both vectors have.
private func inner(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  for i in 0..<min(left.count, right.count) { sum += left[i] * right[i] }
  return sum
}

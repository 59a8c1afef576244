import Numerics

/// The Cholesky factor of those columns of a positive semidefinite matrix that do not depend on one
/// another, in the order in which they were chosen.
///
/// Each step takes the column with the largest remaining variance, the first on ties, until none
/// has more than the tolerance. One column, where named, is judged after all others.
struct PivotedCholesky {
  /// The independent columns, in order of choice; the last column, if independent, stands last.
  private(set) var columns: [Int] = []
  /// What each column of the matrix has of each chosen direction: column j, step s at j × order + s.
  private var loadings: [Double]
  private let order: Int

  /// Factorises a matrix of unit diagonal without its excluded columns; O(order³ / 3).
  init(_ matrix: Matrix, tolerance: Double, excluded: [Bool], last: Int?) {
    order = matrix.rows
    loadings = [Double](repeating: 0, count: order * order)
    columns.reserveCapacity(order)
    var remaining = matrix
    var isOpen = excluded.map { !$0 }
    while true {
      var pivot: Int?
      var largest = tolerance
      for column in 0..<order
      where isOpen[column] && column != last && remaining[column, column] > largest {
        pivot = column
        largest = remaining[column, column]
      }
      guard let pivot else { break }
      isOpen[pivot] = false
      choose(pivot, of: &remaining, isOpen: isOpen)
    }
    if let last, isOpen[last], remaining[last, last] > tolerance {
      isOpen[last] = false
      choose(last, of: &remaining, isOpen: isOpen)
    }
  }

  /// Appends a column and takes what it explains from the open ones.
  private mutating func choose(_ pivot: Int, of remaining: inout Matrix, isOpen: [Bool]) {
    let step = columns.count
    let root = remaining[pivot, pivot].squareRoot()
    loadings[pivot * order + step] = root
    for j in 0..<order where isOpen[j] { loadings[j * order + step] = remaining[j, pivot] / root }
    for j in 0..<order where isOpen[j] {
      let loading = loadings[j * order + step]
      for i in 0..<order where isOpen[i] {
        remaining[i, j] -= loadings[i * order + step] * loading
      }
    }
    columns.append(pivot)
  }

  /// Solves L z = x for the chosen columns of a vector; the squared length of z is the quadratic
  /// form of x.
  ///
  /// The elements of z are written from the last to the first, beginning at `start`.
  func solve(_ vector: [Double], into result: inout [Double], at start: Int) {
    let end = start + columns.count - 1
    for (step, column) in columns.enumerated() {
      var sum = vector[column]
      for t in 0..<step { sum -= loadings[column * order + t] * result[end - t] }
      result[end - step] = sum / loadings[column * order + step]
    }
  }
}

/// A dense matrix of doubles in column-major order: element (row, column) is at
/// `row + column × rows`.
public struct Matrix: Sendable, Equatable {
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  /// The elements, column after column.
  public var elements: [Double]

  /// A matrix of `rows` × `columns` elements, all equal to `value`.
  @inlinable
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.rows = rows
    self.columns = columns
    elements = [Double](repeating: value, count: rows * columns)
  }

  /// The matrix with the given rows, all of one length.
  public init(rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0)
    for (i, row) in rows.enumerated() {
      precondition(row.count == columns, "rows of \(columns) and \(row.count) elements")
      for (j, value) in row.enumerated() { self[i, j] = value }
    }
  }

  /// The identity matrix of the given order.
  public static func identity(_ order: Int) -> Matrix {
    var matrix = Matrix(rows: order, columns: order)
    for i in 0..<order { matrix[i, i] = 1 }
    return matrix
  }

  /// The element in the given row and column, both counted from 0.
  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row + column * rows] }
    set { elements[row + column * rows] = newValue }
  }

  /// The elements of one column.
  public func column(_ j: Int) -> ArraySlice<Double> {
    elements[(j * rows)..<((j + 1) * rows)]
  }

  /// The transpose.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for j in 0..<columns {
      for i in 0..<rows { result[j, i] = self[i, j] }
    }
    return result
  }

  /// The product with a vector of `columns` elements.
  public func times(_ vector: [Double]) -> [Double] {
    precondition(vector.count == columns, "\(columns) columns times \(vector.count) elements")
    var result = [Double](repeating: 0, count: rows)
    for j in 0..<columns where vector[j] != 0 {
      for i in 0..<rows { result[i] += self[i, j] * vector[j] }
    }
    return result
  }

  /// The product of two matrices, `left.columns` = `right.rows`.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columns == right.rows, "\(left.columns) columns times \(right.rows) rows")
    var result = Matrix(rows: left.rows, columns: right.columns)
    for j in 0..<right.columns {
      for k in 0..<left.columns {
        let factor = right[k, j]
        for i in 0..<left.rows where factor != 0 { result[i, j] += left[i, k] * factor }
      }
    }
    return result
  }

  /// The elementwise sum of two matrices of one shape.
  public static func + (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.rows == right.rows && left.columns == right.columns, "unequal shapes")
    var result = left
    for index in right.elements.indices { result.elements[index] += right.elements[index] }
    return result
  }

  /// The matrix with every element multiplied by a number.
  public static func * (factor: Double, matrix: Matrix) -> Matrix {
    var result = matrix
    for index in result.elements.indices { result.elements[index] *= factor }
    return result
  }

  /// The sum of the diagonal elements.
  public var trace: Double {
    (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] }
  }
}

/// The inner product of two vectors of one length.
@inlinable
public func dot(_ left: [Double], _ right: [Double]) -> Double {
  precondition(left.count == right.count, "vectors of \(left.count) and \(right.count) elements")
  var sum = 0.0
  for i in left.indices { sum += left[i] * right[i] }
  return sum
}

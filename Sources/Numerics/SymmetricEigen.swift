private import CGSL

/// The eigenvalues, ascending, and eigenvectors (as columns) of a symmetric matrix, by GSL.
public struct SymmetricEigen: Sendable, Equatable {
  /// Eigenvalues in ascending order.
  public let values: [Double]
  /// Orthonormal eigenvectors, one a column, in the order of the values.
  public let vectors: Matrix

  /// Decomposes a symmetric matrix.
  public init(_ matrix: Matrix) throws(NumericalError) {
    CLibrary.prepare()
    let n = matrix.rows
    guard n > 0 else {
      values = []
      vectors = matrix
      return
    }
    guard let a = gsl_matrix_alloc(n, n), let v = gsl_matrix_alloc(n, n),
      let d = gsl_vector_alloc(n), let space = gsl_eigen_symmv_alloc(n)
    else { throw .library("eigenvalues of order \(n)") }
    defer {
      gsl_matrix_free(a)
      gsl_matrix_free(v)
      gsl_vector_free(d)
      gsl_eigen_symmv_free(space)
    }
    for i in 0..<n {
      for j in 0..<n { gsl_matrix_set(a, i, j, matrix[i, j]) }
    }
    guard gsl_eigen_symmv(a, d, v, space) == Int32(GSL_SUCCESS),
      gsl_eigen_symmv_sort(d, v, GSL_EIGEN_SORT_VAL_ASC) == Int32(GSL_SUCCESS)
    else { throw .notConverged("eigenvalues of order \(n)") }
    values = (0..<n).map { gsl_vector_get(d, $0) }
    var vectors = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n { vectors[i, j] = gsl_matrix_get(v, i, j) }
    }
    self.vectors = vectors
  }
}

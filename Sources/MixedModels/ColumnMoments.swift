public import Numerics

/// The mean and the covariance of some columns' coefficients given the variances and the outcome, all
/// other coefficients and the trial effects being integrated out.
public struct ColumnMoments: Sendable, Equatable {
  /// The means, one a column.
  public let mean: [Double]
  /// The covariance, columns × columns.
  public let covariance: Matrix

  /// Moments of a normal distribution.
  public init(mean: [Double], covariance: Matrix) {
    self.mean = mean
    self.covariance = covariance
  }
}

extension MarginalDensity {
  /// The moments of columns by position, at the variances of the last evaluation.
  ///
  /// The model must not pool effects, whose columns are in units of ω. With H = LL' the covariance is that
  /// part of H⁻¹, from L⁻¹e of each column.
  public func moments(ofColumns columns: [Int]) -> ColumnMoments {
    precondition(pooling == nil, "columns in units of ω")
    var halves = [Double](repeating: 0, count: columns.count * p)
    for (a, column) in columns.enumerated() {
      let base = a * p
      halves[base + column] = 1 / factor[column + column * p]
      for i in (column + 1)..<max(p, column + 1) {
        var sum = 0.0
        for k in column..<i { sum -= factor[i + k * p] * halves[base + k] }
        halves[base + i] = sum / factor[i + i * p]
      }
    }
    var covariance = Matrix(rows: columns.count, columns: columns.count)
    for a in columns.indices {
      for b in 0...a {
        var sum = 0.0
        for i in max(columns[a], columns[b])..<p { sum += halves[a * p + i] * halves[b * p + i] }
        covariance[a, b] = sum
        covariance[b, a] = sum
      }
    }
    return ColumnMoments(mean: columns.map { mode[$0] }, covariance: covariance)
  }
}

import Foundation
import Numerics

extension FixedInference {
  /// The joint test that several combinations are zero; dependent ones count once.
  ///
  /// Nil where none is left or their covariance is zero.
  func jointTest(_ rows: [[Double]], estimates: [Double]) -> JointTest? {
    let all = ContrastMatrices(self, rows.map(combination))
    let kept = independentColumns(
      all.covariance, lengths: rows.indices.map { all.covariance[$0, $0] })
    guard !kept.isEmpty else { return nil }
    let matrices =
      kept.count == rows.count
      ? all : ContrastMatrices(self, kept.map { combination(rows[$0]) })
    let values = kept.map { estimates[$0] }
    return JointTest(
      satterthwaite: satterthwaite(matrices, values),
      kenwardRoger: q == 0
        ? (expected == nil ? nil : residual(matrices, values)) : kenwardRoger(matrices, values))
  }

  /// The usual F test of a linear model.
  private func residual(_ matrices: ContrastMatrices, _ values: [Double]) -> FTest? {
    guard let factor = try? Cholesky(matrices.covariance) else { return nil }
    let l = values.count
    return FTest(dot(values, factor.solve(values)) / Double(l), l, residualDF)
  }

  /// As lmerTest: the independent contrasts of the covariance's eigenvectors, each with its own
  /// degrees of freedom ν_m; the denominator is 2E/(E − l) with E = Σ ν_m/(ν_m − 2).
  private func satterthwaite(_ matrices: ContrastMatrices, _ values: [Double]) -> FTest? {
    guard q > 0 else { return residual(matrices, values) }
    let l = values.count
    guard let observed, let eigen = try? SymmetricEigen(matrices.covariance),
      (eigen.values.first ?? 0) > 0
    else { return nil }
    var statistic = 0.0
    var degrees: [Double] = []
    for (index, value) in eigen.values.enumerated() {
      let direction = Array(eigen.vectors.column(index))
      let estimate = dot(direction, values)
      statistic += estimate * estimate / value / Double(l)
      let gradient = matrices.slopes.map { dot(direction, $0.times(direction)) }
      guard let df = self.degrees(value, gradient, observed) else { return nil }
      degrees.append(df)
    }
    let mean = degrees.reduce(0, +) / Double(l)
    if degrees.allSatisfy({ abs($0 - mean) < 1e-8 }) { return FTest(statistic, l, mean) }
    guard degrees.allSatisfy({ $0 > 2 }) else { return FTest(statistic, l, 2) }
    let expected = degrees.reduce(0) { $0 + $1 / ($1 - 2) }
    return FTest(statistic, l, 2 * expected / (expected - Double(l)))
  }

  /// Kenward and Roger (1997), as pbkrtest: a scaled F statistic whose first two moments are matched.
  private func kenwardRoger(_ matrices: ContrastMatrices, _ values: [Double]) -> FTest? {
    guard let expected, let adjusted = matrices.adjusted,
      let factor = try? Cholesky(matrices.covariance),
      let adjustedFactor = try? Cholesky(adjusted)
    else { return nil }
    let count = values.count
    let l = Double(count)
    let wald = dot(values, adjustedFactor.solve(values)) / l
    let images = matrices.slopes.map { factor.solve($0) }
    let traces = images.map(\.trace)
    let a1 = ContrastMatrices.form(expected, traces, traces)
    var a2 = 0.0
    for (c, x) in images.enumerated() {
      for (d, y) in images.enumerated() { a2 += expected[c, d] * (x * y).trace }
    }
    guard a2 > 0 else { return nil }
    let b = (a1 + 6 * a2) / (2 * l)
    let g = ((l + 1) * a1 - (l + 4) * a2) / ((l + 2) * a2)
    let c = 3 * l + 2 * (1 - g)
    let (c1, c2, c3) = (g / c, (l - g) / c, (l + 2 - g) / c)
    let mean = 1 / (1 - a2 / l)
    let variance = 2 / l * (1 + c1 * b) / ((1 - c2 * b) * (1 - c2 * b) * (1 - c3 * b))
    let ratio = variance / (2 * mean * mean)
    let denominator = 4 + (l + 2) / (l * ratio - 1)
    guard denominator > 2, mean > 0 else { return nil }
    return FTest(denominator / (mean * (denominator - 2)) * wald, count, denominator)
  }
}

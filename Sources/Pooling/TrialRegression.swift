import Designs
import Foundation
import Numerics

/// The regression of one trial's outcome on treatment and covariates.
struct TrialRegression {
  /// The covariates that are no combination of others, centred, and last the treatment.
  private let columns: [[Double]]
  private let outcome: [Double]
  private let isAliased: Bool

  /// Takes some rows of a design; covariates that are constant or combinations of others in them are
  /// left out, as R does.
  init(_ design: Design, _ rows: [Int]) {
    outcome = rows.map { design.outcome[$0] }
    let treatment = rows.map { Double(design.arm[$0]) }
    let candidates = design.covariates.columns.map { column in rows.map { column[$0] } }
    var kept: [[Double]] = []
    var basis: [[Double]] = []
    var isAliased = false
    for (index, column) in (candidates + [treatment]).enumerated() {
      let centered = Self.centered(column)
      var rest = centered
      // Twice, since once leaves what rounding has added.
      for _ in 0..<2 {
        for direction in basis { Self.subtract(dot(direction, rest), direction, from: &rest) }
      }
      let length = dot(rest, rest).squareRoot()
      if length > 1e-7 * dot(centered, centered).squareRoot(), length > 0 {
        basis.append(rest.map { $0 / length })
        kept.append(centered)
      } else if index == candidates.count {
        isAliased = true
      }
    }
    columns = kept
    self.isAliased = isAliased
    self.basis = basis
  }

  /// The columns made orthonormal, in their order.
  private let basis: [[Double]]

  private static func centered(_ values: [Double]) -> [Double] {
    let center = mean(values)
    return values.map { $0 - center }
  }

  private static func subtract(
    _ factor: Double, _ direction: [Double], from values: inout [Double]
  ) {
    for i in values.indices { values[i] -= factor * direction[i] }
  }

  /// The treatment's coefficient by least squares with its standard error on n − p degrees of freedom.
  func leastSquares() -> Result<(estimate: Double, se: Double), TrialEffects.Failure> {
    guard !isAliased, let last = basis.last, let treatment = columns.last else {
      return .failure(.init(reason: .aliased))
    }
    let degrees = outcome.count - columns.count - 1
    guard degrees > 0 else { return .failure(.init(reason: .tooFew)) }
    // The treatment comes last, so that its coefficient is had from its own direction alone.
    let length = dot(last, treatment)
    var residuals = Self.centered(outcome)
    let whole = dot(residuals, residuals)
    let estimate = dot(last, residuals) / length
    for direction in basis {
      Self.subtract(dot(direction, residuals), direction, from: &residuals)
    }
    let variance = dot(residuals, residuals) / Double(degrees)
    guard variance > 1e-24 * whole else { return .failure(.init(reason: .exactFit)) }
    return .success((estimate, variance.squareRoot() / length))
  }

  /// The treatment's log odds ratio by logistic regression, by Newton's method.
  ///
  /// An estimate counts as infinite where a linear predictor passes ±20 or the steps do not end.
  func logistic() -> Result<(estimate: Double, se: Double), TrialEffects.Failure> {
    guard !isAliased else { return .failure(.init(reason: .aliased)) }
    let order = columns.count + 1
    guard outcome.count > order else { return .failure(.init(reason: .tooFew)) }
    let scales = columns.map { column in (dot(column, column) / Double(column.count)).squareRoot() }
    var beta = [Double](repeating: 0, count: order)
    for _ in 0..<50 {
      var gradient = [Double](repeating: 0, count: order)
      var information = Matrix(rows: order, columns: order)
      for row in outcome.indices {
        var eta = beta[0]
        for j in columns.indices { eta += beta[j + 1] * columns[j][row] / scales[j] }
        guard abs(eta) < 20 else { return .failure(.init(reason: .separated)) }
        let mean = 1 / (1 + exp(-eta))
        let weight = mean * (1 - mean)
        for a in 0..<order {
          let left = a == 0 ? 1 : columns[a - 1][row] / scales[a - 1]
          gradient[a] += left * (outcome[row] - mean)
          for b in 0...a {
            let right = b == 0 ? 1 : columns[b - 1][row] / scales[b - 1]
            information[a, b] += weight * left * right
          }
        }
      }
      guard let factor = try? Cholesky(information) else {
        return .failure(.init(reason: .separated))
      }
      let step = factor.solve(gradient)
      for j in beta.indices { beta[j] += step[j] }
      if dot(step, gradient) < 1e-20 {
        // The treatment comes last, where the variance is the inverse square of the factor's end.
        let scale = scales[order - 2]
        return .success(
          (beta[order - 1] / scale, 1 / (factor.factor[order - 1, order - 1] * scale)))
      }
    }
    return .failure(.init(reason: .separated))
  }
}

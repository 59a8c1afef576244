import Foundation
import Numerics

/// Satterthwaite's degrees of freedom of the fixed coefficients at a variance estimate
/// (methods-literature §9.6, variance-component scale; components on the boundary are left out, as
/// lmerTest does).
struct DegreesOfFreedom {
  /// Φ, the covariance of all fixed coefficients.
  let covariance: Matrix
  /// The derivatives P_c of Φ⁻¹ that give ∂(c'Φc)/∂component = −c'ΦP_cΦc, random terms then σ².
  let precisionSlopes: [Matrix]
  /// The covariance of the estimated components that are not on the boundary; nil where the
  /// information is singular.
  let componentCovariance: Matrix?
  /// The positions of those components among all.
  let interior: [Int]

  init(
    _ equations: DenseNormalEquations, at variances: Variances, residuals: TrialResiduals,
    rows: Int, restricted: Bool
  ) throws(NumericalError) {
    let pieces = try InformationPieces(equations, variances)
    covariance = pieces.covariance
    precisionSlopes = pieces.precisionSlopes
    let q = variances.tau.count
    interior = (0...q).filter { $0 == q || variances.tau[$0] > 0 }
    let information =
      restricted
      ? pieces.observedInformation(residuals, rows: rows)
      : pieces.likelihoodInformation(residuals, rows: rows)
    var inner = Matrix(rows: interior.count, columns: interior.count)
    for (a, i) in interior.enumerated() {
      for (b, j) in interior.enumerated() { inner[a, b] = information[i, j] }
    }
    componentCovariance = (try? Cholesky(inner))?.inverse
  }

  /// The degrees of freedom of the contrast c.
  func satterthwaite(_ contrast: [Double]) -> Double? {
    guard let componentCovariance else { return nil }
    let image = covariance.times(contrast)
    let variance = dot(contrast, image)
    let gradient = interior.map { -dot(image, precisionSlopes[$0].times(image)) }
    let spread = dot(gradient, componentCovariance.times(gradient))
    guard spread > 0 else { return nil }
    return 2 * variance * variance / spread
  }
}

/// What the residuals of a fit say of the variance components.
struct TrialResiduals {
  /// e_k = Z_k'V_k⁻¹(y − Xβ̂), q numbers a trial.
  let scores: [[Double]]
  /// y'Py.
  let quadratic: Double
}

/// The matrices of methods-literature §9.6 at one value of the variances.
struct InformationPieces {
  let covariance: Matrix
  let precisionSlopes: [Matrix]
  /// J_k, q × p a trial.
  private let loadings: [Matrix]
  /// K_k, q × q a trial.
  private let kernels: [Matrix]
  private let variances: Variances
  private let coefficients: Int

  init(_ equations: DenseNormalEquations, _ variances: Variances) throws(NumericalError) {
    let q = variances.tau.count
    let residual = variances.sigma * variances.sigma
    var precision = (1 / residual) * equations.fixedFixed
    var loadings: [Matrix] = []
    var kernels: [Matrix] = []
    for (b, c) in zip(equations.randomFixed, equations.randomRandom) {
      let m = try InformationPieces.middle(c, variances)
      loadings.append((1 / residual) * (b + (-1) * (c * (m * b))))
      kernels.append((1 / residual) * (c + (-1) * (c * (m * c))))
      precision = precision + (-1 / residual) * (b.transposed * (m * b))
    }
    covariance = try Cholesky(precision).inverse
    self.loadings = loadings
    self.kernels = kernels
    self.variances = variances
    coefficients = precision.rows
    var slopes = (0..<q).map { r in
      loadings.reduce(Matrix(rows: precision.rows, columns: precision.rows)) { sum, loading in
        sum + (-1) * InformationPieces.outer(loading, r, r)
      }
    }
    var last = precision
    for r in 0..<q { last = last + (variances.tau[r] * variances.tau[r]) * slopes[r] }
    slopes.append((-1 / residual) * last)
    precisionSlopes = slopes
  }

  /// M_k = D (I + D C_k D)⁻¹ D with D = diag(τ)/σ.
  static func middle(
    _ c: Matrix, _ variances: Variances
  ) throws(NumericalError) -> Matrix {
    let ratios = variances.tau.map { $0 / variances.sigma }
    var inner = Matrix.identity(c.rows)
    for r in 0..<c.rows {
      for s in 0..<c.rows { inner[r, s] += ratios[r] * c[r, s] * ratios[s] }
    }
    var inverse = try Cholesky(inner).inverse
    for r in 0..<c.rows {
      for s in 0..<c.rows { inverse[r, s] *= ratios[r] * ratios[s] }
    }
    return inverse
  }

  private static func outer(_ loading: Matrix, _ r: Int, _ s: Int) -> Matrix {
    var result = Matrix(rows: loading.columns, columns: loading.columns)
    for j in 0..<loading.columns {
      let right = loading[s, j]
      for i in 0..<loading.columns where right != 0 { result[i, j] = loading[r, i] * right }
    }
    return result
  }

  /// O = −½T + Y: the observed information of the restricted likelihood.
  func observedInformation(_ residuals: TrialResiduals, rows: Int) -> Matrix {
    let (traces, quadratics) = accumulate(residuals, projected: true)
    return information(
      traces, quadratics, residuals, degrees: Double(rows - coefficients))
  }

  /// The same for the likelihood, whose traces are of V⁻¹ in the place of P.
  func likelihoodInformation(_ residuals: TrialResiduals, rows: Int) -> Matrix {
    let (_, quadratics) = accumulate(residuals, projected: true)
    let (traces, _) = accumulate(residuals, projected: false)
    return information(traces, quadratics, residuals, degrees: Double(rows))
  }

  /// T_rs and t_r, Y_rs and y_r over the random terms.
  private func accumulate(
    _ residuals: TrialResiduals, projected: Bool
  ) -> (traces: (Matrix, [Double]), quadratics: (Matrix, [Double])) {
    let q = variances.tau.count
    var t2 = Matrix(rows: q, columns: q)
    var y2 = t2
    var t1 = [Double](repeating: 0, count: q)
    var y1 = t1
    let images = loadings.map { covariance * $0.transposed }
    for k in loadings.indices {
      for l in loadings.indices where projected || k == l {
        var f = projected ? (-1) * (loadings[k] * images[l]) : Matrix(rows: q, columns: q)
        if k == l { f = f + kernels[k] }
        for r in 0..<q {
          if k == l { t1[r] += f[r, r] }
          for s in 0..<q {
            t2[r, s] += f[r, s] * f[r, s]
            y2[r, s] += residuals.scores[k][r] * f[r, s] * residuals.scores[l][s]
          }
        }
      }
      for r in 0..<q { y1[r] += residuals.scores[k][r] * residuals.scores[k][r] }
    }
    return ((t2, t1), (y2, y1))
  }

  private func information(
    _ traces: (Matrix, [Double]), _ quadratics: (Matrix, [Double]), _ residuals: TrialResiduals,
    degrees: Double
  ) -> Matrix {
    let t = completed(traces.0, traces.1, first: degrees)
    let y = completed(quadratics.0, quadratics.1, first: residuals.quadratic)
    return (-0.5) * t + y
  }

  /// Adds the residual component to a matrix over the random terms, by V = Σ τ_r² V_r + σ² I.
  private func completed(_ second: Matrix, _ first: [Double], first total: Double) -> Matrix {
    let q = variances.tau.count
    let residual = variances.sigma * variances.sigma
    let tau = variances.tau.map { $0 * $0 }
    var result = Matrix(rows: q + 1, columns: q + 1)
    let last = (total - dot(tau, first)) / residual
    for r in 0..<q {
      for s in 0..<q { result[r, s] = second[r, s] }
      let cross = (first[r] - (0..<q).reduce(0) { $0 + tau[$1] * second[r, $1] }) / residual
      result[r, q] = cross
      result[q, r] = cross
    }
    result[q, q] =
      (last - (0..<q).reduce(0) { $0 + tau[$1] * result[$1, q] }) / residual
    return result
  }
}

import Numerics

/// What is known of the estimated variance components: entries of Var(b), then σ²
/// (article Formulas).
struct ComponentInformation {
  /// The values of the components.
  let values: [Double]
  /// The covariance of the estimated components by the observed information, boundary left out; nil
  /// where that is singular.
  let observed: Matrix?
  /// The covariance by the expected information of the restricted likelihood over all components; nil
  /// for the likelihood.
  let expected: Matrix?

  /// At the density's last evaluation, which is at `variances`.
  init(_ information: VarianceInformation, at variances: Variances) {
    let model = information.density.model
    let m = information.components
    let isProfiled = model.treatment == .profiled
    var values = variances.tau.map { $0 * $0 }
    if m == 3 { values.append(variances.correlation * variances.tau[0] * variances.tau[1]) }
    let sigma = variances.sigma
    values.append(sigma * sigma)
    self.values = values
    let rows = Double(model.statistics.rows)
    let traces = Self.completed(
      information.traces, information.trace,
      first: isProfiled ? rows : rows - Double(model.coefficientCount), values)
    let quadratics = Self.completed(
      information.quadratics, information.quadratic,
      first: information.density.quadraticAtMode, values)
    expected =
      isProfiled ? nil : Self.inverse(0.5 * traces.second)
    let scores = zip(quadratics.first, traces.first).map { 0.5 * ($0 - $1) }
    observed = Self.observed(
      (-0.5) * traces.second + quadratics.second, scores, Coordinates(variances, components: m))
  }

  /// The inverse of a positive definite matrix whose scales differ widely.
  private static func inverse(_ matrix: Matrix) -> Matrix? {
    let n = matrix.rows
    let scale = (0..<n).map { matrix[$0, $0].squareRoot() }
    guard scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    var scaled = matrix
    for i in 0..<n { for j in 0..<n { scaled[i, j] /= scale[i] * scale[j] } }
    guard var result = (try? Cholesky(scaled))?.inverse else { return nil }
    for i in 0..<n { for j in 0..<n { result[i, j] /= scale[i] * scale[j] } }
    return result
  }

  /// Adds the residual component to sums over the random ones, by V = Σ G_cV_c + σ²I.
  private static func completed(
    _ second: [Double], _ first: [Double], first total: Double, _ values: [Double]
  ) -> (first: [Double], second: Matrix) {
    let m = values.count - 1
    let residual = values[m]
    var result = Matrix(rows: m + 1, columns: m + 1)
    var sums = Array(first.prefix(m))
    sums.append((total - (0..<m).reduce(0) { $0 + values[$1] * first[$1] }) / residual)
    for c in 0..<m {
      for d in 0..<m { result[c, d] = second[3 * c + d] }
      let cross =
        (first[c] - (0..<m).reduce(0) { $0 + values[$1] * second[3 * c + $1] }) / residual
      result[c, m] = cross
      result[m, c] = cross
    }
    result[m, m] =
      (sums[m] - (0..<m).reduce(0) { $0 + values[$1] * result[$1, m] }) / residual
    return (sums, result)
  }

  /// The directions in which components can move without leaving the boundary that they are on.
  private struct Coordinates {
    /// The derivative of each component with respect to each coordinate.
    var jacobian: Matrix
    /// The second derivatives: coordinates, component, value.
    var bends: [(i: Int, j: Int, component: Int, value: Double)] = []

    init(_ variances: Variances, components m: Int) {
      let tau = variances.tau
      let isSingular = m == 3 && (tau.contains(0) || abs(variances.correlation) >= 1)
      guard isSingular else {
        let inside = (0...m).filter { $0 >= tau.count || tau[$0] > 0 }
        jacobian = Matrix(rows: m + 1, columns: inside.count)
        for (j, c) in inside.enumerated() { jacobian[c, j] = 1 }
        return
      }
      // Var(b) = ll' with l = (a, c).
      let (a, c) = (tau[0], tau[0] > 0 ? variances.correlation * tau[1] : tau[1])
      guard a != 0 || c != 0 else {
        jacobian = Matrix(rows: [[0], [0], [0], [1]])
        return
      }
      jacobian = Matrix(rows: [[2 * a, 0, 0], [0, 2 * c, 0], [c, a, 0], [0, 0, 1]])
      bends = [(0, 0, 0, 2), (1, 1, 1, 2), (0, 1, 2, 1), (1, 0, 2, 1)]
    }
  }

  /// J (J'OJ − Σ score × bend)⁻¹ J'.
  private static func observed(
    _ information: Matrix, _ scores: [Double], _ coordinates: Coordinates
  ) -> Matrix? {
    let jacobian = coordinates.jacobian
    var inner = jacobian.transposed * (information * jacobian)
    for bend in coordinates.bends {
      inner[bend.i, bend.j] -= scores[bend.component] * bend.value
    }
    return inverse(inner).map { jacobian * ($0 * jacobian.transposed) }
  }
}

import Numerics

/// Sums over the cells of one arm that the Hessian of a trial's Laplace approximation needs.
struct ArmCurvature {
  typealias Loading = RandomCoordinates.Loading

  /// Λ'z of the arm.
  var loading = Loading()
  /// Σ of residuals, w, w', the slopes of log I, and of the diagonal part D.
  var residual = 0.0, weight = 0.0, third = 0.0, slope = 0.0, diagonal = 0.0
  /// The same sums of w, w' and D times each column of the trial, by place.
  var weights: [Double]
  var thirds: [Double]
  var diagonals: [Double]

  init(places: Int) {
    weights = [Double](repeating: 0, count: places)
    thirds = weights
    diagonals = weights
  }
}

/// What a move along one coordinate does to first order in a trial.
struct CoordinateMove {
  typealias Loading = RandomCoordinates.Loading

  /// dζ of either arm, not zero for θ alone.
  var loadings: (Loading, Loading)
  /// dû.
  var mode: Loading
  /// What dû and dζ add to η in either arm: ζ'dû + dζ'û.
  var shifts: (Double, Double)
  /// λ'dζ.
  var multipliers: (Double, Double)
  /// −Σ w dη.
  var residuals: (Double, Double)
  /// The changes of W₀, W₁, |ζ₀|², |ζ₁|², ζ₀'ζ₁, of which log |H| is a function.
  var determinant: (Double, Double, Double, Double, Double)
}

/// Derivatives of log |H|, H = I + W₀ζ₀ζ₀' + W₁ζ₁ζ₁', as a function of W₀, W₁, s₀₀ = |ζ₀|², s₁₁ = |ζ₁|² and
/// s₀₁ = ζ₀'ζ₁: |H| = 1 + W₀s₀₀ + W₁s₁₁ + W₀W₁(s₀₀s₁₁ − s₀₁²).
struct LogDeterminant {
  /// First derivatives.
  private(set) var first: [Double]
  /// Second derivatives, row after row.
  private(set) var second: [Double]

  init(_ w0: Double, _ w1: Double, _ s00: Double, _ s11: Double, _ s01: Double) {
    let area = s00 * s11 - s01 * s01
    let value = 1 + w0 * s00 + w1 * s11 + w0 * w1 * area
    let slope = [
      s00 + w1 * area, s11 + w0 * area, w0 + w0 * w1 * s11, w1 + w0 * w1 * s00,
      -2 * w0 * w1 * s01,
    ]
    let (a, b) = (1 + w1 * s11, 1 + w0 * s00)
    second = [
      0, area, a, w1 * s00, -2 * w1 * s01,
      area, 0, w0 * s11, b, -2 * w0 * s01,
      a, w0 * s11, 0, w0 * w1, 0,
      w1 * s00, b, w0 * w1, 0, 0,
      -2 * w1 * s01, -2 * w0 * s01, 0, 0, -2 * w0 * w1,
    ]
    first = slope.map { $0 / value }
    for i in 0..<5 {
      for j in 0..<5 { second[5 * i + j] = second[5 * i + j] / value - first[i] * first[j] }
    }
  }

  /// The second derivative along two moves.
  func form(_ x: CoordinateMove, _ y: CoordinateMove) -> Double {
    let (a, b) = (x.determinant, y.determinant)
    var sum = 0.0
    second.withUnsafeBufferPointer { m in
      sum += a.0 * (m[0] * b.0 + m[1] * b.1 + m[2] * b.2 + m[3] * b.3 + m[4] * b.4)
      sum += a.1 * (m[5] * b.0 + m[6] * b.1 + m[7] * b.2 + m[8] * b.3 + m[9] * b.4)
      sum += a.2 * (m[10] * b.0 + m[11] * b.1 + m[12] * b.2 + m[13] * b.3 + m[14] * b.4)
      sum += a.3 * (m[15] * b.0 + m[16] * b.1 + m[17] * b.2 + m[18] * b.3 + m[19] * b.4)
      sum += a.4 * (m[20] * b.0 + m[21] * b.1 + m[22] * b.2 + m[23] * b.3 + m[24] * b.4)
    }
    return sum
  }
}

/// The exact Hessian of one trial's Laplace approximation log I(x) = Ψ(x, û(x)).
///
/// With λ = H⁻¹∂Ψ/∂u the function Φ = Ψ + λ'∇_u f, λ held, is stationary in u at û, and the Hessian of
/// log I is the second derivative of Φ along the moves (dx, dû): no second derivative of û is needed.
/// η moves by x_c'dβ and by one number an arm, so that sums by arm and column are all that is met.
struct TrialCurvature {
  typealias Loading = RandomCoordinates.Loading

  let arms: (ArmCurvature, ArmCurvature)
  let mode: Loading
  let lambda: Loading
  let determinant: LogDeterminant
  /// H, by elements.
  let h: (a: Double, b: Double, c: Double)

  /// The move along the column at a place, or along θ by its change of the loadings.
  func move(column place: Int?, loadings: (Loading, Loading)) -> CoordinateMove {
    let (first, second) = arms
    let direct = (inner(loadings.0, mode), inner(loadings.1, mode))
    func pull(_ arm: ArmCurvature, _ change: Loading, _ direct: Double) -> Loading {
      let weight = (place.map { arm.weights[$0] } ?? 0) + arm.weight * direct
      return Loading(
        first: change.first * arm.residual - arm.loading.first * weight,
        second: change.second * arm.residual - arm.loading.second * weight)
    }
    let (p, q) = (pull(first, loadings.0, direct.0), pull(second, loadings.1, direct.1))
    let right = Loading(first: p.first + q.first, second: p.second + q.second)
    let size = h.a * h.c - h.b * h.b
    let moved = Loading(
      first: (h.c * right.first - h.b * right.second) / size,
      second: (h.a * right.second - h.b * right.first) / size)
    let shifts = (
      inner(first.loading, moved) + direct.0, inner(second.loading, moved) + direct.1
    )
    func along(_ sums: [Double], _ total: Double, _ shift: Double) -> Double {
      (place.map { sums[$0] } ?? 0) + total * shift
    }
    return CoordinateMove(
      loadings: loadings, mode: moved, shifts: shifts,
      multipliers: (inner(lambda, loadings.0), inner(lambda, loadings.1)),
      residuals: (
        -along(first.weights, first.weight, shifts.0),
        -along(second.weights, second.weight, shifts.1)
      ),
      determinant: (
        along(first.thirds, first.third, shifts.0), along(second.thirds, second.third, shifts.1),
        2 * inner(first.loading, loadings.0), 2 * inner(second.loading, loadings.1),
        inner(first.loading, loadings.1) + inner(second.loading, loadings.0)
      ))
  }

  /// The second derivative along two moves, without Σ D x_ci x_cj.
  func form(_ x: CoordinateMove, _ i: Int?, _ y: CoordinateMove, _ j: Int?) -> Double {
    var sum = -inner(x.mode, y.mode)
    func arm(
      _ a: ArmCurvature, _ dx: Loading, _ dy: Loading, _ sx: Double, _ sy: Double, _ mx: Double,
      _ my: Double, _ rx: Double, _ ry: Double
    ) -> Double {
      let cross =
        sx * (j.map { a.diagonals[$0] } ?? 0) + sy * (i.map { a.diagonals[$0] } ?? 0)
        + sx * sy * a.diagonal
      return cross + a.slope * (inner(dx, y.mode) + inner(dy, x.mode)) + mx * ry + my * rx
    }
    sum += arm(
      arms.0, x.loadings.0, y.loadings.0, x.shifts.0, y.shifts.0, x.multipliers.0,
      y.multipliers.0, x.residuals.0, y.residuals.0)
    sum += arm(
      arms.1, x.loadings.1, y.loadings.1, x.shifts.1, y.shifts.1, x.multipliers.1,
      y.multipliers.1, x.residuals.1, y.residuals.1)
    let slopes = determinant.first
    let bend =
      2 * slopes[2] * inner(x.loadings.0, y.loadings.0)
      + 2 * slopes[3] * inner(x.loadings.1, y.loadings.1)
      + slopes[4] * (inner(x.loadings.0, y.loadings.1) + inner(y.loadings.0, x.loadings.1))
    return sum - 0.5 * (determinant.form(x, y) + bend)
  }

  private func inner(_ a: Loading, _ b: Loading) -> Double {
    a.first * b.first + a.second * b.second
  }
}

import Foundation

/// The integral over the random terms of one trial, ∫ exp Σ ℓ_c(a_c + ζ_c'u) φ(u) du, by adaptive
/// Gauss-Hermite quadrature around the mode û (Pinheiro & Bates 1995), with its exact gradient.
///
/// With H = I + Σ w ζζ' = L L' at û the nodes are û + L'⁻¹z, and one node is the Laplace approximation
/// of lme4's `glmer` with nAGQ = 1. The gradient takes account of how û and L move (article Binomial).
struct TrialIntegral {
  typealias Loading = RandomCoordinates.Loading

  private let rule: HermiteProduct
  /// ½-open ranges of the trial's cells in either arm.
  private var control = 0..<0
  private var active = 0..<0
  /// Means and slopes of cells; as long as the longest trial.
  private var means: [Double]
  /// dlog I / da of each cell of the trial last evaluated, counted from its first.
  private(set) var slopes: [Double]
  /// dlog I / dζ of either arm.
  private(set) var controlSlope = Loading()
  private(set) var activeSlope = Loading()

  init(_ rule: HermiteProduct, longest: Int) {
    self.rule = rule
    means = [Double](repeating: 0, count: longest)
    slopes = means
  }

  /// A symmetric 2 × 2 matrix.
  private struct Symmetric {
    var a = 0.0, b = 0.0, c = 0.0

    func times(_ x: Loading) -> Loading {
      Loading(first: a * x.first + b * x.second, second: b * x.first + c * x.second)
    }

    func form(_ x: Loading) -> Double { dotted(x, times(x)) }

    func solve(_ x: Loading) -> Loading {
      let determinant = a * c - b * b
      return Loading(
        first: (c * x.first - b * x.second) / determinant,
        second: (a * x.second - b * x.first) / determinant)
    }
  }

  /// What is known at a point u.
  private struct Point {
    var value = 0.0
    var gradient = Loading()
    var residuals = (control: 0.0, active: 0.0)
    var weights = (control: 0.0, active: 0.0)
  }

  /// log I of a trial whose cells have the linear predictors `fixed`, counts and events, the control
  /// cells first; `mode` is where the search of û starts and what it finds.
  mutating func evaluate(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), mode: inout Loading,
    gradient: Bool
  ) -> Double {
    control = 0..<data.controls
    active = data.controls..<data.count
    let top = search(data, loadings, &mode)
    let h = curvature(top, loadings)
    let determinant = h.a * h.c - h.b * h.b
    guard rule.nodes.count > 1 else {
      if gradient {
        var b = Symmetric(a: h.c, b: -h.b, c: h.a)
        let scale = -0.5 / determinant
        b = Symmetric(a: b.a * scale, b: b.b * scale, c: b.c * scale)
        for i in 0..<data.count { slopes[i] = data.events[i] - data.counts[i] * means[i] }
        controlSlope = scaled(mode, top.residuals.control)
        activeSlope = scaled(mode, top.residuals.active)
        finish(data, loadings, mode, top, h, b, Loading())
      }
      return top.value - 0.5 * log(determinant)
    }
    return quadrature(data, loadings, mode, top, h, gradient: gradient)
  }

  // MARK: Mode

  private mutating func search(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), _ mode: inout Loading
  ) -> Point {
    var point = self.point(data, loadings, mode)
    var last = Double.infinity
    for _ in 0..<100 {
      let step = curvature(point, loadings).solve(point.gradient)
      let decrement = dotted(step, point.gradient)
      // Below 1e-16 a decrement that no longer falls is rounding.
      guard decrement > 1e-27, decrement > 1e-16 || decrement < last else { break }
      last = decrement
      var length = 1.0
      while true {
        let next = Loading(
          first: mode.first + length * step.first, second: mode.second + length * step.second)
        let found = self.point(data, loadings, next)
        if decrement < 1e-3 || found.value > point.value || length < 1e-9 {
          mode = next
          point = found
          break
        }
        length /= 2
      }
    }
    return point
  }

  private func curvature(
    _ point: Point, _ loadings: (control: Loading, active: Loading)
  ) -> Symmetric {
    let (z0, z1) = loadings
    let (w0, w1) = point.weights
    return Symmetric(
      a: 1 + w0 * z0.first * z0.first + w1 * z1.first * z1.first,
      b: w0 * z0.first * z0.second + w1 * z1.first * z1.second,
      c: 1 + w0 * z0.second * z0.second + w1 * z1.second * z1.second)
  }

  /// The log integrand at u, its slope, and the cells' means in `means`.
  private mutating func point(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), _ u: Loading
  ) -> Point {
    var point = Point(value: -0.5 * dotted(u, u))
    let first = arm(data, control, dotted(loadings.control, u))
    let second = arm(data, active, dotted(loadings.active, u))
    point.value += first.value + second.value
    point.residuals = (first.residual, second.residual)
    point.weights = (first.weight, second.weight)
    let (z0, z1) = loadings
    point.gradient = Loading(
      first: first.residual * z0.first + second.residual * z1.first - u.first,
      second: first.residual * z0.second + second.residual * z1.second - u.second)
    return point
  }

  private mutating func arm(
    _ data: TrialData, _ range: Range<Int>, _ shift: Double
  ) -> (value: Double, residual: Double, weight: Double) {
    var value = 0.0
    var residual = 0.0
    var weight = 0.0
    for i in range {
      let eta = data.fixed[i] + shift
      let small = exp(-abs(eta))
      let mean = (eta > 0 ? 1 : small) / (1 + small)
      means[i] = mean
      value += data.events[i] * eta - data.counts[i] * (max(eta, 0) + log1p(small))
      residual += data.events[i] - data.counts[i] * mean
      weight += data.counts[i] * small / ((1 + small) * (1 + small))
    }
    return (value, residual, weight)
  }

  // MARK: Quadrature

  private mutating func quadrature(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), _ mode: Loading,
    _ top: Point, _ h: Symmetric, gradient: Bool
  ) -> Double {
    let l0 = h.a.squareRoot()
    let l10 = h.b / l0
    let l1 = (h.c - l10 * l10).squareRoot()
    func place(_ z: (Double, Double)) -> Loading {
      let second = z.1 / l1
      return Loading(
        first: mode.first + (z.0 - l10 * second) / l0, second: mode.second + second)
    }
    let terms = rule.nodes.indices.map { q in
      rule.logWeights[q] + point(data, loadings, place(rule.nodes[q])).value
    }
    let largest = terms.max() ?? 0
    let total = terms.reduce(0) { $0 + exp($1 - largest) }
    let value = largest + log(total) - log(l0 * l1)
    guard gradient else {
      return value
    }
    for i in 0..<data.count { slopes[i] = 0 }
    (controlSlope, activeSlope) = (Loading(), Loading())
    var pull = Loading()
    // T = Σ π ∇f z' of the nodes.
    var t = (0.0, 0.0, 0.0, 0.0)
    for (q, z) in rule.nodes.enumerated() {
      let share = exp(terms[q] - largest) / total
      let u = place(z)
      let found = point(data, loadings, u)
      for i in 0..<data.count {
        slopes[i] += share * (data.events[i] - data.counts[i] * means[i])
      }
      controlSlope = sum(controlSlope, scaled(u, share * found.residuals.control))
      activeSlope = sum(activeSlope, scaled(u, share * found.residuals.active))
      let g = scaled(found.gradient, share)
      pull = sum(pull, g)
      t = (t.0 + g.first * z.0, t.1 + g.first * z.1, t.2 + g.second * z.0, t.3 + g.second * z.1)
    }
    _ = point(data, loadings, mode)
    let b = determinantSlope(t, l0, l10, l1)
    finish(data, loadings, mode, top, h, b, pull)
    return value
  }

  /// B = −L'⁻¹(½I + A)L⁻¹, A the symmetric half of the lower triangle of M = T'L'⁻¹.
  private func determinantSlope(
    _ t: (Double, Double, Double, Double), _ l0: Double, _ l10: Double, _ l1: Double
  ) -> Symmetric {
    let m00 = t.0 / l0
    let m10 = t.1 / l0
    let m11 = -t.1 * l10 / (l0 * l1) + t.3 / l1
    let a = Symmetric(a: 0.5 + 0.5 * m00, b: 0.5 * m10, c: 0.5 + 0.5 * m11)
    let r = (1 / l0, -l10 / (l0 * l1), 1 / l1)
    return Symmetric(
      a: -(r.0 * r.0 * a.a + 2 * r.0 * r.1 * a.b + r.1 * r.1 * a.c),
      b: -(r.0 * r.2 * a.b + r.1 * r.2 * a.c), c: -(r.2 * r.2 * a.c))
  }

  /// Adds to the slopes what comes by way of û and of H, ⟨B, dH⟩ + pull'dû; `means` are those at û.
  private mutating func finish(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), _ mode: Loading,
    _ top: Point, _ h: Symmetric, _ b: Symmetric, _ pull: Loading
  ) {
    let k0 = b.form(loadings.control)
    let k1 = b.form(loadings.active)
    let d0 = thirdDerivatives(data, control)
    let d1 = thirdDerivatives(data, active)
    var right = pull
    right = sum(right, scaled(loadings.control, d0 * k0))
    right = sum(right, scaled(loadings.active, d1 * k1))
    let s = h.solve(right)
    let s0 = dotted(s, loadings.control)
    let s1 = dotted(s, loadings.active)
    for i in 0..<data.count {
      let isControl = i < data.controls
      let weight = data.counts[i] * means[i] * (1 - means[i])
      slopes[i] +=
        weight * ((1 - 2 * means[i]) * (isControl ? k0 : k1) - (isControl ? s0 : s1))
    }
    let (w0, w1) = top.weights
    controlSlope = sum(controlSlope, scaled(mode, d0 * k0 - w0 * s0))
    controlSlope = sum(controlSlope, scaled(b.times(loadings.control), 2 * w0))
    controlSlope = sum(controlSlope, scaled(s, top.residuals.control))
    activeSlope = sum(activeSlope, scaled(mode, d1 * k1 - w1 * s1))
    activeSlope = sum(activeSlope, scaled(b.times(loadings.active), 2 * w1))
    activeSlope = sum(activeSlope, scaled(s, top.residuals.active))
  }

  /// The sums that the Hessian of the Laplace approximation needs, after an evaluation with gradient
  /// and one node at û.
  ///
  /// `add` is called for each cell with w, w' and D.
  func curvature(
    _ data: TrialData, _ loadings: (control: Loading, active: Loading), _ mode: Loading,
    places: Int,
    _ add: (_ cell: Int, _ arm: inout ArmCurvature, _ w: (Double, Double, Double)) -> Void
  ) -> TrialCurvature {
    var first = armSums(data, control, loadings.control, places: places)
    var second = armSums(data, active, loadings.active, places: places)
    let (z0, z1) = loadings
    let determinant = LogDeterminant(
      first.weight, second.weight, dotted(z0, z0), dotted(z1, z1), dotted(z0, z1))
    var point = Point()
    point.weights = (first.weight, second.weight)
    let h = curvature(point, loadings)
    let (d0, d1) = (determinant.first[0], determinant.first[1])
    let lambda = h.solve(
      sum(scaled(z0, -0.5 * d0 * first.third), scaled(z1, -0.5 * d1 * second.third)))
    addDiagonals(data, control, &first, pull: dotted(lambda, z0), slope: d0, add)
    addDiagonals(data, active, &second, pull: dotted(lambda, z1), slope: d1, add)
    return TrialCurvature(
      arms: (first, second), mode: mode, lambda: lambda, determinant: determinant,
      h: (h.a, h.b, h.c))
  }

  private func armSums(
    _ data: TrialData, _ range: Range<Int>, _ loading: Loading, places: Int
  ) -> ArmCurvature {
    var arm = ArmCurvature(places: places)
    arm.loading = loading
    for i in range {
      let weight = data.counts[i] * means[i] * (1 - means[i])
      arm.weight += weight
      arm.third += weight * (1 - 2 * means[i])
      arm.residual += data.events[i] - data.counts[i] * means[i]
      arm.slope += slopes[i]
    }
    return arm
  }

  /// D = −w − λ'ζ w' − ½ (∂ log |H| / ∂W) w'' of each cell of an arm.
  private func addDiagonals(
    _ data: TrialData, _ range: Range<Int>, _ arm: inout ArmCurvature, pull: Double,
    slope: Double,
    _ add: (_ cell: Int, _ arm: inout ArmCurvature, _ w: (Double, Double, Double)) -> Void
  ) {
    for i in range {
      let spread = means[i] * (1 - means[i])
      let weight = data.counts[i] * spread
      let third = weight * (1 - 2 * means[i])
      let diagonal = -weight - pull * third - 0.5 * slope * weight * (1 - 6 * spread)
      arm.diagonal += diagonal
      add(i, &arm, (weight, third, diagonal))
    }
  }

  private func thirdDerivatives(_ data: TrialData, _ range: Range<Int>) -> Double {
    var sum = 0.0
    for i in range {
      sum += data.counts[i] * means[i] * (1 - means[i]) * (1 - 2 * means[i])
    }
    return sum
  }
}

/// The cells of one trial, the control arm's first.
struct TrialData {
  let fixed: UnsafeBufferPointer<Double>
  let counts: UnsafeBufferPointer<Double>
  let events: UnsafeBufferPointer<Double>
  let controls: Int
  let count: Int
}

@inline(__always)
private func dotted(_ a: RandomCoordinates.Loading, _ b: RandomCoordinates.Loading) -> Double {
  a.first * b.first + a.second * b.second
}

@inline(__always)
private func scaled(
  _ a: RandomCoordinates.Loading, _ factor: Double
) -> RandomCoordinates.Loading {
  RandomCoordinates.Loading(first: factor * a.first, second: factor * a.second)
}

@inline(__always)
private func sum(
  _ a: RandomCoordinates.Loading, _ b: RandomCoordinates.Loading
) -> RandomCoordinates.Loading {
  RandomCoordinates.Loading(first: a.first + b.first, second: a.second + b.second)
}

import Numerics

/// Newton's method on the profiled criterion over the entries of θ that are free.
///
/// The criterion is even in the diagonal entries, so that 0 is the end of their range: an entry that
/// is 0 stays there unless the criterion rises with its square.
extension VarianceMaximiser {
  /// First and second derivatives with respect to the entries a, c, b of θ.
  private struct Slope {
    var gradient = SIMD3<Double>()
    /// The rows of the second derivatives.
    var hessian = (SIMD3<Double>(), SIMD3<Double>(), SIMD3<Double>())
    /// With respect to a² and b², at c² held.
    var squares = (0.0, 0.0)
    /// Second derivatives with respect to a² and b².
    var squareCurvatures = (0.0, 0.0)

    func second(_ i: Int, _ j: Int) -> Double {
      i == 0 ? hessian.0[j] : (i == 1 ? hessian.1[j] : hessian.2[j])
    }
  }

  /// The derivatives at the last profile.
  private func slope(_ theta: Triangle) -> Slope {
    information.update()
    let quadratic = density.quadraticAtMode
    let weight = residualCount / quadratic
    // With respect to the components of Var(b)/σ²: G₀₀ = a², G₁₁ = c² + b², G₀₁ = ac.
    let square = unit * unit
    func first(_ c: Int) -> Double {
      0.5 * square * (weight * information.quadratic[c] - information.trace[c])
    }
    func second(_ c: Int, _ d: Int) -> Double {
      0.5 * square * square
        * (information.traces[3 * c + d] - 2 * weight * information.quadratics[3 * c + d]
          + weight * information.quadratic[c] * information.quadratic[d] / quadratic)
    }
    // The rows of ∂G/∂(a, c, b).
    let g00 = SIMD3(2 * theta.a, 0, 0)
    let g11 = SIMD3(0, 2 * theta.c, 2 * theta.b)
    let g01 = SIMD3(theta.c, theta.a, 0)
    let (f0, f1, f2) = (first(0), first(1), first(2))
    var slope = Slope()
    slope.gradient = f0 * g00 + f1 * g11 + f2 * g01
    let h0 = second(0, 0) * g00 + second(0, 1) * g11 + second(0, 2) * g01
    let h1 = second(1, 0) * g00 + second(1, 1) * g11 + second(1, 2) * g01
    let h2 = second(2, 0) * g00 + second(2, 1) * g11 + second(2, 2) * g01
    func row(_ i: Int) -> SIMD3<Double> { g00[i] * h0 + g11[i] * h1 + g01[i] * h2 }
    slope.hessian = (
      row(0) + SIMD3(2 * f0, f2, 0), row(1) + SIMD3(f2, 2 * f1, 0),
      row(2) + SIMD3(0, 0, 2 * f1)
    )
    slope.squares = (f0, f1)
    slope.squareCurvatures = (second(0, 0), second(1, 1))
    return slope
  }

  /// The maximum that a start leads to.
  func ascend(from start: Triangle) throws(NumericalError) -> Profile {
    let isCorrelated = density.model.terms.isCorrelated
    var at = try profile(start)
    // Where the criterion does not depend on an entry, rounding alone would move it.
    var stalls = 0
    for _ in 0..<80 {
      if density.theta != at.theta { _ = try profile(at.theta) }
      let slope = slope(at.theta)
      let free = Free(
        a: at.theta.a > 0 || isCorrelated, c: isCorrelated, b: q == 2 && at.theta.b > 0)
      let step = newtonStep(slope, free)
      let size = max(abs(at.theta.a), abs(at.theta.c), abs(at.theta.b))
      let isLast = free.places.allSatisfy {
        abs(step[$0]) <= 1e-7 * (isCorrelated ? size : at.theta[$0])
      }
      let before = at.value
      if let next = improve(at, step, free) { at = next }
      stalls = at.value - before > 1e-12 * (1 + abs(before)) ? 0 : stalls + 1
      if isLast || stalls > 3 {
        if density.theta != at.theta { _ = try profile(at.theta) }
        guard stalls <= 3, let released = release(at, slope) else { return at }
        at = released
      }
    }
    return at
  }

  /// Which entries may move.
  private struct Free {
    var a: Bool
    var c: Bool
    var b: Bool

    var places: [Int] { [(0, a), (1, c), (2, b)].filter(\.1).map(\.0) }
  }

  /// The step to the maximum of the quadratic approximation, or uphill where that has none.
  private func newtonStep(_ slope: Slope, _ free: Free) -> SIMD3<Double> {
    var step = SIMD3<Double>()
    let places = free.places
    guard !places.isEmpty else { return step }
    let largest = places.reduce(0) { max($0, abs(slope.second($1, $1))) }
    var ridge = 0.0
    for _ in 0..<40 {
      var negative = Matrix(rows: places.count, columns: places.count)
      for (x, i) in places.enumerated() {
        for (y, j) in places.enumerated() { negative[x, y] = -slope.second(i, j) }
        negative[x, x] += ridge
      }
      if let factor = try? Cholesky(negative) {
        let solved = factor.solve(places.map { slope.gradient[$0] })
        for (x, i) in places.enumerated() { step[i] = solved[x] }
        return step
      }
      ridge = max(2 * ridge, 1e-3 * largest, 1e-300)
    }
    return step
  }

  /// The first point along a step, shortened as needed, that is not lower; nil where none is.
  private func improve(_ at: Profile, _ step: SIMD3<Double>, _ free: Free) -> Profile? {
    let isCorrelated = density.model.terms.isCorrelated
    let slack = 1e-13 * (1 + abs(at.value))
    let places = free.places
    // A diagonal entry that is drawn to its end may be there at once.
    for i in places where i == 2 || !isCorrelated {
      guard at.theta[i] + step[i] < 0.3 * at.theta[i] else { continue }
      var edge = at.theta
      edge[i] = 0
      if let found = try? profile(edge), found.value >= at.value { return found }
    }
    // Shortened as a whole, so that it stays uphill.
    var length = 1.0
    let size = abs(at.theta.a) + abs(at.theta.c) + abs(at.theta.b)
    for i in places where step[i] != 0 {
      let isEven = i == 2 || !isCorrelated
      let (below, above) =
        isEven
        ? (0.7 * at.theta[i], 2 * at.theta[i] + 0.02) : (0.7 * size + 0.02, 0.7 * size + 0.02)
      length = min(length, (step[i] < 0 ? below : above) / abs(step[i]))
    }
    var limited = length * step
    for _ in 0..<30 {
      var next = at.theta
      for i in places { next[i] += limited[i] }
      if next.a < 0 { (next.a, next.c) = (-next.a, -next.c) }
      if let found = try? profile(next), found.value >= at.value - slack { return found }
      limited *= 0.5
    }
    return nil
  }

  /// A point off the end of an entry with whose square the criterion rises; nil where there is none.
  private func release(_ at: Profile, _ slope: Slope) -> Profile? {
    let ends =
      [(0, slope.squares.0, slope.squareCurvatures.0)]
      + (q == 2 ? [(2, slope.squares.1, slope.squareCurvatures.1)] : [])
    for (i, rise, curvature) in ends where at.theta[i] == 0 && rise > 1e-9 {
      var square = curvature < 0 ? min(-rise / curvature, 1) : 0.01
      for _ in 0..<20 {
        var next = at.theta
        next[i] = square.squareRoot()
        if let found = try? profile(next), found.value > at.value { return found }
        square *= 0.1
      }
    }
    return nil
  }
}

extension Triangle {
  /// The entries a, c, b by number.
  subscript(i: Int) -> Double {
    get { i == 0 ? a : (i == 1 ? c : b) }
    set {
      switch i {
      case 0: a = newValue
      case 1: c = newValue
      default: b = newValue
      }
    }
  }
}

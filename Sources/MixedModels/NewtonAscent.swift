import Numerics

/// Newton's method on the profiled criterion over the entries of θ that are free.
///
/// The criterion is even in the diagonal entries, so that 0 is the end of their range: an entry that
/// is 0 stays there unless the criterion rises with its square.
extension VarianceMaximiser {
  /// First and second derivatives with respect to the entries a, c, b of θ.
  private struct Slope {
    var gradient = [0.0, 0, 0]
    var hessian = Matrix(rows: 3, columns: 3)
    /// With respect to a² and b², at c² held.
    var squares = (0.0, 0.0)
    /// Second derivatives with respect to a² and b².
    var squareCurvatures = (0.0, 0.0)
  }

  /// The derivatives at the last profile.
  private func slope(_ theta: Triangle) -> Slope {
    information.update()
    let m = information.components
    let quadratic = density.quadraticAtMode
    let weight = residualCount / quadratic
    // With respect to the components of Var(b)/σ².
    let square = unit * unit
    var first = [0.0, 0, 0]
    var second = Matrix(rows: 3, columns: 3)
    for c in 0..<m {
      let y = information.quadratic[c]
      first[c] = 0.5 * square * (weight * y - information.trace[c])
      for d in 0..<m {
        second[c, d] =
          0.5 * square * square
          * (information.traces[3 * c + d] - 2 * weight * information.quadratics[3 * c + d]
            + weight * y * information.quadratic[d] / quadratic)
      }
    }
    // G₀₀ = a², G₁₁ = c² + b², G₀₁ = ac.
    let jacobian = [[2 * theta.a, 0, theta.c], [0, 2 * theta.c, theta.a], [0, 2 * theta.b, 0]]
    var slope = Slope()
    for i in 0..<3 {
      for c in 0..<3 {
        slope.gradient[i] += jacobian[i][c] * first[c]
        for j in 0..<3 {
          for d in 0..<3 {
            slope.hessian[i, j] += jacobian[i][c] * second[c, d] * jacobian[j][d]
          }
        }
      }
    }
    slope.hessian[0, 0] += 2 * first[0]
    slope.hessian[1, 1] += 2 * first[1]
    slope.hessian[2, 2] += 2 * first[1]
    slope.hessian[0, 1] += first[2]
    slope.hessian[1, 0] += first[2]
    slope.squares = (first[0], first[1])
    slope.squareCurvatures = (second[0, 0], second[1, 1])
    return slope
  }

  /// The maximum that a start leads to.
  func ascend(from start: Triangle) throws(NumericalError) -> Profile {
    let isCorrelated = density.model.terms.isCorrelated
    var at = try profile(start)
    for _ in 0..<80 {
      _ = try profile(at.theta)
      let slope = slope(at.theta)
      var free: [Int] = []
      if at.theta.a > 0 || isCorrelated { free.append(0) }
      if isCorrelated { free.append(1) }
      if q == 2, at.theta.b > 0 { free.append(2) }
      let step = newtonStep(slope, free)
      let size = max(abs(at.theta.a), abs(at.theta.c), abs(at.theta.b))
      let isLast = free.allSatisfy { abs(step[$0]) <= 1e-7 * (isCorrelated ? size : at.theta[$0]) }
      if let next = try improve(at, step, free) { at = next }
      if isLast {
        guard let released = try release(at, slope) else { return at }
        at = released
      }
    }
    return at
  }

  /// The step to the maximum of the quadratic approximation, or uphill where that has none.
  private func newtonStep(_ slope: Slope, _ free: [Int]) -> [Double] {
    var step = [0.0, 0, 0]
    guard !free.isEmpty else { return step }
    var negative = Matrix(rows: free.count, columns: free.count)
    var gradient: [Double] = []
    var largest = 0.0
    for (x, i) in free.enumerated() {
      gradient.append(slope.gradient[i])
      for (y, j) in free.enumerated() { negative[x, y] = -slope.hessian[i, j] }
      largest = max(largest, abs(negative[x, x]))
    }
    var ridge = 0.0
    for _ in 0..<40 {
      if let factor = try? Cholesky(negative) {
        for (x, value) in factor.solve(gradient).enumerated() { step[free[x]] = value }
        return step
      }
      let next = max(2 * ridge, 1e-3 * largest, 1e-300)
      for x in free.indices { negative[x, x] += next - ridge }
      ridge = next
    }
    return step
  }

  /// The first point along a step, shortened as needed, that is not lower; nil where none is.
  private func improve(
    _ at: Profile, _ step: [Double], _ free: [Int]
  ) throws(NumericalError) -> Profile? {
    let isCorrelated = density.model.terms.isCorrelated
    let slack = 1e-13 * (1 + abs(at.value))
    // A diagonal entry that is drawn to its end may be there at once.
    for i in [0, 2] where free.contains(i) && !(isCorrelated && i == 0) {
      guard at.theta[i] + step[i] < 0.3 * at.theta[i] else { continue }
      var edge = at.theta
      edge[i] = 0
      let found = try profile(edge)
      if found.value >= at.value { return found }
    }
    var limited = step
    let size = abs(at.theta.a) + abs(at.theta.c) + abs(at.theta.b)
    for i in free {
      let isEven = i == 2 || !isCorrelated
      let (low, high) =
        isEven ? (-0.7 * at.theta[i], 2 * at.theta[i] + 0.02) : (-0.7 * size, 0.7 * size + 0.02)
      limited[i] = min(max(step[i], low), high)
    }
    for _ in 0..<30 {
      var next = at.theta
      for i in free { next[i] += limited[i] }
      if next.a < 0 { (next.a, next.c) = (-next.a, -next.c) }
      let found = try profile(next)
      if found.value >= at.value - slack { return found }
      for i in free { limited[i] *= 0.5 }
    }
    return nil
  }

  /// A point off the end of an entry with whose square the criterion rises; nil where there is none.
  private func release(_ at: Profile, _ slope: Slope) throws(NumericalError) -> Profile? {
    let ends = [(0, slope.squares.0, slope.squareCurvatures.0)]
      + (q == 2 ? [(2, slope.squares.1, slope.squareCurvatures.1)] : [])
    for (i, rise, curvature) in ends where at.theta[i] == 0 && rise > 1e-9 {
      var square = curvature < 0 ? min(-rise / curvature, 1) : 0.01
      for _ in 0..<20 {
        var next = at.theta
        next[i] = square.squareRoot()
        let found = try profile(next)
        if found.value > at.value { return found }
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

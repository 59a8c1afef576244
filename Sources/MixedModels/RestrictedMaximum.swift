import Foundation
public import Numerics

/// The maximum of the restricted likelihood (or of the likelihood) with respect to the variances.
public struct VarianceEstimate: Sendable, Equatable {
  /// σ and the τs at the maximum; a τ on the boundary is exactly 0.
  public let variances: Variances
  /// The maximal log-likelihood.
  public let logLikelihood: Double
  /// Whether some τ is 0 (relative to σ below 1e-4, as lme4's `isSingular`).
  public let isSingular: Bool
}

/// Maximises a flat-prior density over the ratios θ = τ/σ ≥ 0, σ being profiled out
/// (article Formulas).
///
/// There can be several maxima. The global one is sought from grids of ratios: along each axis, and
/// inside. A maximum on the boundary has a τ of exactly 0: one where the criterion falls from there.
public struct VarianceMaximiser {
  /// The density that is maximised.
  public let density: MarginalDensity
  let q: Int
  /// n − p for the restricted likelihood, n for the likelihood.
  let residualCount: Double
  /// A rough size of σ, at which the density is evaluated so that no digits are lost.
  private let unit: Double

  /// A maximiser of a model without proper priors.
  public init(_ model: MarginalModel) {
    density = MarginalDensity(model)
    q = density.q
    let coefficients = model.treatment == .profiled ? 0 : model.coefficientCount
    residualCount = Double(model.statistics.rows - coefficients)
    let spread = (model.outcomeSquared / Double(model.statistics.rows)).squareRoot()
    unit = spread > 0 && spread.isFinite ? spread : 1
  }

  /// The global maximum.
  ///
  /// Throws where no degree of freedom is left for σ, or the outcome is fitted exactly.
  public func maximum() throws(NumericalError) -> VarianceEstimate {
    guard residualCount > 0 else {
      throw .library("as many coefficients as participants: σ cannot be estimated")
    }
    var best = try profile([Double](repeating: 0, count: q))
    if q == 1 {
      best = better(best, try lineMaximum { [$0] })
    } else if q == 2 {
      let first = try lineMaximum { [$0, 0] }
      let second = try lineMaximum { [0, $0] }
      best = better(better(best, first), second)
      for start in try planeStarts(first, second) {
        if let inside = try planeMaximum(start) { best = better(best, inside) }
      }
    }
    let variances = Variances(
      sigma: best.sigma, tau: best.ratios.map { $0 * best.sigma })
    return VarianceEstimate(
      variances: variances, logLikelihood: best.value,
      isSingular: best.ratios.contains { $0 < 1e-4 })
  }

  /// The log-likelihood at ratios θ, maximised over σ.
  struct Profile {
    var ratios: [Double]
    var sigma: Double
    var value: Double
  }

  func profile(_ ratios: [Double]) throws(NumericalError) -> Profile {
    let value = density.evaluate(Variances(sigma: unit, tau: ratios.map { $0 * unit }))
    let quadratic = density.quadraticAtMode
    // What is left of n squares when all are explained is rounding.
    guard value > -.infinity, quadratic > 1e-13 * Double(density.model.statistics.rows) else {
      throw .library("the model fits the outcome exactly")
    }
    let scale = (quadratic / residualCount).squareRoot()
    return Profile(
      ratios: ratios, sigma: scale * unit,
      value: value + 0.5 * quadratic - residualCount * (log(scale) + 0.5))
  }

  /// The derivative of the profiled log-likelihood with respect to each θ.
  private func slope(_ ratios: [Double]) throws(NumericalError) -> (Profile, [Double]) {
    let at = try profile(ratios)
    _ = density.evaluate(
      Variances(sigma: at.sigma, tau: ratios.map { $0 * at.sigma }), gradient: true)
    return (at, density.gradientTau.map { $0 * at.sigma })
  }

  private func better(_ a: Profile, _ b: Profile) -> Profile { b.value > a.value ? b : a }

  /// As near to the boundary as a derivative is looked at: on it, the criterion being even, it is 0.
  private static let nearZero = 1e-5

  /// The maximum along a line of ratios: the best of a grid, then the root of the derivative.
  private func lineMaximum(
    _ ratios: @escaping (Double) -> [Double]
  ) throws(NumericalError) -> Profile {
    let grid = [0] + (-12...10).map { pow(2, Double($0) / 2 - 2) }
    var profiles: [Profile] = []
    for theta in grid { profiles.append(try profile(ratios(theta))) }
    guard let top = profiles.indices.max(by: { profiles[$0].value < profiles[$1].value }) else {
      return profiles[0]
    }
    let lower = grid[max(top - 1, 0)]
    let upper = top + 1 < grid.count ? grid[top + 1] : grid[top] * 1e4
    let direction = ratios(1)
    let derivative = { (theta: Double) -> Double in
      guard let (_, slope) = try? slope(ratios(theta)) else { return -1 }
      return dot(slope, direction)
    }
    let start = lower > 0 ? lower : Self.nearZero
    guard derivative(start) > 0, derivative(upper) < 0 else { return profiles[top] }
    let theta = try Minimiser.root(
      between: start, and: upper, tolerance: 1e-13, derivative)
    return try profile(ratios(theta))
  }

  /// Where maxima inside are sought from: the line maxima together, and the peaks of a coarse grid.
  private func planeStarts(_ first: Profile, _ second: Profile) throws(NumericalError) -> [[Double]]
  {
    let grid = [0.02, 0.08, 0.3, 1, 4, 16]
    var values: [[Double]] = []
    for a in grid {
      var row: [Double] = []
      for b in grid { row.append(try profile([a, b]).value) }
      values.append(row)
    }
    var starts = [[max(first.ratios[0], 0.01), max(second.ratios[1], 0.01)]]
    for i in grid.indices {
      for j in grid.indices {
        let isPeak = (max(i - 1, 0)...min(i + 1, 5)).allSatisfy { a in
          (max(j - 1, 0)...min(j + 1, 5)).allSatisfy { values[a][$0] <= values[i][j] }
        }
        if isPeak { starts.append([grid[i], grid[j]]) }
      }
    }
    return starts
  }

  /// The maximum inside, over two ratios, that a start leads to by BFGS, then Newton steps on the
  /// gradient; nil where the criterion rises to the boundary.
  private func planeMaximum(_ start: [Double]) throws(NumericalError) -> Profile? {
    let found = try Minimiser.bfgs(
      from: start, step: 0.1 * max(start[0], start[1]), tolerance: 1e-7
    ) { ratios, gradient in
      guard let (at, slope) = try? slope(ratios.map(abs)) else { return .nan }
      for r in 0..<2 { gradient[r] = ratios[r] < 0 ? slope[r] : -slope[r] }
      return -at.value
    }
    let ratios = found.position.map(abs)
    for r in 0..<2 where ratios[r] < 0.01 {
      var edge = ratios
      edge[r] = Self.nearZero
      guard try slope(edge).1[r] > 0 else { return nil }
    }
    return try polish(try profile(ratios))
  }

  /// Newton's method on the gradient with a numerical Hessian; stops where it no longer helps.
  private func polish(_ start: Profile) throws(NumericalError) -> Profile {
    var best = start
    for _ in 0..<6 {
      guard best.ratios.allSatisfy({ $0 > 1e-6 }) else { return best }
      let (_, gradient) = try slope(best.ratios)
      guard let factor = try? Cholesky(try negativeHessian(best.ratios)) else { return best }
      let next = zip(best.ratios, factor.solve(gradient)).map { $0 + $1 }
      guard next.allSatisfy({ $0 > 0 }) else { return best }
      let candidate = try profile(next)
      guard candidate.value >= best.value - 1e-9 * abs(best.value) else { return best }
      let moved = zip(next, best.ratios).map { abs($0 - $1) / $1 }.max() ?? 0
      best = candidate
      if moved < 1e-11 { break }
    }
    return best
  }

  private func negativeHessian(_ ratios: [Double]) throws(NumericalError) -> Matrix {
    var hessian = Matrix(rows: 2, columns: 2)
    for r in 0..<2 {
      let step = 1e-5 * ratios[r]
      var up = ratios
      var down = ratios
      up[r] += step
      down[r] -= step
      let above = try slope(up).1
      let below = try slope(down).1
      for s in 0..<2 { hessian[s, r] = -(above[s] - below[s]) / (2 * step) }
    }
    return hessian
  }
}

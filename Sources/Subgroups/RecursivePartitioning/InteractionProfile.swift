import Foundation
import Numerics

/// The restricted likelihood of y = α_k + η s + β t + x'γ + δ s t + b_k t + ε, b_k ~ N(0, τ²), as a
/// function of θ = τ/σ alone (article RecursivePartitioning).
///
/// α_k and b_k are eliminated trial by trial and the rest by Cholesky, so that one value costs trials ×
/// columns² operations, whatever the number of participants. The columns are s, t, the covariates and, the
/// last of them, s t, all centred within trials.
struct InteractionProfile {
  /// The number of columns, s t among them.
  let columns: Int
  /// The centred cross-products of each trial, columns² numbers each.
  private(set) var products: [Double] = []
  /// Those with the outcome, `columns` numbers a trial.
  private(set) var outcomeProducts: [Double] = []
  /// The centred sum of squares of the outcome in each trial.
  private(set) var squares: [Double] = []
  /// The number of participants less the number of trials.
  private(set) var freedom = 0

  /// No trials yet.
  init(columns: Int) { self.columns = columns }

  /// Forgets all trials.
  mutating func removeAll() {
    products.removeAll(keepingCapacity: true)
    outcomeProducts.removeAll(keepingCapacity: true)
    squares.removeAll(keepingCapacity: true)
    freedom = 0
  }

  /// Adds a trial of raw cross-products, in place: `sums` are those of the columns, of which the outcome
  /// is one more, and `raw` the cross-products of all of these, row after row.
  mutating func add(sums: [Double], raw: [Double], weight: Double, participants: Int) {
    let m = columns + 1
    for i in 0..<columns {
      for j in 0..<columns { products.append(raw[i * m + j] - sums[i] * sums[j] / weight) }
      outcomeProducts.append(raw[i * m + columns] - sums[i] * sums[columns] / weight)
    }
    squares.append(raw[columns * m + columns] - sums[columns] * sums[columns] / weight)
    freedom += participants - 1
  }

  /// The criterion at one θ, and what it is made of.
  struct Value {
    /// log |V| |X'V⁻¹X| in units of σ.
    var logDeterminant: Double
    /// The weighted residual sum of squares.
    var residual: Double
    /// δ̂.
    var interaction: Double
    /// The variance of δ̂ in units of σ².
    var variance: Double
    /// The degrees of freedom of the residual: participants less coefficients.
    var freedom: Double

    /// −2 times the restricted log-likelihood with σ at its maximum, but for a constant.
    var criterion: Double { logDeterminant + freedom * log(residual) }
  }

  /// The value at θ; nil where δ cannot be estimated or nothing is left of the residual.
  func value(_ theta: Double, _ scratch: inout Scratch) -> Value? {
    let d = columns
    let lambda = theta * theta
    scratch.clear()
    var (residual, determinant) = (0.0, 1.0)
    var logDeterminant = 0.0
    for k in squares.indices {
      let own = k * d * d
      let spread = products[own + d + 1]
      let factor = lambda / (1 + lambda * spread)
      determinant *= 1 + lambda * spread
      let ty = outcomeProducts[k * d + 1]
      residual += squares[k] - factor * ty * ty
      for i in 0..<d {
        let ti = factor * products[own + d + i]
        scratch.right[i] += outcomeProducts[k * d + i] - ti * ty
        for j in 0...i {
          scratch.matrix[i * d + j] += products[own + i * d + j] - ti * products[own + d + j]
        }
      }
      if determinant > 1e200 {
        logDeterminant += log(determinant)
        determinant = 1
      }
    }
    var rank = 0
    var last = 0.0
    for i in 0..<d {
      let whole = scratch.matrix[i * d + i]
      var pivot = whole
      var right = scratch.right[i]
      for j in 0..<i where scratch.isKept[j] {
        var entry = scratch.matrix[i * d + j]
        for m in 0..<j where scratch.isKept[m] {
          entry -= scratch.matrix[i * d + m] * scratch.matrix[j * d + m]
        }
        entry /= scratch.matrix[j * d + j]
        scratch.matrix[i * d + j] = entry
        pivot -= entry * entry
        right -= entry * scratch.right[j]
      }
      scratch.isKept[i] = pivot > 1e-9 * whole && pivot > 1e-300
      guard scratch.isKept[i] else {
        if i == d - 1 { return nil }
        continue
      }
      let root = pivot.squareRoot()
      scratch.matrix[i * d + i] = root
      scratch.right[i] = right / root
      residual -= scratch.right[i] * scratch.right[i]
      determinant *= pivot
      if determinant > 1e200 || determinant < 1e-200 {
        logDeterminant += log(determinant)
        determinant = 1
      }
      rank += 1
      last = root
    }
    let freedom = Double(self.freedom - rank)
    guard freedom > 0, residual > 1e-10 * squares.reduce(0, +) else { return nil }
    return Value(
      logDeterminant: logDeterminant + log(determinant), residual: residual,
      interaction: scratch.right[d - 1] / last, variance: 1 / (last * last), freedom: freedom)
  }

  /// Room for one evaluation.
  struct Scratch {
    fileprivate var matrix: [Double]
    fileprivate var right: [Double]
    fileprivate var isKept: [Bool]

    /// Room for models of so many columns.
    init(columns: Int) {
      matrix = [Double](repeating: 0, count: columns * columns)
      right = [Double](repeating: 0, count: columns)
      isKept = [Bool](repeating: true, count: columns)
    }

    fileprivate mutating func clear() {
      for i in matrix.indices { matrix[i] = 0 }
      for i in right.indices {
        right[i] = 0
        isKept[i] = true
      }
    }
  }
}

/// The treatment-by-subgroup interaction of one candidate split.
struct InteractionEstimate: Sendable, Equatable {
  /// δ̂: the effect on the right minus that on the left.
  var estimate: Double
  /// Its standard error.
  var standardError: Double
  /// Satterthwaite's degrees of freedom; infinite for a binomial outcome.
  var degreesOfFreedom: Double
  /// Two-sided.
  var pValue: Double
}

extension InteractionProfile {
  /// δ̂ at the maximum of the restricted likelihood; nil where it cannot be estimated.
  func estimate(_ scratch: inout Scratch) -> InteractionEstimate? {
    guard let theta = maximum(&scratch), let found = value(theta, &scratch) else { return nil }
    let sigma2 = found.residual / found.freedom
    let error = (sigma2 * found.variance).squareRoot()
    let df = satterthwaite(theta, found, &scratch)
    return InteractionEstimate(
      estimate: found.interaction, standardError: error, degreesOfFreedom: df,
      pValue: Distributions.tTwoSided(found.interaction / error, df: df))
  }

  /// The largest and smallest ratio of the variance between trials that a trial's treatment contrast can
  /// show to the residual variance, by their logarithms.
  private static let searched = stride(from: -10.0, through: 8.0, by: 1.5)

  /// The θ of the maximum; nil where the model cannot be evaluated.
  private func maximum(_ scratch: inout Scratch) -> Double? {
    guard let none = value(0, &scratch) else { return nil }
    let spreads = squares.indices.map { products[$0 * columns * columns + columns + 1] }
      .filter { $0 > 0 }
    guard spreads.count > 1 else { return 0 }
    let spread = spreads.reduce(0, +) / Double(spreads.count)
    func criterion(_ u: Double) -> Double {
      value((exp(u) / spread).squareRoot(), &scratch)?.criterion ?? .infinity
    }
    var best = (u: -10.0, criterion: Double.infinity)
    for u in Self.searched {
      let here = criterion(u)
      if here < best.criterion { best = (u, here) }
    }
    best = brentMinimum(best.u - 1.5, best.u, best.u + 1.5, best.criterion, criterion)
    return best.criterion < none.criterion - 1e-9 ? (exp(best.u) / spread).squareRoot() : 0
  }

  /// Satterthwaite's degrees of freedom 2 v² / (g' C g), as lmerTest has them.
  ///
  /// v = σ² c(θ) is the variance of δ̂, g its gradient in (θ, σ), and C twice the inverse Hessian of −2 times
  /// the restricted log-likelihood. At θ = 0, where everything is even in θ, they are those of the residual.
  private func satterthwaite(
    _ theta: Double, _ found: Value, _ scratch: inout Scratch
  ) -> Double {
    guard theta > 0 else { return found.freedom }
    let step = 0.01 * theta
    let values = [-2.0, -1, 1, 2].map { value(theta + $0 * step, &scratch) ?? found }
    func slope(_ of: (Value) -> Double) -> Double {
      (of(values[0]) - 8 * of(values[1]) + 8 * of(values[2]) - of(values[3])) / (12 * step)
    }
    func curvature(_ of: (Value) -> Double) -> Double {
      (16 * (of(values[1]) + of(values[2])) - of(values[0]) - of(values[3]) - 30 * of(found))
        / (12 * step * step)
    }
    let sigma2 = found.residual / found.freedom
    let sigma = sigma2.squareRoot()
    let hThetaTheta = curvature(\.logDeterminant) + curvature(\.residual) / sigma2
    let hThetaSigma = -2 * slope(\.residual) / (sigma2 * sigma)
    let hSigmaSigma = 4 * found.freedom / sigma2
    let gTheta = sigma2 * slope(\.variance)
    let gSigma = 2 * sigma * found.variance
    let determinant = hThetaTheta * hSigmaSigma - hThetaSigma * hThetaSigma
    guard determinant > 0 else { return found.freedom }
    let form =
      (gTheta * gTheta * hSigmaSigma - 2 * gTheta * gSigma * hThetaSigma
        + gSigma * gSigma * hThetaTheta) / determinant
    let v = sigma2 * found.variance
    return form > 0 ? min(max(v * v / form, 1e-3), 1e12) : found.freedom
  }
}

/// The minimum of a function within a bracket by Brent's method (1973): parabolas, and golden sections
/// where they fail.
func brentMinimum(
  _ lower: Double, _ start: Double, _ upper: Double, _ startValue: Double,
  _ function: (Double) -> Double
) -> (u: Double, criterion: Double) {
  let golden = 0.381_966_011_250_105
  var (a, b) = (lower, upper)
  var (x, w, v) = (start, start, start)
  var (fx, fw, fv) = (startValue, startValue, startValue)
  var (step, before) = (0.0, 0.0)
  for _ in 0..<60 {
    let middle = (a + b) / 2
    let tolerance = 1e-7 * (1 + abs(x))
    if abs(x - middle) <= 2 * tolerance - (b - a) / 2 { break }
    let r = (x - w) * (fx - fv)
    let s = (x - v) * (fx - fw)
    var p = (x - v) * s - (x - w) * r
    var q = 2 * (s - r)
    if q > 0 { p = -p }
    q = abs(q)
    if abs(before) > tolerance, abs(p) < abs(0.5 * q * before), p > q * (a - x), p < q * (b - x) {
      before = step
      step = p / q
    } else {
      before = x >= middle ? a - x : b - x
      step = golden * before
    }
    let u = x + (abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance)
    let fu = function(u)
    if fu <= fx {
      if u >= x { a = x } else { b = x }
      (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
    } else {
      if u < x { a = u } else { b = u }
      if fu <= fw || w == x {
        (v, fv, w, fw) = (w, fw, u, fu)
      } else if fu <= fv || v == x || v == w {
        (v, fv) = (u, fu)
      }
    }
  }
  return (x, fx)
}

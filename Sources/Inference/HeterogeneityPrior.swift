import Foundation

/// The prior of a standard deviation: τ0, τ1 or σ.
public enum HeterogeneityPrior: Sendable, Equatable {
  /// The absolute value of a normal of the given SD.
  case halfNormal(scale: Double)
  /// The absolute value of a scaled Student t.
  case halfT(df: Double, scale: Double)
  /// Half-t with one degree of freedom.
  case halfCauchy(scale: Double)
  /// Density rate × exp(−rate τ).
  case exponential(rate: Double)
  /// Constant between two limits.
  case uniform(lower: Double, upper: Double)
  /// The absolute value of a logistic variable.
  case halfLogistic(scale: Double)
  /// Density shape / scale × (1 + τ/scale)^−(shape + 1).
  case lomax(shape: Double, scale: Double)
  /// log τ is normal.
  case logNormal(meanlog: Double, sdlog: Double)
  /// log τ is a shifted and scaled Student t.
  case logT(df: Double, location: Double, scale: Double)
  /// A known value, not estimated.
  case fixed(Double)

  /// The log density at τ ≥ 0 and its derivative; −∞ outside the support.
  public func logDensity(_ tau: Double) -> (value: Double, slope: Double) {
    guard tau >= 0 else { return (-.infinity, 0) }
    switch self {
    case .halfNormal(let s):
      let z = tau / s
      return (0.5 * log(2 / Double.pi) - log(s) - 0.5 * z * z, -z / s)
    case .halfT(let df, let s): return Self.halfT(tau, df: df, scale: s)
    case .halfCauchy(let s): return Self.halfT(tau, df: 1, scale: s)
    case .exponential(let rate): return (log(rate) - rate * tau, -rate)
    case .uniform(let lower, let upper):
      return tau < lower || tau > upper ? (-.infinity, 0) : (-log(upper - lower), 0)
    case .halfLogistic(let s):
      let e = exp(-tau / s)
      return (log(2) - log(s) - tau / s - 2 * log1p(e), (-1 + 2 * e / (1 + e)) / s)
    case .lomax(let shape, let s):
      return (
        log(shape / s) - (shape + 1) * log1p(tau / s), -(shape + 1) / (s + tau)
      )
    case .logNormal(let m, let s):
      guard tau > 0 else { return (-.infinity, 0) }
      let z = (log(tau) - m) / s
      return (
        -0.5 * z * z - log(s * tau) - 0.5 * log(2 * Double.pi), -(z / s + 1) / tau
      )
    case .logT(let df, let m, let s):
      guard tau > 0 else { return (-.infinity, 0) }
      let t = Self.halfT((log(tau) - m) / s, df: df, scale: 1)
      return (t.value - log(2) - log(s * tau), (t.slope / s - 1) / tau)
    case .fixed: return (0, 0)
    }
  }

  /// Whether the prior keeps a residual SD from zero even where the likelihood grows there as a power.
  public var excludesZero: Bool {
    switch self {
    case .fixed(let value): value > 0
    case .uniform(let lower, _): lower > 0
    case .logNormal: true
    case .halfNormal, .halfT, .halfCauchy, .exponential, .halfLogistic, .lomax, .logT: false
    }
  }

  private static func halfT(
    _ x: Double, df: Double, scale: Double
  ) -> (value: Double, slope: Double) {
    let z = x / scale
    let upper: Double = lgamma((df + 1) / 2)
    let lower: Double = lgamma(df / 2)
    let norm = upper - lower - 0.5 * log(df * Double.pi)
    return (
      log(2) + norm - log(scale) - 0.5 * (df + 1) * log1p(z * z / df),
      -(df + 1) * z / (scale * (df + z * z))
    )
  }

  /// A length typical of the prior, by which coordinates are scaled.
  public var typicalScale: Double {
    switch self {
    case .halfNormal(let s), .halfT(_, let s), .halfCauchy(let s), .halfLogistic(let s): s
    case .exponential(let rate): 1 / rate
    case .uniform(let lower, let upper): (upper - lower) / 2
    case .lomax(let shape, let s): s / max(shape, 1)
    case .logNormal(let m, _), .logT(_, let m, _): exp(m)
    case .fixed(let value): value
    }
  }

  /// The value, where it is known.
  public var fixedValue: Double? {
    if case .fixed(let value) = self { value } else { nil }
  }

  /// The standard deviation; nil where the prior has none.
  public var standardDeviation: Double? {
    switch self {
    case .halfNormal(let s): s * (1 - 2 / Double.pi).squareRoot()
    case .exponential(let rate): 1 / rate
    case .uniform(let lower, let upper): (upper - lower) / 12.squareRoot()
    case .halfLogistic(let s): s * (Double.pi * Double.pi / 3 - pow(2 * log(2), 2)).squareRoot()
    case .lomax(let a, let s):
      a > 2 ? s / (a - 1) * (a / (a - 2)).squareRoot() : nil
    case .logNormal(let m, let s):
      exp(m + s * s / 2) * expm1(s * s).squareRoot()
    case .halfT(let df, let s):
      df > 2 ? Self.halfTDeviation(df: df) * s : nil
    case .halfCauchy, .logT: nil
    case .fixed: 0
    }
  }

  private static func halfTDeviation(df: Double) -> Double {
    let mean = halfTMean(df: df)
    return (df / (df - 2) - mean * mean).squareRoot()
  }

  /// The mean of |t| with df > 1.
  static func halfTMean(df: Double) -> Double {
    // In steps with named types: over all of it at once the compiler takes seconds.
    let upper: Double = lgamma((df + 1) / 2)
    let lower: Double = lgamma(df / 2)
    return 2 * (df / Double.pi).squareRoot() * exp(upper - lower) / (df - 1)
  }

  /// The same prior of a quantity measured in a unit: every location and scale is multiplied by it.
  func scaled(by unit: Double) -> HeterogeneityPrior {
    switch self {
    case .halfNormal(let s): .halfNormal(scale: s * unit)
    case .halfT(let df, let s): .halfT(df: df, scale: s * unit)
    case .halfCauchy(let s): .halfCauchy(scale: s * unit)
    case .exponential(let rate): .exponential(rate: rate / unit)
    case .uniform(let a, let b): .uniform(lower: a * unit, upper: b * unit)
    case .halfLogistic(let s): .halfLogistic(scale: s * unit)
    case .lomax(let shape, let s): .lomax(shape: shape, scale: s * unit)
    case .logNormal(let m, let s): .logNormal(meanlog: m + log(unit), sdlog: s)
    case .logT(let df, let m, let s): .logT(df: df, location: m + log(unit), scale: s)
    case .fixed(let value): .fixed(value * unit)
    }
  }
}

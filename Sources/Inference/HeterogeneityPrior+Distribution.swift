import Foundation
import Numerics

/// Distribution functions and quantiles of the families.
extension HeterogeneityPrior {
  /// P(τ ≤ x).
  public func cumulative(_ x: Double) -> Double {
    guard x >= 0 else { return 0 }
    switch self {
    case .halfNormal(let s): return erf(x / s / 2.0.squareRoot())
    case .halfT(let df, let s): return 1 - Distributions.tTwoSided(x / s, df: df)
    case .halfCauchy(let s): return 2 / Double.pi * atan(x / s)
    case .exponential(let rate): return -expm1(-rate * x)
    case .uniform(let lower, let upper): return min(max((x - lower) / (upper - lower), 0), 1)
    case .halfLogistic(let s): return tanh(x / s / 2)
    case .lomax(let shape, let s): return -expm1(-shape * log1p(x / s))
    case .logNormal(let m, let s): return Distributions.normalCDF((log(x) - m) / s)
    case .logT(let df, let m, let s):
      return x == 0 ? 0 : Distributions.tCDF((log(x) - m) / s, df: df)
    case .fixed(let value): return x >= value ? 1 : 0
    }
  }

  /// The τ with P(τ ≤ x) = p, for p between 0 and 1.
  public func quantile(_ p: Double) -> Double { quantile(lower: p, upper: 1 - p) }

  /// The quantile between two tails that add up to 1, both given so that neither loses its digits.
  public func quantile(lower p: Double, upper q: Double) -> Double {
    switch self {
    case .halfNormal(let s): s * Distributions.normalUpperQuantile(q / 2)
    case .halfT(let df, let s): s * Distributions.tUpperQuantile(q / 2, df: df)
    case .halfCauchy(let s):
      p < q ? s * tan(Double.pi / 2 * p) : s / tan(Double.pi / 2 * q)
    case .exponential(let rate): p < q ? -log1p(-p) / rate : -log(q) / rate
    case .uniform(let lower, let upper): lower + p * (upper - lower)
    case .halfLogistic(let s): s * (log1p(p) - log(q))
    case .lomax(let shape, let s):
      s * expm1((p < q ? -log1p(-p) : -log(q)) / shape)
    case .logNormal(let m, let s):
      exp(
        m + s * (p < q ? Distributions.normalQuantile(p) : Distributions.normalUpperQuantile(q)))
    case .logT(let df, let m, let s):
      exp(
        m + s
          * (p < q
            ? -Distributions.tUpperQuantile(p, df: df) : Distributions.tUpperQuantile(q, df: df)))
    case .fixed(let value): value
    }
  }

  /// The mean; nil where the prior has none.
  public var mean: Double? {
    switch self {
    case .halfNormal(let s): s * (2 / Double.pi).squareRoot()
    case .halfT(let df, let s): df > 1 ? Self.halfTMean(df: df) * s : nil
    case .exponential(let rate): 1 / rate
    case .uniform(let lower, let upper): (lower + upper) / 2
    case .halfLogistic(let s): 2 * log(2) * s
    case .lomax(let shape, let s): shape > 1 ? s / (shape - 1) : nil
    case .logNormal(let m, let s): exp(m + s * s / 2)
    case .halfCauchy, .logT: nil
    case .fixed(let value): value
    }
  }
}

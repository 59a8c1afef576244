import Foundation
import Numerics

extension HeterogeneityPrior {
  /// The value below which the prior has the probability `lower`, `upper` being 1 − `lower`: of both the
  /// smaller one keeps the digits.
  ///
  /// Of a half-t, half-Cauchy, half-logistic or log-t prior.
  func quantile(lower: Double, upper: Double) -> Double {
    switch self {
    case .halfCauchy(let scale):
      lower < 0.5
        ? scale * tan(0.5 * Double.pi * lower) : scale / tan(0.5 * Double.pi * upper)
    case .halfT(let df, let scale):
      // From the middle of the t, or from its lower tail.
      lower < 0.5
        ? scale * Distributions.tQuantile(0.5 + 0.5 * lower, df: df)
        : -scale * Distributions.tQuantile(0.5 * upper, df: df)
    case .halfLogistic(let scale): scale * (log1p(lower) - log(upper))
    case .logT(let df, let location, let scale):
      exp(
        location
          + scale
          * (lower < 0.5
            ? Distributions.tQuantile(lower, df: df) : -Distributions.tQuantile(upper, df: df)))
    default: .nan
    }
  }

  /// The standard normal deviate at which the quantile function has a value, by bisection.
  func deviate(of value: Double) -> Double {
    var (low, high) = (-12.0, 12.0)
    while high - low > 1e-13 * max(1, abs(low)) {
      let middle = 0.5 * (low + high)
      let found = quantile(
        lower: 0.5 * erfc(-middle / 2.squareRoot()), upper: 0.5 * erfc(middle / 2.squareRoot()))
      if found < value { low = middle } else { high = middle }
      if middle == low && middle == high { break }
    }
    return 0.5 * (low + high)
  }
}

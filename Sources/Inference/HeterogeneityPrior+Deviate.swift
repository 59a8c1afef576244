import Foundation

extension HeterogeneityPrior {
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

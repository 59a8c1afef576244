import Foundation
import Numerics

extension OrderedChains {
  /// The Monte-Carlo standard error of the mean.
  public var mcseMean: Double? {
    essMean.map { standardDeviation / $0.squareRoot() }
  }

  /// The Monte-Carlo standard error of the standard deviation, by the delta method from the second
  /// and the fourth moment (Kenney & Keeping 1951).
  public var mcseSD: Double? {
    guard varies else { return nil }
    let center = mean
    let squares = chains.map { ($0 - center) * ($0 - center) }
    guard let ess = EffectiveSampleSize.of(squares.split) else { return nil }
    let second = Numerics.mean(squares.values)
    let fourth = Numerics.mean(squares.values.map { $0 * $0 })
    return ((fourth - second * second) / ess / (4 * second)).squareRoot()
  }

  /// The Monte-Carlo standard error of a quantile: half the distance between the sorted draws at the
  /// ±1 SD quantiles of the quantile's rank.
  public func mcseQuantile(_ probability: Double) -> Double? {
    guard let ess = essQuantile(probability) else { return nil }
    let (a, b) = (ess * probability + 1, ess * (1 - probability) + 1)
    // Φ(−1), with the digits that the definition has.
    let tail = 0.1586553
    let n = Double(sorted.count)
    let low = max((Distributions.betaQuantile(tail, a, b) * n).rounded(.down), 1)
    let high = min((Distributions.betaQuantile(1 - tail, a, b) * n).rounded(.up), n)
    return (sorted[Int(high) - 1] - sorted[Int(low) - 1]) / 2
  }
}

import Foundation
import Numerics
import Posterior

/// A mixture of normal distributions: what μ, a study's effect or that of a new study is a posteriori,
/// over the nodes of τ.
struct NormalMixture: ContinuousDistribution {
  private let weights: [Double]
  private let means: [Double]
  private let sds: [Double]
  /// The component in the middle of the weights, from which searches start.
  private let middle: Int

  /// A mixture of components whose weights add up to 1; those without weight are left out, and
  /// neighbours that are equal are joined.
  init(weights: [Double], means: [Double], sds: [Double]) {
    var kept: (weights: [Double], means: [Double], sds: [Double]) = ([], [], [])
    for (weight, (mean, sd)) in zip(weights, zip(means, sds)) where weight > 1e-15 {
      if let last = kept.sds.indices.last, abs(kept.sds[last] - sd) <= 1e-11 * sd,
        abs(kept.means[last] - mean) <= 1e-11 * sd
      {
        kept.weights[last] += weight
      } else {
        kept.weights.append(weight)
        kept.means.append(mean)
        kept.sds.append(sd)
      }
    }
    let total = kept.weights.reduce(0, +)
    var sum = 0.0
    middle =
      kept.weights.firstIndex {
        sum += $0
        return sum >= 0.5 * total
      } ?? 0
    (self.weights, self.means, sds: self.sds) = kept
  }

  /// P(X ≤ x).
  func probability(below x: Double) -> Double {
    var sum = 0.0
    for i in weights.indices {
      sum += weights[i] * erfc((means[i] - x) / (sds[i] * Self.root2))
    }
    return 0.5 * sum
  }

  func density(_ x: Double) -> Double {
    guard x.isFinite else { return 0 }
    var sum = 0.0
    for i in weights.indices {
      let z = (x - means[i]) / sds[i]
      sum += weights[i] / sds[i] * exp(-0.5 * z * z)
    }
    return sum * Self.normal
  }

  func slope(_ x: Double) -> Double {
    var sum = 0.0
    for i in weights.indices {
      let z = (x - means[i]) / sds[i]
      sum -= weights[i] * z / (sds[i] * sds[i]) * exp(-0.5 * z * z)
    }
    return sum * Self.normal
  }

  private static let root2 = 2.0.squareRoot()
  private static let normal = 1 / (2 * Double.pi).squareRoot()

  /// Newton's method on the scale of normal quantiles, on which a mixture is nearly straight, within
  /// a bracket of the quantiles of the components.
  func quantile(_ probability: Double) throws(NumericalError) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    let wanted = Distributions.normalQuantile(probability)
    var low = Double.infinity
    var high = -Double.infinity
    for i in weights.indices {
      low = min(low, means[i] + wanted * sds[i])
      high = max(high, means[i] + wanted * sds[i])
    }
    var x = means[middle] + wanted * sds[middle]
    for _ in 0..<200 {
      let reached = self.probability(below: x)
      if reached < probability { low = max(low, x) } else { high = min(high, x) }
      let z = Distributions.normalQuantile(reached)
      let step = (wanted - z) * Self.normal * exp(-0.5 * z * z) / density(x)
      var next = x + step
      if !(next >= low && next <= high) { next = low + (high - low) / 2 }
      if abs(next - x) <= 1e-14 * max(abs(x), sds[middle]) || next == x { return next }
      x = next
    }
    guard high - low <= 1e-9 * max(abs(x), sds[middle]) else {
      throw .notConverged("quantile of a mixture of normal distributions")
    }
    return x
  }

  /// Points over the interval, and closer ones about the component in the middle.
  func modeCandidates(within interval: Interval) -> [Double] {
    let (center, sd) = (means[middle], sds[middle])
    var points: [Double] = []
    for (low, high, count) in [
      (interval.lower, interval.upper, 24), (center - 2 * sd, center + 2 * sd, 16),
    ] {
      points += (0...count).map { low + (high - low) * Double($0) / Double(count) }
    }
    return points.sorted()
  }
}

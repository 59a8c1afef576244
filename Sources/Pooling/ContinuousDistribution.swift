import Foundation
import Numerics
import Posterior

/// A distribution of one variable that is summarised by its density and quantiles.
protocol ContinuousDistribution {
  /// The density at a point.
  func density(_ x: Double) -> Double
  /// The derivative of the density, or of its logarithm, at a point.
  func slope(_ x: Double) -> Double
  /// The quantile of a probability; at 0 and 1 the ends of the range.
  func quantile(_ probability: Double) throws(NumericalError) -> Double
  /// Points in ascending order between which no maximum of the density hides.
  func modeCandidates() throws(NumericalError) -> [Double]
}

extension ContinuousDistribution {
  /// The interval between the quantiles that leave equal tails.
  func centralInterval(level: Double) throws(NumericalError) -> Interval {
    let tail = (1 - level) / 2
    return Interval(lower: try quantile(tail), upper: try quantile(1 - tail))
  }

  /// The shortest interval of a probability.
  ///
  /// With p the probability below it, its length Q(p + level) − Q(p) has the derivative
  /// 1/f(upper) − 1/f(lower): at the minimum the density is the same at both ends, or an end is that
  /// of the range.
  func shortestInterval(level: Double) throws(NumericalError) -> Interval {
    let rest = 1 - level
    let parts = 10
    var best = (index: 0, length: Double.infinity)
    for index in 0...parts {
      let below = rest * Double(index) / Double(parts)
      let length = try quantile(index == parts ? 1 : below + level) - quantile(below)
      if length < best.length { best = (index, length) }
    }
    let lower = rest * Double(max(best.index - 1, 0)) / Double(parts)
    let upper = rest * Double(min(best.index + 1, parts)) / Double(parts)
    let below = try rootOrEnd(between: lower, and: upper) { (p) throws(NumericalError) in
      let (low, high) = (try quantile(p), try quantile(p + level >= 1 ? 1 : p + level))
      return density(low) - density(high)
    }
    return Interval(
      lower: try quantile(below), upper: try quantile(below + level >= 1 ? 1 : below + level))
  }

  /// Where the density is largest.
  func mode() throws(NumericalError) -> Double {
    let points = try modeCandidates()
    let values = points.map(density)
    guard let top = values.max(), let best = values.firstIndex(of: top) else { return .nan }
    // Where the density is level to the last digit, the first point stands for all.
    let lower = points[max(best - 1, 0)]
    let upper = points[min(best + 1, points.count - 1)]
    return try rootOrEnd(between: lower, and: upper) { -slope($0) }
  }

  /// The root of a function that goes from negative to positive; an end where it does not change its
  /// sign.
  private func rootOrEnd(
    between lower: Double, and upper: Double,
    _ function: (Double) throws(NumericalError) -> Double
  ) throws(NumericalError) -> Double {
    guard lower < upper, try function(lower) < 0 else { return lower }
    guard try function(upper) > 0 else { return upper }
    var failure: NumericalError?
    // Counted from 1, so that a tolerance relative to the value is one on the width.
    let place = try withoutActuallyEscaping(function) { function throws(NumericalError) in
      try Minimiser.root(between: 1, and: 2, tolerance: 1e-11) { place in
        do throws(NumericalError) {
          return try function(lower + (upper - lower) * (place - 1))
        } catch {
          failure = error
          return .nan
        }
      }
    }
    if let failure { throw failure }
    return lower + (upper - lower) * (place - 1)
  }
}

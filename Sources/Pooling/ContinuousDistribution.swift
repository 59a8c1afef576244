import Foundation
import Numerics
import Posterior

/// A distribution of one variable that is summarised by its density and quantiles.
protocol ContinuousDistribution {
  /// P(X ≤ x).
  func probability(below x: Double) -> Double
  /// The density at a point.
  func density(_ x: Double) -> Double
  /// The derivative of the density at a point.
  func slope(_ x: Double) -> Double
  /// The quantile of a probability; at 0 and 1 the ends of the range.
  func quantile(_ probability: Double) throws(NumericalError) -> Double
  /// Points in ascending order between which no maximum of the density hides, given the interval
  /// that has most of the mass.
  func modeCandidates(within interval: Interval) -> [Double]
}

/// Where a density has its maximum.
struct Peak {
  /// The place.
  let mode: Double
  /// Whether there is no other maximum.
  let isOnly: Bool
}

extension ContinuousDistribution {
  /// The interval between the quantiles that leave equal tails.
  func centralInterval(level: Double) throws(NumericalError) -> Interval {
    let tail = (1 - level) / 2
    return Interval(lower: try quantile(tail), upper: try quantile(1 - tail))
  }

  /// The shortest interval of a probability.
  ///
  /// At its ends the density is the same, or one of them is an end of the range. With one maximum the
  /// ends are had by Newton's method from the central interval; else, and where that fails, by a
  /// search over the probability below the interval.
  func shortestInterval(
    level: Double, central: Interval, peak: Peak
  ) throws(NumericalError) -> Interval {
    if peak.isOnly, let found = newtonInterval(level: level, central: central, mode: peak.mode) {
      return found
    }
    return try searchedInterval(level: level)
  }

  /// Solves F(upper) − F(lower) = level and f(upper) = f(lower).
  private func newtonInterval(level: Double, central: Interval, mode: Double) -> Interval? {
    var (lower, upper) = (central.lower, central.upper)
    for _ in 0..<30 {
      let (a, b) = (density(lower), density(upper))
      let (da, db) = (slope(lower), slope(upper))
      let mass = probability(below: upper) - probability(below: lower) - level
      // −a δ + b ε = −mass and −a' δ + b' ε = a − b for the steps δ of the lower and ε of the upper end.
      let determinant = -a * db + b * da
      let lowerStep = (-mass * db - b * (a - b)) / determinant
      let upperStep = (-a * (a - b) - mass * da) / determinant
      let (newLower, newUpper) = (lower + lowerStep, upper + upperStep)
      guard newLower < mode, newUpper > mode, newLower.isFinite, newUpper.isFinite else {
        return nil
      }
      let width = newUpper - newLower
      let isDone = max(abs(newLower - lower), abs(newUpper - upper)) <= 1e-10 * width
      (lower, upper) = (newLower, newUpper)
      if isDone {
        let isShort = width <= (central.upper - central.lower) * (1 + 1e-9)
        return isShort && slope(lower) > 0 && slope(upper) < 0
          ? Interval(lower: lower, upper: upper) : nil
      }
    }
    return nil
  }

  /// With p the probability below it, the interval's length Q(p + level) − Q(p) has the derivative
  /// 1/f(upper) − 1/f(lower).
  private func searchedInterval(level: Double) throws(NumericalError) -> Interval {
    let rest = 1 - level
    let parts = 12
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

  /// Where the density is largest, given the interval that has most of the mass.
  func peak(within interval: Interval) throws(NumericalError) -> Peak {
    var points: [Double] = []
    for point in modeCandidates(within: interval) where point != points.last {
      points.append(point)
    }
    let values = points.map(density)
    // Where the density is level to the last digit, the first point stands for all.
    guard let top = values.max(), let best = values.firstIndex(of: top) else {
      throw .notConverged("mode of a posterior")
    }
    let isOnly =
      (1...max(best, 1)).allSatisfy { $0 > best || values[$0 - 1] <= values[$0] }
      && values.indices.dropFirst(best + 1).allSatisfy { values[$0] <= values[$0 - 1] }
    let lower = points[max(best - 1, 0)]
    let upper = points[min(best + 1, points.count - 1)]
    let mode = try rootOrEnd(between: lower, and: upper) { -slope($0) }
    return Peak(mode: mode, isOnly: isOnly)
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

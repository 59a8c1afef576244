import Foundation

/// The simultaneous envelope of the empirical distribution function of uniform ranks (Säilynoja,
/// Bürkner & Vehtari 2022, Statistics and Computing 32:32): exact, for any number of replicates.
///
/// At the points z₁ < … < z_m the number X_j of N ranks below is binomial. An envelope holds X_j
/// between the places where both binomial tails exceed γ/2. All X_j are within it with a probability
/// that a recursion over the points gives, for (X_j) is a Markov chain: given X_{j−1} = x, the rest
/// N − x of the ranks falls between the two points with the probability (z_j − z_{j−1}) / (1 − z_{j−1}).
public struct RankEnvelope: Sendable {
  /// The limits at one point.
  public struct Limits: Sendable, Equatable {
    /// The smallest number of ranks below the point that is inside.
    public let lower: Int
    /// The largest.
    public let upper: Int
  }

  /// The number N of ranks.
  public let replicates: Int
  /// The number of values a rank may have.
  public let values: Int
  /// The rank that each point stands before: X_j counts the ranks below it.
  public let thresholds: [Int]
  /// z_j: the probability that a uniform rank is below the threshold.
  public let probabilities: [Double]
  /// P(X_j ≤ x) and P(X_j ≥ x).
  private let lowerTails: [[Double]]
  private let upperTails: [[Double]]
  private let logFactorials: [Double]

  /// The envelope of N ranks with a number of values, at `points` − 1 places as evenly spread as the
  /// values allow (default: as many as there are ranks or values).
  public init(replicates: Int, values: Int, points: Int? = nil) {
    precondition(replicates > 0 && values > 1, "\(replicates) ranks of \(values) values")
    self.replicates = replicates
    self.values = values
    let points = max(min(points ?? min(values, replicates), values), 2)
    thresholds = (1..<points).map { $0 * values / points }
    probabilities = thresholds.map { Double($0) / Double(values) }
    let logFactorials = (0...replicates).map { n -> Double in lgamma(Double(n) + 1) }
    self.logFactorials = logFactorials
    let masses = probabilities.map { p in
      (0...replicates).map { x in
        let rest = replicates - x
        let ways = logFactorials[replicates] - logFactorials[x] - logFactorials[rest]
        return exp(ways + Double(x) * log(p) + Double(rest) * log1p(-p))
      }
    }
    lowerTails = masses.map { mass in
      var sum = 0.0
      return mass.map { part in
        sum += part
        return sum
      }
    }
    upperTails = masses.map { mass in
      var sum = 0.0
      return mass.reversed().map { part in
        sum += part
        return sum
      }.reversed()
    }
  }

  /// The limits at every point, both binomial tails beyond which are at most γ/2.
  public func limits(_ gamma: Double) -> [Limits] {
    probabilities.indices.map { j in
      let lower = lowerTails[j].firstIndex { $0 > gamma / 2 } ?? replicates
      let upper = upperTails[j].lastIndex { $0 > gamma / 2 } ?? 0
      return Limits(lower: lower, upper: upper)
    }
  }

  /// The probability that uniform ranks stay within the limits of γ at every point.
  public func coverage(_ gamma: Double) -> Double { coverage(limits(gamma)) }

  private func coverage(_ limits: [Limits]) -> Double {
    var mass = [Double](repeating: 0, count: replicates + 1)
    mass[0] = 1
    var next = mass
    var previous = Limits(lower: 0, upper: 0)
    var before = 0.0
    for (j, limit) in limits.enumerated() {
      guard limit.lower <= limit.upper else { return 0 }
      for x in limit.lower...limit.upper { next[x] = 0 }
      let step = (probabilities[j] - before) / (1 - before)
      for x in previous.lower...previous.upper where mass[x] > 0 {
        spread(mass[x], from: x, step, into: &next, within: limit)
      }
      swap(&mass, &next)
      previous = limit
      before = probabilities[j]
    }
    return min(mass[previous.lower...previous.upper].reduce(0, +), 1)
  }

  /// Adds a mass at x, each of the other ranks having gone into the next interval with a probability.
  private func spread(
    _ mass: Double, from x: Int, _ step: Double, into next: inout [Double], within limit: Limits
  ) {
    let rest = replicates - x
    let (center, sd) = (Double(rest) * step, (Double(rest) * step * (1 - step)).squareRoot())
    // Beyond 14 SDs, and 30 for the skewness of small numbers, nothing is left that a double would see.
    let reach = Int(14 * sd) + 30
    let first = max(limit.lower - x, Int(center) - reach, 0)
    let last = min(limit.upper - x, Int(center) + reach, rest)
    guard first <= last else { return }
    let ways: Double =
      logFactorials[rest] - logFactorials[first] - logFactorials[rest - first]
    var probability = exp(ways + Double(first) * log(step) + Double(rest - first) * log1p(-step))
    let odds = step / (1 - step)
    for d in first...last {
      next[x + d] += mass * probability
      probability *= Double(rest - d) / Double(d + 1) * odds
    }
  }

  /// The smaller of the two tails at a point.
  func tail(_ point: Int, _ below: Int) -> Double {
    min(lowerTails[point][below], upperTails[point][below])
  }
}

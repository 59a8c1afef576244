import Foundation

extension RankEnvelope {
  /// The largest γ (to twelve digits) whose envelope holds all of uniform ranks with a probability of at
  /// least `level`.
  ///
  /// The limits are whole numbers, so the probability is a step function of γ, and in general above
  /// the level.
  public func gamma(level: Double) -> Double {
    // One point alone errs with γ at most; all of them together with no more than their sum.
    var inside = (1 - level) / Double(probabilities.count)
    var outside = 1.0
    if coverage(outside) >= level { return outside }
    while outside / inside - 1 > 1e-12 {
      let middle = (inside * outside).squareRoot()
      guard limits(inside) != limits(outside) else { break }
      if coverage(middle) >= level { inside = middle } else { outside = middle }
    }
    return inside
  }

  /// The numbers of ranks below each threshold.
  public func cumulated(_ counts: [Int]) -> [Int] {
    var sums: [Int] = []
    var (sum, next) = (0, 0)
    for threshold in thresholds {
      while next < threshold {
        sum += counts[next]
        next += 1
      }
      sums.append(sum)
    }
    return sums
  }

  /// The probability that uniform ranks leave the tightest envelope that these ranks leave: an exact
  /// p-value of uniformity.
  ///
  /// The ranks are inside the envelope of level 1 − α if, and only if, it is above α.
  public func pValue(_ counts: [Int]) -> Double {
    let smallest = extremeness(counts)
    // Rounding eats the complement of a coverage this close to one; the sum over the points is above it.
    if smallest < 1e-11 { return min(smallest * Double(probabilities.count), 1) }
    return min(max(1 - coverage(smallest), 0), 1)
  }

  /// The γ at which ranks leave the envelope.
  func extremeness(_ counts: [Int]) -> Double {
    let sums = cumulated(counts)
    return sums.indices.reduce(1) { least, j in min(least, 2 * tail(j, sums[j])) }
  }
}

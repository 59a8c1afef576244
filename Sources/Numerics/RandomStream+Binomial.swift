import Foundation

extension RandomStream {
  /// Below so many expected events they are counted one by one.
  private static let fewEvents = 24.0

  /// A binomial number: the events among `count` ≥ 0 independent trials of a probability.
  ///
  /// Many trials are halved at an order statistic of their uniform numbers, a beta number, until few
  /// events are left (Ahrens & Dieter 1974); these are counted by inversion. Exact.
  public mutating func binomial(count: Int, probability: Double) -> Int {
    precondition(
      count >= 0 && probability >= 0 && probability <= 1, "binomial(\(count), \(probability))")
    guard probability <= 0.5 else {
      return count - binomial(count: count, probability: 1 - probability)
    }
    var (n, p, events) = (count, probability, 0)
    while Double(n) * min(p, 1 - p) > Self.fewEvents {
      let middle = (n + 1) / 2
      let a = gamma(shape: Double(middle))
      let b = a / (a + gamma(shape: Double(n + 1 - middle)))
      if b <= p {
        events += middle
        n -= middle
        p = min(max((p - b) / (1 - b), 0), 1)
      } else {
        n = middle - 1
        p = min(p / b, 1)
      }
    }
    return events + (p <= 0.5 ? inverted(n, p) : n - inverted(n, 1 - p))
  }

  /// The smallest k with P(K ≤ k) ≥ u, by summing probabilities from 0.
  private mutating func inverted(_ n: Int, _ p: Double) -> Int {
    guard n > 0, p > 0 else { return 0 }
    let odds = p / (1 - p)
    var term = exp(Double(n) * log1p(-p))
    var rest = uniform()
    var k = 0
    while rest > term, k < n {
      rest -= term
      k += 1
      term *= odds * Double(n - k + 1) / Double(k)
    }
    return k
  }
}

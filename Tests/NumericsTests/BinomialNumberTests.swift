import Foundation
import Testing

@testable import Numerics

/// Binomial numbers against their probabilities.
@Suite("Binomial numbers") struct BinomialNumberTests {
  static let cases: [(Int, Double)] = [
    (1, 0.3), (12, 0.5), (40, 0.02), (400, 0.1), (400, 0.93), (3000, 0.4), (100_000, 0.001),
  ]

  // χ² over cells of at least 20 expected, 6 or more of them, at level 1e-4: with 7 cases a false alarm in
  // 7e-4 of seeds.
  @Test("They have the binomial distribution", arguments: cases)
  func distribution(count: Int, probability: Double) {
    let draws = 20_000
    var stream = RandomStream(seed: 3, purpose: "binomial test", index: count)
    var observed: [Int: Int] = [:]
    for _ in 0..<draws {
      observed[stream.binomial(count: count, probability: probability), default: 0] += 1
    }
    #expect(observed.keys.allSatisfy { (0...count).contains($0) })
    var (statistic, cells) = (0.0, 0)
    var (expected, seen, cumulated) = (0.0, 0, 0.0)
    for k in 0...count {
      let log = lgamma(Double(count) + 1) - lgamma(Double(k) + 1) - lgamma(Double(count - k) + 1)
      let term = exp(
        log + Double(k) * Foundation.log(probability)
          + Double(count - k) * log1p(-probability))
      expected += Double(draws) * term
      cumulated += term
      seen += observed[k] ?? 0
      let rest = Double(draws) * (1 - cumulated)
      guard (expected >= 20 && rest >= 20) || k == count else { continue }
      statistic += (Double(seen) - expected) * (Double(seen) - expected) / max(expected, 1e-9)
      (expected, seen) = (0, 0)
      cells += 1
    }
    let limit = Distributions.chiSquaredQuantile(1 - 1e-4, df: Double(max(cells - 1, 1)))
    #expect(statistic < limit, "χ² \(statistic) of \(cells) cells")
  }

  @Test("Certain events and no participants")
  func ends() {
    var stream = RandomStream(seed: 1, purpose: "binomial test")
    #expect(stream.binomial(count: 0, probability: 0.4) == 0)
    for count in [1, 17, 5000] {
      #expect(stream.binomial(count: count, probability: 0) == 0)
      #expect(stream.binomial(count: count, probability: 1) == count)
    }
  }
}

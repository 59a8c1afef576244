import Foundation
import Numerics
import TestSupport
import Testing

@testable import Calibration

@Suite("Simultaneous envelope of ranks")
struct RankEnvelopeTests {
  /// (N, K, γ) → coverage of the R package SBC, and of a direct recursion in R 4.2 with `dbinom`; limits
  /// there are binomial quantiles at γ/2 and 1 − γ/2, which differ from ours at exact ties alone.
  @Test(
    "Coverage is that of the R package SBC",
    arguments: [
      (100, 20, 0.0073, 0.953818), (100, 100, 0.004049, 0.950533), (200, 100, 0.003536, 0.949880),
    ])
  func coverage(ranks: Int, points: Int, gamma: Double, expected: Double) {
    let envelope = RankEnvelope(replicates: ranks, values: points, points: points)
    // Six decimals are given.
    #expect(abs(envelope.coverage(gamma) - expected) < 5e-7)
  }

  @Test("Limits are those of the R package SBC")
  func limits() {
    let limits = RankEnvelope(replicates: 100, values: 100).limits(0.004049)
    #expect(limits[9] == .init(lower: 3, upper: 19))
    #expect(limits[49] == .init(lower: 36, upper: 64))
  }

  /// The share of simulated uniform ranks inside the envelope is within four standard errors of its
  /// coverage: a false-alarm rate of 6·10⁻⁵ each, under a fixed seed.
  @Test(
    "Simulated uniform ranks stay inside as often as computed",
    arguments: [(50, 100, 0.5), (200, 20, 0.9), (1000, 100, 0.95), (1000, 100, 0.99)])
  func simulated(replicates: Int, values: Int, level: Double) {
    let envelope = RankEnvelope(replicates: replicates, values: values)
    let gamma = envelope.gamma(level: level)
    let coverage = envelope.coverage(gamma)
    #expect(coverage >= level)
    let rounds = 4000
    var stream = RandomStream(seed: 1, purpose: "uniform ranks")
    var inside = 0
    for _ in 0..<rounds {
      let counts = uniformCounts(replicates, values, &stream)
      if isInside(counts, envelope.limits(gamma), envelope) { inside += 1 }
    }
    let error = (coverage * (1 - coverage) / Double(rounds)).squareRoot()
    #expect(abs(Double(inside) / Double(rounds) - coverage) < 4 * error)
  }

  /// By enumeration of all 4⁵ outcomes.
  @Test("Coverage of five ranks of four values, by enumeration")
  func enumeration() {
    let envelope = RankEnvelope(replicates: 5, values: 4, points: 4)
    for gamma in [0.02, 0.1, 0.3, 0.6] {
      let limits = envelope.limits(gamma)
      var inside = 0
      for code in 0..<1024 {
        var counts = [0, 0, 0, 0]
        for place in 0..<5 { counts[(code >> (2 * place)) & 3] += 1 }
        if isInside(counts, limits, envelope) { inside += 1 }
      }
      #expect(abs(envelope.coverage(gamma) - Double(inside) / 1024) < 1e-14)
    }
  }

  @Test("Ranks are inside the envelope exactly where their p-value is above its level")
  func consistency() {
    let envelope = RankEnvelope(replicates: 300, values: 100)
    let alpha = 0.3
    let limits = envelope.limits(envelope.gamma(level: 1 - alpha))
    var stream = RandomStream(seed: 2, purpose: "uniform ranks")
    var outside = 0
    for _ in 0..<500 {
      let counts = uniformCounts(300, 100, &stream)
      let passes = envelope.pValue(counts) > alpha
      #expect(passes == isInside(counts, limits, envelope))
      if !passes { outside += 1 }
    }
    // Both outcomes occur; 150 are expected, with an SD of 10.
    #expect(outside > 100 && outside < 200)
  }

  /// A p-value of discrete data is at most α with a probability of at most α, and near it here: the
  /// largest deviation from the uniform distribution below its upper 10⁻⁴ quantile, √(ln(2·10⁴) / 2N).
  @Test("p-values of uniform ranks are uniform")
  func pValues() {
    let envelope = RankEnvelope(replicates: 200, values: 100)
    var stream = RandomStream(seed: 3, purpose: "uniform ranks")
    let values = (0..<1000).map { _ in
      envelope.pValue(uniformCounts(200, 100, &stream))
    }.sorted()
    let largest =
      values.enumerated().map { place, value in
        abs((Double(place) + 0.5) / 1000 - value)
      }.max() ?? 1
    #expect(largest < (log(2e4) / 2000).squareRoot())
  }

  @Test("The level of very many checks can be reached")
  func manyChecks() {
    let envelope = RankEnvelope(replicates: 1000, values: 100)
    let alpha = 0.05 / 1000
    let gamma = envelope.gamma(level: 1 - alpha)
    #expect(envelope.coverage(gamma) >= 1 - alpha)
    // The next smaller envelope lacks the level, so that the limit is no looser than it must be.
    let tighter = envelope.coverage(gamma * 1.05)
    #expect(tighter < 1 - alpha || envelope.limits(gamma * 1.05) == envelope.limits(gamma))
    // No tighter than one point alone, no looser than the sum over 99 points.
    #expect(gamma > alpha / 99 && gamma < 2 * alpha)
  }

  @Test("Ranks all alike have a p-value of nothing, and are no trouble")
  func constantRanks() {
    let envelope = RankEnvelope(replicates: 1000, values: 100)
    var counts = [Int](repeating: 0, count: 100)
    counts[0] = 1000
    #expect(envelope.pValue(counts) < 1e-100)
    let even = [Int](repeating: 10, count: 100)
    #expect(envelope.pValue(even) > 0.999)
  }

  @Test("Fewer ranks than values are judged at fewer points")
  func fewRanks() {
    let envelope = RankEnvelope(replicates: 7, values: 100)
    #expect(envelope.thresholds == [14, 28, 42, 57, 71, 85])
    #expect(envelope.probabilities == [0.14, 0.28, 0.42, 0.57, 0.71, 0.85])
    #expect(envelope.cumulated((0..<100).map { $0 < 7 ? 1 : 0 }) == [7, 7, 7, 7, 7, 7])
  }

  private func isInside(
    _ counts: [Int], _ limits: [RankEnvelope.Limits], _ envelope: RankEnvelope
  ) -> Bool {
    zip(envelope.cumulated(counts), limits).allSatisfy { $0 >= $1.lower && $0 <= $1.upper }
  }

  private func uniformCounts(
    _ replicates: Int, _ values: Int, _ stream: inout RandomStream
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: values)
    for _ in 0..<replicates { counts[stream.integer(below: values)] += 1 }
    return counts
  }
}

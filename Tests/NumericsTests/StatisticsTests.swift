import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct StatisticsTests {
  // R 4.2.2: quantile(c(-1.5, 0, .25, 2, 2, 7, 11.5), p, type = 7).
  @Test(
    arguments: [
      (0.0, -1.5), (0.05, -1.05), (0.1, -0.6), (1.0 / 3, 0.25), (0.5, 2), (0.9, 8.8),
      (0.975, 10.825), (1, 11.5), (-0.2, -1.5), (1.3, 11.5),
    ] as [(Double, Double)])
  func quantileOfTypeSeven(probability: Double, expected: Double) {
    let sorted = [-1.5, 0, 0.25, 2, 2, 7, 11.5]
    #expect(close(quantile(sorted: sorted, probability), expected, relative: 1e-14))
  }

  @Test func quantileOfFewOrInfiniteValues() {
    #expect(quantile(sorted: [], 0.5).isNaN)
    #expect(quantile(sorted: [3], 0.2) == 3)
    #expect(quantile(sorted: [1, .infinity, .infinity], 0.75) == .infinity)
    #expect(quantile(sorted: [-.infinity, -.infinity, 0], 0.25) == -.infinity)
  }

  @Test func moments() {
    #expect(mean([2, 4, 9]) == 5)
    #expect(variance([2, 4, 9]) == 13)
    #expect(standardDeviation([2, 4, 9]) == 13.squareRoot())
    #expect(mean([Double]()) == 0)
    #expect(variance([1]).isNaN)
    // A shift by 2³⁰ is exact in these sums.
    let shifted = [2, 4, 9].map { $0 + 0x1p30 }
    #expect(variance(shifted) == 13)
  }

  @Test(arguments: [-1e5, -700, 0, 3.25, 700, 1e5] as [Double])
  func logSumExpOfShiftedTerms(shift: Double) {
    let terms = [0.5, -2, 1.75, 1]
    let plain = log(terms.reduce(0) { $0 + exp($1) })
    #expect(
      close(logSumExp(terms.map { $0 + shift }), plain + shift, relative: 1e-15, absolute: 2e-15))
  }

  @Test func logSumExpAtTheEnds() {
    #expect(logSumExp([Double]()) == -.infinity)
    #expect(logSumExp([-.infinity, -.infinity]) == -.infinity)
    #expect(logSumExp([-.infinity, 2]) == 2)
    #expect(logSumExp([1, .infinity]) == .infinity)
  }
}

import Foundation
import TestSupport
import Testing

@testable import Trees

@Suite struct InstabilityTestTests {
  @Test(
    "the two branches of the adjustment",
    arguments: [
      // p, m, adjusted: 1 − (1 − p)^m by long arithmetic above 0.001, m p at and below it.
      (0.001, 3, 0.003), (0.0005, 3, 0.0015), (0.4, 1, 0.4), (1.0, 7, 1.0), (0.0, 7, 0.0),
      (0.0011, 2, 0.002_198_79), (0.25, 3, 0.578125), (1e-300, 10, 1e-299), (0.0009, 2000, 1.0),
    ])
  func adjustment(p: Double, tests: Int, expected: Double) {
    #expect(close(bonferroniAdjusted(p, tests: tests), expected, relative: 1e-14))
  }

  @Test("only variables that could be tested count")
  func counts() {
    let tests = [
      InstabilityTest(variable: 0, statistic: 1, logPValue: log(0.02), effectShare: 0.5),
      InstabilityTest(variable: 1),
      InstabilityTest(variable: 2, statistic: 1, logPValue: log(0.5), effectShare: 0.5),
    ]
    let adjusted = tests.adjusted(bonferroni: true).map(\.adjustedPValue)
    #expect(close(adjusted[0] ?? .nan, 1 - 0.98 * 0.98, relative: 1e-12))
    #expect(adjusted[1] == nil)
    #expect(tests.adjusted(bonferroni: false)[0].adjustedPValue == tests[0].pValue)
  }

  @Test("the smallest log p is chosen, though its p underflows, and the first of equal ones")
  func strongest() {
    func tests(_ logs: [Double?]) -> [InstabilityTest] {
      logs.enumerated().map { place, logP in
        guard let logP else { return InstabilityTest(variable: place) }
        return InstabilityTest(
          variable: place, statistic: 1, logPValue: logP, effectShare: 0)
      }
    }
    #expect(tests([nil, -1, -900, -2000, nil]).strongest?.variable == 3)
    #expect(tests([nil, -3, -3.000_000_000_000_001]).strongest?.variable == 1)
    #expect(tests([0, 0]).strongest?.variable == 0)
    #expect(tests([nil, nil]).strongest == nil)
  }

  @Test(
    "the first minimum, rounding apart",
    arguments: [
      ([3, 1, 1, 2], 1), ([3, 1 + 1e-15, 1], 1), ([3, 1 + 1e-9, 1], 2), ([.nan, 2], 1),
      ([-.infinity, 1], 0), ([5, -.infinity], 1), ([.infinity, .infinity], 0),
    ] as [([Double], Int)])
  func minimum(values: [Double], expected: Int) {
    #expect(indexOfMinimum(values) == expected)
  }

  @Test("no minimum of nothing")
  func noMinimum() {
    #expect(indexOfMinimum([]) == nil)
    #expect(indexOfMinimum([.nan]) == nil)
  }
}

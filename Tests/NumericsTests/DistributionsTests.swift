import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct DistributionsTests {
  // R 4.2.2: qbeta(.1586553, 15001, 285001) and qbeta(.025, 2, 3).
  @Test(arguments: [
    (0.1586553, 15001.0, 285001.0, 0.049605082632890),
    (0.025, 2.0, 3.0, 0.067585986488543),
  ])
  func betaQuantileForLargeParameters(p: Double, a: Double, b: Double, expected: Double) {
    #expect(close(Distributions.betaQuantile(p, a, b), expected, relative: 1e-10))
  }

  // The tail of a chi-squared with 2 df is exp(−x/2), with 4 df (1 + x/2) exp(−x/2).
  @Test(arguments: [0.1, 10, 600, 1500, 5400])
  func chiSquaredTail(x: Double) {
    #expect(close(Distributions.logChiSquaredUpperTail(x, df: 2), -x / 2, relative: 1e-13))
    #expect(
      close(
        Distributions.logChiSquaredUpperTail(x, df: 4), log(1 + x / 2) - x / 2, relative: 1e-13))
  }
}

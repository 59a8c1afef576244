import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct DistributionsTests {
  // R 4.2.2: pnorm, and qnorm in both tails; GSL's quantiles are good to 1e-14 or so.
  @Test(
    arguments: [
      (-37, 5.725571222524577e-300), (-20, 2.753624118606234e-89), (-8.5, 9.479534822203319e-18),
      (-1, 0.158655253931457), (0, 0.5), (3, 0.9986501019683699), (8, 0.9999999999999993),
    ] as [(Double, Double)])
  func normalCDF(z: Double, expected: Double) {
    #expect(close(Distributions.normalCDF(z), expected, relative: 1e-12))
  }

  @Test(
    arguments: [
      (1e-300, -37.0470962993612), (1e-50, -14.93333753478849), (1e-10, -6.361340902404056),
      (0.025, -1.959963984540054), (0.5, 0), (0.999999, 4.753424308817089),
    ] as [(Double, Double)])
  func normalQuantile(p: Double, expected: Double) {
    #expect(close(Distributions.normalQuantile(p), expected, relative: 1e-13))
    guard p < 0.5 else { return }
    #expect(close(Distributions.normalUpperQuantile(p), -expected, relative: 1e-13))
  }

  // R 4.2.2: dnorm(x, m, s, log = TRUE).
  @Test func logNormalDensity() {
    let exact = [-0.9189385332171728, -798.6163534402107, -215.5731063774284]
    let found = [
      Distributions.logNormal(5e-6, mean: 0, sd: 1), Distributions.logNormal(5, mean: 1, sd: 0.1),
      Distributions.logNormal(-60, mean: 2, sd: 3),
    ]
    for (a, b) in zip(found, exact) { #expect(close(a, b, relative: 1e-14)) }
  }

  // R 4.2.2: qt(p, df); Satterthwaite's degrees of freedom are any positive number.
  @Test(
    arguments: [
      (0.975, 1, 12.70620473617469), (0.975, 2.5, 3.574654842003692),
      (0.975, 3.2, 3.072828929713162), (0.975, 7.8, 2.316336868389047),
      (0.995, 0.7, 364.9352029815805), (0.9999999, 4, 73.98575805751054),
      (0.025, 150.3, -1.97587325892093), (0.6, 1e6, 0.2533471705378417),
      (0.975, .infinity, 1.959963984540054),
    ] as [(Double, Double, Double)])
  func tQuantile(p: Double, df: Double, expected: Double) {
    #expect(close(Distributions.tQuantile(p, df: df), expected, relative: 1e-9))
  }

  // R 4.2.2: qt(q, df, lower.tail = FALSE), pt. Below df 1 GSL's own quantiles do not converge.
  @Test(
    arguments: [
      (0.3, 0.3, 1.61265825779), (0.01, 0.3, 1.39581200706e+05), (1e-6, 0.3, 3.00718581045e+18),
      (0.3, 0.7, 0.835441155707), (0.01, 0.7, 135.571505742), (1e-6, 0.7, 7.02197600490e+07),
      (0.7, 4, -0.568649063049706), (1e-12, 4, 1316.072746559257),
      (1e-15, 5, 1568.39119282288), (0.025, .infinity, 1.959963984540054),
    ] as [(Double, Double, Double)])
  func tUpperQuantile(q: Double, df: Double, expected: Double) {
    let found = Distributions.tUpperQuantile(q, df: df)
    // R goes by the lower tail below df 1, so that of q = 1e-6 ten digits are left.
    #expect(close(found, expected, relative: 1e-9))
    #expect(close(1 - Distributions.tCDF(found, df: df), q, relative: 1e-9, absolute: 1e-15))
  }

  // R 4.2.2: 2 * pt(-|t|, df), 2 * pnorm(-9).
  @Test(
    arguments: [
      (1, 2.5, 0.4040610272782735), (3, 1, 0.2048327646991334), (-40, 3.3, 1.505888728179936e-05),
      (8, 150, 3.12348532662674e-13), (-5, 0.5, 0.2859914031588588),
      (30, 1e5, 7.378536872221824e-197), (9, .infinity, 2.257176811907682e-19),
    ] as [(Double, Double, Double)])
  func tTwoSided(t: Double, df: Double, expected: Double) {
    #expect(close(Distributions.tTwoSided(t, df: df), expected, relative: 1e-9))
  }

  // R 4.2.2: qchisq(p, df).
  @Test(
    arguments: [
      (0.95, 1, 3.841458820694124), (0.8, 1, 1.642374415149816), (0.999999, 1, 23.92812697687947),
      (1e-8, 3.7, 0.000128234317902932),
    ] as [(Double, Double, Double)])
  func chiSquaredQuantile(p: Double, df: Double, expected: Double) {
    #expect(close(Distributions.chiSquaredQuantile(p, df: df), expected, relative: 1e-9))
  }

  // R 4.2.2: pchisq(x, df, lower.tail = FALSE, log.p = TRUE), either side of underflow.
  @Test(
    arguments: [
      (1e-3, 0.4, -0.2719945976232047), (5, 7.7, -0.3140874997947947),
      (300, 33.3, -101.1685912568363), (2000, 2.9, -996.7696398819436),
      (6000, 100, -2752.237270561637), (3000, 41, -1398.210627071002), (-1, 3, 0),
    ] as [(Double, Double, Double)])
  func logChiSquaredUpperTail(x: Double, df: Double, expected: Double) {
    #expect(
      close(Distributions.logChiSquaredUpperTail(x, df: df), expected, relative: 1e-12))
  }

  // R 4.2.2: qbeta(p, a, b).
  @Test(
    arguments: [
      (1e-6, 0.5, 0.5, 2.46740110027031e-12), (0.5, 3, 8, 0.2585747232849632),
      (0.999, 400, 2, 0.9998866429954612),
    ] as [(Double, Double, Double, Double)])
  func betaQuantile(p: Double, a: Double, b: Double, expected: Double) {
    #expect(close(Distributions.betaQuantile(p, a, b), expected, relative: 1e-9))
  }

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

import Foundation
import Numerics
import TestSupport
import Testing

@testable import Trees

@Suite struct OrderedMaximumTests {
  /// P(max_l |Z_l| > z) of one component by mvtnorm 1.1-3 on R 4.2.2, `pmvnorm` with
  /// `Miwa(steps = 4097)`, whose own error at five levels is about 1e-8.
  static let components: [(z: Double, counts: [Double], p: Double)] = [
    (1.2, [1, 1, 1], 0.378750418626),
    (2.7, [1, 1, 1, 1], 0.0189576211884),
    (2.2, [10, 1, 30, 5], 0.0636285327233),
    (3.1, [3, 5, 2, 4, 6], 0.00675198117858),
    (1.5, [3, 5, 2, 4, 6, 1], 0.424656159416),
  ]

  @Test("one parameter, as mvtnorm integrates it", arguments: components)
  func oneParameter(z: Double, counts: [Double], p: Double) {
    let logP = OrderedMaximum(parameters: 1, counts: counts).logUpperTail(z * z)
    #expect(close(exp(logP), p, relative: 1e-6))
  }

  /// log P(max_l R_l² > x) of three and four levels by R 4.2.2, conditionally on the middle: the
  /// noncentral `pchisq`, integrated over the length there by `integrate` to 1e-10.
  static let forms: [(x: Double, k: Int, counts: [Double], logP: Double)] = [
    (4, 2, [1, 1, 1], -1.45295850234),
    (12, 3, [1, 2, 3], -4.24236882333),
    (30, 5, [10, 1, 9], -10.5744981486),
    (9, 1, [3, 5, 2, 4], -4.90468515536),
    (9, 2, [3, 5, 2, 4], -3.51897954661),
    (25, 13, [3, 5, 2, 4], -2.7935383535),
    (60, 8, [3, 1, 2, 40], -20.4120726968),
  ]

  @Test("several parameters, by integration over a middle level", arguments: forms)
  func severalParameters(x: Double, k: Int, counts: [Double], logP: Double) {
    let distribution = OrderedMaximum(parameters: k, counts: counts)
    #expect(close(distribution.logUpperTail(x), logP, relative: 2e-10, absolute: 2e-9))
  }

  @Test("two levels are a chi-squared test", arguments: [1, 2, 7, 40])
  func twoLevels(k: Int) {
    for x in [0.0, 0.5, 20, 3000] {
      let logP = OrderedMaximum(parameters: k, counts: [3, 8]).logUpperTail(x)
      #expect(logP == Distributions.logChiSquaredUpperTail(x, df: Double(k)))
    }
  }

  // The chain is reversible, but the recursion runs along different correlations.
  @Test("levels in reversed order", arguments: [1, 2, 3, 4, 13, 35])
  func reversed(k: Int) {
    let counts = [5.0, 1, 40, 7, 0.02, 12, 300]
    for x in [Double(k), Double(k) + 12, 4 * Double(k) + 60, 900] {
      let forwards = OrderedMaximum(parameters: k, counts: counts).logUpperTail(x)
      let backwards = OrderedMaximum(parameters: k, counts: counts.reversed()).logUpperTail(x)
      #expect(close(forwards, backwards, relative: 1e-9, absolute: 1e-9), "x = \(x)")
    }
  }

  @Test("far in the tail: between one level and all of them", arguments: [1, 2, 3, 12])
  func farTail(k: Int) {
    let counts = [4.0, 3, 5, 6, 2]
    var last = 0.0
    for x in [1.0, 50, 500, 2000, 20_000] {
      let single = Distributions.logChiSquaredUpperTail(x, df: Double(k))
      let logP = OrderedMaximum(parameters: k, counts: counts).logUpperTail(x)
      #expect(logP >= single && logP <= single + log(4) + 1e-12)
      #expect(logP < last)
      last = logP
    }
    // Far out the levels do not exceed together.
    let single = Distributions.logChiSquaredUpperTail(20_000, df: Double(k))
    #expect(close(last - single, log(4), relative: 1e-10))
  }

  @Test("a level of hardly any participants changes hardly anything")
  func smallLevel() {
    for k in [1, 2, 5] {
      let whole = OrderedMaximum(parameters: k, counts: [30, 20, 25]).logUpperTail(9)
      let split = OrderedMaximum(parameters: k, counts: [30, 20, 1e-9, 25]).logUpperTail(9)
      // The maximum over a step of correlation 1 − ε grows as sqrt(ε).
      #expect(split >= whole - 1e-11)
      #expect(close(split, whole, relative: 0, absolute: 1e-4))
    }
  }
}

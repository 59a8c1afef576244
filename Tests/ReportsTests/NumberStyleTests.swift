import Posterior
import Reports
import Testing

@Suite struct NumberStyleTests {
  /// The typical standard error keeps two to three significant digits.
  @Test(arguments: [
    (0.75, 2), (0.2, 2), (1.99, 2), (2.0, 1), (19.9, 1), (20, 0), (4000, 0), (0.19, 3),
    (0.0031, 4),
  ])
  func decimalsFollowThePrecision(error: Double, decimals: Int) {
    #expect(NumberStyle(precisions: [error]).decimals == decimals)
  }

  @Test func theMedianPrecisionDecidesAndUnusableOnesAreIgnored() {
    #expect(NumberStyle(precisions: [0.5, 30, 0.6, .nan, 0, .infinity]).decimals == 2)
    #expect(NumberStyle(precisions: []).decimals == 2)
    #expect(NumberStyle(precisions: [.nan, 0]).decimals == 2)
  }

  @Test(
    arguments: [
      (-1.0749, "-1.07"), (0.004, "0.00"), (-0.004, "0.00"), (-0.006, "-0.01"), (1234.5, "1234.50"),
      (2.5e9, "2.5e+09"), (.nan, "–"), (.infinity, "∞"), (-.infinity, "-∞"),
    ] as [(Double?, String)])
  func quantities(value: Double?, text: String) {
    #expect(NumberStyle(decimals: 2).quantity(value) == text)
  }

  @Test func quantitiesWithoutTrailingZeros() {
    let style = NumberStyle(decimals: 2)
    #expect(style.shortest(5) == "5")
    #expect(style.shortest(31.5) == "31.5")
    #expect(style.shortest(100) == "100")
    #expect(NumberStyle(decimals: 0).shortest(100) == "100")
    #expect(style.shortest(nil) == "–")
  }

  @Test func intervals() {
    let style = NumberStyle(decimals: 1)
    #expect(style.interval(Interval(lower: -1.26, upper: 0.04)) == "[-1.3, 0.0]")
    #expect(style.interval(Interval(lower: 0.1, upper: .infinity)) == "[0.1, ∞]")
    #expect(style.interval(Interval(lower: .nan, upper: 1)) == "–")
    #expect(style.interval(nil) == "–")
  }

  /// A share of draws is never certain.
  @Test(
    arguments: [
      (1, ">0.999"), (0, "<0.001"), (0.9995, ">0.999"), (0.9994, "0.999"), (0.0005, "0.001"),
      (0.00049, "<0.001"), (0.5, "0.500"), (nil, "–"), (.nan, "–"),
    ] as [(Double?, String)])
  func probabilities(value: Double?, text: String) {
    #expect(NumberStyle.probability(value) == text)
  }

  /// Three significant digits, as R's `format.pval(p, digits = 3, eps = 0.001)`.
  @Test(
    arguments: [
      (3.3e-75, "<0.001"), (0, "<0.001"), (0.00099, "<0.001"), (0.00926, "0.00926"),
      (0.0214, "0.0214"), (0.0999, "0.0999"), (0.09996, "0.100"), (0.138, "0.138"), (1, ">0.999"),
      (nil, "–"), (.nan, "–"),
    ] as [(Double?, String)])
  func pValues(value: Double?, text: String) {
    #expect(NumberStyle.pValue(value) == text)
  }

  @Test func pValuesInWords() {
    #expect(NumberStyle.pStatement(1e-9) == "p < 0.001")
    #expect(NumberStyle.pStatement(0.0421) == "p = 0.0421")
    #expect(NumberStyle.pStatement(1) == "p > 0.999")
  }

  @Test(
    arguments: [
      (8.93, "8.9"), (54.29, "54.3"), (1481.4, "1481"), (99.97, "100"), (12, "12"),
      (.infinity, "∞"), (nil, "–"), (.nan, "–"),
    ] as [(Double?, String)])
  func degreesOfFreedom(value: Double?, text: String) {
    #expect(NumberStyle.degreesOfFreedom(value) == text)
  }

  @Test func diagnostics() {
    #expect(NumberStyle.rhat(1.0024) == "1.002")
    #expect(NumberStyle.rhat(.infinity) == "–")
    #expect(NumberStyle.effectiveSize(3120.6) == "3121")
    #expect(NumberStyle.effectiveSize(nil) == "–")
    #expect(NumberStyle.ratio(0.9349) == "0.93")
    #expect(NumberStyle.percent(0.95) == "95%")
    #expect(NumberStyle.percent(0.999) == "99.9%")
    #expect(NumberStyle.significant(43.538947) == "43.5")
    #expect(NumberStyle.significant(-.infinity) == "-∞")
  }
}

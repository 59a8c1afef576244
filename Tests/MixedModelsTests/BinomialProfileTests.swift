import TestSupport
import Testing

@testable import MixedModels

/// `confint(method = "profile")` of lme4 1.1-31 on `BinomialData.example`; lme4 interpolates its profile
/// and its log-likelihood has errors of 1e-4 there, so that limits agree to 2e-3 of the interval.
@Suite struct BinomialProfileTests {
  static func expect(
    _ ours: (lower: Double, upper: Double)?, _ lower: Double, _ upper: Double
  ) {
    #expect(abs((ours?.lower ?? .nan) - lower) < 2e-3 * (upper - lower))
    #expect(abs((ours?.upper ?? .nan) - upper) < 2e-3 * (upper - lower))
  }

  @Test func randomIntercept() throws {
    let fit = try BinomialFit(
      BinomialData.example.statistics(), BinomialFitTests.terms(true, false))
    let profile = BinomialProfile(fit, level: 0.95)
    Self.expect(try profile.interval(ofTerm: 0), 0.48291882, 2.1378953)
    Self.expect(
      try profile.interval(of: .intercept(leaf: 0, trial: nil)), -1.69456206, 0.7326715)
    Self.expect(try profile.interval(of: .effect(leaf: 0)), 0.00677085, 2.0750991)
    Self.expect(try profile.interval(of: .effect(leaf: 1)), 0.46159254, 2.6313314)
    Self.expect(try profile.interval(of: .effect(leaf: 2)), -0.63288266, 2.2533200)
  }

  @Test func independentTerms() throws {
    let fit = try BinomialFit(
      BinomialData.example.statistics(), BinomialFitTests.terms(true, true))
    let profile = BinomialProfile(fit, level: 0.95)
    Self.expect(try profile.interval(ofTerm: 0), 0.2924994, 1.8376844)
    Self.expect(try profile.interval(ofTerm: 1), 0, 2.5388105)
    Self.expect(try profile.interval(of: .effect(leaf: 0)), -0.3619354, 2.6650349)
    Self.expect(try profile.interval(of: .effect(leaf: 1)), 0.3424590, 3.4627374)
  }

  /// The profile of either SD does not depend on which term stands first.
  @Test func correlatedTermsAtTheirEstimates() throws {
    let fit = try BinomialFit(
      BinomialData.example.statistics(), BinomialFitTests.terms(true, true, correlated: true))
    let profile = BinomialProfile(fit, level: 0.95)
    for term in 0..<2 {
      let interval = try profile.interval(ofTerm: term)
      #expect(interval.lower < fit.variances.tau[term])
      #expect(interval.upper > fit.variances.tau[term])
    }
  }
}

import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Profile intervals of the likelihood against those of lme4.
///
/// Figures of `confint(method = "profile")`, lme4 1.1-31, R 4.2.2, on fits by maximum likelihood (bobyqa
/// to 1e-11). It interpolates: at its own limits for stratified intercepts lme4's likelihood has fallen
/// by 1.9199 and 1.9203 instead of 1.9207, hence 4e-4.
@Suite struct CoefficientProfileTests {
  struct Figures: Sendable {
    var terms: ModelTerms
    var tolerance: Double
    var coefficients: [(role: FixedRole, lower: Double, upper: Double)]
    var deviations: [(parameter: VarianceParameter, lower: Double, upper: Double)]
  }

  static let figures = [
    Figures(
      terms: randomIntercept, tolerance: 1e-4,
      coefficients: [
        (.intercept(leaf: 0, trial: nil), 3.757295975303, 5.476623061380),
        (.intercept(leaf: 2, trial: nil), 4.223807352494, 5.922364793919),
        (.effect(leaf: 0), -0.704284642469, 0.716939004046),
        (.effect(leaf: 1), -0.378036457996, 0.972191609245),
        (.effect(leaf: 2), 0.699742100785, 2.068721835411),
      ],
      deviations: [
        (.deviation(term: 0), 0.206261121707, 1.512011789657),
        (.deviation(term: 1), 0, 1.155085661699),
        (.residual, 0.959035375636, 1.128495448902),
      ]),
    Figures(
      terms: stratified, tolerance: 4e-4,
      coefficients: [
        (.effect(leaf: 0), -0.713850501074, 0.658626866544),
        (.effect(leaf: 1), -0.351661971132, 0.948602154058),
        (.effect(leaf: 2), 0.695567617135, 2.015925128062),
      ],
      deviations: [
        (.deviation(term: 0), 0, 1.112303308015), (.residual, 0.945619736956, 1.111918349697),
      ]),
  ]

  @Test(arguments: figures) func coefficients(figures: Figures) throws {
    // The treatment of the model that is given does not matter.
    let model = MarginalModel(try FewTrials.statistics(), figures.terms, .restricted)
    let profile = try CoefficientProfile(model)
    for expected in figures.coefficients {
      let found = try #require(profile.interval(of: expected.role, level: 0.95))
      #expect(
        close(found.lower, expected.lower, relative: figures.tolerance, absolute: figures.tolerance)
      )
      #expect(
        close(found.upper, expected.upper, relative: figures.tolerance, absolute: figures.tolerance)
      )
    }
  }

  @Test(arguments: figures) func deviations(figures: Figures) throws {
    let model = MarginalModel(try FewTrials.statistics(), figures.terms, .profiled)
    let maximiser = VarianceMaximiser(model)
    let estimate = try maximiser.maximum()
    for expected in figures.deviations {
      let found = try maximiser.interval(of: expected.parameter, around: estimate, level: 0.95)
      #expect(
        close(found.lower, expected.lower, relative: figures.tolerance, absolute: figures.tolerance)
      )
      #expect(
        close(found.upper, expected.upper, relative: figures.tolerance, absolute: figures.tolerance)
      )
    }
  }

  // With the outcome less β̂'s column at a limit the likelihood has fallen by half the χ² quantile.
  @Test(arguments: [randomIntercept, stratified, correlated(.perLeaf)])
  func definition(terms: ModelTerms) throws {
    let data = SampleData(.complete, covariates: 1, seed: 4)
    let full = MarginalModel(data.statistics, terms, .profiled)
    let target = try VarianceMaximiser(full).maximum().logLikelihood - 1.920729410347062
    let limits = try #require(
      try CoefficientProfile(full).interval(of: .covariate(0), level: 0.95))
    for limit in [limits.lower, limits.upper] {
      var moved = data
      moved.outcome = zip(data.outcome, data.covariates[0]).map { $0 - limit * $1 }
      moved.covariates = []
      let reduced = MarginalModel(moved.statistics, terms, .profiled)
      let found = try VarianceMaximiser(reduced).maximum().logLikelihood
      #expect(abs(found - target) < 1e-6)
    }
  }

  @Test func nothingToProfile() throws {
    let model = MarginalModel(try FewTrials.statistics(), stratified, .restricted)
    let profile = try CoefficientProfile(model)
    #expect(profile.interval(of: .intercept(leaf: 0, trial: 0), level: 0.95) == nil)
    #expect(profile.interval(of: .covariate(0), level: 0.95) == nil)
    #expect(profile.interval(of: .effect(leaf: 0), level: 1) == nil)
  }

  // The limits of the correlation are where the profile has fallen, or the ends of its range.
  @Test func correlationAndItsFall() throws {
    let model = MarginalModel(
      SampleData(.complete, seed: 4).statistics, correlated(.perLeaf), .restricted)
    let maximiser = VarianceMaximiser(model)
    let estimate = try maximiser.maximum()
    for level in [0.2, 0.95] {
      let limits = try maximiser.interval(of: .correlation, around: estimate, level: level)
      #expect(limits.lower >= -1 && limits.upper <= 1)
      #expect(limits.lower <= estimate.variances.correlation)
      #expect(limits.upper >= estimate.variances.correlation)
    }
  }

  // few-trials by ML: logLik, AIC and BIC of lme4.
  @Test func criteria() throws {
    let model = MarginalModel(try FewTrials.statistics(), randomIntercept, .restricted)
    let found = try LikelihoodCriteria(refitting: model)
    #expect(close(found.logLikelihood, -443.1782096698, relative: 1e-10))
    #expect(found.parameterCount == 9)
    #expect(close(found.aic, 904.3564193397, relative: 1e-10))
    #expect(close(found.bic, 937.6904616116, relative: 1e-10))
  }

  // qt(0.975, 4) = 2.776445 in R.
  @Test func newTrial() throws {
    let found = try #require(
      predictionInterval(estimate: 0.5, standardError: 0.3, tau: 0.4, trials: 6, level: 0.95))
    #expect(close(found.upper, 0.5 + 2.7764451051978 * 0.5, relative: 1e-12))
    #expect(close(found.lower, 0.5 - 2.7764451051978 * 0.5, relative: 1e-12))
    #expect(
      predictionInterval(estimate: 0, standardError: 1, tau: 0, trials: 2, level: 0.95) == nil)
    #expect(
      predictionInterval(estimate: 0, standardError: .nan, tau: 0, trials: 9, level: 0.95) == nil)
  }
}

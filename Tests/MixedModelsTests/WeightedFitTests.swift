import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Case weights as those of R 4.2.2's `lm` and `lmer` (lme4 1.1-31, bobyqa to 1e-11; lmerTest 3.1-3):
/// few-trials with w_i = 0.5 + (7 i mod 11) / 5.
@Suite struct WeightedFitTests {
  struct Figures: Sendable {
    var terms: ModelTerms
    var logLikelihood: Double
    /// The τs, then σ.
    var deviations: [Double]
    var coefficients: [(role: FixedRole, estimate: Double, error: Double, degrees: Double)]
  }

  static let figures = [
    Figures(
      terms: randomIntercept, logLikelihood: -459.4056339364,
      deviations: [0.7085901929477, 0.6077968367104, 1.2620979606134],
      coefficients: [
        (.intercept(leaf: 0, trial: nil), 4.4761838827542, 0.4499989285351, 2.571294775989),
        (.intercept(leaf: 2, trial: nil), 4.9891508371047, 0.4420389764112, 2.388506432398),
        (.effect(leaf: 0), 0.1158777116124, 0.4282619237857, 3.221580108890),
        (.effect(leaf: 1), 0.3588439387263, 0.4001361966260, 2.446405122587),
        (.effect(leaf: 2), 1.4443025057306, 0.4123738718695, 2.753784269992),
      ]),
    Figures(
      terms: stratified, logLikelihood: -455.5463412035,
      deviations: [0.5806615193279, 1.2635207823955],
      coefficients: [
        (.intercept(leaf: 0, trial: 0), 3.55118018656632, 0.2737745920319, 273.443226028750),
        (.intercept(leaf: 2, trial: 0), 4.59286416019201, 0.3551154895291, 204.973848800622),
        (.intercept(leaf: 1, trial: 2), 5.70449345127518, 0.1661935766883, 286.621384782577),
        (.effect(leaf: 0), 0.08477580613395, 0.4164521670424, 3.288537759041),
        (.effect(leaf: 2), 1.36534428885788, 0.4029599301598, 2.853148701359),
      ]),
    // By lm: the log-likelihood is not the restricted one.
    Figures(
      terms: ModelTerms(intercepts: .perTrial, randomIntercept: false, randomEffect: false),
      logLikelihood: .nan, deviations: [1.291651416641],
      coefficients: [
        (.intercept(leaf: nil, trial: 1), 4.4385349253226, 0.2173427624378, 292),
        (.intercept(leaf: 1, trial: nil), 0.7097195548843, 0.2292795576192, 292),
        (.effect(leaf: 2), 1.3507832336943, 0.2129519038869, 292),
      ]),
  ]

  @Test(arguments: figures) func agreesWithR(figures: Figures) throws {
    let statistics = try FewTrials.statistics(weighted: true)
    let fit = try MixedModelFit(MarginalModel(statistics, figures.terms, .restricted))
    if figures.logLikelihood.isFinite {
      #expect(close(fit.estimate.logLikelihood, figures.logLikelihood, relative: 1e-11))
    }
    let found = fit.estimate.variances.tau + [fit.estimate.variances.sigma]
    for (a, b) in zip(found, figures.deviations) { #expect(close(a, b, relative: 1e-6)) }
    for expected in figures.coefficients {
      let coefficient = try #require(fit.coefficient(expected.role))
      let estimate = try #require(coefficient.estimate)
      #expect(abs(estimate - expected.estimate) < 1e-6 * expected.error)
      #expect(close(try #require(coefficient.standardError), expected.error, relative: 1e-6))
      #expect(close(try #require(coefficient.satterthwaite), expected.degrees, relative: 5e-4))
    }
  }

  // logLik of lm with the weights.
  @Test func likelihoodOfLm() throws {
    let terms = ModelTerms(intercepts: .perTrial, randomIntercept: false, randomEffect: false)
    let model = MarginalModel(try FewTrials.statistics(weighted: true), terms, .profiled)
    #expect(
      close(try VarianceMaximiser(model).maximum().logLikelihood, -453.4107226217, relative: 1e-11))
  }

  @Test func weightsOfOneAreNone() throws {
    for terms in everyTerms {
      var data = SampleData(.ragged, covariates: 1)
      let without = MarginalModel(data.statistics, terms, .restricted)
      data.weights = data.outcome.map { _ in 1 }
      let with = MarginalModel(data.statistics, terms, .restricted)
      let at = Variances(
        sigma: 0.9, tau: Array([0.4, 0.7].prefix(terms.randomTerms)),
        correlation: terms.isCorrelated ? 0.3 : 0)
      #expect(MarginalDensity(without).evaluate(at) == MarginalDensity(with).evaluate(at))
    }
  }

  // The dense definition, with Var(ε_i) = σ²/w_i; restricted by contrasts of √w-scaled rows, whose
  // log |X'X| has the weights too.
  @Test func densityIsThatOfTheMultivariateNormal() throws {
    for (index, terms) in everyTerms.enumerated() {
      var data = SampleData(.ragged, covariates: 1, seed: UInt64(index))
      data.weights = data.outcome.indices.map { 0.2 + Double($0 * 7 % 5) }
      for treatment in DenseDensityTests.treatments(covariates: 1) where treatment != .restricted {
        let model = MarginalModel(data.statistics, terms, treatment)
        guard treatment == .profiled || model.columnPrecision.allSatisfy({ $0 > 0 }) else {
          continue
        }
        guard treatment == .profiled || model.interceptPrecision > 0 || model.absorbed.isEmpty
        else { continue }
        let dense = try DenseModel(data, model)
        for at in DenseDensityTests.points(terms, seed: 3) where at.sigma > 0.1 {
          #expect(
            close(
              MarginalDensity(model).evaluate(at), try dense.logDensity(at), relative: 1e-8,
              absolute: 1e-8), "\(terms), \(treatment), \(at)")
        }
      }
    }
  }
}

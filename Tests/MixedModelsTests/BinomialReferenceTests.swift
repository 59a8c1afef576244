import Designs
import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// The joint models of R's trees: `glmer` of lme4 1.1-31, Laplace, bobyqa with rhoend 1e-10, on the
/// binary data under `Figures` (`reference.json`, `methods.<name>.mixed` and `whole_population`).
@Suite struct BinomialReferenceTests {
  struct Golden: CustomTestStringConvertible {
    var testDescription: String
    var data: String
    /// The leaves are `x1` up to this value, and above; one leaf where there is none.
    var breakpoint: Double?
    var terms: ModelTerms
    var logLikelihood: Double
    var tau: [Double]
    var effects: [(estimate: Double, error: Double)]
    var isSingular = false
  }

  static let models = [
    Golden(
      testDescription: "mob-ri", data: "binary-outcome", breakpoint: -0.009,
      terms: BinomialFitTests.terms(true, false), logLikelihood: -548.14004577285,
      tau: [0.614642452463524],
      effects: [
        (-0.161956887180534, 0.205576805155127), (1.34212466953059, 0.209707033430251),
      ]),
    Golden(
      testDescription: "metamob-ri", data: "binary-outcome", breakpoint: -0.009,
      terms: BinomialFitTests.terms(true, true), logLikelihood: -548.02780846165,
      tau: [0.610223811641346, 0.186481561372944],
      effects: [
        (-0.160021291909798, 0.220308617779884), (1.34616019829124, 0.225142707267917),
      ]),
    Golden(
      testDescription: "metamob-ri, correlated", data: "binary-outcome", breakpoint: -0.009,
      terms: BinomialFitTests.terms(true, true, correlated: true),
      logLikelihood: -548.027172225758, tau: [0.613956716650677, 0.190432034],
      effects: [
        (-0.159142224163736, 0.222255578434652), (1.34594718389813, 0.225846504437868),
      ]),
    Golden(
      testDescription: "metamob-si", data: "binary-outcome", breakpoint: -0.009,
      terms: BinomialFitTests.terms(false, true, .perLeafAndTrial),
      logLikelihood: -535.953273816703, tau: [0],
      effects: [
        (-0.15533145638859, 0.206584869491874), (1.3694333524723, 0.213511200802686),
      ], isSingular: true),
    Golden(
      testDescription: "whole population, stratified", data: "rank-deficient-binary",
      terms: BinomialFitTests.terms(false, true, .perTrial), logLikelihood: -239.540139939434,
      tau: [0.590105889924121], effects: []),
    Golden(
      testDescription: "whole population, two random terms", data: "rank-deficient-binary",
      terms: BinomialFitTests.terms(true, true), logLikelihood: -244.361407862041,
      tau: [0.492924756846642, 0.660494278753942], effects: []),
    // Standard errors of `glmer` with tolPwrss 1e-13 without the one participant of that trial in that
    // leaf: with it R's Hessian fails, and its standard errors take the variance as known.
    Golden(
      testDescription: "metamob-si, all events in a trial of a leaf",
      data: "rank-deficient-binary", breakpoint: 0.004,
      terms: BinomialFitTests.terms(false, true, .perLeafAndTrial),
      logLikelihood: -220.815323346819, tau: [0.611182962444824],
      effects: [
        (0.70818379470397, 0.5511860148), (1.42695826320022, 0.4367161714),
      ]),
    Golden(
      testDescription: "whole population, zero events in an arm", data: "separation",
      terms: BinomialFitTests.terms(true, true), logLikelihood: -42.9798365018127, tau: [0, 0],
      effects: [(1.01523068570691, 0.515461227728483)], isSingular: true),
  ]

  static func statistics(_ name: String, breakpoint: Double?) throws -> BinomialStatistics {
    let table = try #require(FigureTable("\(name)/data.csv"))
    let trial = table.codes("trial")
    let outcome = ["recovered", "response", "event"].first { table.columns[$0] != nil }
    let x = table.numbers("x1")
    let data = BinomialData(
      trial: trial.codes, arm: table.numbers("treat").map { UInt8($0) },
      leaf: x.map { value in breakpoint.map { value <= $0 ? 0 : 1 } ?? 0 },
      outcome: table.numbers(outcome ?? ""), trials: trial.levels.count,
      leaves: breakpoint == nil ? 1 : 2)
    return data.statistics()
  }

  /// These fits have lme4's default tolPwrss, 1e-7, whose noise in the log-likelihood is 1e-8 of it here
  /// and a few 1e-4 in what is estimated; a τ at zero is known to 1e-4, lme4's own bound for singular.
  @Test(arguments: models) func agreesWithGlmer(_ golden: Golden) throws {
    let fit = try BinomialFit(
      try Self.statistics(golden.data, breakpoint: golden.breakpoint), golden.terms)
    #expect(close(fit.logLikelihood, golden.logLikelihood, relative: 3e-7))
    #expect(fit.isSingular == golden.isSingular)
    for (ours, theirs) in zip(fit.variances.tau, golden.tau) {
      #expect(close(ours, theirs, relative: 1e-3, absolute: 1e-4))
    }
    for (leaf, theirs) in golden.effects.enumerated() {
      let ours = try #require(fit.coefficient(.effect(leaf: leaf)))
      #expect(close(ours.estimate ?? .nan, theirs.estimate, relative: 1e-3))
      #expect(close(ours.standardError ?? .nan, theirs.error, relative: 5e-3))
    }
  }

  /// Where R has an intercept of 23 with a standard error of 50,000, there is none.
  @Test func separatedInterceptIsAbsent() throws {
    let fit = try BinomialFit(
      try Self.statistics("rank-deficient-binary", breakpoint: 0.004),
      BinomialFitTests.terms(false, true, .perLeafAndTrial))
    let absent = fit.fixed.filter { $0.estimate == nil }
    #expect(absent.map(\.role) == [.intercept(leaf: 0, trial: 3)])
    #expect(absent.first?.absence == .separated)
    #expect(fit.covariance.elements.allSatisfy { $0.isFinite })
  }
}

import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Contrasts, by R 4.2.2: lmerTest 3.1-3 (`contest`) and pbkrtest 0.5.2 on lme4 1.1-31 with bobyqa to
/// 1e-11.
@Suite struct JointTestTests {
  static func equality(_ leaves: Int) -> [[(role: FixedRole, weight: Double)]] {
    (1..<leaves).map { [(.effect(leaf: $0 - 1), 1), (.effect(leaf: $0), -1)] }
  }

  static func fit(_ example: WorkedExample, leaves: Int, _ terms: ModelTerms) throws
    -> MixedModelFit
  {
    try MixedModelFit(MarginalModel(statistics(of: example, leaves: leaves), terms, .restricted))
  }

  // y = 1 + t (0.4 + u1 + 0.5 [leaf = 1]) + 3 e, leaf mod 3: τ0 is 0 there, which Satterthwaite's
  // method leaves out and Kenward and Roger's does not.
  @Test func equalityOfThreeEffects() throws {
    let fit = try Self.fit(
      WorkedExample(leaves: 3, interceptScale: 0), leaves: 3, randomIntercept)
    let test = try #require(fit.jointTest(Self.equality(3)))
    let kenwardRoger = try #require(test.kenwardRoger)
    #expect(close(kenwardRoger.statistic, 3.687098, relative: 1e-5))
    #expect(kenwardRoger.numerator == 2)
    #expect(close(kenwardRoger.denominator, 146.6625, relative: 1e-4))
    #expect(close(kenwardRoger.pValue, 0.02739488, relative: 1e-4))
    let satterthwaite = try #require(test.satterthwaite)
    #expect(close(satterthwaite.statistic, 3.690182, relative: 1e-5))
    #expect(close(satterthwaite.denominator, 149.6997, relative: 1e-3))
    #expect(close(satterthwaite.pValue, 0.02726639, relative: 1e-3))
    // Any basis of the same hypothesis gives the same test; a contrast said twice counts once.
    let other = try #require(
      fit.jointTest([
        [(.effect(leaf: 0), 1), (.effect(leaf: 2), -1)],
        [(.effect(leaf: 1), 3), (.effect(leaf: 0), -3)],
        [(.effect(leaf: 1), 1), (.effect(leaf: 2), -1)],
      ]))
    #expect(other.kenwardRoger?.numerator == 2)
    #expect(
      close(try #require(other.kenwardRoger).denominator, kenwardRoger.denominator, relative: 1e-9))
    #expect(
      close(try #require(other.satterthwaite).statistic, satterthwaite.statistic, relative: 1e-9))
  }

  struct Figures: Sendable {
    var terms: ModelTerms
    var satterthwaite: (statistic: Double, denominator: Double)
    var kenwardRoger: (statistic: Double, denominator: Double)
  }

  // few-trials, leaves x1 ≤ 0.279 & x2 ≤ −0.257, x1 ≤ 0.279 & x2 > −0.257, x1 > 0.279.
  @Test(arguments: [
    Figures(
      terms: correlated(.perLeaf), satterthwaite: (11.72620879443, 291.4036212523),
      kenwardRoger: (11.66405006064, 291.3434897956)),
    Figures(
      terms: randomIntercept, satterthwaite: (11.45807384579, 291.0024758109),
      kenwardRoger: (11.40126370331, 291.5897364885)),
  ])
  func fewTrials(figures: Figures) throws {
    let fit = try MixedModelFit(
      MarginalModel(try FewTrials.statistics(), figures.terms, .restricted))
    let test = try #require(fit.jointTest(Self.equality(3)))
    let satterthwaite = try #require(test.satterthwaite)
    #expect(close(satterthwaite.statistic, figures.satterthwaite.statistic, relative: 1e-6))
    #expect(close(satterthwaite.denominator, figures.satterthwaite.denominator, relative: 1e-3))
    let kenwardRoger = try #require(test.kenwardRoger)
    #expect(close(kenwardRoger.statistic, figures.kenwardRoger.statistic, relative: 1e-6))
    #expect(close(kenwardRoger.denominator, figures.kenwardRoger.denominator, relative: 1e-3))
  }

  // lm: anova of y ~ trial + leaf + t against y ~ trial + leaf + leaf:t.
  @Test func linearModel() throws {
    let terms = ModelTerms(intercepts: .perTrial, randomIntercept: false, randomEffect: false)
    let fit = try MixedModelFit(MarginalModel(try FewTrials.statistics(), terms, .restricted))
    let test = try #require(fit.jointTest(Self.equality(3))?.satterthwaite)
    #expect(close(test.statistic, 11.20094, relative: 1e-6))
    #expect(test.denominator == 292)
    #expect(close(test.pValue, 2.0562e-05, relative: 1e-4))
    #expect(close(fit.estimate.variances.sigma, 1.05801078766, relative: 1e-10))
  }

  @Test func oneContrastIsItsSquaredT() throws {
    let fit = try Self.fit(WorkedExample(), leaves: 2, randomIntercept)
    let contrast = try #require(fit.contrast(Self.equality(2)[0]))
    let test = try #require(fit.jointTest(Self.equality(2)))
    let t = contrast.estimate / contrast.standardError
    #expect(close(try #require(test.satterthwaite).statistic, t * t, relative: 1e-10))
    #expect(
      close(try #require(test.satterthwaite?.pValue), try #require(contrast.pValue), relative: 1e-8)
    )
    let error = try #require(contrast.kenwardRogerError)
    let scaled = contrast.estimate / error
    #expect(close(try #require(test.kenwardRoger).statistic, scaled * scaled, relative: 1e-8))
    #expect(
      close(
        try #require(test.kenwardRoger?.denominator), try #require(contrast.kenwardRogerDF),
        relative: 1e-8))
  }

  @Test func nothingToTest() throws {
    let fit = try Self.fit(WorkedExample(), leaves: 2, randomIntercept)
    #expect(fit.contrast([(.effect(leaf: 7), 1)]) == nil)
    #expect(fit.contrast([]) == nil)
    #expect(fit.jointTest([]) == nil)
    #expect(fit.jointTest([[(.effect(leaf: 0), 0)]]) == nil)
  }

  // pbkrtest 0.5.2 on the worked example, to the digits printed.
  @Test(arguments: [
    (randomIntercept, FixedRole.intercept(leaf: 0, trial: nil), 0.311865, 5.943009),
    (randomIntercept, .intercept(leaf: 1, trial: nil), 0.325515, 7.037409),
    (randomIntercept, .effect(leaf: 0), 0.326215, 6.667039),
    (randomIntercept, .effect(leaf: 1), 0.352005, 8.970812),
    (stratified, .effect(leaf: 0), 0.317303, 6.477429),
    (stratified, .effect(leaf: 1), 0.342845, 8.756181),
  ])
  func kenwardRoger(terms: ModelTerms, role: FixedRole, error: Double, degrees: Double) throws {
    let fit = try Self.fit(WorkedExample(), leaves: 2, terms)
    let found = try #require(fit.coefficient(role))
    #expect(close(try #require(found.kenwardRogerError), error, relative: 5e-5))
    #expect(close(try #require(found.kenwardRogerDF), degrees, relative: 2e-4))
  }

  @Test func kenwardRogerHasAllComponentsAtTheBoundary() throws {
    let fit = try Self.fit(
      WorkedExample(leaves: 3, interceptScale: 0, effectScale: 0, shift: 0), leaves: 3,
      randomIntercept)
    let found = try #require(fit.coefficient(.effect(leaf: 0)))
    #expect(close(try #require(found.kenwardRogerError), 0.231014, relative: 1e-5))
    #expect(close(try #require(found.kenwardRogerDF), 42.8278, relative: 1e-4))
  }

  @Test func likelihoodHasNoKenwardRoger() throws {
    let model = MarginalModel(
      statistics(of: WorkedExample(), leaves: 2), randomIntercept, .profiled)
    let fit = try MixedModelFit(model)
    #expect(fit.fixed.allSatisfy { $0.kenwardRogerDF == nil && $0.kenwardRogerError == nil })
    #expect(try #require(fit.jointTest(Self.equality(2))).kenwardRoger == nil)
  }
}

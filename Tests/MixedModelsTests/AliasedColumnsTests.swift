import Foundation
import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// Coefficients that the data cannot estimate, and variances on the boundary: a right answer or none.
///
/// Figures of R 4.2.2, lme4 1.1-31 (bobyqa to 1e-11), lmerTest 3.1-3 on the data of
/// `WorkedExample` changed as each test says; `lmer` drops columns that are dependent.
@Suite struct AliasedColumnsTests {
  static func example(_ change: (inout SampleData) -> Void) -> SampleData {
    let example = WorkedExample()
    var data = SampleData(
      trial: example.trial, arm: example.arm, leaf: example.leaf, outcome: example.outcome,
      trials: 6, leaves: 2)
    change(&data)
    return data
  }

  static func fit(_ data: SampleData, _ terms: ModelTerms) throws -> MixedModelFit {
    try MixedModelFit(MarginalModel(data.statistics, terms, .restricted))
  }

  /// What lmer gives of leaf 0's effect, and the variances.
  struct Figures: Sendable {
    var logLikelihood: Double
    var deviations: [Double]
    var effect: (estimate: Double, error: Double, degrees: Double)
  }

  static func check(_ fit: MixedModelFit, _ figures: Figures) throws {
    #expect(close(fit.estimate.logLikelihood, figures.logLikelihood, relative: 1e-10))
    let found = fit.estimate.variances.tau + [fit.estimate.variances.sigma]
    for (a, b) in zip(found, figures.deviations) {
      #expect(close(a, b, relative: 1e-5, absolute: 1e-6))
    }
    let effect = try #require(fit.coefficient(.effect(leaf: 0)))
    #expect(close(try #require(effect.estimate), figures.effect.estimate, relative: 1e-6))
    #expect(close(try #require(effect.standardError), figures.effect.error, relative: 1e-6))
    #expect(close(try #require(effect.satterthwaite), figures.effect.degrees, relative: 5e-4))
  }

  static func expectNone(_ fit: MixedModelFit, _ role: FixedRole) throws {
    let effect = try #require(fit.coefficient(role))
    #expect(effect.estimate == nil)
    #expect(effect.standardError == nil)
    #expect(effect.satterthwaite == nil)
  }

  // t[leaf == 1] <- 1.
  @Test func leafWithOneArm() throws {
    let data = Self.example { data in
      for i in data.arm.indices where data.leaf[i] == 1 { data.arm[i] = 1 }
    }
    let separate = try Self.fit(data, stratified)
    try Self.check(
      separate,
      Figures(
        logLikelihood: -217.50288465391, deviations: [0.687462053988578, 0.933349256513993],
        effect: (0.342136520987253, 0.346898555935043, 5.8664353705269)))
    try Self.expectNone(separate, .effect(leaf: 1))
    let random = try Self.fit(data, randomIntercept)
    try Self.check(
      random,
      Figures(
        logLikelihood: -227.273438434456,
        deviations: [0.563726202216292, 0.681651301994659, 0.933681193762399],
        effect: (0.292012395537588, 0.34261439112532, 7.57478319531416)))
    try Self.expectNone(random, .effect(leaf: 1))
    #expect(random.coefficient(.intercept(leaf: 1, trial: nil))?.estimate != nil)
  }

  // t[leaf == 1] <- trial %in% c(1, 3, 5): between trials, an effect under random intercepts alone.
  @Test func leafWithArmsInDifferentTrials() throws {
    let data = Self.example { data in
      for i in data.arm.indices where data.leaf[i] == 1 {
        data.arm[i] = data.trial[i] % 2 == 0 ? 1 : 0
      }
    }
    let separate = try Self.fit(data, stratified)
    try Self.check(
      separate,
      Figures(
        logLikelihood: -217.50288465391, deviations: [0.687462070570042, 0.933349256003618],
        effect: (0.342136520267015, 0.346898561465801, 5.86643507833741)))
    try Self.expectNone(separate, .effect(leaf: 1))
    let random = try Self.fit(data, randomIntercept)
    try Self.check(
      random,
      Figures(
        logLikelihood: -225.263652707662,
        deviations: [0.524222151334786, 0.68851078543622, 0.925761021440887],
        effect: (0.337672702463387, 0.344272583060494, 7.11629131646693)))
    let effect = try #require(random.coefficient(.effect(leaf: 1)))
    #expect(close(try #require(effect.estimate), 0.798972154134295, relative: 1e-6))
    #expect(close(try #require(effect.standardError), 0.411117384397687, relative: 1e-6))
    #expect(close(try #require(effect.satterthwaite), 14.2972257146927, relative: 5e-4))
  }

  // No baseline differences: y - u0[trial].
  @Test func interceptsOnTheBoundary() throws {
    let example = WorkedExample(interceptScale: 0)
    let fit = try Self.fit(Self.example { $0.outcome = example.outcome }, randomIntercept)
    try Self.check(
      fit,
      Figures(
        logLikelihood: -217.077965352316, deviations: [0, 0.70727266429492, 0.897184376502902],
        effect: (0.369004121724649, 0.344705131736553, 8.31557749215267)))
    #expect(fit.estimate.variances.tau[0] == 0)
    #expect(fit.estimate.isSingular)
    #expect(fit.trialEffects.allSatisfy { $0[0] == 0 })
  }

  // No differences between trials, nor leaves: y <- 1 + .4 t + 3 e.
  @Test func effectsOnTheBoundary() throws {
    let example = WorkedExample(interceptScale: 0, effectScale: 0, shift: 0)
    let data = Self.example { $0.outcome = example.outcome }
    let random = try Self.fit(data, randomIntercept)
    try Self.check(
      random,
      Figures(
        logLikelihood: -211.961127310921, deviations: [0.122604985817483, 0, 0.892799436237721],
        effect: (0.333271866524746, 0.182264929549064, 151.440989085071)))
    #expect(random.estimate.variances.tau[1] == 0)
    let separate = try Self.fit(data, stratified)
    try Self.check(
      separate,
      Figures(
        logLikelihood: -205.392081441828, deviations: [0, 0.874977738789218],
        effect: (0.334214821972654, 0.178710489997154, 146)))
    #expect(separate.estimate.variances.tau == [0])
    #expect(separate.trialEffects.allSatisfy { $0 == [0] })
  }

  @Test func covariateThatTheInterceptsDetermine() throws {
    let plain = Self.example { _ in }
    var data = plain
    data.covariates = [data.trial.map { 40 + 3.7 * Double($0 * $0) }]
    let fit = try Self.fit(data, stratified)
    try Self.expectNone(fit, .covariate(0))
    let without = try Self.fit(plain, stratified)
    #expect(fit.estimate == without.estimate)
    #expect(fit.parameterCount == without.parameterCount)
    #expect(fit.coefficient(.effect(leaf: 1)) == without.coefficient(.effect(leaf: 1)))
    #expect(try Self.fit(data, randomIntercept).coefficient(.covariate(0))?.estimate != nil)
  }

  @Test func dependentCovariates() throws {
    let x = (1...160).map { Double((37 * $0) % 61) / 10 }
    let plain = Self.example { $0.covariates = [x] }
    var data = plain
    data.covariates = [x, x.map { 5 - 2 * $0 }, x.map { _ in 3 }]
    for terms in [stratified, randomIntercept] {
      let fit = try Self.fit(data, terms)
      try Self.expectNone(fit, .covariate(1))
      try Self.expectNone(fit, .covariate(2))
      #expect(
        fit.coefficient(.covariate(0)) == (try Self.fit(plain, terms)).coefficient(.covariate(0)))
    }
  }

  // A mean that dwarfs the spread costs digits, not the column: years, and seconds since 1970.
  @Test(arguments: [2005.0, 1.6e9]) func covariateFarFromZero(shift: Double) throws {
    let x = (1...160).map { Double((37 * $0) % 61) * (shift > 1e6 ? 1e5 : 0.3) }
    let near = try Self.fit(Self.example { $0.covariates = [x] }, randomIntercept)
    let far = try Self.fit(
      Self.example { $0.covariates = [x.map { $0 + shift }] }, randomIntercept)
    for role in [FixedRole.covariate(0), .effect(leaf: 0), .effect(leaf: 1)] {
      let a = try #require(near.coefficient(role))
      let b = try #require(far.coefficient(role))
      let error = try #require(a.standardError)
      #expect(abs(try #require(a.estimate) - (try #require(b.estimate))) < 1e-5 * error)
      #expect(close(error, try #require(b.standardError), relative: 1e-5))
    }
  }

  @Test func nothingLeftForTheResidual() {
    let data = SampleData(
      trial: [0, 0, 1, 1], arm: [0, 1, 0, 1], leaf: [0, 0, 0, 0], covariates: [[1, 2, 4, 8]],
      outcome: [1, 3, 2, 7], trials: 2, leaves: 1)
    #expect(throws: NumericalError.self) { try Self.fit(data, stratified) }
  }

  @Test(arguments: [1.0, 1e-9, 1e9]) func outcomeFittedExactly(unit: Double) {
    let data = SampleData(
      trial: [0, 0, 0, 0, 1, 1, 1, 1], arm: [0, 1, 0, 1, 0, 1, 0, 1],
      leaf: [0, 0, 0, 0, 0, 0, 0, 0],
      outcome: [1, 3, 1, 3, 2, 4, 2, 4].map { $0 * unit }, trials: 2, leaves: 1)
    #expect(throws: NumericalError.self) { try Self.fit(data, stratified) }
  }

  // A proper prior identifies its own coefficient, whatever is flat beside it.
  @Test func partlyFlatPriors() {
    let data = Self.example { data in
      for i in data.arm.indices where data.leaf[i] == 1 { data.arm[i] = 1 }
      data.covariates = [data.trial.map { Double($0) }]
    }
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    let proper = CoefficientPrior.Normal(mean: 0, sd: 1)
    func aliased(
      _ terms: ModelTerms, intercept: CoefficientPrior.Normal, effect: CoefficientPrior.Normal,
      covariate: CoefficientPrior.Normal
    ) -> [GlobalColumns.Role] {
      let prior = CoefficientPrior(intercept: intercept, effect: effect, coefficients: [covariate])
      return MarginalModel(data.statistics, terms, .integrated(prior)).columns.aliased
    }
    #expect(aliased(stratified, intercept: flat, effect: proper, covariate: proper) == [])
    #expect(
      aliased(stratified, intercept: flat, effect: flat, covariate: flat)
        == [.effect(leaf: 1), .covariate(0)])
    #expect(
      aliased(stratified, intercept: flat, effect: proper, covariate: flat) == [.covariate(0)])
    #expect(aliased(stratified, intercept: proper, effect: flat, covariate: flat) == [])
    #expect(
      aliased(randomIntercept, intercept: flat, effect: flat, covariate: flat)
        == [.effect(leaf: 1)])
    #expect(aliased(randomIntercept, intercept: flat, effect: proper, covariate: flat) == [])
    #expect(aliased(randomIntercept, intercept: proper, effect: flat, covariate: flat) == [])
  }
}

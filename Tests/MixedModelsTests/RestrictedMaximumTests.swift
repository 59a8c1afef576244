import Designs
import Foundation
import MixedModels
import TestSupport
import Testing

/// A design and its leaves as sufficient statistics.
func statistics(of example: WorkedExample, leaves: Int) -> ModelStatistics {
  let design = Design(
    formula: "y ~ t | trial | z", outcomeName: "y", family: .gaussian, outcome: example.outcome,
    treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: example.arm,
    trialName: "trial", trials: (1...6).map(String.init), trial: example.trial,
    exclusions: Exclusions(rows: 160, used: 160, counts: []))
  return ModelStatistics(design, leaf: example.leaf, leaves: leaves)
}

let randomIntercept = ModelTerms(
  intercepts: .perLeaf, randomIntercept: true, randomEffect: true)
let stratified = ModelTerms(
  intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)

@Suite struct RestrictedMaximumTests {
  // Figures of lme4 1.1-31 on the same data, refitted with bobyqa to rhoend 1e-11: its default
  // optimiser leaves only four digits of the standard deviations.
  @Test func agreesWithLme4ForRandomIntercepts() throws {
    let model = MarginalModel(
      statistics(of: WorkedExample(), leaves: 2), randomIntercept, .restricted)
    let fit = try VarianceMaximiser(model).maximum()
    #expect(close(-2 * fit.logLikelihood, 446.351_835_40, relative: 1e-10))
    #expect(close(fit.variances.tau[0], 0.684_396_298, relative: 1e-7))
    #expect(close(fit.variances.tau[1], 0.639_754_693, relative: 1e-7))
    #expect(close(fit.variances.sigma, 0.903_699_687, relative: 1e-7))
    #expect(!fit.isSingular)
  }

  @Test func agreesWithLme4ForStratifiedIntercepts() throws {
    let model = MarginalModel(
      statistics(of: WorkedExample(), leaves: 2), stratified, .restricted)
    let fit = try VarianceMaximiser(model).maximum()
    #expect(close(-2 * fit.logLikelihood, 421.5996, relative: 1e-6))
    #expect(close(fit.variances.tau[0], 0.618_398_32, relative: 1e-7))
    #expect(close(fit.variances.sigma, 0.887_050_38, relative: 1e-7))
  }

  @Test func findsTheBoundaryExactly() throws {
    let example = WorkedExample(leaves: 3, interceptScale: 0, effectScale: 0, shift: 0)
    let model = MarginalModel(
      statistics(of: example, leaves: 3), randomIntercept, .restricted)
    let fit = try VarianceMaximiser(model).maximum()
    #expect(fit.variances.tau[1] == 0)
    #expect(fit.isSingular)
    #expect(close(fit.variances.tau[0], 0.107384, relative: 1e-5))
    #expect(close(fit.variances.sigma, 0.899263, relative: 1e-5))
  }
}

@Suite struct MixedModelFitTests {
  // Satterthwaite df by lmerTest 3.1.3, estimates and standard errors by lme4, as printed to six
  // digits (there at lme4's default optimum, good to four digits).
  @Test(arguments: [
    (FixedRole.effect(leaf: 0), 0.358998, 0.324766, 7.8052),
    (.effect(leaf: 1), 0.675262, 0.350455, 10.4673),
    (.intercept(leaf: 0, trial: nil), 1.216669, 0.311274, 6.2791),
    (.intercept(leaf: 1, trial: nil), 1.013259, 0.324872, 7.4304),
  ])
  func randomIntercepts(role: FixedRole, estimate: Double, error: Double, df: Double) throws {
    let fit = try MixedModelFit(
      MarginalModel(statistics(of: WorkedExample(), leaves: 2), randomIntercept, .restricted))
    let found = try #require(fit.coefficient(role))
    #expect(close(try #require(found.estimate), estimate, relative: 2e-5))
    #expect(close(try #require(found.standardError), error, relative: 5e-5))
    #expect(close(try #require(found.satterthwaite), df, relative: 1e-3))
  }

  @Test(arguments: [
    (FixedRole.effect(leaf: 0), 0.364199, 0.315886, 7.642229),
    (.effect(leaf: 1), 0.684336, 0.341320, 10.300504),
  ])
  func stratifiedIntercepts(role: FixedRole, estimate: Double, error: Double, df: Double) throws {
    let fit = try MixedModelFit(
      MarginalModel(statistics(of: WorkedExample(), leaves: 2), stratified, .restricted))
    let found = try #require(fit.coefficient(role))
    #expect(close(try #require(found.estimate), estimate, relative: 2e-5))
    #expect(close(try #require(found.standardError), error, relative: 5e-5))
    #expect(close(try #require(found.satterthwaite), df, relative: 1e-3))
  }

  @Test func boundaryComponentsLeaveTheDegreesOfFreedom() throws {
    let example = WorkedExample(leaves: 3, interceptScale: 0, effectScale: 0, shift: 0)
    let fit = try MixedModelFit(
      MarginalModel(statistics(of: example, leaves: 3), randomIntercept, .restricted))
    let found = try #require(fit.coefficient(.effect(leaf: 0)))
    #expect(close(try #require(found.estimate), -0.016222, relative: 1e-4))
    #expect(close(try #require(found.standardError), 0.224857, relative: 1e-5))
    #expect(close(try #require(found.satterthwaite), 149.7522, relative: 1e-3))
  }
}

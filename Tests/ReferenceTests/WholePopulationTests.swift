import Designs
import Foundation
import JSON
import TestSupport
import Testing

@testable import MixedModels

/// Models of the whole population, covariates among them, by REML and ML against lme4 and lmerTest.
@Suite struct WholePopulationTests {
  struct Fit: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String

    var testDescription: String { "\(name), \(kind)" }
  }

  /// All but the one of which lme4 finds a lower maximum (below).
  static let fits = ["low-back-pain", "few-trials", "many-trials", "null"].flatMap { name in
    ["lmer_si_REML", "lmer_ri_REML", "lmer_si_ML", "lmer_ri_ML"].map { Fit(name: name, kind: $0) }
  }.filter { $0.name != "low-back-pain" || $0.kind != "lmer_si_ML" }

  /// The reference's model of a data set, `rmdq_0` being a covariate of low-back-pain.
  static func model(_ name: String, _ kind: String) throws -> MarginalModel {
    let formula = name == "low-back-pain" ? "rmdq ~ treatment + rmdq_0 | trial | age" : nil
    let design = try referenceDesign(name, formula: formula)
    let leaf = [Int32](repeating: 0, count: design.rows)
    let terms =
      kind.contains("_si_")
      ? ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
      : ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: true)
    return MarginalModel(
      ModelStatistics(design, leaf: leaf, leaves: 1), terms,
      kind.hasSuffix("REML") ? .restricted : .profiled)
  }

  static func figures(_ name: String, _ kind: String) throws -> JSONValue {
    try ReferenceCase(name).figures.at("whole_population", kind)
  }

  @Test(arguments: fits)
  func variances(_ reference: Fit) throws {
    let (name, kind) = (reference.name, reference.kind)
    let figures = try Self.figures(name, kind)
    let fit = try MixedModelFit(try Self.model(name, kind))
    #expect(close(fit.estimate.logLikelihood, try figures.number("logLik"), relative: 1e-9))
    #expect(fit.parameterCount == Int(try figures.number("npar")))
    #expect(close(fit.estimate.variances.sigma, try figures.number("sigma"), relative: 1e-6))
    let components = try #require(figures["varcorr"]?.array).dropLast()
    #expect(components.count == fit.estimate.variances.tau.count)
    for (tau, component) in zip(fit.estimate.variances.tau, components) {
      #expect(close(tau, try component.number("sdcor"), relative: 1e-5, absolute: 1e-6))
    }
    #expect(fit.estimate.isSingular == (figures["singular"] == .bool(true)))
  }

  // Estimates to 1e-6 of their standard errors; lme4's optimum leaves about as much.
  @Test(arguments: fits)
  func coefficients(_ reference: Fit) throws {
    let (name, kind) = (reference.name, reference.kind)
    let figures = try Self.figures(name, kind)
    let fit = try MixedModelFit(try Self.model(name, kind))
    var roles: [(String, FixedRole)] = [("t", .effect(leaf: 0))]
    if name == "low-back-pain" { roles.append(("rmdq_0", .covariate(0))) }
    if kind.contains("_ri_") { roles.append(("(Intercept)", .intercept(leaf: 0, trial: nil))) }
    // The first trial is R's reference level.
    if kind.contains("_si_") { roles.append(("(Intercept)", .intercept(leaf: 0, trial: 0))) }
    for (key, role) in roles {
      let expected = try figures.at("fixed", key)
      let found = try #require(fit.coefficient(role))
      let error = try expected.number("se")
      #expect(abs(try #require(found.estimate) - (try expected.number("est"))) < 1e-5 * error)
      #expect(close(try #require(found.standardError), error, relative: 1e-5))
      let degrees = try expected.number("df_satt")
      #expect(close(try #require(found.satterthwaite), degrees, relative: 1e-3), "\(key)")
    }
  }

  @Test(arguments: fits)
  func trialIntercepts(_ reference: Fit) throws {
    let (name, kind) = (reference.name, reference.kind)
    guard kind.contains("_si_") else { return }
    let figures = try Self.figures(name, kind)
    let fit = try MixedModelFit(try Self.model(name, kind))
    let design = try referenceDesign(name)
    let first = try #require(fit.coefficient(.intercept(leaf: 0, trial: 0))?.estimate)
    for (k, trial) in design.trials.enumerated().dropFirst() {
      let contrast = try figures.at("fixed", "trial\(trial)")
      let estimate = try #require(fit.coefficient(.intercept(leaf: 0, trial: k))?.estimate)
      #expect(
        abs(estimate - first - (try contrast.number("est"))) < 1e-5 * (try contrast.number("se")))
    }
  }

  @Test(arguments: fits)
  func predictedTrialEffects(_ reference: Fit) throws {
    let (name, kind) = (reference.name, reference.kind)
    let values = try Self.figures(name, kind).at("blup", "trial", "condval")
    let fit = try MixedModelFit(try Self.model(name, kind))
    let effects = try #require(values["t"]?.numbers)
    let term = kind.contains("_ri_") ? 1 : 0
    for (k, expected) in effects.enumerated() {
      #expect(abs(fit.trialEffects[k][term] - expected) < 1e-5)
    }
    guard term == 1 else { return }
    for (k, expected) in try #require(values["(Intercept)"]?.numbers).enumerated() {
      #expect(abs(fit.trialEffects[k][0] - expected) < 1e-5)
    }
  }

  // The likelihood has two maxima here, τ1 = 0 and θ near 0.1, and lme4 stops at the lower. R 4.2.2,
  // lme4 1.1-31: the deviance function of lmer(rmdq ~ t + rmdq_0 + trial + (0 + t | trial), REML = F).
  @Test func higherOfTwoMaxima() throws {
    let model = try Self.model("low-back-pain", "lmer_si_ML")
    let figures = try Self.figures("low-back-pain", "lmer_si_ML")
    let density = MarginalDensity(model)
    // At lme4's maximum.
    let sigma = try figures.number("sigma")
    let atBoundary = density.evaluate(Variances(sigma: sigma, tau: [0]))
    #expect(close(atBoundary, -4080.63709379575, relative: 1e-12))
    #expect(close(atBoundary, try figures.number("logLik"), relative: 1e-12))
    let found = try VarianceMaximiser(model).maximum()
    let theta = found.variances.tau[0] / found.variances.sigma
    #expect(theta > 0.1 && theta < 0.11)
    #expect(found.logLikelihood > -4080.44016894 && found.logLikelihood < -4080.43)
    for (theta, value) in [
      (0.01, -4080.64498616), (0.05, -4080.60294952), (0.1, -4080.44016894), (0.3, -4081.70972687),
    ] {
      let profiled = try VarianceMaximiser(model).profile([theta]).value
      #expect(close(profiled, value, relative: 1e-12))
    }
  }
}

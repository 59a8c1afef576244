import Designs
import Foundation
import JSON
import MixedModels
import Subgroups
import TestSupport
import Testing
import Trees

/// Trees and joint models by REML and ML against partykit 1.2-16, glmertree 0.2-6, palmtree 0.9-1,
/// lme4 1.1-31, lmerTest 3.1.3 and pbkrtest 0.5.2: every method and every variant of the settings.
@Suite struct LikelihoodTreeTests {
  static let gaussian = ["low-back-pain", "few-trials", "many-trials", "null", "rank-deficient"]
  static let binomial = ["binary-outcome", "rank-deficient-binary", "separation"]

  static func analysis(_ reference: ReferenceTree) throws -> Analysis {
    try analyse(referenceDesign(reference.name), reference.plan, in: AnalysisEnvironment())
  }

  @Test(arguments: (gaussian + binomial).flatMap { ReferenceTree.all(of: $0) })
  func treeAndTests(_ reference: ReferenceTree) throws {
    let analysis = try Self.analysis(reference)
    let grown = analysis.runs[0].tree
    let figures = try reference.figures
    // R's own optimiser leaves three to five digits in the trial effects of mixed trees.
    let isMixed = reference.method.terms.randomTerms > 0
    let tolerance = isMixed ? 5e-4 : Self.binomial.contains(reference.name) ? 1e-5 : 1e-6
    var check = TreeCheck(
      design: analysis.design, tree: grown.tree, figures: figures, tolerance: tolerance)
    switch analysis.plan.growth.ordinal {
    case .chisq: break
    case .max: check.simulated = 1e-3
    case .l2: check.simulated = 0.02
    }
    try check.run()
    if let iterations = figures["iterations"]?.number {
      #expect(grown.iterations == Int(iterations))
    }
  }

  @Test(arguments: cases, [Method.metamobRI, .metamobSI])
  func mixedModel(name: String, method: Method) throws {
    let run = try Self.analysis(name, method).runs[0]
    guard case .likelihood(let result) = run.fit else { throw Require.Missing(what: "REML fit") }
    let mixed = try ReferenceCase(name).figures.at("methods", method.rawValue, "mixed")
    #expect(close(result.logLikelihood, try mixed.number("logLik"), relative: 1e-9))
    #expect(result.fit.parameterCount == Int(try mixed.number("npar")))
    #expect(close(result.aic, try mixed.number("AIC"), relative: 1e-9))
    #expect(close(result.bic, try mixed.number("BIC"), relative: 1e-9))
    #expect(
      close(result.fit.estimate.variances.sigma, try mixed.number("sigma"), relative: 1e-6))
    let components = try #require(mixed["varcorr"]?.array).dropLast()
    for (tau, component) in zip(result.fit.estimate.variances.tau, components) {
      #expect(close(tau, try component.number("sdcor"), relative: 1e-6, absolute: 1e-6))
    }
    let fixed = try #require(mixed["fixed"]?.object)
    for subgroup in result.subgroups {
      let figures = try #require(
        fixed[".tree\(subgroup.node):t"] ?? (result.subgroups.count == 1 ? fixed["t"] : nil))
      let error = try figures.number("se")
      #expect(close(try #require(subgroup.standardError), error, relative: 1e-6))
      // An estimate near zero is as exact as its standard error.
      #expect(
        close(
          try #require(subgroup.estimate), try figures.number("est"), relative: 1e-6,
          absolute: 1e-6 * error))
      #expect(
        close(
          try #require(subgroup.degreesOfFreedom), try figures.number("df_satt"), relative: 1e-3))
      #expect(
        close(
          try #require(subgroup.pValue), try figures.number("p_satt"), relative: 1e-3))
    }
  }
}

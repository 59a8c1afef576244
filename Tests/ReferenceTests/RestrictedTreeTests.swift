import Designs
import Foundation
import Inference
import JSON
import MixedModels
import Subgroups
import TestSupport
import Testing
import Trees

/// Trees and joint models by REML against partykit, glmertree, lme4 and lmerTest.
///
/// Versions 1.2-16, 0.2-6, 1.1-31 and 3.1.3. R reads tied values row by row, starts at zero and makes a leaf of a node it cannot test.
@Suite struct RestrictedTreeTests {
  static let cases = ["low-back-pain", "few-trials", "many-trials", "null"]

  static func analysis(_ name: String, _ method: Method) throws -> Analysis {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.estimators = [.reml]
    plan.growth.ties = .rows
    plan.growth.start = .zero
    plan.growth.fallback = .stop
    return try analyse(referenceDesign(name), plan, in: AnalysisEnvironment())
  }

  @Test(arguments: cases, Method.allCases)
  func treeAndTests(name: String, method: Method) throws {
    let analysis = try Self.analysis(name, method)
    let tree = analysis.runs[0].tree.tree
    let reference = try ReferenceCase(name).figures.at("methods", method.rawValue)
    let nodes = try #require(reference["nodes"]?.array)
    #expect(tree.nodes.count == nodes.count)
    // R's own optimiser leaves three to five digits in the trial effects of mixed trees.
    let tolerance = method == .mobSI ? 1e-6 : 5e-4
    for (node, figures) in zip(tree.nodes, nodes) {
      #expect(node.id == Int(try figures.number("id")))
      #expect(node.rows.count == Int(try figures.number("n")))
      try checkSplit(node, figures, analysis.design)
      try checkTests(node, figures, analysis.design, tolerance)
      let objective = try figures.number("objfun")
      #expect(close(node.objective, objective, relative: tolerance))
      let effect = try figures.number("coef", "t")
      #expect(close(try #require(node.coefficients.effect), effect, relative: tolerance * 10))
    }
    if let iterations = reference["iterations"]?.number {
      #expect(analysis.runs[0].tree.iterations == Int(iterations))
    }
  }

  private func checkSplit(_ node: TreeNode, _ figures: JSONValue, _ design: Design) throws {
    guard let split = figures["split"], split.object != nil else {
      #expect(node.split == nil)
      return
    }
    let found = try #require(node.split)
    let variable = design.partitioning[found.variable]
    #expect(variable.name == split["var"]?.string)
    switch (found, variable.values) {
    case (.numeric(_, let breakpoint), _): #expect(breakpoint == split["breaks"]?.number)
    case (.ordered(_, let breakpoint), .ordered(_, let levels)):
      #expect(levels[breakpoint] == split["left_upto"]?.string)
    case (.nominal(_, let groups), .nominal(_, let levels)):
      let named = groups.map { $0.map { JSONValue.string(levels[$0]) } }
      #expect(JSONValue.array(named.map(JSONValue.array)) == split["groups"])
    default: Issue.record("a split of another kind than its variable")
    }
  }

  private func checkTests(
    _ node: TreeNode, _ figures: JSONValue, _ design: Design, _ tolerance: Double
  ) throws {
    guard let tests = figures["test"]?.object else {
      #expect(node.tests.isEmpty)
      return
    }
    #expect(tests.count == node.tests.count)
    for test in node.tests {
      let expected = try #require(tests[design.partitioning[test.variable].name])
      guard let statistic = expected["stat"]?.number else {
        #expect(test.statistic == nil)
        continue
      }
      #expect(close(try #require(test.statistic), statistic, relative: tolerance))
      let p = try expected.number("p")
      // A relative error of the statistic is one of log p, which R prints as p.
      let found = try #require(test.adjustedPValue)
      #expect(
        close(found, p, relative: tolerance)
          || close(log(found), log(p), relative: tolerance))
    }
  }

  @Test(arguments: cases, [Method.metamobRI, .metamobSI])
  func mixedModel(name: String, method: Method) throws {
    let run = try Self.analysis(name, method).runs[0]
    guard case .restricted(let result) = run.fit else { throw Require.Missing(what: "REML fit") }
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

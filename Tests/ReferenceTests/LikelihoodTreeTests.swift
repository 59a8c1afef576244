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

  /// Mixed trees whose trial effects come, in R, from leaves that rest on rounding noise or on
  /// coefficients of 17: all their figures differ.
  static let unlike: Set<String> = Set(
    ["mob-ri", "metamob-ri", "palmtree"].map { "separation, minsize5_alpha1, \($0)" }
      + ["rank-deficient, metamob-si"])

  /// Trees of which some node is separated, or has a trial whose intercept has no finite estimate.
  static let separated: [String: [Int]] = [
    "separation, minsize5_alpha1, mob": [13],
    "separation, minsize5_alpha1, mob-si": [4, 5],
    "separation, minsize5_alpha1, metamob-si": [4, 5],
    "rank-deficient-binary, minsize20_alpha0.5, mob-si": [2],
    "rank-deficient-binary, minsize20_alpha0.5, metamob-si": [2],
  ]

  @Test(
    arguments: (gaussian + binomial).flatMap { ReferenceTree.all(of: $0) }
      .filter { !unlike.contains($0.testDescription) })
  func treeAndTests(_ reference: ReferenceTree) throws {
    let analysis = try Self.analysis(reference)
    let grown = analysis.runs[0].tree
    let figures = try reference.figures
    // R's own optimiser leaves three to five digits in the trial effects of mixed trees.
    let isMixed = reference.method.terms.randomTerms > 0
    let tolerance = isMixed ? 5e-4 : Self.binomial.contains(reference.name) ? 1e-5 : 1e-6
    var check = TreeCheck(
      design: analysis.design, tree: grown.tree, figures: figures, tolerance: tolerance,
      agreement: reference.agreement(.trees))
    switch analysis.plan.growth.ordinal {
    case .chisq: break
    // R's quasi-Monte-Carlo has an error of 0.001 before adjustment, its simulation has 10,000 draws.
    case .max: check.simulated = 5e-3
    case .l2: check.simulated = 0.02
    }
    let separated = try check.run()
    #expect(separated.sorted() == Self.separated[reference.testDescription] ?? [])
    if let iterations = figures["iterations"]?.number, Self.isSound(reference) {
      #expect(grown.iterations == Int(iterations))
    }
  }

  @Test func allTreesAreThere() {
    let all = (Self.gaussian + Self.binomial).flatMap { ReferenceTree.all(of: $0) }
    // 238 less those with clusters and those without joint leaves.
    #expect(all.count == 224)
    #expect(Self.unlike.union(Self.separated.keys).isSubset(of: all.map(\.testDescription)))
  }

  /// Whether R tested all nodes of a tree soundly, so that its leaves are ours.
  static func isSound(_ reference: ReferenceTree) -> Bool {
    let nodes = (try? reference.figures["nodes"]?.array) ?? []
    return nodes.allSatisfy { $0["caution"] == nil }
  }

  static func fitted(_ key: String) -> [ReferenceTree] {
    (gaussian + binomial).flatMap { ReferenceTree.all(of: $0) }.filter { reference in
      isSound(reference) && !unlike.contains(reference.testDescription)
        && (try? reference.figures[key])?.object != nil
    }
  }

  /// Relative tolerances: REML and ML optima of R's tight optimiser, and its simplex for `glmer`.
  struct Tolerance {
    let logLikelihood = 1e-8
    let isBinomial: Bool
    let estimate: Double
    let deviation: Double

    init(_ reference: ReferenceTree) {
      isBinomial = binomial.contains(reference.name)
      estimate = isBinomial ? 1e-4 : 1e-6
      deviation = isBinomial ? 1e-4 : reference.key == "metamob-ri-cor" ? 1e-5 : 1e-6
    }
  }

  static func result(_ reference: ReferenceTree) throws -> LikelihoodResult {
    guard case .likelihood(let result) = try analysis(reference).runs[0].fit else {
      throw Require.Missing(what: "fit")
    }
    return result
  }

  @Test(arguments: fitted("mixed"))
  func mixedModel(_ reference: ReferenceTree) throws {
    let result = try Self.result(reference)
    let mixed = try reference.figures.at("mixed")
    let tolerance = Tolerance(reference)
    let logLikelihood = try mixed.number("logLik")
    let agreement = reference.agreement(.fits)
    #expect(
      agreement.close(
        "log-likelihood", result.criteria.logLikelihood, logLikelihood,
        relative: tolerance.logLikelihood))
    #expect(result.fit.parameterCount == Int(try mixed.number("npar")))
    #expect(
      agreement.close("AIC", result.criteria.aic, try mixed.number("AIC"), relative: 1e-8))
    #expect(
      agreement.close("BIC", result.criteria.bic, try mixed.number("BIC"), relative: 1e-8))
    if let sigma = mixed["sigma"]?.number {
      #expect(
        agreement.close("σ", result.fit.estimate.variances.sigma, sigma, relative: 1e-6))
    }
    try checkDeviations(
      result.fit.estimate.variances, try mixed.at("varcorr"), tolerance, agreement)
    let fixed = try #require(mixed["fixed"]?.object)
    for subgroup in result.subgroups {
      let figures = try #require(
        fixed[".tree\(subgroup.node):t"] ?? (result.subgroups.count == 1 ? fixed["t"] : nil))
      try checkEffect(subgroup.effect, figures, tolerance, reference)
    }
  }

  private func checkDeviations(
    _ variances: Variances, _ components: JSONValue, _ tolerance: Tolerance,
    _ agreement: AgreementNotes
  ) throws {
    let random = (components.array ?? []).filter { $0["group"]?.string != "Residual" }
    let deviations = random.filter { $0["var2"]?.string == nil }
    #expect(deviations.count == variances.tau.count)
    for (tau, component) in zip(variances.tau, deviations) {
      let expected = try component.number("sdcor")
      #expect(
        agreement.close("τ", tau, expected, relative: tolerance.deviation, absolute: 1e-5))
    }
    for correlation in random where correlation["var2"]?.string != nil {
      let expected = try correlation.number("sdcor")
      // The optimiser of a binomial model leaves four digits of a correlation near zero.
      let absolute = tolerance.isBinomial ? 5e-5 : 1e-5
      #expect(
        agreement.close(
          "correlation", variances.correlation, expected, relative: 1e-4, absolute: absolute))
    }
  }

  private func checkEffect(
    _ effect: LikelihoodEstimate, _ figures: JSONValue, _ tolerance: Tolerance,
    _ reference: ReferenceTree
  ) throws {
    let agreement = reference.agreement(.fits)
    let error = try figures.number("se")
    #expect(
      agreement.close(
        "SE of a subgroup's effect", try #require(effect.standardError), error,
        relative: 10 * tolerance.estimate))
    // An estimate near zero is as exact as its standard error.
    let estimate = try figures.number("est")
    #expect(
      agreement.close(
        "a subgroup's effect", try #require(effect.estimate), estimate,
        relative: tolerance.estimate, absolute: tolerance.estimate * error))
    let inference = reference.agreement(.degreesOfFreedom)
    func check(_ quantity: String, _ value: Double?, _ key: String) throws {
      guard let expected = figures[key]?.number else { return }
      #expect(
        inference.close(quantity, try #require(value), expected, relative: 1e-3), "\(key)")
    }
    try check("df, Satterthwaite", effect.degreesOfFreedom, "df_satt")
    try check("p, Satterthwaite", effect.pValue, "p_satt")
    try check("SE, Kenward-Roger", effect.kenwardRogerError, "se_kr")
    try check("df, Kenward-Roger", effect.kenwardRogerDF, "df_kr")
    try check("p, Kenward-Roger", effect.kenwardRogerP, "p_kr")
  }

  /// Variants record the estimates alone, as R's own optimiser left them (three to five digits of
  /// the SDs).
  @Test(arguments: fitted("mixed_brief"))
  func mixedModelOfVariants(_ reference: ReferenceTree) throws {
    let result = try Self.result(reference)
    let mixed = try reference.figures.at("mixed_brief")
    let logLikelihood = try mixed.number("logLik")
    let agreement = reference.agreement(.fits)
    #expect(
      agreement.close(
        "log-likelihood, R's default optimiser", result.criteria.logLikelihood, logLikelihood,
        relative: 1e-6))
    let fixed = try #require(mixed["fixef"]?.object)
    for subgroup in result.subgroups {
      let expected = try #require(
        (fixed[".tree\(subgroup.node):t"] ?? (result.subgroups.count == 1 ? fixed["t"] : nil))?
          .number)
      guard let estimate = subgroup.effect.estimate else {
        // No finite estimate: R's is a large number, or where the leaf has no information any.
        #expect(abs(expected) > 12 || Self.separated[reference.testDescription] != nil)
        continue
      }
      let error = try #require(subgroup.effect.standardError)
      #expect(
        agreement.isWithin(
          "a subgroup's effect, R's default optimiser", .standardErrors,
          abs(estimate - expected) / error, limit: 2e-3))
    }
  }

  /// The joint (generalised) linear model of `palmtree`.
  @Test(arguments: fitted("palm"))
  func palm(_ reference: ReferenceTree) throws {
    let result = try Self.result(reference)
    let palm = try reference.figures.at("palm")
    // `glm` stops where the deviance moves by 1e-8, and its standard errors are those of the weights
    // one iteration before: in small leaves three digits.
    let digits = Self.binomial.contains(reference.name) ? 1e-3 : 1e-6
    let agreement = reference.agreement(.fits)
    #expect(
      agreement.close(
        "log-likelihood", result.criteria.logLikelihood, try palm.number("logLik"),
        relative: digits * 1e-3))
    #expect(result.fit.parameterCount == Int(try palm.number("npar")))
    let fixed = try #require(palm["coef"]?.object)
    for subgroup in result.subgroups {
      let figures = try #require(
        fixed[".tree\(subgroup.node):t"] ?? (result.subgroups.count == 1 ? fixed["t"] : nil))
      guard let estimate = subgroup.effect.estimate else {
        #expect(abs(try figures.number("est")) > 12)
        continue
      }
      let error = try figures.number("se")
      #expect(
        agreement.close(
          "SE of a subgroup's effect", try #require(subgroup.effect.standardError), error,
          relative: digits))
      #expect(
        agreement.isWithin(
          "a subgroup's effect", .standardErrors,
          abs(estimate - (try figures.number("est"))) / error, limit: digits))
    }
  }
}

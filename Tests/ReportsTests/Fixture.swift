import Designs
import Inference
import JSON
import Posterior
import Reports
import Trees

@testable import MixedModels
@testable import Subgroups

/// Analyses put together by hand.
struct Fixture {
  var data = FixtureDesign()
  var method = Subgroups.Method.metamobSI
  var benefit: Benefit? = .lower
  var mcid: Double? = 1.5
  var tau: [Double] = [0.671]
  var tauIntervals: [Interval?] = [Interval(lower: 0.102, upper: 2.31)]
  var converged = true
  var hasWholePopulation = false

  var plan: AnalysisPlan {
    get throws {
      var plan = AnalysisPlan(priors: try .weaklyInformative())
      plan.benefit = benefit
      plan.mcid = mcid
      return plan
    }
  }

  static let call = CallInfo(
    version: "0.1.0", command: "compare", dataPath: "data.csv",
    dataSHA256: String(repeating: "0a", count: 32),
    control: [Setting("alpha", .number(0.05)), Setting("start", "both")])

  func analysis(_ runs: [Run], agreement: [Agreement] = []) throws -> Analysis {
    Analysis(
      design: data.design, plan: try plan, wholePopulation: wholePopulation, runs: runs,
      agreement: agreement, warnings: [], timing: Timing())
  }

  /// A REML and a Bayesian run of one tree each, with their agreement.
  func comparison(_ first: Tree, _ second: Tree) throws -> Analysis {
    let compared = TreeComparison(first, second)
    return try analysis(
      [likelihood(first), try bayesian(second)],
      agreement: [
        Agreement(
          runs: [0, 1], adjustedRandIndex: compared.adjustedRandIndex,
          sameRootSplit: compared.sameRootSplit, splitsInBoth: compared.splitsInBoth.count,
          splitsOnlyFirst: compared.splitsOnlyFirst.count,
          splitsOnlySecond: compared.splitsOnlySecond.count)
      ])
  }

  // MARK: REML

  func likelihood(_ tree: Tree, estimate: (Int) -> Double? = Fixture.effect) -> Run {
    let leaves = tree.leaves.map(\.id)
    let fixed = leaves.indices.map { leaf in
      FixedEffect(
        role: .effect(leaf: leaf), estimate: estimate(leaves[leaf]), standardError: 0.6,
        satterthwaite: 12.5)
    }
    let intercepts = leaves.indices.flatMap { leaf in
      data.trials.indices.map { trial in
        FixedEffect(
          role: .intercept(leaf: leaf, trial: method.isStratified ? trial : nil), estimate: 5,
          standardError: 0.4, satterthwaite: 800)
      }
    }
    let covariates = data.covariates.names.indices.map {
      FixedEffect(
        role: .covariate($0), estimate: 0.1, standardError: 0.05, satterthwaite: 1400)
    }
    let fit = MixedModelFit(
      estimate: VarianceEstimate(
        variances: Variances(sigma: 3.548, tau: tau), logLikelihood: -4039.91,
        isSingular: tau.contains(0)),
      fixed: fixed + intercepts + covariates,
      trialEffects: data.trials.indices.map { trial in
        tau.map { $0 * (Double(trial) - 1.5) }
      }, parameterCount: 27, rows: data.rows)
    let result = LikelihoodResult(
      fit: fit, leaves: leaves,
      criteria: InformationCriteria(logLikelihood: -4039.91, aic: 8133.82, bic: 8277.49),
      byLikelihood: InformationCriteria(logLikelihood: -4031.5, aic: 8117, bic: 8260.67),
      subgroups: tree.leaves.map { subgroup($0, estimate) },
      innerNodes: tree.innerNodes.map { subgroup($0, estimate) },
      contrasts: contrasts(leaves), equality: equality(leaves, 11.2),
      kenwardRogerEquality: equality(leaves, 9.7), tauIntervals: tauIntervals,
      sigmaInterval: Interval(lower: 3.42, upper: 3.68))
    return Run(
      method: method, estimator: .reml,
      tree: GrownTree(tree: tree, iterations: 3, converged: true, logLikelihood: -4039.91),
      fit: .likelihood(result), timing: Timing())
  }

  static func effect(_ node: Int) -> Double? { 0.85 - 0.31 * Double(node) }

  private func subgroup(
    _ node: TreeNode, _ estimate: (Int) -> Double?
  ) -> LikelihoodSubgroup {
    var result = LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    guard let value = estimate(node.id) else { return result }
    result.effect = Self.likelihood(value)
    result.profileInterval = Interval(lower: value - 1.28, upper: value + 1.27)
    if method.terms.randomEffect {
      result.newTrialInterval = Interval(lower: value - 3.4, upper: value + 3.4)
    }
    return result
  }

  static func likelihood(_ value: Double) -> LikelihoodEstimate {
    var estimate = LikelihoodEstimate()
    estimate.estimate = value
    estimate.standardError = 0.612
    estimate.degreesOfFreedom = 8.93
    estimate.interval = Interval(lower: value - 1.39, upper: value + 1.39)
    estimate.pValue = 0.0214
    estimate.kenwardRogerError = 0.623
    estimate.kenwardRogerDF = 7.85
    estimate.kenwardRogerP = 0.0263
    return estimate
  }

  private func contrasts(_ leaves: [Int]) -> [LikelihoodContrast] {
    leaves.indices.flatMap { a in
      leaves.indices.dropFirst(a + 1).map { b in
        LikelihoodContrast(nodes: [leaves[a], leaves[b]], difference: Self.likelihood(0.8))
      }
    }
  }

  private func equality(_ leaves: [Int], _ denominator: Double) -> EqualityTest? {
    guard leaves.count > 1 else { return nil }
    return EqualityTest(
      statistic: 2.81, numeratorDF: Double(leaves.count - 1), denominatorDF: denominator,
      pValue: 0.0731)
  }

  /// The models without subgroups.
  private var wholePopulation: [WholePopulationFit] {
    guard hasWholePopulation else { return [] }
    var effect = LikelihoodSubgroup(node: 1, rows: data.rows)
    effect.effect = Self.likelihood(-0.85)
    let deviations: [WholePopulationFit.Model: [Double]] = [
      .stratified: [0.67], .random: [2.5, 0],
    ]
    return WholePopulationFit.Model.allCases.map { model in
      WholePopulationFit(
        model: model,
        terms: ModelTerms(
          intercepts: model == .random ? .perLeaf : .perLeafAndTrial,
          randomIntercept: model == .random, randomEffect: model != .linear),
        criterion: .reml, effect: effect,
        covariates: data.covariates.names.map { _ in Self.likelihood(0.1) },
        variances: Variances(sigma: 3.55, tau: deviations[model] ?? []),
        isSingular: model == .random,
        criteria: InformationCriteria(
          logLikelihood: -4101.2, aic: 8216, bic: 8250))
    }
  }

  // MARK: Bayes

  static func posterior(_ mean: Double, sd: Double) -> PosteriorSummary {
    PosteriorSummary(
      mean: mean, sd: sd, median: mean - 0.1 * sd,
      central: Interval(lower: mean - 2 * sd, upper: mean + 2 * sd),
      shortest: Interval(lower: mean - 1.9 * sd, upper: mean + 1.9 * sd), mcseMean: 0.01 * sd,
      rhat: 1.0008, essBulk: 3120.4, essTail: 2411.6)
  }

  static func deviation(_ mean: Double) -> PosteriorSummary {
    PosteriorSummary(
      mean: mean, sd: 0.65 * mean, median: 0.86 * mean,
      central: Interval(lower: 0.08 * mean, upper: 2.6 * mean),
      shortest: Interval(lower: 0.002 * mean, upper: 2.3 * mean), mcseMean: 0.02 * mean,
      rhat: 1.001, essBulk: 2210, essTail: 1874)
  }

  func bayesian(_ tree: Tree) throws -> Run {
    let terms = method.terms
    let leaves = tree.leaves
    var contrasts: [EffectContrast] = []
    for (position, first) in leaves.enumerated() {
      for second in leaves.dropFirst(position + 1) {
        contrasts.append(
          EffectContrast(
            nodes: [first.id, second.id], difference: Self.posterior(0.8, sd: 0.5),
            probabilityBelowZero: 0.06))
      }
    }
    let result = BayesianResult(
      sampler: "hmc", priors: try ResolvedPriors(try plan.priors, for: data.design),
      subgroups: leaves.map { posteriorSubgroup($0, leaves: leaves.count) },
      innerNodes: tree.innerNodes.map { posteriorSubgroup($0, leaves: leaves.count) },
      contrasts: contrasts, tau0: terms.randomIntercept ? Self.deviation(2.5) : nil,
      tau1: terms.randomEffect ? Self.deviation(1.03) : nil,
      sigma: Self.posterior(3.55, sd: 0.065),
      tau1SDRatio: terms.randomEffect ? 0.51 : nil, parameters: parameters(leaves),
      logMarginalLikelihood: -4155.8, diagnostics: diagnostics,
      draws: Draws(names: ["tau1", "sigma"], chains: 4, iterations: 1000), records: [])
    return Run(
      method: method, estimator: .bayes,
      tree: GrownTree(tree: tree, iterations: 3, converged: true, logLikelihood: -4155.8),
      fit: .bayesian(result), timing: Timing())
  }

  private var diagnostics: ChainDiagnostics {
    ChainDiagnostics(
      converged: converged, maxRhat: converged ? 1.0024 : 1.0312, minEssBulk: 2110.3,
      minEssTail: converged ? 1704.9 : 212, divergences: converged ? 0 : 3, maxTreedepthHits: 0,
      minEbfmi: 0.914,
      problems: converged ? [] : ["round 2: R-hat of tau1 is 1.031, above 1.01"])
  }

  private func parameters(_ leaves: [TreeNode]) -> [ParameterSummary] {
    let effects = leaves.map {
      ParameterSummary(
        name: "effect_\($0.id)", label: "effect in node \($0.id)",
        posterior: Self.posterior(-1, sd: 0.7))
    }
    let kinds =
      (method.terms.randomIntercept ? ["intercept"] : [])
      + (method.terms.randomEffect ? ["effect"] : [])
    return effects
      + kinds.flatMap { kind in
        data.trials.indices.map { trial in
          ParameterSummary(
            name: "trial_\(kind)_\(trial + 1)", label: "\(kind) in trial \(data.trials[trial])",
            posterior: Self.posterior(0.4 * (Double(trial) - 1.5), sd: 0.55))
        }
      }
  }

  private func posteriorSubgroup(_ node: TreeNode, leaves: Int) -> BayesianSubgroup {
    let mean = 0.9 - 0.3 * Double(node.id)
    let beneficial = benefit.map { $0 == .lower ? 0.9312 : 0.0688 }
    return BayesianSubgroup(
      node: node.id, rows: node.rows.count, effect: Self.posterior(mean, sd: 0.752),
      probabilityBelowZero: node.id == 9 ? 1 : 0.9312, probabilityBenefit: beneficial,
      probabilityBeyondMCID: mcid.map { _ in 0.2481 },
      probabilityBest: benefit == nil || leaves == 1 || !node.isLeaf ? nil : 0.0003,
      newTrial: method.terms.randomEffect ? Self.posterior(mean, sd: 1.42) : nil,
      newTrialProbabilityBenefit: method.terms.randomEffect ? beneficial : nil,
      newTrialProbabilityBeyondMCID: method.terms.randomEffect ? mcid.map { _ in 0.31 } : nil,
      trials: data.trials.map { _ in Self.posterior(mean, sd: 0.6) })
  }
}

extension Outline {
  /// The REML metamob-si tree of the low-back-pain example.
  static let lowBackPain = Outline.numeric(
    2, 11, p: 3.3e-75,
    .numeric(2, 4, p: 1.7e-12, .leaf(365, p: 0.174), .leaf(626, p: 0.138)),
    .numeric(
      2, 17, p: 4.5e-20,
      .numeric(0, 50, p: 0.0214, .leaf(260, p: 0.285), .leaf(100, p: 0.842)),
      .leaf(161, p: 0.167)))

  /// The same without its split by age.
  static let withoutAge = Outline.numeric(
    2, 11, p: 3.3e-75,
    .numeric(2, 4, p: 1.7e-12, .leaf(365, p: 0.174), .leaf(626, p: 0.138)),
    .numeric(2, 17, p: 4.5e-20, .leaf(360, p: 0.061), .leaf(161, stop: .minSize)))

  /// No split.
  static let root = Outline.leaf(1512, p: 0.351)
}

extension Fixture {
  /// A comparison in which nothing could be computed.
  func degenerate(_ tree: Tree) throws -> Analysis {
    var analysis = try comparison(tree, tree)
    let none = PosteriorSummary(
      mean: .nan, sd: .nan, median: .nan, central: Interval(lower: .nan, upper: .nan),
      shortest: Interval(lower: .nan, upper: .infinity), mcseMean: nil, rhat: nil, essBulk: nil,
      essTail: .nan)
    if case .likelihood(var fit) = analysis.runs[0].fit {
      fit.subgroups = tree.leaves.map {
        var subgroup = LikelihoodSubgroup(node: $0.id, rows: $0.rows.count)
        subgroup.effect.estimate = .nan
        subgroup.effect.standardError = .infinity
        subgroup.effect.degreesOfFreedom = .infinity
        subgroup.effect.interval = Interval(lower: -.infinity, upper: .infinity)
        subgroup.effect.pValue = .nan
        subgroup.newTrialInterval = Interval(lower: .nan, upper: .infinity)
        return subgroup
      }
      fit.innerNodes = tree.innerNodes.map {
        LikelihoodSubgroup(node: $0.id, rows: $0.rows.count)
      }
      fit.tauIntervals = [Interval(lower: 0, upper: .infinity)]
      fit.criteria.logLikelihood = -.infinity
      analysis.runs[0].fit = .likelihood(fit)
    }
    if case .bayesian(var fit) = analysis.runs[1].fit {
      for place in fit.subgroups.indices {
        fit.subgroups[place].effect = none
        fit.subgroups[place].newTrial = none
        fit.subgroups[place].probabilityBelowZero = .nan
        fit.subgroups[place].trials = []
      }
      for place in fit.parameters.indices { fit.parameters[place].posterior = none }
      for place in fit.contrasts.indices { fit.contrasts[place].difference = none }
      fit.tau1 = none
      fit.sigma = none
      fit.tau1SDRatio = .nan
      fit.logMarginalLikelihood = nil
      fit.diagnostics.maxRhat = .infinity
      fit.diagnostics.minEbfmi = .nan
      analysis.runs[1].fit = .bayesian(fit)
    }
    for run in analysis.runs.indices {
      analysis.runs[run].tree.logLikelihood = .nan
      for node in analysis.runs[run].tree.tree.nodes.indices {
        analysis.runs[run].tree.tree.nodes[node].objective = .infinity
        analysis.runs[run].tree.tree.nodes[node].coefficients.effect = .nan
        for test in analysis.runs[run].tree.tree.nodes[node].tests.indices {
          analysis.runs[run].tree.tree.nodes[node].tests[test].adjustedPValue = .nan
          analysis.runs[run].tree.tree.nodes[node].tests[test].logPValue = -.infinity
        }
      }
    }
    return analysis
  }
}

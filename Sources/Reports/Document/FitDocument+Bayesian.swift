import Designs
import Foundation
import JSON
import Posterior
import Subgroups
import Trees

extension FitDocument {
  func bayesian(_ result: BayesianResult, of run: Run, at position: Int) -> JSONValue {
    let tree = run.tree.tree
    let members: [String: JSONValue] = [
      "sampler": .string(result.sampler),
      "chains": JSONValue(result.draws.chains),
      "warmup": JSONValue(analysis.plan.sampling.warmup),
      "draws": JSONValue(result.draws.iterations),
      "draws_files": drawsFiles[position].map { .array($0.map(JSONValue.string)) } ?? nil,
      "priors": priors(
        result.priors, terms: analysis.plan.terms(run.method),
        poolsEffects: result.pooledEffects != nil),
      "subgroups": .array(
        result.subgroups.map { withTwoStage(subgroup($0, in: tree), $0.node, tree, result) }),
      "inner_nodes": .array(result.innerNodes.map { subgroup($0, in: tree) }),
      "contrasts": .array(result.contrasts.map(contrast)),
      "heterogeneity": [
        "tau0": posterior(result.tau0), "tau1": posterior(result.tau1),
        "sigma": posterior(result.sigma), "correlation": posterior(result.correlation),
        "tau1_sd_ratio": JSONValue(result.tau1SDRatio),
        "pooled_tau1": result.pooledHeterogeneity.map {
          let moments = $0.hasMoments
          return [
            "mean": moments ? posterior($0.location) : nil,
            "sd": moments ? posterior($0.spread) : nil,
            "median": moments ? nil : posterior($0.location),
            "interquartile_range": moments ? nil : posterior($0.spread),
          ]
        } ?? nil,
      ],
      "pooled_effects": result.pooledEffects.map {
        ["mean": posterior($0.mean), "omega": posterior($0.omega)]
      } ?? nil,
      "parameters": .array(result.parameters.map(parameter)),
      "log_marginal_likelihood": JSONValue(result.logMarginalLikelihood),
      "diagnostics": diagnostics(result.diagnostics),
      "tree_draws": treeDraws(result.treeDraws, in: tree),
      "sensitivity": sensitivity(result, at: position),
      "posterior_predictive": predictive(result.predictive),
    ]
    return .object(members.merging(evidenceMembers(position)) { $1 })
  }

  /// A subgroup with the two-stage opinion on it, which belongs to `compare`.
  private func withTwoStage(
    _ subgroup: JSONValue, _ node: Int, _ tree: Tree, _ result: BayesianResult
  ) -> JSONValue {
    guard call.command == "compare", case .object(var members) = subgroup else { return subgroup }
    members["two_stage"] = analysis.twoStage(node, of: tree, result)?.json ?? nil
    return .object(members)
  }

  private func subgroup(_ subgroup: BayesianSubgroup, in tree: Tree) -> JSONValue {
    let trials = zip(design.trials, subgroup.trials).map { trial, effect -> JSONValue in
      ["trial": .string(trial), "effect": posterior(effect)]
    }
    let members: [String: JSONValue] = [
      "node": JSONValue(subgroup.node),
      "rule": .string(rule(of: subgroup.node, in: tree)),
      "n": JSONValue(subgroup.rows),
      "effect": posterior(subgroup.effect),
      "probability_below_zero": JSONValue(subgroup.probabilityBelowZero),
      "probability_benefit": JSONValue(subgroup.probabilityBenefit),
      "probability_beyond_mcid": JSONValue(subgroup.probabilityBeyondMCID),
      "probability_best": JSONValue(subgroup.probabilityBest),
      "new_trial": posterior(subgroup.newTrial),
      "new_trial_probability_benefit": JSONValue(subgroup.newTrialProbabilityBenefit),
      "new_trial_probability_beyond_mcid": JSONValue(subgroup.newTrialProbabilityBeyondMCID),
      "trials": .array(trials),
      "heterogeneity": subgroup.heterogeneity.map(heterogeneity) ?? nil,
      "reml": subgroup.likelihood.map { .object(figures($0)) } ?? nil,
      "diagnostics": subgroup.diagnostics.map(diagnostics) ?? nil,
    ]
    return .object(members.merging(risks(subgroup)) { $1 })
  }

  /// The SDs of a node that has its own.
  private func heterogeneity(_ own: NodeHeterogeneity) -> JSONValue {
    [
      "tau0": posterior(own.tau0), "tau1": posterior(own.tau1), "sigma": posterior(own.sigma),
      "correlation": posterior(own.correlation), "tau1_sd_ratio": JSONValue(own.tau1SDRatio),
    ]
  }

  /// Odds ratio, risk difference and number needed to treat of a binomial outcome.
  private func risks(_ subgroup: BayesianSubgroup) -> [String: JSONValue] {
    guard let difference = subgroup.riskDifference else { return [:] }
    let effect = subgroup.effect
    return [
      "odds_ratio": [
        "median": JSONValue(exp(effect.median)),
        "ci": [JSONValue(exp(effect.central.lower)), JSONValue(exp(effect.central.upper))],
      ],
      "risk_difference": posterior(difference),
      "nnt": subgroup.numberNeededToTreat.map { number in
        [
          "median": JSONValue(number.median),
          "ci": [JSONValue(number.interval.lower), JSONValue(number.interval.upper)],
        ]
      } ?? nil,
    ]
  }

  private func contrast(_ contrast: EffectContrast) -> JSONValue {
    [
      "nodes": .array(contrast.nodes.map { JSONValue($0) }),
      "difference": posterior(contrast.difference),
      "probability_below_zero": JSONValue(contrast.probabilityBelowZero),
    ]
  }

  private func parameter(_ parameter: ParameterSummary) -> JSONValue {
    var members = figures(parameter.posterior)
    members["name"] = .string(parameter.name)
    members["label"] = .string(parameter.label)
    return .object(members)
  }

  private func posterior(_ summary: PosteriorSummary?) -> JSONValue {
    summary.map { .object(figures($0)) } ?? nil
  }

  private func figures(_ summary: PosteriorSummary) -> [String: JSONValue] {
    [
      "mean": JSONValue(summary.mean),
      "sd": JSONValue(summary.sd),
      "median": JSONValue(summary.median),
      "ci": interval(summary.central),
      "hdi": interval(summary.shortest),
      "mcse_mean": JSONValue(summary.mcseMean),
      "rhat": JSONValue(summary.rhat),
      "ess_bulk": JSONValue(summary.essBulk),
      "ess_tail": JSONValue(summary.essTail),
    ]
  }

  private func diagnostics(_ diagnostics: ChainDiagnostics) -> JSONValue {
    [
      "converged": JSONValue(diagnostics.converged),
      "max_rhat": JSONValue(diagnostics.maxRhat),
      "min_ess_bulk": JSONValue(diagnostics.minEssBulk),
      "min_ess_tail": JSONValue(diagnostics.minEssTail),
      "divergences": JSONValue(diagnostics.divergences),
      "max_treedepth_hits": JSONValue(diagnostics.maxTreedepthHits),
      "min_ebfmi": JSONValue(diagnostics.minEbfmi),
      "problems": .array(diagnostics.problems.map(JSONValue.string)),
    ]
  }
}

extension BayesianSubgroup {
  /// 1 / |risk difference| at its median and at the limits of its central interval; nil where that interval
  /// holds 0, and with it no finite number.
  var numberNeededToTreat: (median: Double, interval: Interval)? {
    guard let difference = riskDifference else { return nil }
    let (lower, upper) = (difference.central.lower, difference.central.upper)
    guard lower * upper > 0 else { return nil }
    let ends = [1 / abs(lower), 1 / abs(upper)].sorted()
    return (1 / abs(difference.median), Interval(lower: ends[0], upper: ends[1]))
  }
}

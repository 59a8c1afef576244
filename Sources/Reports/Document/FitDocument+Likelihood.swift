import Designs
import Foundation
import JSON
import MixedModels
import Numerics
import Posterior
import Subgroups
import Trees

extension FitDocument {
  func likelihood(_ result: LikelihoodResult, of run: Run) -> JSONValue {
    let tree = run.tree.tree
    let terms = analysis.plan.terms(run.method)
    return [
      "criterion": .string(run.estimator.rawValue),
      "log_likelihood": JSONValue(result.criteria.logLikelihood),
      "aic": JSONValue(result.criteria.aic),
      "bic": JSONValue(result.criteria.bic),
      "df": JSONValue(result.fit.parameterCount),
      "ml": result.byLikelihood.map(criteria) ?? nil,
      "singular": JSONValue(result.fit.estimate.isSingular),
      "fixed": .array(result.fit.fixed.map { fixed($0, leaves: result.leaves) }),
      "subgroups": .array(result.subgroups.map { subgroup($0, in: tree) }),
      "inner_nodes": .array(result.innerNodes.map { subgroup($0, in: tree) }),
      "contrasts": .array(result.contrasts.map(contrast)),
      "joint_test": [
        "satterthwaite": jointTest(result.equality),
        "kenward_roger": jointTest(result.kenwardRogerEquality),
      ],
      "heterogeneity": heterogeneity(result, terms: terms),
      "trials": .array(design.trials.indices.map { trial($0, of: result.fit, terms: terms) }),
    ]
  }

  func interval(_ interval: Interval?) -> JSONValue {
    interval.map { .array([JSONValue($0.lower), JSONValue($0.upper)]) } ?? nil
  }

  private func criteria(_ criteria: InformationCriteria) -> JSONValue {
    [
      "log_likelihood": JSONValue(criteria.logLikelihood), "aic": JSONValue(criteria.aic),
      "bic": JSONValue(criteria.bic),
    ]
  }

  private func jointTest(_ test: EqualityTest?) -> JSONValue {
    guard let test else { return nil }
    return [
      "statistic": JSONValue(test.statistic), "df1": JSONValue(test.numeratorDF),
      "df2": JSONValue(test.denominatorDF), "p": JSONValue(test.pValue),
    ]
  }

  // MARK: Coefficients

  private func fixed(_ coefficient: FixedEffect, leaves: [Int]) -> JSONValue {
    let place = self.place(of: coefficient.role, leaves: leaves)
    return [
      "name": .string(place.name),
      "role": .string(place.role),
      "node": JSONValue(place.node),
      "trial": JSONValue(place.trial.map { design.trials[$0] }),
      "estimate": JSONValue(coefficient.estimate),
      "se": JSONValue(coefficient.standardError),
      "df_satterthwaite": JSONValue(coefficient.satterthwaite),
      "p_satterthwaite": JSONValue(coefficient.satterthwaiteP),
      "se_kenward_roger": JSONValue(coefficient.kenwardRogerError),
      "df_kenward_roger": JSONValue(coefficient.kenwardRogerDF),
      "p_kenward_roger": JSONValue(coefficient.kenwardRogerP),
      "p_wald": JSONValue(coefficient.waldP),
    ]
  }

  private struct Place {
    var name: String
    var role: String
    var node: Int?
    var trial: Int?
  }

  /// Names as in the draws files; a covariate has its own.
  private func place(of role: FixedRole, leaves: [Int]) -> Place {
    switch role {
    case .effect(let leaf):
      return Place(name: "effect_\(leaves[leaf])", role: "effect", node: leaves[leaf])
    case .meanEffect: return Place(name: "effect_mean", role: "effect")
    case .intercept(let leaf, let trial):
      let name: String
      switch (leaf, trial) {
      case (nil, let trial): name = "trial_fixed_\((trial ?? 0) + 1)"
      case (let leaf?, nil): name = "intercept_\(leaves[leaf])"
      case (let leaf?, let trial?): name = "intercept_\(leaves[leaf])_\(trial + 1)"
      }
      return Place(
        name: name, role: "intercept", node: leaf.map { leaves[$0] }, trial: trial)
    case .covariate(let position):
      return Place(name: design.covariates.names[position], role: "covariate")
    }
  }

  // MARK: Subgroups

  private func subgroup(_ subgroup: LikelihoodSubgroup, in tree: Tree) -> JSONValue {
    var members = figures(subgroup)
    members["node"] = JSONValue(subgroup.node)
    members["rule"] = .string(rule(of: subgroup.node, in: tree))
    members["n"] = JSONValue(subgroup.rows)
    return .object(members)
  }

  /// The estimate of an effect with its inference.
  func figures(_ subgroup: LikelihoodSubgroup) -> [String: JSONValue] {
    var members = figures(subgroup.effect)
    members["profile_ci"] = interval(subgroup.profileInterval)
    members["new_trial_ci"] = interval(subgroup.newTrialInterval)
    // Of the node's own model: τ0, τ1 as the method has them, and σ.
    if let own = subgroup.variances {
      members["tau"] = .array(own.tau.map { JSONValue($0) })
      members["sigma"] = design.family == .gaussian ? JSONValue(own.sigma) : nil
    }
    return members
  }

  private func figures(_ estimate: LikelihoodEstimate) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "estimate": JSONValue(estimate.estimate),
      "se": JSONValue(estimate.standardError),
      "df": JSONValue(estimate.degreesOfFreedom),
      "ci": interval(estimate.interval),
      "p": JSONValue(estimate.pValue),
      "se_kenward_roger": JSONValue(estimate.kenwardRogerError),
      "df_kenward_roger": JSONValue(estimate.kenwardRogerDF),
      "p_kenward_roger": JSONValue(estimate.kenwardRogerP),
    ]
    if design.family == .binomial {
      members["odds_ratio"] = JSONValue(estimate.estimate.map { exp($0) })
      members["odds_ratio_ci"] = interval(estimate.interval?.oddsRatio)
    }
    return members
  }

  private func contrast(_ contrast: LikelihoodContrast) -> JSONValue {
    var members = figures(contrast.difference)
    members["nodes"] = .array(contrast.nodes.map { JSONValue($0) })
    return .object(members)
  }

  // MARK: Heterogeneity

  private func heterogeneity(_ result: LikelihoodResult, terms: ModelTerms) -> JSONValue {
    let variances = result.fit.estimate.variances
    func limits(_ position: Int?) -> JSONValue {
      interval(position.flatMap { result.tauIntervals[checked: $0] ?? nil })
    }
    return [
      "tau0": JSONValue(terms.interceptPosition.flatMap { variances.tau[checked: $0] }),
      "tau0_ci": limits(terms.interceptPosition),
      "tau1": JSONValue(terms.effectPosition.flatMap { variances.tau[checked: $0] }),
      "tau1_ci": limits(terms.effectPosition),
      "sigma": design.family == .gaussian ? JSONValue(variances.sigma) : nil,
      "sigma_ci": interval(result.sigmaInterval),
      "correlation": terms.isCorrelated ? JSONValue(variances.correlation) : nil,
    ]
  }

  private func trial(_ trial: Int, of fit: MixedModelFit, terms: ModelTerms) -> JSONValue {
    let effects = fit.trialEffects[checked: trial] ?? []
    return [
      "trial": .string(design.trials[trial]),
      "intercept": JSONValue(terms.interceptPosition.flatMap { effects[checked: $0] }),
      "effect": JSONValue(terms.effectPosition.flatMap { effects[checked: $0] }),
    ]
  }

  // MARK: Whole population

  /// The models without subgroups.
  var wholePopulation: JSONValue {
    .array(
      analysis.wholePopulation.map { fit in
        let terms = fit.terms
        let covariates = zip(design.covariates.names, fit.covariates).map { name, estimate in
          var members = figures(estimate)
          members["name"] = .string(name)
          return JSONValue.object(members)
        }
        return [
          "model": .string(fit.model.rawValue),
          "formula": .string(fit.formula(design)),
          "criterion": .string(fit.criterion.rawValue),
          "effect": .object(figures(fit.effect)),
          "covariates": .array(covariates),
          "tau0": JSONValue(
            terms.interceptPosition.flatMap { fit.variances?.tau[checked: $0] }),
          "tau1": JSONValue(terms.effectPosition.flatMap { fit.variances?.tau[checked: $0] }),
          "sigma": design.family == .gaussian ? JSONValue(fit.variances?.sigma) : nil,
          "correlation": terms.isCorrelated ? JSONValue(fit.variances?.correlation) : nil,
          "singular": JSONValue(fit.isSingular),
          "log_likelihood": JSONValue(fit.criteria?.logLikelihood),
          "aic": JSONValue(fit.criteria?.aic),
          "bic": JSONValue(fit.criteria?.bic),
        ]
      })
  }
}

extension ModelTerms {
  /// The position of the random intercept among the random terms.
  var interceptPosition: Int? { randomIntercept ? 0 : nil }

  /// The position of the random treatment effect among the random terms.
  var effectPosition: Int? { randomEffect ? (randomIntercept ? 1 : 0) : nil }
}

extension Interval {
  /// The interval of the odds ratio, of one of its logarithm.
  var oddsRatio: Interval { Interval(lower: exp(lower), upper: exp(upper)) }
}

extension FixedEffect {
  /// Two-sided, of a coefficient of zero, from t on Satterthwaite's degrees of freedom.
  var satterthwaiteP: Double? { twoSided(standardError, satterthwaite) }

  /// The same by Kenward and Roger.
  var kenwardRogerP: Double? { twoSided(kenwardRogerError, kenwardRogerDF) }

  /// Two-sided, of a coefficient of zero, from the normal distribution.
  var waldP: Double? { twoSided(standardError, .infinity) }

  private func twoSided(_ error: Double?, _ df: Double?) -> Double? {
    guard let estimate, let error, let df, error > 0, df > 0 else { return nil }
    return Distributions.tTwoSided(estimate / error, df: df)
  }
}

extension Array {
  /// The element at a position, nil where there is none.
  subscript(checked position: Int) -> Element? {
    indices.contains(position) ? self[position] : nil
  }
}

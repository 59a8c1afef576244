import Designs
import JSON
import MixedModels
import Numerics
import Posterior
import Subgroups
import Trees

extension FitDocument {
  func restricted(_ result: RestrictedResult, of run: Run) -> JSONValue {
    let tree = run.tree.tree
    return [
      "criterion": .string(run.estimator.rawValue),
      "log_likelihood": JSONValue(result.logLikelihood),
      "aic": JSONValue(result.aic),
      "bic": JSONValue(result.bic),
      "df": JSONValue(result.fit.parameterCount),
      "singular": JSONValue(result.fit.estimate.isSingular),
      "fixed": .array(result.fit.fixed.map { fixed($0, leaves: result.leaves) }),
      "subgroups": .array(result.subgroups.map { subgroup($0, in: tree) }),
      "inner_nodes": .array(result.innerNodes.map { subgroup($0, in: tree) }),
      "heterogeneity": heterogeneity(result, terms: run.method.terms),
      "trials": .array(
        design.trials.indices.map { trial($0, of: result.fit, terms: run.method.terms) }),
    ]
  }

  func interval(_ interval: Interval?) -> JSONValue {
    interval.map { .array([JSONValue($0.lower), JSONValue($0.upper)]) } ?? nil
  }

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
      "p_satterthwaite": JSONValue(coefficient.pValue),
      "se_kenward_roger": nil,
      "df_kenward_roger": nil,
      "p_kenward_roger": nil,
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
      Place(name: "effect_\(leaves[leaf])", role: "effect", node: leaves[leaf])
    case .intercept(let leaf, let trial):
      Place(
        name: "intercept"
          + (leaf.map { "_\(leaves[$0])" } ?? "_trial") + (trial.map { "_\($0 + 1)" } ?? ""),
        role: "intercept", node: leaf.map { leaves[$0] }, trial: trial)
    case .covariate(let position):
      Place(name: design.covariates.names[position], role: "covariate")
    }
  }

  private func subgroup(_ subgroup: RestrictedSubgroup, in tree: Tree) -> JSONValue {
    var members = figures(subgroup)
    members["node"] = JSONValue(subgroup.node)
    members["rule"] = .string(rule(of: subgroup.node, in: tree))
    members["n"] = JSONValue(subgroup.rows)
    return .object(members)
  }

  /// The estimate of an effect with its inference.
  func figures(_ subgroup: RestrictedSubgroup) -> [String: JSONValue] {
    [
      "estimate": JSONValue(subgroup.estimate),
      "se": JSONValue(subgroup.standardError),
      "df": JSONValue(subgroup.degreesOfFreedom),
      "ci": interval(subgroup.interval),
      "p": JSONValue(subgroup.pValue),
    ]
  }

  private func heterogeneity(_ result: RestrictedResult, terms: ModelTerms) -> JSONValue {
    let variances = result.fit.estimate.variances
    func limits(_ position: Int?) -> JSONValue {
      interval(position.flatMap { result.tauIntervals[checked: $0] ?? nil })
    }
    return [
      "tau0": JSONValue(terms.interceptPosition.flatMap { variances.tau[checked: $0] }),
      "tau0_ci": limits(terms.interceptPosition),
      "tau1": JSONValue(terms.effectPosition.flatMap { variances.tau[checked: $0] }),
      "tau1_ci": limits(terms.effectPosition),
      "sigma": JSONValue(variances.sigma),
      "correlation": nil,
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
}

extension ModelTerms {
  /// The position of the random intercept among the random terms.
  var interceptPosition: Int? { randomIntercept ? 0 : nil }

  /// The position of the random treatment effect among the random terms.
  var effectPosition: Int? { randomEffect ? (randomIntercept ? 1 : 0) : nil }
}

extension FixedEffect {
  /// Two-sided, of a coefficient of zero, from t on Satterthwaite's degrees of freedom.
  var pValue: Double? {
    guard let estimate, let standardError, let satterthwaite, standardError > 0,
      satterthwaite > 0
    else { return nil }
    return Distributions.tTwoSided(estimate / standardError, df: satterthwaite)
  }
}

extension Array {
  /// The element at a position, nil where there is none.
  subscript(checked position: Int) -> Element? {
    indices.contains(position) ? self[position] : nil
  }
}

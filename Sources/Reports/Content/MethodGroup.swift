import Designs
import Posterior
import Subgroups
import Trees

/// The runs of one method: by maximum likelihood, by MCMC, or both.
struct MethodGroup {
  /// A run with its place in the analysis and the fit of its estimator.
  struct Member<Fit> {
    let position: Int
    let run: Run
    let fit: Fit

    var tree: Tree { run.tree.tree }
  }

  let method: Subgroups.Method
  /// By what the Bayesian tree is fitted beside its posterior.
  var ofBayesianTree = Estimator.reml
  var likelihood: Member<LikelihoodResult>?
  var bayesian: Member<BayesianResult>?

  /// The name of the estimator that maximises: REML or ML.
  var likelihoodName: String { (likelihood?.run.estimator ?? ofBayesianTree).word }

  /// The method that was asked for, where this one took its place.
  var fallbackFrom: Subgroups.Method? {
    likelihood?.run.fallbackFrom ?? bayesian?.run.fallbackFrom
  }

  /// Whether there are effects by REML, of either tree.
  var hasLikelihoodEffects: Bool {
    likelihood != nil || bayesian?.fit.subgroups.contains { $0.likelihood != nil } ?? false
  }

  /// The standard errors of the leaves' effects by REML, or else the posterior SDs; the same for a
  /// `fit` and a `compare` of the same data, so that both are printed alike.
  var precisions: [Double] {
    let errors =
      likelihood?.fit.subgroups.map(\.effect.standardError)
      ?? bayesian?.fit.subgroups.map { $0.likelihood?.effect.standardError } ?? []
    let known = errors.compactMap { $0 }
    return known.isEmpty ? bayesian?.fit.subgroups.map(\.effect.sd) ?? [] : known
  }

  /// The trees, the REML one first.
  var grown: [GrownTree] {
    [likelihood?.run.tree, bayesian?.run.tree].compactMap { $0 }
  }

  /// Both runs, where there are both.
  var pair: (Member<LikelihoodResult>, Member<BayesianResult>)? {
    if let likelihood, let bayesian { (likelihood, bayesian) } else { nil }
  }

  /// The groups of an analysis in the order of their methods.
  static func groups(of analysis: Analysis) -> [MethodGroup] {
    var groups: [MethodGroup] = []
    for (position, run) in analysis.runs.enumerated() {
      let place = groups.firstIndex { $0.method == run.method } ?? groups.count
      if place == groups.count {
        groups.append(MethodGroup(method: run.method))
        if analysis.design.family == .binomial { groups[place].ofBayesianTree = .ml }
      }
      switch run.fit {
      case .likelihood(let fit):
        groups[place].likelihood = Member(position: position, run: run, fit: fit)
      case .bayesian(let fit):
        groups[place].bayesian = Member(position: position, run: run, fit: fit)
      }
    }
    return groups
  }
}

/// A node of one of the trees, or the same subgroup in both: the rule is the same.
struct SubgroupRow {
  let rule: Rule
  let participants: Int
  var likelihood: (subgroup: LikelihoodSubgroup, isLeaf: Bool)?
  var bayesian: (subgroup: BayesianSubgroup, isLeaf: Bool)?

  /// The effect by REML: of the REML tree, or else of the Bayesian tree.
  var likelihoodEffect: LikelihoodSubgroup? {
    likelihood?.subgroup ?? bayesian?.subgroup.likelihood
  }

  /// What a row of a subgroup shows.
  enum Kind {
    case leafOfBoth
    case leafOfFirst
    case leafOfSecond
    case inner
  }

  var kind: Kind {
    switch (likelihood?.isLeaf ?? false, bayesian?.isLeaf ?? false) {
    case (true, true): .leafOfBoth
    case (true, false): .leafOfFirst
    case (false, true): .leafOfSecond
    case (false, false): .inner
    }
  }
}

extension MethodGroup {
  /// The nodes of all trees, those of the REML tree first, equal rules joined.
  func rows(_ variables: [SplitVariable]) -> [SubgroupRow] {
    var rows: [SubgroupRow] = []
    var keys: [[Rule.Condition]] = []
    if let likelihood {
      for subgroup in likelihood.fit.subgroups + likelihood.fit.innerNodes {
        let rule = likelihood.tree.rule(of: subgroup.node, variables: variables)
        let isLeaf = likelihood.tree.node(subgroup.node).isLeaf
        rows.append(
          SubgroupRow(
            rule: rule, participants: subgroup.rows, likelihood: (subgroup, isLeaf)))
        keys.append(rule.sortedConditions)
      }
    }
    if let bayesian {
      for subgroup in bayesian.fit.subgroups + bayesian.fit.innerNodes {
        let rule = bayesian.tree.rule(of: subgroup.node, variables: variables)
        let entry = (subgroup, bayesian.tree.node(subgroup.node).isLeaf)
        if let place = keys.firstIndex(of: rule.sortedConditions) {
          rows[place].bayesian = entry
        } else {
          rows.append(
            SubgroupRow(rule: rule, participants: subgroup.rows, bayesian: entry))
          keys.append(rule.sortedConditions)
        }
      }
    }
    return rows
  }
}

extension Rule.Condition {
  /// The condition in words between which no line is broken.
  var unbroken: String { description.unbroken }
}

extension Rule {
  /// The conditions in an order that does not depend on the path.
  var sortedConditions: [Condition] {
    conditions.sorted { $0.description < $1.description }
  }
}

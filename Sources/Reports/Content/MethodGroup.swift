import Designs
import Posterior
import Subgroups
import Trees

/// The runs of one method: by REML, by MCMC, or both.
struct MethodGroup {
  /// A run with its place in the analysis and the fit of its estimator.
  struct Member<Fit> {
    let position: Int
    let run: Run
    let fit: Fit

    var tree: Tree { run.tree.tree }
  }

  let method: Subgroups.Method
  var restricted: Member<RestrictedResult>?
  var bayesian: Member<BayesianResult>?

  /// Whether there are effects by REML, of either tree.
  var hasRestrictedEffects: Bool {
    restricted != nil || bayesian?.fit.subgroups.contains { $0.restricted != nil } ?? false
  }

  /// The standard errors of the leaves' effects by REML, or else the posterior SDs; the same for a
  /// `fit` and a `compare` of the same data, so that both are printed alike.
  var precisions: [Double] {
    let errors =
      restricted?.fit.subgroups.map(\.standardError)
      ?? bayesian?.fit.subgroups.map { $0.restricted?.standardError } ?? []
    let known = errors.compactMap { $0 }
    return known.isEmpty ? bayesian?.fit.subgroups.map(\.effect.sd) ?? [] : known
  }

  /// The trees, the REML one first.
  var grown: [GrownTree] {
    [restricted?.run.tree, bayesian?.run.tree].compactMap { $0 }
  }

  /// Both runs, where there are both.
  var pair: (Member<RestrictedResult>, Member<BayesianResult>)? {
    if let restricted, let bayesian { (restricted, bayesian) } else { nil }
  }

  /// The groups of an analysis in the order of their methods.
  static func groups(of analysis: Analysis) -> [MethodGroup] {
    var groups: [MethodGroup] = []
    for (position, run) in analysis.runs.enumerated() {
      let place = groups.firstIndex { $0.method == run.method } ?? groups.count
      if place == groups.count { groups.append(MethodGroup(method: run.method)) }
      switch run.fit {
      case .restricted(let fit):
        groups[place].restricted = Member(position: position, run: run, fit: fit)
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
  var restricted: (subgroup: RestrictedSubgroup, isLeaf: Bool)?
  var bayesian: (subgroup: BayesianSubgroup, isLeaf: Bool)?

  /// The effect by REML: of the REML tree, or else of the Bayesian tree.
  var restrictedEffect: RestrictedSubgroup? {
    restricted?.subgroup ?? bayesian?.subgroup.restricted
  }

  /// What a row of a subgroup shows.
  enum Kind {
    case leafOfBoth
    case leafOfFirst
    case leafOfSecond
    case inner
  }

  var kind: Kind {
    switch (restricted?.isLeaf ?? false, bayesian?.isLeaf ?? false) {
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
    if let restricted {
      for subgroup in restricted.fit.subgroups + restricted.fit.innerNodes {
        let rule = restricted.tree.rule(of: subgroup.node, variables: variables)
        let isLeaf = restricted.tree.node(subgroup.node).isLeaf
        rows.append(
          SubgroupRow(
            rule: rule, participants: subgroup.rows, restricted: (subgroup, isLeaf)))
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

import Designs
import JSON
import Posterior
import Subgroups
import Trees

extension FitDocument {
  func tree(_ grown: GrownTree, method: Method) -> JSONValue {
    [
      "iterations": JSONValue(grown.iterations),
      "converged": JSONValue(grown.converged),
      "log_likelihood": JSONValue(grown.logLikelihood),
      "nodes": .array(
        grown.tree.nodes.map { node($0, of: grown, method: method) }),
      "cycle": .array(grown.cycle.map(cycleMember)),
    ]
  }

  private func node(_ node: TreeNode, of grown: GrownTree, method: Method) -> JSONValue {
    let tests = node.tests.map(test)
    let untested = node.notTested.map { JSONValue.string($0.words(trials: design.trials)) }
    return [
      "id": JSONValue(node.id),
      "parent": JSONValue(node.parent),
      "depth": JSONValue(node.depth),
      "n": JSONValue(node.rows.count),
      "trials": byTrial(design.trialSizes(node.rows).enumerated().map { ($0, Double($1)) }),
      "rule": .string(rule(of: node.id, in: grown.tree)),
      "leaf": JSONValue(node.isLeaf),
      "coefficients": coefficients(node.coefficients, method: method),
      "objective": JSONValue(node.objective),
      "not_tested": .array(untested),
      "tests": .array(tests),
      "split": split(of: node, robust: grown.robustToStart[node.id]),
      "interaction": interaction(grown.interactions.first { $0.node == node.id }),
      "stop": JSONValue(node.stop?.rawValue),
      "evidence": evidence(grown.evidence.first { $0.node == node.id }),
    ]
  }

  /// A tree of the cycle in which an alternation ended.
  private func cycleMember(_ tree: Tree) -> JSONValue {
    .array(
      tree.nodes.map {
        [
          "id": JSONValue($0.id), "parent": JSONValue($0.parent), "n": JSONValue($0.rows.count),
          "rule": .string(rule(of: $0.id, in: tree)), "leaf": JSONValue($0.isLeaf),
          "split": split(of: $0, robust: nil),
        ]
      })
  }

  func rule(of id: Int, in tree: Tree) -> String {
    tree.rule(of: id, variables: design.splitVariables).description
  }

  /// Numbers under the names of their trials.
  private func byTrial(_ values: [(trial: Int, value: Double)]) -> JSONValue {
    .object(
      Dictionary(
        values.map { (design.trials[$0.trial], JSONValue($0.value)) }, uniquingKeysWith: { $1 }))
  }

  private func coefficients(_ coefficients: NodeCoefficients, method: Method) -> JSONValue {
    let stratified = coefficients.trialIntercepts.map { (Int($0.key), $0.value) }
    return [
      "effect": JSONValue(coefficients.effect),
      "intercept": JSONValue(coefficients.intercept),
      "intercepts": method.isStratified ? byTrial(stratified) : nil,
      "covariates": nil,
    ]
  }

  private func test(_ test: InstabilityTest) -> JSONValue {
    let variable = design.splitVariables[test.variable]
    return [
      "variable": .string(variable.name),
      "kind": .string(variable.kindWord),
      "statistic": JSONValue(test.statistic),
      "p_value": JSONValue(test.pValue),
      "p_adjusted": JSONValue(test.adjustedPValue),
      "log_p_value": JSONValue(test.logPValue),
      "effect_share": JSONValue(test.effectShare),
    ]
  }

  /// A split of `rp` with both sides' effects; null for other methods, and for leaves.
  private func interaction(_ split: InteractionSplit?) -> JSONValue {
    guard let split else { return nil }
    return [
      "sides": .array(split.sides.map(estimate)), "difference": estimate(split.difference),
      "candidates": JSONValue(split.candidates),
      "all_candidates": JSONValue(split.allCandidates), "p_value": JSONValue(split.pValue),
      "p_adjusted": JSONValue(split.adjustedPValue),
    ]
  }

  private func estimate(_ found: LikelihoodEstimate) -> JSONValue {
    [
      "estimate": JSONValue(found.estimate), "se": JSONValue(found.standardError),
      "df": JSONValue(found.degreesOfFreedom), "p": JSONValue(found.pValue),
      "ci": found.interval.map { [JSONValue($0.lower), JSONValue($0.upper)] } ?? nil,
    ]
  }

  private func split(of node: TreeNode, robust: Bool?) -> JSONValue {
    guard let split = node.split else { return nil }
    let variable = design.splitVariables[split.variable]
    var members: [String: JSONValue] = [
      "variable": .string(variable.name),
      "children": .array(node.children.map { JSONValue($0) }),
      "robust_to_start": JSONValue(robust),
      "effect_share": JSONValue(node.splitTest?.effectShare),
      "effect_p_adjusted": JSONValue(node.effectTest?.adjustedPValue),
      "driven_by": node.effectTest?.adjustedPValue == nil
        ? nil
        : .string(
          node.isDrivenByIntercepts(alpha: analysis.plan.growth.alpha)
            ? "intercepts" : "effect"),
    ]
    switch split {
    case .numeric(_, let breakpoint):
      members["kind"] = "numeric"
      members["breakpoint"] = JSONValue(breakpoint)
    case .ordered(_, let level):
      members["kind"] = "ordered"
      members["breakpoint"] = .string(variable.levels[level])
    case .nominal(_, let groups):
      members["kind"] = "nominal"
      members["levels"] = .array(
        groups.map { .array($0.map { .string(variable.levels[$0]) }) })
    }
    return .object(members)
  }
}

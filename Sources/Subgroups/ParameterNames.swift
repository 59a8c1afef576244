import Designs
import Inference
import MixedModels
import Trees

/// A sampled quantity by the names of the draws files, with its draws.
struct NamedDraws {
  let name: String
  let label: String
  let draws: [Double]
}

/// Whose a parameter is: of the whole tree, or of one node.
struct NameScope {
  let node: Int?

  /// `kind`, the node where there is one, and a number where it is given, with `_` between them.
  func name(_ kind: String, _ index: Int? = nil) -> String {
    ([kind] + [node, index].compactMap { $0.map { "\($0)" } }).joined(separator: "_")
  }

  /// The same for people.
  func label(_ words: String) -> String { node.map { "\(words), node \($0)" } ?? words }
}

extension SampledTree {
  /// All sampled parameters: effects, intercepts, covariates, trial effects, then the SDs.
  ///
  /// Where the tree is one node with a model of its own, all names have its id.
  func namedDraws(_ design: Design, ofNodeAlone node: Int? = nil) -> [NamedDraws] {
    let scope = NameScope(node: node)
    let coefficients = zip(posterior.roles, posterior.effects).map { role, draws in
      (role: role, named: named(role, draws, design, scope))
    }
    // Effects first, stratified intercepts after everything common.
    let groups = [0, 1, 2, 3].map { rank in
      coefficients.filter { $0.role.rank == rank }.map(\.named)
    }
    return groups.flatMap(\.self) + trialEffects(design, scope) + deviations(scope)
  }

  private func named(
    _ role: FixedRole, _ draws: [Double], _ design: Design, _ scope: NameScope
  ) -> NamedDraws {
    if case .covariate(let i) = role {
      return NamedDraws(
        name: role.name(nodes: leaves.nodes, scope),
        label: scope.label(label(of: .covariate(i), design)),
        draws: draws)
    }
    return NamedDraws(
      name: role.name(nodes: leaves.nodes), label: label(of: role, design), draws: draws)
  }

  private func label(of role: FixedRole, _ design: Design) -> String {
    switch role {
    case .effect(let leaf): "effect in node \(leaves.nodes[leaf])"
    case .meanEffect: "mean of the subgroups' effects"
    case .intercept(let leaf?, let trial?):
      "intercept in node \(leaves.nodes[leaf]), trial \(design.trials[trial])"
    case .intercept(let leaf?, nil): "intercept in node \(leaves.nodes[leaf])"
    case .intercept(nil, let trial): "intercept of trial \(design.trials[trial ?? 0])"
    case .covariate(let i): "coefficient of \(design.covariates.names[i])"
    }
  }

  private func trialEffects(_ design: Design, _ scope: NameScope) -> [NamedDraws] {
    let terms = posterior.terms
    let kinds =
      (terms.randomIntercept ? [("trial_intercept", "intercept")] : [])
      + (terms.randomEffect ? [("trial_effect", "effect")] : [])
    return kinds.enumerated().flatMap { r, kind in
      design.trials.indices.map { k in
        NamedDraws(
          name: scope.name(kind.0, k + 1),
          label: scope.label("\(kind.1) in trial \(design.trials[k])"),
          draws: posterior.trialEffect(k, term: r))
      }
    }
  }

  private func deviations(_ scope: NameScope) -> [NamedDraws] {
    let labels = [
      "tau0": "heterogeneity of intercepts (SD between trials)",
      "tau1": "heterogeneity of effects (SD between trials)",
      "sigma": "residual standard deviation",
      "correlation": "correlation of a trial's intercept and effect",
      "omega": "SD of the effects between subgroups",
    ]
    return posterior.varianceDraws.map {
      NamedDraws(
        name: scope.name($0.name), label: scope.label(labels[$0.name] ?? $0.name), draws: $0.draws)
    }
  }
}

extension FixedRole {
  /// The same where the model may be that of one node alone.
  func name(nodes: [Int], _ scope: NameScope) -> String {
    if case .covariate(let i) = self { return scope.name("coef", i + 1) }
    return name(nodes: nodes)
  }

  /// The name in the draws files, the leaves being some nodes.
  func name(nodes: [Int]) -> String {
    switch self {
    case .effect(let leaf): "effect_\(nodes[leaf])"
    case .meanEffect: "effect_mean"
    case .intercept(let leaf?, let trial?): "intercept_\(nodes[leaf])_\(trial + 1)"
    case .intercept(let leaf?, nil): "intercept_\(nodes[leaf])"
    case .intercept(nil, let trial): "trial_fixed_\((trial ?? 0) + 1)"
    case .covariate(let i): "coef_\(i + 1)"
    }
  }

  /// The place of its kind in the draws files.
  fileprivate var rank: Int {
    switch self {
    case .effect: 0
    case .meanEffect: 1
    case .intercept(.some, .some): 3
    case .intercept, .covariate: 2
    }
  }
}

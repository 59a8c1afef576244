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
    switch role {
    case .effect(let leaf):
      let node = leaves.nodes[leaf]
      return NamedDraws(name: "effect_\(node)", label: "effect in node \(node)", draws: draws)
    case .meanEffect:
      return NamedDraws(
        name: "effect_mean", label: "mean of the subgroups' effects", draws: draws)
    case .intercept(let leaf?, let trial?):
      let node = leaves.nodes[leaf]
      return NamedDraws(
        name: "intercept_\(node)_\(trial + 1)",
        label: "intercept in node \(node), trial \(design.trials[trial])", draws: draws)
    case .intercept(let leaf?, nil):
      let node = leaves.nodes[leaf]
      return NamedDraws(
        name: "intercept_\(node)", label: "intercept in node \(node)", draws: draws)
    case .intercept(nil, let trial):
      let k = trial ?? 0
      return NamedDraws(
        name: "trial_fixed_\(k + 1)", label: "intercept of trial \(design.trials[k])",
        draws: draws)
    case .covariate(let i):
      return NamedDraws(
        name: scope.name("coef", i + 1),
        label: scope.label("coefficient of \(design.covariates.names[i])"), draws: draws)
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

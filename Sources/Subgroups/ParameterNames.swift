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

extension SampledTree {
  /// All sampled parameters: effects, intercepts, covariates, trial effects, then the SDs.
  func namedDraws(_ design: Design) -> [NamedDraws] {
    let coefficients = zip(posterior.roles, posterior.effects).map { role, draws in
      (role: role, named: named(role, draws, design))
    }
    // Effects first, stratified intercepts after everything common.
    let groups = [0, 1, 2].map { rank in
      coefficients.filter { $0.role.rank == rank }.map(\.named)
    }
    return groups.flatMap(\.self) + trialEffects(design) + deviations
  }

  private func named(_ role: FixedRole, _ draws: [Double], _ design: Design) -> NamedDraws {
    NamedDraws(
      name: role.name(nodes: leaves.nodes), label: label(of: role, design), draws: draws)
  }

  private func label(of role: FixedRole, _ design: Design) -> String {
    switch role {
    case .effect(let leaf): "effect in node \(leaves.nodes[leaf])"
    case .intercept(let leaf?, let trial?):
      "intercept in node \(leaves.nodes[leaf]), trial \(design.trials[trial])"
    case .intercept(let leaf?, nil): "intercept in node \(leaves.nodes[leaf])"
    case .intercept(nil, let trial): "intercept of trial \(design.trials[trial ?? 0])"
    case .covariate(let i): "coefficient of \(design.covariates.names[i])"
    }
  }

  private func trialEffects(_ design: Design) -> [NamedDraws] {
    let terms = posterior.terms
    let kinds =
      (terms.randomIntercept ? [("trial_intercept", "intercept")] : [])
      + (terms.randomEffect ? [("trial_effect", "effect")] : [])
    return kinds.enumerated().flatMap { r, kind in
      design.trials.indices.map { k in
        NamedDraws(
          name: "\(kind.0)_\(k + 1)", label: "\(kind.1) in trial \(design.trials[k])",
          draws: posterior.trialEffect(k, term: r))
      }
    }
  }

  private var deviations: [NamedDraws] {
    let labels = [
      "tau0": "heterogeneity of intercepts (SD between trials)",
      "tau1": "heterogeneity of effects (SD between trials)",
      "sigma": "residual standard deviation",
      "correlation": "correlation of a trial's intercept and effect",
    ]
    return posterior.varianceDraws.map {
      NamedDraws(name: $0.name, label: labels[$0.name] ?? $0.name, draws: $0.draws)
    }
  }
}

extension FixedRole {
  /// The name in the draws files, the leaves being some nodes.
  func name(nodes: [Int]) -> String {
    switch self {
    case .effect(let leaf): "effect_\(nodes[leaf])"
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
    case .intercept(.some, .some): 2
    case .intercept, .covariate: 1
    }
  }
}

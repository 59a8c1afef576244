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
    let columns = posterior.model.columns.roles.enumerated().map { i, role in
      named(role, posterior.effects[i], design)
    }
    let isEffect = columns.map { $0.name.hasPrefix("effect_") }
    let ordered =
      zip(columns, isEffect).filter(\.1).map(\.0) + zip(columns, isEffect).filter { !$0.1 }.map(\.0)
    return ordered + stratified(design) + trialEffects(design) + deviations
  }

  private func named(
    _ role: GlobalColumns.Role, _ draws: [Double], _ design: Design
  ) -> NamedDraws {
    switch role {
    case .effect(let leaf):
      NamedDraws(
        name: "effect_\(leaves.nodes[leaf])", label: "effect in node \(leaves.nodes[leaf])",
        draws: draws)
    case .intercept(let leaf):
      NamedDraws(
        name: "intercept_\(leaves.nodes[leaf])",
        label: "intercept in node \(leaves.nodes[leaf])", draws: draws)
    case .trialIntercept(let trial):
      NamedDraws(
        name: "trial_fixed_\(trial + 1)", label: "intercept of trial \(design.trials[trial])",
        draws: draws)
    case .covariate(let i):
      NamedDraws(
        name: "coef_\(i + 1)", label: "coefficient of \(design.covariates.names[i])",
        draws: draws)
    }
  }

  private func stratified(_ design: Design) -> [NamedDraws] {
    posterior.model.stratifiedCells.enumerated().map { index, cell in
      let node = leaves.nodes[cell.leaf]
      return NamedDraws(
        name: "intercept_\(node)_\(cell.trial + 1)",
        label: "intercept in node \(node), trial \(design.trials[cell.trial])",
        draws: posterior.effects[posterior.model.order + index])
    }
  }

  private func trialEffects(_ design: Design) -> [NamedDraws] {
    let terms = posterior.model.terms
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

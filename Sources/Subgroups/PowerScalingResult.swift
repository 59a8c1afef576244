import Inference
import MixedModels
public import Posterior
import Predictive

/// A quantity of a Bayesian fit whose dependence on the priors is of interest.
public enum ScaledQuantity: Sendable, Equatable {
  /// The effect in a leaf.
  case effect(node: Int)
  /// The effect in a leaf in a new trial.
  case newTrial(node: Int)
  /// The difference of the effects of two leaves, first minus second.
  case difference(nodes: [Int])
  /// The between-trial SD of effects; of one leaf where each has its own.
  case tau1(node: Int?)
  /// The between-trial SD of intercepts.
  case tau0(node: Int?)
}

/// How far one quantity moves when a part of the posterior density is raised to a power.
public struct QuantityScaling: Sendable, Equatable {
  /// The quantity.
  public var quantity: ScaledQuantity
  /// With the prior of τ1 (of τ0 where there is no τ1); nil where the model has none.
  public var heterogeneityPrior: Double?
  /// With all priors.
  public var priors: Double?
  /// With the likelihood.
  public var likelihood: Double?

  /// What they say together; the prior is the more influential of both.
  public var verdict: PowerScalingVerdict {
    PowerScalingVerdict(
      prior: [heterogeneityPrior, priors].compactMap(\.self).max(), likelihood: likelihood)
  }
}

/// The power-scaling sensitivities of a fit (article PowerScalingSensitivity of the module Posterior).
public struct PowerScalingResult: Sendable, Equatable {
  /// One a quantity: effects, new trials, differences, SDs.
  public var quantities: [QuantityScaling]
  /// The largest Pareto k of the weights by which the heterogeneity's prior, all priors and the
  /// likelihood were scaled; nil for a part that the model lacks.
  public var paretoK: [Double?]
  /// The k above which the figures cannot be relied on.
  public var threshold: Double

  /// Whether all weights can be relied on.
  public var isReliable: Bool { paretoK.allSatisfy { ($0 ?? 0) <= threshold } }
}

extension BayesianReporting {
  /// Replicated data sets beside the data.
  func predictive(_ models: [LeafModel]) -> PredictiveChecks? {
    PredictiveChecks(design, models, seed: plan.sampling.seed, threads: plan.threads)
  }

  /// The sensitivities of all quantities, the leaves being modelled in groups that are independent of one
  /// another; nil where they were not asked for.
  func powerScaling(
    _ groups: [[LeafModel]], _ leaves: LeafDraws, _ priors: ResolvedPriors
  ) -> PowerScalingResult? {
    guard plan.sensitivity, let effects = try? effects(leaves) else { return nil }
    let parts = groups.map { ScaledParts(ComponentDensities(design, $0, priors)) }
    let owner = groups.enumerated().flatMap { group, models in models.map { _ in group } }
    let terms = leaves.posterior.terms
    var quantities: [QuantityScaling] = []
    for (leaf, node) in leaves.nodes.enumerated() {
      let part = parts[owner[leaf]]
      quantities.append(part.scaling(.effect(node: node), effects[leaf]))
      guard terms.randomEffect else { continue }
      let tau = leaves.posterior.deviation(term: terms.randomTerms - 1, leaf: leaf)
      quantities.append(part.scaling(.newTrial(node: node), newTrialDraws(effects[leaf], tau)))
    }
    // Leaves with models of their own are independent: a power of one model is none of the other.
    if groups.count == 1 {
      for contrast in pairs(leaves.nodes) {
        let difference = effects[contrast.0].indices.map {
          effects[contrast.0][$0] - effects[contrast.1][$0]
        }
        quantities.append(
          parts[0].scaling(
            .difference(nodes: [leaves.nodes[contrast.0], leaves.nodes[contrast.1]]), difference))
      }
    }
    quantities += deviations(groups, leaves, parts)
    return PowerScalingResult(
      quantities: quantities,
      paretoK: [\ScaledParts.heterogeneity, \.priors, \.likelihood].map { part in
        parts.compactMap { $0[keyPath: part]?.paretoK }.max()
      }, threshold: parts.first?.likelihood?.threshold ?? 0)
  }

  private func pairs(_ nodes: [Int]) -> [(Int, Int)] {
    nodes.indices.flatMap { a in nodes.indices.dropFirst(a + 1).map { (a, $0) } }
  }

  private func deviations(
    _ groups: [[LeafModel]], _ leaves: LeafDraws, _ parts: [ScaledParts]
  ) -> [QuantityScaling] {
    let terms = leaves.posterior.terms
    var first = 0
    var result: [QuantityScaling] = []
    for (group, models) in groups.enumerated() {
      let node = groups.count > 1 ? leaves.nodes[first] : nil
      for term in 0..<terms.randomTerms {
        let isEffect = terms.randomEffect && term == terms.randomTerms - 1
        result.append(
          parts[group].scaling(
            isEffect ? .tau1(node: node) : .tau0(node: node),
            leaves.posterior.deviation(term: term, leaf: first)))
      }
      first += models.count
    }
    return result
  }
}

/// The weights of the draws with each part of a posterior scaled.
private struct ScaledParts {
  let heterogeneity: PowerScaling?
  let priors: PowerScaling?
  let likelihood: PowerScaling?

  init(_ densities: ComponentDensities) {
    heterogeneity = densities.heterogeneity.map { PowerScaling(logDensities: $0) }
    priors = PowerScaling(logDensities: densities.priors)
    likelihood = PowerScaling(logDensities: densities.likelihood)
  }

  func scaling(_ quantity: ScaledQuantity, _ draws: [Double]) -> QuantityScaling {
    QuantityScaling(
      quantity: quantity, heterogeneityPrior: heterogeneity?.sensitivity(of: draws),
      priors: priors?.sensitivity(of: draws), likelihood: likelihood?.sensitivity(of: draws))
  }
}

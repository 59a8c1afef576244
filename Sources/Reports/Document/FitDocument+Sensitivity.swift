import Designs
import JSON
import Posterior
import Predictive
import Sensitivity
import Subgroups
import Trees

extension FitDocument {
  /// The refits under other priors and the power-scaling; null where they were not asked for.
  func sensitivity(_ result: BayesianResult, at position: Int) -> JSONValue {
    guard analysis.plan.sensitivity else { return nil }
    let sensitivity = supplements.sensitivity[position]
    return [
      "parameter": JSONValue(sensitivity?.parameter.rawValue),
      "prior": sensitivity?.prior.json ?? nil,
      "conclusion": sensitivity.map(conclusion) ?? nil,
      "probabilities": .array(RefitQuantity.probabilities.map { JSONValue($0) }),
      "refits": .array((sensitivity?.refits ?? []).map(refit)),
      "power_scaling": result.powerScaling.map(powerScaling) ?? nil,
    ]
  }

  private func conclusion(_ sensitivity: PriorSensitivity) -> JSONValue {
    let conclusion = sensitivity.conclusion
    return [
      "holds": JSONValue(conclusion.holds),
      "sentence": .string(sensitivity.sentence(isPrespecified: design.subgroups != nil)),
      "refits": JSONValue(conclusion.done),
      "changes": .array(
        conclusion.changes.map {
          [
            "nodes": .array($0.nodes.map { JSONValue($0) }),
            "reported": .string($0.reported.rawValue),
            "refits": .array($0.refits.map { JSONValue($0) }),
          ]
        }),
      "other_trees": .array(conclusion.otherTrees.map { JSONValue($0) }),
    ]
  }

  private func refit(_ refit: PriorRefit) -> JSONValue {
    [
      "shape": .string(refit.entry.shape.rawValue), "factor": JSONValue(refit.entry.factor),
      "prior": refit.entry.prior.json,
      "same_tree": refit.same.map(figures) ?? nil,
      "regrown": refit.regrown.map(figures) ?? nil,
      "same_splits": refit.isSameTree.map { JSONValue($0) } ?? nil,
      "adjusted_rand_index": JSONValue(refit.agreement),
      "obstacle": JSONValue(refit.obstacle),
    ]
  }

  private func figures(_ figures: RefitFigures) -> JSONValue {
    [
      "converged": JSONValue(figures.converged),
      "heterogeneity": .array(figures.deviations.map { .object(quantity($0)) }),
      "subgroups": .array(
        zip(figures.nodes, figures.effects).map { node, effect in
          var members = quantity(effect)
          members["node"] = JSONValue(node)
          members["rule"] = .string(rule(of: node, in: figures.tree))
          members["n"] = JSONValue(figures.tree.node(node).rows.count)
          return .object(members)
        }),
      "contrasts": .array(
        figures.differences.map {
          var members = quantity($0.difference)
          members["nodes"] = .array($0.nodes.map { JSONValue($0) })
          return .object(members)
        }),
    ]
  }

  private func quantity(_ quantity: RefitQuantity) -> [String: JSONValue] {
    [
      "mean": JSONValue(quantity.mean),
      "ci": [JSONValue(quantity.interval.lower), JSONValue(quantity.interval.upper)],
      "probability_below_zero": JSONValue(quantity.probabilityBelowZero),
      "quantiles": .array(quantity.quantiles.map { JSONValue($0) }),
    ]
  }

  private func powerScaling(_ scaling: PowerScalingResult) -> JSONValue {
    [
      "threshold": JSONValue(PowerScalingVerdict.threshold),
      "pareto_k": [
        "heterogeneity_prior": JSONValue(scaling.paretoK[0]),
        "priors": JSONValue(scaling.paretoK[1]), "likelihood": JSONValue(scaling.paretoK[2]),
        "threshold": JSONValue(scaling.threshold),
      ],
      "quantities": .array(
        scaling.quantities.map {
          [
            "quantity": .string($0.quantity.words),
            "heterogeneity_prior": JSONValue($0.heterogeneityPrior),
            "priors": JSONValue($0.priors), "likelihood": JSONValue($0.likelihood),
            "verdict": .string($0.verdict.rawValue),
          ]
        }),
    ]
  }
}

extension FitDocument {
  /// The most checks of one statistic that are kept: what a figure can show.
  private static let mostChecks = 200

  /// Replicated data sets beside the data: of every statistic the checks with the smallest p-values, in
  /// their order.
  func predictive(_ checks: PredictiveChecks?) -> JSONValue {
    guard let checks else { return nil }
    var kept: Set<Int> = []
    for statistic in PredictiveStatistic.allCases {
      let places = checks.checks.indices.filter { checks.checks[$0].statistic == statistic }
      let first = places.sorted {
        (checks.checks[$0].pValue, $0) < (checks.checks[$1].pValue, $1)
      }
      kept.formUnion(first.prefix(Self.mostChecks))
    }
    let missed = checks.missed
    return [
      "replicates": JSONValue(checks.replicates), "threshold": JSONValue(checks.threshold),
      "bounds": checks.bounds.map {
        [
          "lower": JSONValue($0.lower), "upper": JSONValue($0.upper), "step": JSONValue($0.step),
        ]
      } ?? nil,
      "checks": .array(
        kept.sorted().map { place in
          let check = checks.checks[place]
          return [
            "statistic": .string(check.statistic.rawValue),
            "trial": check.trial.map { .string(design.trials[$0]) } ?? nil,
            "arm": .string(check.arm == 0 ? design.treatment.reference : design.treatment.active),
            "n": JSONValue(check.participants), "observed": JSONValue(check.observed),
            "replicated_mean": JSONValue(check.replicatedMean),
            "interval": [JSONValue(check.interval.lower), JSONValue(check.interval.upper)],
            "quartiles": .array(check.quartiles.map { JSONValue($0) }),
            "p_value": JSONValue(check.pValue), "missed": JSONValue(missed.contains(check)),
          ]
        }),
    ]
  }
}

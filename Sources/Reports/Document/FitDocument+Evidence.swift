import Designs
import Evidence
import JSON
import Subgroups

extension FitDocument {
  /// The keys that the evidence on a run adds to its fit; null where it was not computed.
  func evidenceMembers(_ position: Int) -> [String: JSONValue] {
    let own = supplements.evidence.runs[position]
    return [
      "loo": own?.participants.map(participants) ?? nil,
      "leave_one_trial_out": own?.trials.map(trials) ?? nil,
      "split_evidence": own.map(splits) ?? nil,
    ]
  }

  private func splits(_ own: RunEvidence) -> JSONValue {
    [
      "scale": JSONValue(own.splitScale),
      "factors": numbers(SplitEvidence.factors),
      "splits": .array(
        own.splits.map { split in
          [
            "node": JSONValue(split.node),
            "log_bf10": split.logBayesFactors.map(numbers) ?? nil,
            "averaged": split.averaged.map {
              [
                "log_bf10": numbers($0.logBayesFactors), "variables": JSONValue($0.variables),
                "splits": JSONValue($0.splits),
              ]
            } ?? nil,
          ]
        }),
    ]
  }

  private func participants(_ found: ParticipantPrediction) -> JSONValue {
    [
      "elpd": JSONValue(found.elpd),
      "se": JSONValue(found.standardError),
      "p": JSONValue(found.effectiveParameters),
      "n": JSONValue(found.participants),
      "pareto_k_above_0.7": JSONValue(found.unreliable),
      "largest_pareto_k": .array(
        found.largest.map {
          [
            "trial": .string(design.trials[$0.trial]), "node": JSONValue($0.node),
            "k": JSONValue($0.paretoK),
          ]
        }),
      "pareto_k_histogram": [
        "limits": numbers(found.histogram.limits),
        "counts": .array(found.histogram.counts.map { JSONValue($0) }),
      ],
    ]
  }

  private func trials(_ found: TrialPrediction) -> JSONValue {
    [
      "elpd": JSONValue(found.elpd),
      "se": JSONValue(found.standardError),
      "trials": .array(
        found.trials.map {
          [
            "trial": .string(design.trials[$0.trial]), "n_active": JSONValue($0.active),
            "elpd": JSONValue($0.elpd),
          ]
        }),
    ]
  }

  private func numbers(_ values: [Double]) -> JSONValue { .array(values.map { JSONValue($0) }) }
}

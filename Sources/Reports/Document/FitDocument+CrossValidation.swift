import CrossValidation
import Designs
import JSON
import Subgroups

extension FitDocument {
  /// The runs by outcomes that their trees have not seen; null where that was not asked for.
  var crossValidation: JSONValue {
    let found = supplements.crossValidation
    guard found != .none else { return nil }
    return [
      "trials": found.trials.map(comparison) ?? nil,
      "participants": found.participants.map(comparison) ?? nil,
    ]
  }

  private func comparison(_ found: FoldedComparison) -> JSONValue {
    [
      "folds": .array(
        found.folds.map { fold in
          [
            "trial": JSONValue(fold.trial.map { design.trials[$0] }),
            "n": JSONValue(fold.held), "n_predicted": JSONValue(fold.predicted),
            "obstacle": JSONValue(fold.obstacle),
          ]
        }),
      "runs": .array(
        found.runs.enumerated().map { position, run in
          [
            "run": JSONValue(position), "elpd": JSONValue(run.elpd),
            "elpd_one_effect": JSONValue(run.oneEffect),
            "elpd_without_tree": JSONValue(run.withoutTree),
            "difference_to_best": run.fromBest.map(difference) ?? nil,
            "difference_to_one_effect": run.fromOneEffect.map(difference) ?? nil,
            "difference_to_no_tree": run.fromWithoutTree.map(difference) ?? nil,
            "obstacle": JSONValue(run.obstacle),
            "folds": .array(run.folds.map { $0.map(fold) ?? nil }),
          ]
        }),
    ]
  }

  private func difference(_ found: Difference) -> JSONValue {
    ["value": JSONValue(found.value), "se": JSONValue(found.standardError)]
  }

  private func fold(_ found: PredictedRun.Fold) -> JSONValue {
    [
      "elpd": JSONValue(found.elpd), "elpd_one_effect": JSONValue(found.oneEffect),
      "elpd_without_tree": JSONValue(found.withoutTree),
      "leaves": JSONValue(found.leaves), "same_variables": JSONValue(found.hasReportedVariables),
      "settled": JSONValue(found.isSettled), "converged": JSONValue(found.hasConverged),
    ]
  }
}

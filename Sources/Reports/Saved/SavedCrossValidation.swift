package import CrossValidation
package import JSON
package import Subgroups

extension CrossValidation {
  /// Reads the entry `cross_validation` of a fit; nothing where it is null or there is none.
  package init(saved document: JSONValue) throws(SavedFitError) {
    self.init()
    guard let value = document["cross_validation"], value != .null else { return }
    let entry = JSONCursor(value: value, path: "cross_validation")
    let names = try SavedFold.trials(document)
    trials = try entry.member("trials").unlessNull.map { (found) throws(SavedFitError) in
      try SavedFold.comparison(found, names)
    }
    participants = try entry.member("participants").unlessNull.map {
      (found) throws(SavedFitError) in try SavedFold.comparison(found, names)
    }
  }
}

extension CrossValidationContent {
  /// What a saved fit says of its runs by cross-validation; nil where it says nothing.
  ///
  /// `shown` keeps the runs that it holds for, by method and estimator.
  package init?(
    saved document: JSONValue, shown: (Subgroups.Method, Estimator) -> Bool
  ) throws(SavedFitError) {
    found = try CrossValidation(saved: document)
    guard found != .none else { return nil }
    let root = JSONCursor(value: document, path: "")
    var runs: [Run] = []
    for run in try root.member("runs").elements() {
      runs.append(
        Run(
          method: try run.member("method").word(), estimator: try run.member("estimator").word()))
    }
    for comparison in [found.trials, found.participants] {
      guard let comparison, comparison.runs.count != runs.count else { continue }
      throw .invalid(key: "cross_validation", problem: "its runs are not those of the fit")
    }
    self.runs = runs
    trials = try SavedFold.trials(document)
    let call = document["call"]
    isBinomial = call?["family"]?.string == "binomial"
    isPrespecified = call?["control"]?["subgroups"]?.string != nil
    self.shown = Set(runs.indices.filter { shown(runs[$0].method, runs[$0].estimator) })
  }
}

/// Reads the parts of a comparison by folds.
private enum SavedFold {
  /// The names of the trials, whose places are their codes.
  static func trials(_ document: JSONValue) throws(SavedFitError) -> [String] {
    var names: [String] = []
    let data = try JSONCursor(value: document, path: "").member("data")
    for trial in try data.member("trials").elements() {
      names.append(try trial.member("trial").string())
    }
    return names
  }

  static func comparison(
    _ entry: JSONCursor, _ trials: [String]
  ) throws(SavedFitError) -> FoldedComparison {
    var folds: [FoldedComparison.Fold] = []
    for fold in try entry.member("folds").elements() { folds.append(try Self.fold(fold, trials)) }
    var runs: [PredictedRun] = []
    for run in try entry.member("runs").elements() {
      runs.append(try Self.run(run, folds: folds.count))
    }
    return FoldedComparison(folds: folds, runs: runs)
  }

  private static func fold(
    _ entry: JSONCursor, _ trials: [String]
  ) throws(SavedFitError) -> FoldedComparison.Fold {
    let trial = try entry.member("trial").unlessNull.map {
      (name) throws(SavedFitError) -> Int in
      guard let code = trials.firstIndex(of: try name.string()) else {
        throw name.invalid("the data have no such trial")
      }
      return code
    }
    return FoldedComparison.Fold(
      trial: trial, held: try entry.member("n").integer(),
      predicted: try entry.member("n_predicted").integer(),
      obstacle: try entry.member("obstacle").unlessNull?.string())
  }

  private static func run(
    _ entry: JSONCursor, folds count: Int
  ) throws(SavedFitError) -> PredictedRun {
    var folds: [PredictedRun.Fold?] = []
    for fold in try entry.member("folds").elements() {
      folds.append(try fold.unlessNull.map(predicted))
    }
    guard folds.count == count else { throw entry.invalid("it has not every fold") }
    return PredictedRun(
      folds: folds, obstacle: try entry.member("obstacle").unlessNull?.string(),
      elpd: try entry.member("elpd").unlessNull?.number(),
      oneEffect: try entry.member("elpd_one_effect").unlessNull?.number(),
      withoutTree: try entry.member("elpd_without_tree").unlessNull?.number(),
      fromBest: try difference(entry.member("difference_to_best")),
      fromOneEffect: try difference(entry.member("difference_to_one_effect")),
      fromWithoutTree: try difference(entry.member("difference_to_no_tree")))
  }

  private static func difference(_ entry: JSONCursor) throws(SavedFitError) -> Difference? {
    guard let entry = entry.unlessNull else { return nil }
    return Difference(
      value: try entry.member("value").number(),
      standardError: try entry.member("se").unlessNull?.number())
  }

  private static func predicted(
    _ entry: JSONCursor
  ) throws(SavedFitError) -> PredictedRun.Fold {
    PredictedRun.Fold(
      elpd: try entry.member("elpd").number(),
      oneEffect: try entry.member("elpd_one_effect").unlessNull?.number(),
      withoutTree: try entry.member("elpd_without_tree").number(),
      leaves: try entry.member("leaves").integer(),
      hasReportedVariables: try entry.member("same_variables").flag(),
      isSettled: try entry.member("settled").flag(),
      hasConverged: try entry.member("converged").flag())
  }
}

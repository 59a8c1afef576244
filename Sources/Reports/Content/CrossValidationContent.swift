import CrossValidation
import Subgroups
import Words

/// What is said of runs by outcomes that neither trees nor fits have seen: of an analysis, or of a saved fit.
package struct CrossValidationContent {
  /// A run by its method and estimator.
  struct Run {
    let method: Subgroups.Method
    let estimator: Estimator

    /// The name in tables, which no line breaks.
    var name: String { "\(method.rawValue) \(estimator.word)".unbroken }
  }

  /// The heading.
  package static let title = "Runs by what their trees have not seen"

  let found: CrossValidation
  let runs: [Run]
  let trials: [String]
  let isBinomial: Bool
  let isPrespecified: Bool
  /// The runs that are shown, by position; nil for all.
  var shown: Set<Int>?

  /// The comparisons that were asked for, their conclusions first.
  package var blocks: [ReportBlock] {
    let comparisons = [
      found.trials.map { ($0, "Active arms left out") },
      found.participants.map { ($0, "\(counted($0.folds.count, "part")) left out") },
    ].compactMap(\.self)
    var blocks: [ReportBlock] = comparisons.map { .paragraph(conclusion($0, $1)) }
    for (comparison, title) in comparisons {
      blocks.append(.table(runTable(comparison, title)))
      if comparison.folds.contains(where: { $0.trial != nil }) {
        blocks.append(.table(trialTable(comparison)))
      }
    }
    return blocks + [.notes(notes)]
  }

  /// The positions of the runs that are shown.
  var positions: [Int] { runs.indices.filter { shown?.contains($0) ?? true } }

  private func runTable(_ found: FoldedComparison, _ title: String) -> ReportTable {
    let rows = positions.map { position in
      let run = found.runs[position]
      return ReportTable.Row(
        runs[position].name,
        [
          [
            nats(run.elpd), words(run.fromBest), words(run.fromOneEffect),
            words(run.fromWithoutTree),
          ], [leaves(run), variables(run)],
        ])
    }
    return ReportTable(
      labelTitle: title,
      panels: [
        .init("", ["elpd", "to the best", "to one effect", "to no tree"]),
        .init("", ["subgroups", "as reported"]),
      ], sections: [.init("", rows)])
  }

  private func nats(_ value: Double?) -> String { AnalysisContent.nats(value) }

  /// A difference with its standard error.
  private func words(_ found: Difference?) -> String {
    guard let found else { return NumberStyle.absent }
    let error = found.standardError.map { " (\(nats($0)))" } ?? ""
    return (nats(found.value) + error).unbroken
  }

  /// The numbers of subgroups of the trees of the folds.
  private func leaves(_ run: PredictedRun) -> String {
    let counts = run.folds.compactMap { $0?.leaves }
    guard let least = counts.min(), let most = counts.max() else { return NumberStyle.absent }
    return least == most ? "\(least)" : "\(least) to \(most)"
  }

  /// In how many folds the tree splits on the variables of the reported one.
  private func variables(_ run: PredictedRun) -> String {
    let folds = run.folds.compactMap(\.self)
    guard !folds.isEmpty else { return NumberStyle.absent }
    return "\(folds.count(where: \.hasReportedVariables)) of \(folds.count)".unbroken
  }

  private func trialTable(_ found: FoldedComparison) -> ReportTable {
    let rows = found.folds.enumerated().map { place, fold in
      ReportTable.Row(
        fold.trial.map { trials[$0] } ?? "\(place + 1)",
        [["\(fold.predicted)"]]
          + positions.map {
            [nats(fold.obstacle == nil ? found.runs[$0].folds[place]?.elpd : nil)]
          })
    }
    return ReportTable(
      labelTitle: "elpd by trial",
      panels: [.init("", ["n"])] + positions.map { .init("", [runs[$0].name]) },
      sections: [.init("", rows)])
  }

  private var notes: [String] {
    var notes = [
      (isPrespecified
        ? "In every fold each model is fitted again to the other participants. "
        : "In every fold each run's tree is grown again from the other participants, and its model fitted "
          + "again. ")
        + "elpd: log density of the outcomes that were left out; higher is better. By REML or ML the "
        + "density at the estimated SDs\(isBinomial ? " and coefficients" : ", coefficients integrated"), "
        + "trial effects integrated; by Bayes the posterior predictive density under priors on the scale of the "
        + "other participants.",
      "To one effect: less the elpd of the same trees and intercepts with one treatment effect for all "
        + "subgroups, so that it says what the differences of effects predict. To no tree: less that of the "
        + "method with all participants as one subgroup, of which differences of prognosis have a part.",
    ]
    if found.trials != nil {
      notes.append(
        "Active arms: all outcomes of a trial's active arm jointly, given its own controls and the other "
          + "trials.")
    }
    if found.participants != nil {
      notes.append("Parts: drawn within trials and arms; each participant by itself.")
    }
    notes.append(
      "Subgroups: of the trees of the folds; as reported: those with the reported tree's variables in its "
        + "places, wherever they cut. "
        + "In brackets the SE of a difference, from ten trials or participants on; that of trees which differ from "
        + "fold to fold is rather too small.")
    return notes + gaps(found.trials, "trial") + gaps(found.participants, "part")
      + chainNote
  }

  /// What has no figures, and who is in none.
  private func gaps(_ found: FoldedComparison?, _ word: String) -> [String] {
    guard let found else { return [] }
    var notes: [String] = []
    for (place, fold) in found.folds.enumerated() {
      guard let obstacle = fold.obstacle else { continue }
      let label = fold.trial.map { quoted(trials[$0]) } ?? "\(place + 1)"
      notes.append("No figures for \(word) \(label): \(obstacle).")
    }
    let missing = found.folds.reduce(0) { $0 + ($1.obstacle == nil ? $1.held - $1.predicted : 0) }
    if missing > 0 {
      notes.append(
        "\(counted(missing, "participant")) of the \(word)s left out \(missing == 1 ? "is" : "are") in no "
          + "figure: for some run the other participants do not tell of their intercept, their effect or a "
          + "level of theirs.")
    }
    for position in positions {
      let run = found.runs[position]
      if run.elpd != nil, run.oneEffect == nil {
        notes.append(
          "\(runs[position].name): no difference to one effect by \(word), as each subgroup has trial effects "
            + "and SDs of its own.")
      }
      guard let obstacle = run.obstacle else { continue }
      notes.append("\(runs[position].name): no figures by \(word) (\(obstacle)).")
    }
    return notes
  }

  /// Says in how many folds chains have not converged.
  private var chainNote: [String] {
    let folds = [found.trials, found.participants].compactMap(\.self).flatMap { comparison in
      positions.filter { runs[$0].estimator == .bayes }.flatMap {
        comparison.runs[$0].folds.compactMap(\.self)
      }
    }
    let failed = folds.count { !$0.hasConverged }
    guard failed > 0 else { return [] }
    return [
      "In \(failed) of \(counted(folds.count, "Bayesian tree")) the chains of growth, of at most "
        + "\(mostFoldDraws) draws, miss a limit of R-hat or effective sample size."
    ]
  }
}

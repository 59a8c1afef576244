import CrossValidation
import Designs
import Subgroups
import Words

/// The runs by outcomes that neither trees nor fits have seen.
extension AnalysisContent {
  /// The comparisons that were asked for; nothing where none was.
  var crossValidation: [ReportBlock] {
    let found = supplements.crossValidation
    guard found != .none else { return [] }
    var blocks: [ReportBlock] = [.heading("Runs by what their trees have not seen")]
    if let trials = found.trials {
      blocks.append(.table(runTable(trials, "Active arms left out")))
      blocks.append(.table(trialTable(trials)))
    }
    if let participants = found.participants {
      blocks.append(
        .table(
          runTable(participants, "\(counted(participants.folds.count, "part")) left out")))
    }
    return blocks + [.notes(crossValidationNotes(found))]
  }

  private func name(_ position: Int) -> String {
    let run = analysis.runs[position]
    return "\(run.method.rawValue) \(run.estimator.word)".unbroken
  }

  private func runTable(_ found: FoldedComparison, _ title: String) -> ReportTable {
    let rows = found.runs.enumerated().map { position, run in
      ReportTable.Row(
        name(position),
        [
          [
            Self.nats(run.elpd), words(run.fromBest), words(run.fromOneEffect),
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

  /// A difference with its standard error.
  private func words(_ found: Difference?) -> String {
    guard let found else { return NumberStyle.absent }
    let error = found.standardError.map { " (\(Self.nats($0)))" } ?? ""
    return (Self.nats(found.value) + error).unbroken
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
        fold.trial.map { design.trials[$0] } ?? "\(place + 1)",
        [["\(fold.predicted)"]]
          + found.runs.map { [Self.nats(fold.obstacle == nil ? $0.folds[place]?.elpd : nil)] })
    }
    return ReportTable(
      labelTitle: "elpd by trial",
      panels: [.init("", ["n"])] + found.runs.indices.map { .init("", [name($0)]) },
      sections: [.init("", rows)])
  }

  private func crossValidationNotes(_ found: CrossValidation) -> [String] {
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
      + chainNote(found)
  }

  /// What has no figures, and who is in none.
  private func gaps(_ found: FoldedComparison?, _ word: String) -> [String] {
    guard let found else { return [] }
    var notes: [String] = []
    for (place, fold) in found.folds.enumerated() {
      guard let obstacle = fold.obstacle else { continue }
      let label = fold.trial.map { quoted(design.trials[$0]) } ?? "\(place + 1)"
      notes.append("No figures for \(word) \(label): \(obstacle).")
    }
    let missing = found.folds.reduce(0) { $0 + ($1.obstacle == nil ? $1.held - $1.predicted : 0) }
    if missing > 0 {
      notes.append(
        "\(counted(missing, "participant")) of the \(word)s left out \(missing == 1 ? "is" : "are") in no "
          + "figure: for some run the other participants do not tell of their intercept, their effect or a "
          + "level of theirs.")
    }
    for (position, run) in found.runs.enumerated() {
      guard let obstacle = run.obstacle else { continue }
      notes.append("\(name(position)): no figures by \(word) (\(obstacle)).")
    }
    return notes
  }

  /// Says in how many folds chains have not converged.
  private func chainNote(_ found: CrossValidation) -> [String] {
    let folds = [found.trials, found.participants].compactMap(\.self).flatMap { comparison in
      comparison.runs.enumerated().flatMap { position, run in
        analysis.runs[position].estimator == .bayes ? run.folds.compactMap(\.self) : []
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

import JSON
import Reports
import Words

extension ReportBuilder {
  /// The trials with their arms, and what was left out.
  var trialsSection: ReportSection {
    let rows = fit.trials.map { trial in
      ReportTable.Row(
        trial.name, [cells(trial.participants, trial.reference, trial.active)])
    }
    let total = ReportTable.Row(
      "all trials",
      [
        cells(
          fit.trials.reduce(0) { $0 + $1.participants }, fit.trials.reduce(0) { $0 + $1.reference },
          fit.trials.reduce(0) { $0 + $1.active })
      ])
    let table = ReportTable(
      labelTitle: fit.trialColumn,
      panels: [.init("", ["participants", fit.reference, fit.active, "share in \(fit.active)"])],
      sections: [.init("", rows), .init("Together", [total])])
    return ReportSection(
      "trials", "Data by trial",
      [.block(.paragraph(rowsWords)), .block(.table(table))] + dropped + wholePopulation)
  }

  private func cells(_ all: Int, _ reference: Int, _ active: Int) -> [String] {
    [
      "\(all)", "\(reference)", "\(active)",
      all > 0 ? NumberStyle.share((Double(active) / Double(all) * 1000).rounded() / 1000) : "",
    ]
  }

  private var rowsWords: String {
    let rows = fit.data.integer("rows") ?? fit.participants
    let left = rows - fit.participants
    return "\(counted(rows, "row")) of data, \(fit.participants) used"
      + (left > 0 ? "; \(left) left out because of a missing value in a used column." : ".")
  }

  private var dropped: [Part] {
    let entries = fit.data.list("dropped")
    var columns: [String] = []
    for entry in entries {
      if let column = entry.text("column"), !columns.contains(column) { columns.append(column) }
    }
    guard !columns.isEmpty else { return [] }
    func count(_ column: String, _ trial: String?) -> Int {
      entries.filter { $0.text("column") == column && $0.text("trial") == trial }
        .reduce(0) { $0 + ($1.integer("rows") ?? 0) }
    }
    let names = fit.trials.map { Optional($0.name) }
    let others = entries.contains { $0.text("trial") == nil } ? [String?.none] : []
    let rows = (names + others).compactMap { trial -> ReportTable.Row? in
      let counts = columns.map { count($0, trial) }
      guard counts.contains(where: { $0 > 0 }) else { return nil }
      return ReportTable.Row(trial ?? "trial missing", [counts.map { "\($0)" }])
    }
    return [
      .subheading("Rows left out"),
      .block(
        .table(
          ReportTable(
            labelTitle: fit.trialColumn, panels: [.init("missing", columns)],
            sections: [.init("", rows)]))),
      .block(.notes(["A row counts under each column that it misses."])),
    ]
  }

  /// The models without subgroups.
  private var wholePopulation: [Part] {
    let names = [
      "linear": fit.isBinomial ? "logistic model" : "linear model",
      "stratified": "mixed model, fixed trial intercepts",
      "random": "mixed model, random trial intercepts",
    ]
    let rows = fit.document.list("whole_population").map { model in
      let effect = model.at("effect") ?? .null
      let word = model.text("model") ?? ""
      let tau = model.number("tau1")
      return ReportTable.Row(
        names[word] ?? model.text("formula") ?? word,
        [
          [
            fit.effect(effect.number("estimate")), fit.interval(effect.interval("ci")),
            NumberStyle.pValue(effect.number("p")),
            tau.map { fit.style.quantity($0) } ?? NumberStyle.absent,
          ]
        ])
    }
    guard !rows.isEmpty else { return [] }
    let effect = fit.isBinomial ? "odds ratio" : "difference"
    return [
      .subheading("Effect in all participants, without subgroups"),
      .block(
        .table(
          ReportTable(
            labelTitle: "model",
            panels: [.init("", [effect, "\(fit.levelWord) CI", "p", "τ1"])],
            sections: [.init("", rows)]))),
      .block(
        .notes([
          "τ1: SD of the effect between trials" + (fit.isBinomial ? ", of log odds ratios." : ".")
        ])),
    ]
  }
}

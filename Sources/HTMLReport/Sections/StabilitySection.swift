import Drawing
import Figures
import JSON
import Reports
import Subgroups
import Words

/// What stability analyses of the same data found.
extension ReportBuilder {
  /// The analyses of a method, those of an estimator of its own first.
  private func stability(of group: ReportGroup) -> [FitReport.Stability] {
    stability.filter { $0.run.method == group.method }
  }

  /// Whether there is an analysis of a method.
  func hasStability(_ group: ReportGroup) -> Bool { !stability(of: group).isEmpty }

  /// The analysis whose estimator is that of the run whose figures the text gives, else another one.
  private func mainStability(_ group: ReportGroup) -> FitReport.Stability? {
    let own = stability(of: group)
    return own.first { $0.run.estimator == group.main?.estimator } ?? own.first
  }

  // MARK: In one sentence

  /// The sentence below a table of subgroup effects: what stability found, or how to run it.
  func stabilitySentence(_ group: ReportGroup) -> String {
    guard let found = mainStability(group) else {
      return
        "'metamob stability' with the same DATA, FORMULA and options says by how much; a folder that it writes "
        + "into the fit folder (--out FIT/stability) is shown here."
    }
    guard found.trees != nil else {
      return
        "Stability (by \(found.run.word)): no tree could be grown on parts of the participants."
    }
    return "Stability (\(found.treeWords), by \(found.run.word)): " + rootWords(found)
      + (slopeWords(found).map { "; \($0)" } ?? "") + "."
  }

  private func rootWords(_ found: FitReport.Stability) -> String {
    let none = found.rootShare(nil)
    guard let own = found.run.node(1)?.split?.text("variable") else {
      return "\(NumberStyle.share(1 - none)) of them have a split, where the tree of all has none"
    }
    let share = NumberStyle.share(found.rootShare(own))
    guard let best = found.mostFrequentRoot, best.variable != own else {
      return "\(share) of them split the root on \(own), as the tree of all does"
    }
    return "\(share) of them split the root on \(own), as the tree of all does, and "
      + "\(NumberStyle.share(best.share)) on \(best.variable)"
  }

  private func slopeWords(_ found: FitReport.Stability) -> String? {
    found.slope.map {
      "differences from the overall effect that a half finds are \(NumberStyle.share($0)) as large in the other "
        + "half"
    }
  }

  // MARK: Section

  /// Shares of variables, cuts and numbers of subgroups, and effects corrected for the search.
  var stabilitySection: ReportSection {
    ReportSection(
      "stability", "Stability of the tree",
      byMethod { group in
        stability(of: group).enumerated().flatMap { place, found -> [Part] in
          [.block(.paragraph(stabilityLead(found, group)))] + stabilityFigure(found, place)
            + correctedEffects(found) + honestEffects(found)
        }
      })
  }

  private func stabilityLead(_ found: FitReport.Stability, _ group: ReportGroup) -> String {
    guard found.trees != nil else {
      return "By \(found.run.word): no tree could be grown on parts of the participants."
    }
    let root = rootWords(found)
    var words =
      "The whole search was done again, by \(found.run.word): \(found.treeWords) of the participants. "
      + root.prefix(1).uppercased() + root.dropFirst() + "."
    if let slope = slopeWords(found) {
      words += " " + slope.prefix(1).uppercased() + slope.dropFirst() + "."
    }
    let own = group.runs.first { $0.estimator == found.run.estimator }
    if own.map({ leaves($0) != leaves(found.run) }) ?? true {
      words +=
        " The tree that was looked at is not one of this report: settings or estimator were others."
    }
    return words
  }

  private func leaves(_ run: ReportRun) -> [[String]] { run.leaves.map(\.signature) }

  /// The figure; `place` is that of the analysis among those of the method, which may be of one run.
  private func stabilityFigure(_ found: FitReport.Stability, _ place: Int) -> [Part] {
    guard let maker = try? FigureMaker(found.figures, FigureOptions()),
      let page = try? maker.page(.stability)
    else { return [] }
    return [
      .figure(
        ReportFigure(
          id: "figure-stability-\(found.run.name.replacing(":", with: "-"))"
            + (place == 0 ? "" : "-\(place + 1)"), page: page,
          call: "stability \(found.place) --out stability.svg"))
    ]
  }

  /// The effect of a stability analysis in two cells.
  private func cells(_ effect: JSONValue?) -> [String] {
    [fit.effect(effect?.number("estimate")), fit.interval(effect?.interval("ci"))]
  }

  private func correctedEffects(_ found: FitReport.Stability) -> [Part] {
    let subgroups = found.document.list("subgroups")
    guard subgroups.count > 1, subgroups.contains(where: { $0.at("corrected") != nil }) else {
      return []
    }
    let name = fit.isBinomial ? "odds ratio" : "effect"
    let interval = found.run.isBayesian ? "CrI" : "CI"
    let rows = subgroups.map { subgroup in
      ReportTable.Row(
        "[\(subgroup.integer("node") ?? 0)] \(subgroup.text("rule") ?? ""), "
          + "n = \(subgroup.integer("n") ?? 0)",
        [cells(subgroup.at("effect")), cells(subgroup.at("corrected"))])
    }
    let overall = ReportTable.Row(
      "all participants, no tree", [cells(found.document.at("overall")), ["", ""]])
    return [
      .subheading("Effects corrected for the search, by \(found.run.word)"),
      .block(
        .table(
          ReportTable(
            labelTitle: "[node] subgroup",
            panels: [
              .init("tree taken as given", [name, "\(fit.levelWord) \(interval)"]),
              .init("corrected", [name, "interval of that width"]),
            ], sections: [.init("", rows), .init("", [overall])]))),
      .block(
        .notes([
          "Corrected: overall effect + c (effect − overall effect)"
            + (found.slope.map { ", c = \(NumberStyle.ratio($0))" } ?? "")
            + (fit.isBinomial ? ", on the scale of log odds" : "")
            + ". The interval is the other one, moved; after a search none has its nominal coverage."
        ])),
    ]
  }

  private func honestEffects(_ found: FitReport.Stability) -> [Part] {
    guard let honest = found.document.at("honest") else { return [] }
    let rows = honest.list("subgroups").map { leaf in
      let rule = leaf.text("rule") ?? ""
      return ReportTable.Row(
        "[\(leaf.integer("node") ?? 0)] \(rule.isEmpty ? "all participants" : rule)",
        [
          [
            "\(leaf.integer("n_growing") ?? 0)", "\(leaf.integer("n_estimating") ?? 0)",
          ] + cells(leaf.at("effect"))
        ])
    }
    guard !rows.isEmpty else { return [] }
    let interval = found.run.isBayesian ? "CrI" : "CI"
    return [
      .subheading("Honest effects: grown on one half, estimated on the other"),
      .block(
        .table(
          ReportTable(
            labelTitle: "[node] subgroup",
            panels: [
              .init(
                "",
                [
                  "n grown", "n estimated", fit.isBinomial ? "odds ratio" : "effect",
                  "\(fit.levelWord) \(interval)",
                ])
            ], sections: [.init("", rows)]))),
      .block(
        .notes([
          "The participants that these effects are estimated on took no part in the search; the tree rests on "
            + "half of them and need not be the one above."
        ])),
    ]
  }
}

import Figures
import JSON
import MixedModels
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// The most differences between subgroups that are shown.
  private static var mostContrasts: Int { 66 }

  /// The effect in every subgroup, and the differences between them.
  var effectsSection: ReportSection {
    ReportSection(
      "effects", "Treatment effects",
      byMethod { group in
        [.block(.table(effectTable(group)))] + [.block(.notes(effectNotes(group)))]
          + figure(.forest, group) + figure(.trials, group) + figure(.effects, group)
          + contrasts(group)
      })
  }

  // MARK: Effects

  /// One row a node, with what each tree says of it.
  private struct EffectRow {
    let label: String
    let isLeaf: [Bool?]
    let values: [JSONValue?]
  }

  private func rows(_ group: ReportGroup) -> [EffectRow] {
    let runs = group.runs
    var seen: [[String]] = []
    var rows: [EffectRow] = []
    for run in runs {
      for node in run.nodes where !seen.contains(node.signature) {
        seen.append(node.signature)
        let found = runs.map { other in
          other.nodes.first { $0.signature == node.signature && other.subgroups[$0.id] != nil }
        }
        guard found.contains(where: { $0 != nil }) else { continue }
        let ids = found.map { $0.map { "\($0.id)" } ?? "–" }.joined(separator: "|")
        rows.append(
          EffectRow(
            label: "[\(ids)] \(node.words), n = \(node.participants)",
            isLeaf: found.map { $0?.isLeaf },
            values: zip(runs, found).map { run, node in node.flatMap { run.subgroups[$0.id] } }))
      }
    }
    return rows
  }

  private func effectTable(_ group: ReportGroup) -> ReportTable {
    let rows = rows(group)
    func kind(_ row: EffectRow) -> Int {
      let leaves = row.isLeaf.map { $0 == true }
      if leaves.allSatisfy({ $0 }) { return 0 }
      if leaves.contains(true) { return leaves[0] ? 1 : 2 }
      return 3
    }
    func section(_ heading: String, _ wanted: Int) -> ReportTable.Section {
      .init(
        heading,
        rows.filter { kind($0) == wanted }.map { row in
          .init(row.label, zip(group.runs, row.values).flatMap { cells($1, $0) })
        })
    }
    let hasPair = group.runs.count > 1
    let differ = rows.contains { [1, 2].contains(kind($0)) }
    return ReportTable(
      labelTitle: hasPair
        ? "[node by \(group.likelihoodName)|by Bayes] subgroup" : "[node] subgroup",
      panels: group.runs.flatMap(panels),
      sections: [
        section(differ ? "In both trees" : "Subgroups", 0),
        section("Only in the \(group.likelihoodName) tree", 1),
        section("Only in the Bayesian tree", 2),
        section("Inner nodes, the tree collapsed there", 3),
      ])
  }

  private func panels(_ run: ReportRun) -> [ReportTable.Panel] {
    let name = fit.isBinomial ? "odds ratio" : "effect"
    guard run.isBayesian else { return [.init(run.word, [name, "\(fit.levelWord) CI", "p"])] }
    var panels: [ReportTable.Panel] = [
      .init("Bayes", [name, "\(fit.levelWord) CrI", fit.belowNone])
    ]
    if fit.benefit != nil {
      panels.append(
        .init("probability of", ["benefit"] + (fit.mcid == nil ? [] : ["> MCID"]) + ["best"]))
    }
    if run.method.terms.randomEffect {
      panels.append(.init("in a new trial", ["\(fit.levelWord) interval"]))
    }
    return panels
  }

  private func cells(_ value: JSONValue?, _ run: ReportRun) -> [[String]] {
    let panels = panels(run)
    guard let value else { return panels.map { $0.columns.map { _ in "" } } }
    guard run.isBayesian else {
      return [
        [
          fit.effect(value.number("estimate")), fit.interval(value.interval("ci")),
          NumberStyle.pValue(value.number("p")),
        ]
      ]
    }
    let effect = value.at("effect")
    var cells = [
      [
        fit.effect(effect?.number(fit.center)), fit.interval(effect?.interval("ci")),
        NumberStyle.probability(value.number("probability_below_zero")),
      ]
    ]
    if fit.benefit != nil {
      let keys =
        ["probability_benefit"] + (fit.mcid == nil ? [] : ["probability_beyond_mcid"])
        + ["probability_best"]
      cells.append(keys.map { NumberStyle.probability(value.number($0)) })
    }
    if run.method.terms.randomEffect {
      cells.append([fit.interval(value.at("new_trial")?.interval("ci"))])
    }
    return cells
  }

  private func effectNotes(_ group: ReportGroup) -> [String] {
    var notes = [
      (fit.isBinomial ? "Odds ratios" : "Differences in mean \(fit.outcome)")
        + ", \(fit.isBinomial ? "\(fit.active) against \(fit.reference)" : fit.direction)."
    ]
    if fit.prespecified == nil, !group.runs.contains(where: \.hasSplit), hasStability(group) {
      notes.append(stabilitySentence(group))
    }
    if fit.prespecified == nil, group.runs.contains(where: \.hasSplit) {
      notes.append(
        "Intervals and probabilities take the tree as given. It was chosen from the same data, so that "
          + "differences between subgroups are exaggerated. " + stabilitySentence(group))
    }
    if group.bayesian?.fit.at("diagnostics")?.flag("converged") == false {
      notes.append(
        "The chains have NOT converged: the posterior figures are not to be relied on.")
    }
    return notes
  }

  // MARK: Differences

  private func contrasts(_ group: ReportGroup) -> [Part] {
    let found = group.runs.map { ($0, $0.fit.list("contrasts")) }
      .filter { !$0.1.isEmpty && $0.1.count <= Self.mostContrasts }
    var pairs: [[Int]] = []
    for nodes in found.flatMap({ $0.1.map { $0.integers("nodes") } }) where !pairs.contains(nodes) {
      pairs.append(nodes)
    }
    guard !pairs.isEmpty else { return [] }
    // Where the trees differ, a pair of nodes is not the same in both.
    let isShared = found.count < 2 || found[0].0.hasLeaves(of: found[1].0)
    let tables = (isShared ? [found] : found.map { [$0] }).map { found -> Part in
      let rows = pairs.compactMap { nodes -> ReportTable.Row? in
        let values = found.map { run, list in
          (run, list.first { $0.integers("nodes") == nodes })
        }
        guard values.contains(where: { $0.1 != nil }) else { return nil }
        return ReportTable.Row(
          nodes.map { "[\($0)]" }.joined(separator: " minus "),
          values.map { run, value in value.map { cells(contrast: $0, run) } ?? ["", "", ""] })
      }
      return .block(
        .table(
          ReportTable(
            labelTitle: "nodes", panels: found.map { contrastPanel($0.0) },
            sections: [.init("", rows)])))
    }
    return [heading("Differences between subgroups", group)] + tables + jointTest(group)
  }

  private func contrastPanel(_ run: ReportRun) -> ReportTable.Panel {
    .init(
      run.word,
      [
        fit.isBinomial ? "ratio of odds ratios" : "difference",
        "\(fit.levelWord) \(run.isBayesian ? "CrI" : "CI")", run.isBayesian ? fit.belowNone : "p",
      ])
  }

  private func cells(contrast: JSONValue, _ run: ReportRun) -> [String] {
    let value = run.isBayesian ? contrast.at("difference") ?? .null : contrast
    let center = run.isBayesian ? fit.center : "estimate"
    return [
      fit.effect(value.number(center)), fit.interval(value.interval("ci")),
      run.isBayesian
        ? NumberStyle.probability(contrast.number("probability_below_zero"))
        : NumberStyle.pValue(value.number("p")),
    ]
  }

  private func jointTest(_ group: ReportGroup) -> [Part] {
    guard let test = group.likelihood?.fit.at("joint_test", "satterthwaite"),
      let statistic = test.number("statistic"), let p = test.number("p")
    else { return [] }
    let df1 = NumberStyle.degreesOfFreedom(test.number("df1"))
    let df2 = test.number("df2").map(NumberStyle.degreesOfFreedom)
    let name = df2.map { "F(\(df1), \($0))" } ?? "χ²(\(df1))"
    return [
      .block(
        .notes([
          "All effects equal, the tree taken as given: \(name) = \(NumberStyle.ratio(statistic)), "
            + "\(NumberStyle.pStatement(p)). The test does not allow for the search."
        ]))
    ]
  }
}

extension ReportRun {
  /// Whether another tree has the same leaves under the same ids.
  fileprivate func hasLeaves(of other: ReportRun) -> Bool {
    leaves.map(\.id) == other.leaves.map(\.id)
      && leaves.map(\.signature) == other.leaves.map(\.signature)
  }
}

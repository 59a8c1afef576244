import Designs
import Posterior
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// The subgroup effects of a method: a row a subgroup, both estimators beside one another.
  func effects(_ group: MethodGroup) -> [ReportBlock] {
    let rows = group.rows(variables)
    let single = group.grown.allSatisfy { $0.tree.leaves.count == 1 }
    let title =
      single ? "Overall treatment effect" : "Treatment effect in each subgroup"
    let direction = "\(design.treatment.active) minus \(design.treatment.reference)"
    var blocks: [ReportBlock] = [heading("\(title) (\(direction))", group)]
    blocks += nothingFound(group).map { .paragraph($0) }
    blocks.append(.table(effectTable(group, rows)))
    blocks.append(.notes(effectNotes(group, rows, single: single)))
    return blocks
  }

  // MARK: Table

  private func effectTable(_ group: MethodGroup, _ rows: [SubgroupRow]) -> ReportTable {
    let panels = panels(group)
    func section(_ heading: String, _ kind: SubgroupRow.Kind) -> ReportTable.Section {
      .init(
        heading,
        rows.filter { $0.kind == kind }.map { row in
          let key = key(row, group)
          return .init("\(key) \(words(row))", key: key, panels.map { $0.cells(row) })
        })
    }
    let differ = rows.contains { $0.kind == .leafOfFirst } && group.pair != nil
    let more = rows.contains { $0.kind == .leafOfSecond } && group.pair != nil
    return ReportTable(
      labelTitle: group.pair == nil
        ? "[node] subgroup" : "[node by \(group.likelihoodName)|by Bayes] subgroup",
      panels: panels.map(\.panel),
      sections: [
        section(differ || more ? "In both trees" : "", .leafOfBoth),
        section(group.pair == nil ? "" : "Only in the \(group.likelihoodName) tree", .leafOfFirst),
        section(group.pair == nil ? "" : "Only in the Bayesian tree", .leafOfSecond),
        section(
          group.hasNodeHeterogeneity
            ? "Inner nodes, each by itself" : "Inner nodes, the tree collapsed there", .inner),
      ])
  }

  /// The node ids in square brackets.
  private func key(_ row: SubgroupRow, _ group: MethodGroup) -> String {
    func id(_ node: Int?, isLeaf: Bool?) -> String {
      guard let node else { return "–" }
      return isLeaf == false && row.kind != .inner ? "\(node)*" : "\(node)"
    }
    let first = id(row.likelihood?.subgroup.node, isLeaf: row.likelihood?.isLeaf)
    let second = id(row.bayesian?.subgroup.node, isLeaf: row.bayesian?.isLeaf)
    guard group.pair == nil else { return "[\(first)|\(second)]" }
    return "[\(group.likelihood == nil ? second : first)]"
  }

  /// The rule and the size; a line is not broken within a condition.
  private func words(_ row: SubgroupRow) -> String {
    let rule =
      row.rule.conditions.isEmpty
      ? "all participants" : row.rule.conditions.map(\.unbroken).joined(separator: " & ")
    return rule + ", " + "n = \(row.participants)".unbroken
  }

  /// A panel with what it takes from a row.
  struct EffectPanel {
    let panel: ReportTable.Panel
    let cells: (SubgroupRow) -> [String]

    init(_ heading: String, _ columns: [String], cells: @escaping (SubgroupRow) -> [String]) {
      panel = .init(heading, columns)
      self.cells = cells
    }
  }

  private func panels(_ group: MethodGroup) -> [EffectPanel] {
    var panels: [EffectPanel] = []
    let alone = group.pair == nil
    if group.bayesian == nil {
      panels += likelihoodPanels(group)
    } else if group.hasLikelihoodEffects {
      panels.append(
        likelihoodPanel(
          alone
            ? "\(group.likelihoodName) "
              + (group.hasNodeHeterogeneity ? "of each alone" : "on this tree")
            : group.likelihoodName,
          withError: false))
    }
    if group.bayesian != nil {
      panels.append(posteriorPanel(withDeviation: alone))
      if isBinomial {
        panels.append(posteriorOddsRatioPanel)
        if alone { panels.append(riskPanel) }
      }
      if analysis.plan.benefit != nil {
        let several = group.bayesian.map { $0.tree.leaves.count > 1 } ?? false
        panels.append(benefitPanel(withBest: several))
      }
      if group.method.hasNewTrial { panels.append(newTrialPanel) }
      if alone { panels.append(chainPanel) }
    }
    return panels
  }

  private func posteriorPanel(withDeviation: Bool) -> EffectPanel {
    let columns = ["mean"] + (withDeviation ? ["SD"] : []) + ["\(level) CrI", "P(<0)"]
    return EffectPanel("Bayes", columns) { row in
      guard let subgroup = row.bayesian?.subgroup else { return columns.map { _ in "" } }
      return [style.quantity(subgroup.effect.mean)]
        + (withDeviation ? [style.quantity(subgroup.effect.sd)] : [])
        + [
          style.interval(subgroup.effect.central),
          NumberStyle.probability(subgroup.probabilityBelowZero),
        ]
    }
  }

  /// `withBest` is for trees with something to choose from.
  private func benefitPanel(withBest: Bool) -> EffectPanel {
    let beyond = analysis.plan.mcid != nil
    let columns = ["benefit"] + (beyond ? ["> MCID"] : []) + (withBest ? ["best"] : [])
    return EffectPanel("probability of", columns) { row in
      guard let subgroup = row.bayesian?.subgroup else { return columns.map { _ in "" } }
      return [NumberStyle.probability(subgroup.probabilityBenefit)]
        + (beyond ? [NumberStyle.probability(subgroup.probabilityBeyondMCID)] : [])
        + (withBest ? [NumberStyle.probability(subgroup.probabilityBest)] : [])
    }
  }

  private var newTrialPanel: EffectPanel {
    let benefit = analysis.plan.benefit != nil
    let beyond = analysis.plan.mcid != nil
    let columns =
      ["\(level) interval"] + (benefit ? ["benefit"] : []) + (beyond ? ["> MCID"] : [])
    return EffectPanel("in a new trial", columns) { row in
      guard let subgroup = row.bayesian?.subgroup else { return columns.map { _ in "" } }
      return [style.interval(subgroup.newTrial?.central)]
        + (benefit ? [NumberStyle.probability(subgroup.newTrialProbabilityBenefit)] : [])
        + (beyond ? [NumberStyle.probability(subgroup.newTrialProbabilityBeyondMCID)] : [])
    }
  }

  private var chainPanel: EffectPanel {
    EffectPanel("chains", ["R-hat", "ESS bulk", "ESS tail"]) { row in
      let effect = row.bayesian?.subgroup.effect
      return [
        NumberStyle.rhat(effect?.rhat), NumberStyle.effectiveSize(effect?.essBulk),
        NumberStyle.effectiveSize(effect?.essTail),
      ]
    }
  }

  // MARK: Words

  /// One sentence for each tree without a split.
  private func nothingFound(_ group: MethodGroup) -> [String] {
    zip(group.estimatorNames, group.grown).compactMap { name, grown in
      guard !isPrespecified, grown.tree.leaves.count == 1 else { return nil }
      return "No subgroup found by \(name): \(reason(grown.tree, group))."
    } + detectable(group)
  }

  /// What a tree without a split could have found.
  private func detectable(_ group: MethodGroup) -> [String] {
    let runs = [group.likelihood?.run, group.bayesian?.run].compactMap(\.self)
    guard let run = runs.first(where: { $0.tree.tree.leaves.count == 1 }),
      let found = run.detectableDifference(design, analysis.plan)
    else { return [] }
    let scale = isBinomial ? "log odds ratios" : "effects"
    return [
      "A test at level \(NumberStyle.significant(found.level)) of a split into equal halves would have had "
        + "\(NumberStyle.percent(DetectableDifference.power)) power to find \(scale) that differ by "
        + "\(style.quantity(found.difference)); a smaller difference would probably have been missed."
    ]
  }

  private func reason(_ tree: Tree, _ group: MethodGroup) -> String {
    switch tree.root.stop {
    case .minSize: return "there are too few participants for a split"
    case .maxDepth: return "the largest depth allows none"
    case .notEstimable: return "the treatment effect cannot be tested"
    case .noSplit: return "no cut leaves enough participants on both sides"
    case .pruned: return "the pruning criterion takes every split back"
    case .notSignificant, nil:
      let made = tree.root.tests.filter { $0.adjustedPValue?.isFinite == true }
      guard
        let least = made.min(by: { ($0.adjustedPValue ?? 1) < ($1.adjustedPValue ?? 1) })
      else { return "no variable could be tested" }
      let test = group.method == .rp ? "interaction" : "instability"
      return "no \(test) test is significant (smallest "
        + "\(NumberStyle.pStatement(least.adjustedPValue)), \(variables[least.variable].name))"
    }
  }

  /// The sentence that stands under every table of subgroup effects.
  func searchNote(single: Bool) -> String {
    if let column = design.subgroups {
      return "The subgroups are the levels of \(column.name), specified in advance: no search has "
        + "chosen them."
    }
    guard !single else {
      return "The search over \(counted(variables.count, "variable")) found no subgroup; "
        + "this does not show that the effect is the same in all participants."
    }
    return
      "Intervals and probabilities take the tree as given. It was chosen from the same data by "
      + "searching \(counted(variables.count, "variable")), so differences between subgroups "
      + "are exaggerated: 'metamob stability' with the same DATA, FORMULA and options says by how much."
  }

  private func effectNotes(
    _ group: MethodGroup, _ rows: [SubgroupRow], single: Bool
  ) -> [String] {
    var notes = [searchNote(single: single)] + unconvergedNote(group)
    let star = rows.contains { $0.kind != .inner && $0.hasInnerSide }
    if star { notes.append("* inner node of that tree, which is collapsed there.") }
    if group.hasLikelihoodEffects {
      let borrowed = rows.contains { $0.likelihood == nil && $0.likelihoodEffect != nil }
      notes += likelihoodNotes(group)
      if group.pair != nil, borrowed {
        notes.append("[–|node]: \(group.likelihoodName) figures are of the Bayesian tree.")
      }
    }
    if group.bayesian != nil {
      var text = "Bayes: posterior of the mean effect over trials, central interval"
      if isBinomial {
        text += ", on the log odds scale; OR: odds ratio, of the median and of the limits"
      }
      if let benefit = analysis.plan.benefit {
        text += "; benefit: an effect \(benefit == .lower ? "below" : "above") 0"
        if let mcid = analysis.plan.mcid {
          let bound = NumberStyle.significant(benefit == .lower ? -mcid : mcid, digits: 6)
          text += ", > MCID: \(benefit == .lower ? "below" : "above") \(bound)"
        }
        if !single { text += "; best: the largest benefit of all subgroups" }
      }
      if group.method.hasNewTrial {
        text += "; in a new trial: the effect in another trial like these"
      }
      notes.append(text + ".")
      notes += poolingNote(group)
      if isBinomial && group.pair == nil { notes.append(Self.riskNote) }
    }
    return notes
  }
}

extension SubgroupRow {
  /// Whether the node is an inner one in a tree that has it.
  var hasInnerSide: Bool { likelihood?.isLeaf == false || bayesian?.isLeaf == false }
}

import Drawing
import Figures
import JSON
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// The trees side by side, and the details of each node.
  var treesSection: ReportSection {
    ReportSection(
      "trees", fit.prespecified == nil ? "Subgroup trees" : "Subgroups",
      byMethod { group in
        figure(.tree, group) { $0.linksNodes = true } + [.block(.notes(treeNotes(group)))]
          + [heading("Details of each node", group)]
          + [.block(.paragraph("Choose a node in the figure above to see its details."))]
          + [.nodes(group.runs.flatMap { run in run.nodes.map { panel($0, run, group) } })]
      })
  }

  private func treeNotes(_ group: ReportGroup) -> [String] {
    guard fit.prespecified == nil else { return [] }
    let adjusted = fit.usesBonferroni ? " after Bonferroni adjustment" : ""
    let rule =
      "A node is split where the smallest p-value of its tests of parameter instability is at most "
      + "\(NumberStyle.significant(fit.alpha))\(adjusted)."
    let posterior =
      " In a Bayesian tree these tests are frequentist, trial effects fixed at their posterior mean: a "
      + "stopping rule, not posterior evidence."
    var notes = [rule + (group.bayesian == nil ? "" : posterior)]
    if let index = fit.agreement(group)?.number("adjusted_rand_index") {
      notes.append(
        "Adjusted Rand index of the two partitions: \(NumberStyle.ratio(index)) (1: the same).")
    }
    return notes
  }

  // MARK: Node

  private func panel(
    _ node: ReportRun.Node, _ run: ReportRun, _ group: ReportGroup
  ) -> NodePanel {
    NodePanel(
      id: run.anchor(node.id),
      title: "Node \(node.id) of the \(run.word) tree"
        + (fit.groups.count > 1 ? " (\(run.method.rawValue))" : "") + ": \(node.words)",
      parts: [.block(.facts(facts(node, run, group)))] + trialTable(node, run) + tests(node, run)
        + evidenceFigure(node, run, group))
  }

  private func facts(
    _ node: ReportRun.Node, _ run: ReportRun, _ group: ReportGroup
  ) -> [ReportBlock.Fact] {
    var facts = [ReportBlock.Fact("Participants", ["\(node.participants)"] + arms(node, run))]
    facts.append(.init(node.isLeaf ? "Subgroup" : "Split", [splitWords(node)]))
    facts += effectFacts(node, run, group)
    if run.isBayesian, let effect = run.subgroups[node.id]?.at("effect") {
      facts.append(
        .init(
          "Chains",
          [
            "R-hat \(NumberStyle.rhat(effect.number("rhat"))), effective sample size "
              + "\(NumberStyle.effectiveSize(effect.number("ess_bulk"))) (bulk), "
              + "\(NumberStyle.effectiveSize(effect.number("ess_tail"))) (tail)"
          ]))
    }
    let left = node.value.texts("not_tested")
    if !left.isEmpty { facts.append(.init("Not tested", left)) }
    return facts.map { .init($0.name, $0.lines.map(\.withMinusSigns)) }
  }

  private func arms(_ node: ReportRun.Node, _ run: ReportRun) -> [String] {
    [fit.reference, fit.active].compactMap { arm in
      let sizes = run.leaves(below: node.id).compactMap { leaf in
        run.outcomes(leaf.id)?.list("by_arm").first { $0.text("arm") == arm }?.integer("n")
      }
      return sizes.isEmpty ? nil : "\(arm) \(sizes.reduce(0, +))"
    }
  }

  private func splitWords(_ node: ReportRun.Node) -> String {
    guard let split = node.split else {
      let reasons = [
        "not-significant": "not split further: no test is significant",
        "min-size": "not split further: too few participants",
        "max-depth": "not split further: the tree is as deep as it may be",
        "not-estimable": "not split further: the node's model cannot be estimated",
        "no-split": "not split further: no cut point is allowed",
        "pruned": "its split was pruned",
      ]
      return node.value.text("stop").map { reasons[$0] ?? $0 } ?? "given"
    }
    var words = "on \(split.text("variable") ?? "")"
    if split.text("kind") == "nominal" {
      let groups = split.list("levels").map { group in
        (group.array ?? []).compactMap(\.string).joined(separator: ", ")
      }
      words += ": " + groups.joined(separator: " | ")
    } else if let cut = split.number("breakpoint") {
      words += " at \(NumberStyle.significant(cut, digits: 5))"
    } else if let level = split.text("breakpoint") {
      words += " at \(level)"
    }
    switch split.text("driven_by") {
    case "intercepts":
      words +=
        "; the intercepts drive it: it separates people by how they do under either treatment, and a "
        + "test of the effect alone does not find it"
    case "effect": words += "; a test of the treatment effect alone finds it as well"
    default: break
    }
    if let share = split.number("effect_share") {
      words +=
        "; share of the effect in what moved \(NumberStyle.share((share * 100).rounded() / 100))"
    }
    if split.flag("robust_to_start") == false {
      words += "; only the growth that begins without trial effects finds it"
    }
    return words
  }

  private func effectFacts(
    _ node: ReportRun.Node, _ run: ReportRun, _ group: ReportGroup
  ) -> [ReportBlock.Fact] {
    let name = fit.isBinomial ? "Odds ratio" : "Effect"
    guard run.isBayesian else {
      var facts = [
        ReportBlock.Fact("\(name), \(run.word)", [likelihoodWords(run.subgroups[node.id])])
      ]
      if let interval = run.subgroups[node.id]?.interval("new_trial_ci") {
        facts.append(.init("In a new trial", [fit.interval(interval)]))
      }
      if let other = twin(node, group.bayesian), let bayes = group.bayesian {
        facts.append(.init("\(name), Bayes", [posteriorWords(bayes.subgroups[other])]))
      }
      return facts
    }
    let subgroup = run.subgroups[node.id]
    var facts = [ReportBlock.Fact("\(name), Bayes", [posteriorWords(subgroup)])]
    if let likelihood = group.likelihood, let other = twin(node, likelihood) {
      facts.append(
        .init("\(name), \(likelihood.word)", [likelihoodWords(likelihood.subgroups[other])]))
    } else if let own = subgroup?.at("reml") {
      facts.append(.init("\(name), \(group.likelihoodName) on this tree", [likelihoodWords(own)]))
    }
    facts.append(.init("Probability", probabilities(subgroup)))
    if let interval = subgroup?.at("new_trial")?.interval("ci") {
      var lines = ["\(fit.interval(interval))"]
      if let p = subgroup?.number("new_trial_probability_benefit") {
        lines.append("probability of benefit \(NumberStyle.probability(p))")
      }
      facts.append(.init("In a new trial", lines))
    }
    return facts
  }

  /// The node of another tree with the same rule.
  private func twin(_ node: ReportRun.Node, _ other: ReportRun?) -> Int? {
    other?.nodes.first { $0.signature == node.signature }?.id
  }

  private func likelihoodWords(_ subgroup: JSONValue?) -> String {
    guard let subgroup, subgroup.number("estimate") != nil else { return "no estimate" }
    return "\(fit.effect(subgroup.number("estimate"))), \(fit.levelWord) CI "
      + "\(fit.interval(subgroup.interval("ci"))), \(NumberStyle.pStatement(subgroup.number("p")))"
  }

  private func posteriorWords(_ subgroup: JSONValue?) -> String {
    guard let effect = subgroup?.at("effect") else { return "no estimate" }
    return
      "\(fit.effect(effect.number(fit.center))), \(fit.levelWord) CrI \(fit.interval(effect.interval("ci")))"
  }

  private func probabilities(_ subgroup: JSONValue?) -> [String] {
    let no = fit.isBinomial ? "1" : "0"
    let known: [(String, String)] = [
      ("probability_below_zero", "effect below \(no)"), ("probability_benefit", "benefit"),
      ("probability_beyond_mcid", "worthwhile benefit"),
      ("probability_best", "largest benefit of all subgroups"),
    ]
    return known.compactMap { key, words in
      subgroup?.number(key).map { "\(words) \(NumberStyle.probability($0))" }
    }
  }

  // MARK: Tables of a node

  private func trialTable(_ node: ReportRun.Node, _ run: ReportRun) -> [Part] {
    let cells = run.leaves(below: node.id).flatMap {
      run.outcomes($0.id)?.list("by_trial_and_arm") ?? []
    }
    let raw = run.rawEffects(node.id)
    let shrunken = run.subgroups[node.id]?.list("trials") ?? []
    let sizes = node.value.at("trials")
    let rows = fit.trials.compactMap { trial -> ReportTable.Row? in
      guard let all = sizes?.integer(trial.name) else { return nil }
      func size(_ arm: String) -> String {
        let sizes = cells.filter { $0.text("trial") == trial.name && $0.text("arm") == arm }
          .compactMap { $0.integer("n") }
        return sizes.isEmpty ? NumberStyle.absent : "\(sizes.reduce(0, +))"
      }
      let own = raw.first { $0.text("trial") == trial.name }
      let effect = shrunken.first { $0.text("trial") == trial.name }?.at("effect")
      return ReportTable.Row(
        trial.name,
        [
          ["\(all)", size(fit.reference), size(fit.active)],
          node.isLeaf
            ? [
              fit.effect(own?.number("estimate")),
              own.map { fit.style.quantity($0.number("se")) } ?? NumberStyle.absent,
            ] : [],
          run.isBayesian && node.isLeaf
            ? [fit.effect(effect?.number(fit.center)), fit.interval(effect?.interval("ci"))] : [],
        ])
    }
    var panels: [ReportTable.Panel] = [
      .init("participants", ["all", fit.reference, fit.active])
    ]
    if node.isLeaf {
      panels.append(
        .init("effect in the trial alone", [fit.isBinomial ? "odds ratio" : "effect", "SE"]))
    }
    if run.isBayesian, node.isLeaf {
      panels.append(.init("shrunken, Bayes", [fit.center, "\(fit.levelWord) CrI"]))
    }
    guard !rows.isEmpty else { return [] }
    return [
      .subheading("Trials in node \(node.id)"),
      .block(
        .table(
          ReportTable(
            labelTitle: fit.trialColumn, panels: panels, sections: [.init("", rows)]))),
    ]
  }

  private func tests(_ node: ReportRun.Node, _ run: ReportRun) -> [Part] {
    let tests = node.value.list("tests")
    guard !tests.isEmpty else { return [] }
    let rows = tests.map { test in
      ReportTable.Row(
        test.text("variable") ?? "",
        [
          [
            NumberStyle.significant(test.number("statistic")),
            NumberStyle.pValue(test.number("p_value")),
            NumberStyle.pValue(test.number("p_adjusted")),
            test.number("effect_share").map { NumberStyle.share(($0 * 100).rounded() / 100) }
              ?? NumberStyle.absent,
          ]
        ])
    }
    return [
      .subheading("Tests of node \(node.id)"),
      .block(
        .table(
          ReportTable(
            labelTitle: "variable",
            panels: [.init("", ["statistic", "p", "adjusted p", "share of the effect"])],
            sections: [.init("", rows)]))),
    ]
  }

  /// The score process of the nodes that are split, the first ones alone where there are many.
  private func evidenceFigure(
    _ node: ReportRun.Node, _ run: ReportRun, _ group: ReportGroup
  ) -> [Part] {
    let inner = run.nodes.filter { !$0.isLeaf }.prefix(Self.mostProcesses).map(\.id)
    guard inner.contains(node.id), node.value.at("evidence") != nil else { return [] }
    return figure(.process, group, run: run) { $0.node = node.id }
  }

  /// The most score processes of a tree.
  private static var mostProcesses: Int { 12 }
}

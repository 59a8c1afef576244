import MixedModels
import Posterior
import Reports
import Subgroups
import Words

extension ReportBuilder {
  /// What was asked, what was found, how sure it is, and what not to conclude, for a clinician.
  var summarySection: ReportSection {
    ReportSection(
      "summary", "Summary",
      [
        .subheading("What was asked"), .block(.paragraph(question)),
        .block(.paragraph(scaleWords)), .subheading("What was found"),
      ] + fit.groups.flatMap(findings) + [.subheading("How sure this is")]
        + [.block(.list(fit.groups.flatMap(certainty)))]
        + [
          .subheading("What not to conclude"), .block(.list(cautions)),
        ])
  }

  // MARK: Asked

  private var question: String {
    let arms = "\(fit.active) compared with \(fit.reference)"
    let people =
      "\(counted(fit.participants, "participant")) of \(counted(fit.trials.count, "trial"))"
    if let column = fit.prespecified {
      return
        "What is the effect of \(arms) on \(fit.outcome) in each level of \(column)? The subgroups were "
        + "specified beforehand. The data are those of \(people)."
    }
    return
      "Does the effect of \(arms) on \(fit.outcome) differ between groups of people? In the data of "
      + "\(people), \(counted(fit.variables.count, "variable")) (\(enumeration(fit.variables))) were searched "
      + "for subgroups. Subgroups are what this search finds; nobody named them beforehand."
  }

  private var scaleWords: String {
    let scale =
      fit.isBinomial
      ? "Effects are odds ratios of the event\(fit.call.text("event").map { " (\($0))" } ?? ""), "
        + "\(fit.active) against \(fit.reference); 1 is no effect. "
      : "Effects are differences in mean \(fit.outcome), \(fit.direction); 0 is no effect. "
    let no = fit.isBinomial ? "1" : "0"
    let worthwhile = fit.mcid.map { mcid in
      let signed = fit.benefit == "lower" ? -mcid : mcid
      return " An effect beyond \(fit.effect(signed)) was called worthwhile."
    }
    switch fit.benefit {
    case "lower":
      return scale + "Lower is better, so effects below \(no) favour \(fit.active)."
        + (worthwhile ?? "")
    case "higher":
      return scale + "Higher is better, so effects above \(no) favour \(fit.active)."
        + (worthwhile ?? "")
    default:
      return scale
        + "The analysis was not told which outcome is better (--benefit), so that this report "
        + "does not speak of benefit."
    }
  }

  // MARK: Found

  private func findings(_ group: ReportGroup) -> [Part] {
    guard let run = group.main else { return [] }
    let lead = fit.groups.count > 1 ? "Method \(group.method.rawValue): " : ""
    guard run.hasSplit || group.runs.contains(where: \.hasSplit) else {
      return [.block(.paragraph(lead + nothing(group)))]
    }
    var parts: [Part] = [.block(.paragraph(lead + treeWords(group)))]
    let shown = run.leaves.prefix(12).map { leaf in
      "\(leaf.rule.isEmpty ? "All participants" : leaf.rule) (n = \(leaf.participants)): "
        + effectWords(run, leaf.id) + "."
    }
    parts.append(.block(.list(Array(shown))))
    if run.leaves.count > shown.count {
      parts.append(.block(.notes(["\(run.leaves.count - shown.count) more are under Effects."])))
    }
    return parts + [.block(.paragraph(overall(run)))]
  }

  private func nothing(_ group: ReportGroup) -> String {
    let names = group.runs.map(\.word)
    guard let run = group.main else { return "" }
    var text =
      fit.prespecified == nil
      ? "No subgroup was found by \(names.joined(separator: " or by ")). " : ""
    text += overall(run)
    if let found = DetectableDifference(fit, run) {
      text += " " + found.words(fit)
    }
    return text
  }

  private func treeWords(_ group: ReportGroup) -> String {
    let counts = group.runs.map { run in
      "\(run.word) found \(run.hasSplit ? counted(run.leaves.count, "subgroup") : "no subgroup")"
    }
    guard fit.prespecified == nil else {
      return "\(group.main?.leaves.count ?? 0) subgroups were given."
    }
    return counts.joined(separator: ", ") + agreementWords(group)
      + ". Effects by \(group.main?.word ?? "") in each subgroup:"
  }

  private func agreementWords(_ group: ReportGroup) -> String {
    guard let agreement = fit.agreement(group), let both = agreement.integer("splits_in_both"),
      let first = agreement.integer("splits_only_first"),
      let second = agreement.integer("splits_only_second")
    else { return "" }
    return first + second == 0
      ? "; the two trees have the same splits"
      : "; \(counted(both, "split")) in both trees, \(first) only by \(group.likelihoodName), "
        + "\(second) only by Bayes"
  }

  private func overall(_ run: ReportRun) -> String {
    guard fit.estimate(run, 1) != nil else { return "" }
    return "In all participants together: \(effectWords(run, 1))."
  }

  /// The effect in a node in words.
  func effectWords(_ run: ReportRun, _ node: Int) -> String {
    guard let estimate = fit.estimate(run, node) else { return "no estimate" }
    let name = run.isBayesian ? "credible" : "confidence"
    let uncertainty = "\(fit.levelWord) \(name) interval \(fit.interval(run.interval(node)))"
    var text: String
    if fit.isBinomial {
      text = "odds ratio \(fit.effect(estimate)), \(uncertainty)"
    } else {
      let size = fit.style.quantity(abs(estimate))
      let direction = estimate < 0 ? "lower" : "higher"
      text =
        "\(fit.outcome) \(size) \(direction) on average with \(fit.active) than with "
        + "\(fit.reference), \(uncertainty)"
    }
    if let p = run.subgroups[node]?.number("probability_benefit") {
      text += "; probability of benefit \(NumberStyle.probability(p))"
    }
    if let p = run.subgroups[node]?.number("probability_beyond_mcid") {
      text += ", of a worthwhile one \(NumberStyle.probability(p))"
    }
    return text
  }

  // MARK: Sure

  private func certainty(_ group: ReportGroup) -> [String] {
    let lead = fit.groups.count > 1 ? "\(group.method.rawValue): " : ""
    return [chains(group), evidenceWords(group), newTrial(group), treeDrawWords(group)]
      .compactMap { $0.map { lead + $0 } }
  }

  private func chains(_ group: ReportGroup) -> String? {
    guard let converged = group.bayesian?.fit.at("diagnostics")?.flag("converged") else {
      return nil
    }
    return converged
      ? "The Markov chains have converged, so that the posterior figures can be read."
      : "The Markov chains have NOT converged: do not rely on the posterior figures (see Diagnostics)."
  }

  private func evidenceWords(_ group: ReportGroup) -> String? {
    guard fit.prespecified == nil, let run = group.main, let root = run.node(1) else { return nil }
    let tests = root.value.list("tests").compactMap { test in
      test.number("p_adjusted").map { (test.text("variable") ?? "", $0) }
    }
    guard let best = tests.min(by: { $0.1 < $1.1 }) else { return nil }
    let adjusted = fit.usesBonferroni ? ", adjusted for the number of variables" : ""
    return "The strongest sign that the groups differ is along \(best.0): "
      + "\(NumberStyle.pStatement(best.1))\(adjusted). A node is split at "
      + "p ≤ \(NumberStyle.significant(fit.alpha))."
  }

  private func newTrial(_ group: ReportGroup) -> String? {
    guard group.method.terms.randomEffect else {
      return
        "The method takes the effect of a subgroup as the same in every trial; differences between "
        + "trials are not in the intervals."
    }
    guard let run = group.main, let subgroup = run.subgroups[1] else { return nil }
    let interval =
      run.isBayesian
      ? subgroup.at("new_trial")?.interval("ci") : subgroup.interval("new_trial_ci")
    guard let interval else { return nil }
    return
      "Effects may differ between trials as well. In a new trial like these, the effect in all participants "
      + "would be within \(fit.interval(interval)) (\(fit.levelWord))."
  }

  private func treeDrawWords(_ group: ReportGroup) -> String? {
    guard let draws = group.bayesian?.fit.at("tree_draws"), let trees = draws.integer("trees"),
      let same = draws.number("same_tree"), trees > 0
    else { return nil }
    return
      "Of \(trees) trees grown under other plausible trial effects, \(NumberStyle.share(same)) have the "
      + "same splits."
  }

  // MARK: Cautions

  private var cautions: [String] {
    let found = fit.groups.flatMap(\.runs).contains(where: \.hasSplit)
    guard fit.prespecified == nil else {
      return [
        "That the interval of one subgroup holds no effect and that of another does not is no evidence of a "
          + "difference: the differences between subgroups are under Effects.",
        "People were randomised to treatments, not to subgroups: a difference between subgroups need not be "
          + "caused by \(fit.prespecified ?? "").",
      ]
    }
    guard found else {
      return [
        "That no subgroup was found does not show that the effect is the same in all people.",
        "Only \(enumeration(fit.variables)) were looked at; other variables may matter.",
      ]
    }
    return [
      "The subgroups were chosen because they differ in these data, so that the differences are on average "
        + "smaller in new data. Intervals and probabilities take the subgroups as given and do not allow for "
        + "the search.",
      "The cut points were chosen by the data. They are no thresholds for practice.",
    ] + (drivenWords.map { [$0] } ?? [])
      + [
        "A subgroup whose interval holds no effect has not been shown to be without one.",
        "People were randomised to treatments, not to subgroups: the variables that define the subgroups need "
          + "not be the cause of a difference.",
        "Confirm the subgroups in other data before anyone is treated by them.",
      ]
  }

  /// Which splits of the main trees the intercepts drive; nil where there is none.
  private var drivenWords: String? {
    let splits = fit.groups.compactMap(\.main).flatMap { run in
      run.nodes.filter { $0.split != nil }.map { (run, $0) }
    }
    let driven = splits.filter { $0.1.split?.text("driven_by") == "intercepts" }
    guard !driven.isEmpty else { return nil }
    guard driven.count < splits.count else {
      return "No split was shown to be a difference in effect: "
        + (driven.count == 1 ? "it separates " : "each separates ")
        + "people by how they do under either treatment, and a test of the effect alone does not find it."
    }
    let names = driven.map { run, node in
      "the split of node \(node.id) on \(node.split?.text("variable") ?? "")"
        + (fit.groups.count > 1 ? " (\(run.method.rawValue))" : "")
    }
    let many = driven.count > 1
    return "Not every split was shown to be a difference in effect: \(enumeration(names)) "
      + "separate\(many ? "" : "s") people by how they do under either treatment, and a test of the effect "
      + "alone does not find \(many ? "them" : "it")."
  }
}

import Designs
import MixedModels
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// Title, facts of data and model, and the trials.
  var opening: [ReportBlock] {
    let estimators = [
      groups.first { $0.likelihood != nil }?.likelihoodName,
      groups.contains { $0.bayesian != nil } ? "Bayes (MCMC)" : nil,
    ].compactMap { $0 }
    let what = isPrespecified ? "pre-specified subgroups" : "subgroup trees"
    var facts = [
      ReportBlock.Fact("Data", dataLines),
      .init("Formula", [design.formula]),
      .init("Outcome", [outcomeLine]),
      .init("Effect", [effectLine]),
      .init("Methods", groups.flatMap(methodLines)),
      .init("Subgroups", [searchLine]),
    ]
    if let priors = priorLines { facts.append(.init("Priors", priors)) }
    return [
      .title("metamob \(call.command): \(what) by \(enumeration(estimators))"),
      .facts(facts),
    ] + trials
  }

  private var dataLines: [String] {
    let exclusions = design.exclusions
    let left = exclusions.rows - exclusions.used
    var lines = [
      "\(shownFile(call.dataPath)): \(counted(exclusions.rows, "row")), \(exclusions.used) used"
        + (left > 0 ? ", \(left) left out" : "")
    ]
    var columns: [String] = []
    for count in exclusions.counts where !columns.contains(count.column) {
      columns.append(count.column)
    }
    for column in columns {
      let counts = exclusions.counts.filter { $0.column == column }
      let trials = counts.map { "\($0.trial ?? "trial missing") \($0.rows)" }
      let total = counts.reduce(0) { $0 + $1.rows }
      lines.append("left out without \(column): \(total) (\(trials.joined(separator: ", ")))")
    }
    if exclusions.counts.reduce(0, { $0 + $1.rows }) > left {
      lines.append("a row counts under each column that it misses")
    }
    return lines
  }

  private var outcomeLine: String {
    var line = "\(design.outcomeName), \(design.family.rawValue)"
    if let event = design.event {
      let events = Int(design.outcome.reduce(0, +))
      line += "; event: \(event) (\(events) of \(design.rows))"
    }
    if design.weights != nil { line += "; case weights" }
    if let benefit = analysis.plan.benefit { line += "; \(benefit.rawValue) is better" }
    if let mcid = analysis.plan.mcid {
      line += "; smallest worthwhile effect (MCID) \(NumberStyle.significant(mcid, digits: 6))"
    }
    return line
  }

  private var effectLine: String {
    let arms = design.treatment
    switch design.family {
    case .gaussian:
      return "\(arms.column): \(arms.active) minus \(arms.reference), "
        + "difference in mean \(design.outcomeName)"
    case .binomial:
      return "\(arms.column): \(arms.active) against \(arms.reference), "
        + "log odds ratio of \(design.outcomeName) = \(design.event ?? "1")"
    }
  }

  private var searchLine: String {
    if let column = design.subgroups {
      return "the levels of \(column.name), specified in advance; no tree was grown"
    }
    let growth = analysis.plan.growth
    let names = variables.map(\.name).joined(separator: ", ")
    let adjustment =
      growth.bonferroni ? "after Bonferroni adjustment" : "without adjustment for multiple tests"
    return "searched over \(counted(variables.count, "variable")) (\(names)); a node is "
      + "split where p <= \(NumberStyle.significant(growth.alpha, digits: 6)) \(adjustment)"
  }

  private func methodLines(_ group: MethodGroup) -> [String] {
    let terms = analysis.plan.terms(group.method)
    var lines = ["\(group.method.rawValue): \(group.method.words)"]
    if terms.isCorrelated { lines[0] += ", which are correlated" }
    switch analysis.plan.heterogeneity(group.method) {
    case .shared: break
    case .perSubgroup:
      lines.append("by Bayes each subgroup has trial effects and SDs of its own")
    case .perSubgroupPooled:
      lines.append(
        "by Bayes each subgroup has trial effects and SDs of its own, τ1 being partially pooled")
    }
    if group.method == .rp, !isPrespecified {
      lines.append(
        "grown by the p-value of the interaction of treatment and side, \(adjustmentWords); our reading "
          + "of Mistry et al. (2018)")
    }
    if analysis.plan.poolsEffects {
      lines.append("the effects of the subgroups are partially pooled by Bayes")
    }
    if let asked = group.fallbackFrom {
      lines.append("in the place of \(asked.rawValue), which cannot be tested in every node")
    }
    return lines
  }

  private var trials: [ReportBlock] {
    let sizes = design.armSizes
    let arms = design.treatment
    let references = sizes.reduce(0) { $0 + $1.reference }
    let actives = sizes.reduce(0) { $0 + $1.active }
    guard sizes.count <= 12 else {
      let list = sizes.map { "\($0.trial) \($0.reference) + \($0.active)" }
      return [
        .paragraph(
          "\(sizes.count) trials (\(arms.reference) + \(arms.active)): "
            + list.joined(separator: ", ")
            + "; in all \(references) + \(actives).")
      ]
    }
    func row(_ label: String, _ reference: Int, _ active: Int) -> ReportTable.Row {
      .init(label, [["\(reference + active)", "\(reference)", "\(active)"]])
    }
    let rows = sizes.map { row($0.trial, $0.reference, $0.active) }
    return [
      .table(
        ReportTable(
          labelTitle: design.trialName,
          panels: [.init("", ["n", arms.reference, arms.active])],
          sections: [.init("", rows + [row("all trials", references, actives)])]))
    ]
  }
}

extension Subgroups.Method {
  /// The model in words.
  var words: String {
    let intercepts =
      switch terms.intercepts {
      case .perLeafAndTrial: "an intercept for each trial in each subgroup"
      case .perLeaf: "an intercept for each subgroup"
      case .perTrial: "an intercept for each subgroup and one for each trial"
      }
    return switch (terms.randomIntercept, terms.randomEffect) {
    case (true, true):
      "\(intercepts), intercepts and treatment effects varying between trials (τ0, τ1)"
    case (true, false): "\(intercepts), intercepts varying between trials (τ0)"
    case (false, true): "\(intercepts), treatment effects varying between trials (τ1)"
    case (false, false):
      self == .mob
        ? "\(intercepts), trials ignored"
        : "\(intercepts), treatment effects the same in every trial"
    }
  }
}

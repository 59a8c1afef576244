import Designs
import MixedModels
import Posterior
import Subgroups
import Trees
import Words

extension MethodGroup {
  /// Whether each subgroup of the Bayesian tree has SDs of its own.
  var hasNodeHeterogeneity: Bool {
    bayesian?.fit.subgroups.contains { $0.heterogeneity != nil } ?? false
  }
}

extension AnalysisContent {
  /// The standard deviations of each subgroup of the Bayesian tree, after those of the tree by maximum
  /// likelihood where there is one.
  func nodeHeterogeneity(_ group: MethodGroup) -> [ReportBlock] {
    guard let bayesian = group.bayesian else { return [] }
    var blocks: [ReportBlock] = []
    if group.likelihood != nil {
      var alone = group
      alone.bayesian = nil
      blocks += commonHeterogeneity(alone)
    }
    let nodes = bayesian.fit.subgroups + bayesian.fit.innerNodes
    let hasLikelihood = nodes.contains { $0.likelihood?.variances != nil }
    var panels: [ReportTable.Panel] = []
    if hasLikelihood { panels.append(.init(group.likelihoodName, ["estimate"])) }
    panels.append(.init("Bayes", ["median", "mean", "\(level) shortest CrI"]))
    let sections = nodes.map { node in
      ReportTable.Section(heading(of: node, in: group), rows(node, group, hasLikelihood))
    }
    let scale = isBinomial ? "the log odds scale" : "the scale of \(design.outcomeName)"
    return blocks + [
      heading("Heterogeneity in each subgroup by Bayes: SDs on \(scale)", group),
      .table(ReportTable(labelTitle: "[node] subgroup", panels: panels, sections: sections)),
      .notes(nodeNotes(group, hasLikelihood)),
    ] + nodeTrialEffects(bayesian.fit, group)
  }

  /// How far each trial's intercept and effect lie from the mean over trials in each subgroup, shrunken.
  private func nodeTrialEffects(_ fit: BayesianResult, _ group: MethodGroup) -> [ReportBlock] {
    let terms = group.method.terms
    guard terms.randomTerms > 0, design.trials.count <= 30 else { return [] }
    let names =
      (terms.randomIntercept ? ["intercept"] : []) + (terms.randomEffect ? ["effect"] : [])
    let posteriors = Dictionary(
      fit.parameters.map { ($0.name, $0.posterior) }, uniquingKeysWith: { first, _ in first })
    let sections = fit.subgroups.map { node in
      ReportTable.Section(
        heading(of: node, in: group),
        design.trials.indices.map { trial in
          let cells = names.flatMap { name -> [String] in
            let posterior = posteriors["trial_\(name)_\(node.node)_\(trial + 1)"]
            return [style.quantity(posterior?.mean), style.interval(posterior?.central)]
          }
          return ReportTable.Row(design.trials[trial], [cells])
        })
    }
    let panel = ReportTable.Panel("Bayes", names.flatMap { [$0, "\(level) CrI"] })
    return [
      .paragraph(
        "Deviation of each trial from the mean over trials in each subgroup (shrunken):"),
      .table(
        ReportTable(
          labelTitle: "[node] subgroup, \(design.trialName)", panels: [panel], sections: sections)),
    ]
  }

  private func heading(of node: BayesianSubgroup, in group: MethodGroup) -> String {
    let rule = group.bayesian?.tree.rule(of: node.node, variables: variables).description ?? ""
    return "[\(node.node)] \(rule.isEmpty ? "all participants" : rule)"
  }

  private func rows(
    _ node: BayesianSubgroup, _ group: MethodGroup, _ hasLikelihood: Bool
  ) -> [ReportTable.Row] {
    let terms = analysis.plan.terms(group.method)
    let own = node.heterogeneity
    let variances = node.likelihood?.variances
    func row(
      _ label: String, _ posterior: PosteriorSummary?, _ estimate: Double?
    ) -> [ReportTable.Row] {
      guard let posterior else { return [] }
      let likelihood = [estimate == 0 ? "0" : style.quantity(estimate)]
      let bayes = [
        style.quantity(posterior.median), style.quantity(posterior.mean),
        style.interval(posterior.shortest),
      ]
      return [.init(label, hasLikelihood ? [likelihood, bayes] : [bayes])]
    }
    func tau(_ position: Int?) -> Double? { position.flatMap { variances?.tau[checked: $0] } }
    return row("τ0 intercept", own?.tau0, tau(terms.interceptPosition))
      + row("τ1 treatment effect", own?.tau1, tau(terms.effectPosition))
      + row("σ residual", own?.sigma, variances?.sigma)
  }

  private func nodeNotes(_ group: MethodGroup, _ hasLikelihood: Bool) -> [String] {
    var notes = unconvergedNote(group)
    notes.append("Each posterior is of the trial effects and SDs of that subgroup's participants.")
    if hasLikelihood {
      notes.append(
        "\(group.likelihoodName): of each subgroup's participants alone, with SDs of their own.")
    }
    notes += pooledHeterogeneityNote(group)
    let ratios = (group.bayesian?.fit.subgroups ?? []).compactMap(\.heterogeneity?.tau1SDRatio)
    if group.method.terms.randomEffect, !ratios.isEmpty {
      let words = ratios.map { NumberStyle.ratio($0) }.joined(separator: ", ")
      notes.append(
        design.trials.count <= 3
          ? "With \(design.trials.count) trials the posterior of each τ1 is mostly its prior (SD "
            + "ratios \(words))."
          : "SD of each τ1's posterior divided by that of its prior: \(words) (near 1, the data say "
            + "nothing of it).")
    }
    notes.append(
      "The central interval of an SD can never contain zero; the shortest one is shown.")
    return notes
  }

  private func pooledHeterogeneityNote(_ group: MethodGroup) -> [String] {
    guard let pooled = group.bayesian?.fit.pooledHeterogeneity else { return [] }
    let (location, spread) = (pooled.location, pooled.spread)
    return [
      "The τ1 of the subgroups are partially pooled: their distribution over subgroups has the "
        + (pooled.hasMoments ? "mean " : "median ")
        + "\(style.quantity(location.median)), \(level) CrI "
        + "\(style.interval(location.central)), and the "
        + (pooled.hasMoments ? "SD " : "interquartile range ")
        + "\(style.quantity(spread.median)), "
        + "\(level) CrI \(style.interval(spread.central)) (posterior medians)."
    ]
  }
}

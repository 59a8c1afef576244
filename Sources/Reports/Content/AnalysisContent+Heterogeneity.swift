import Designs
import MixedModels
import Posterior
import Subgroups

extension AnalysisContent {
  /// One standard deviation of the model by both estimators.
  private struct Deviation {
    let symbol: String
    let words: String
    let estimate: Double?
    let interval: Interval?
    let posterior: PosteriorSummary?
  }

  /// The standard deviations of a method, what is to be said of them, and the trials' effects.
  func heterogeneity(_ group: MethodGroup) -> [ReportBlock] {
    if group.hasNodeHeterogeneity { return nodeHeterogeneity(group) }
    return commonHeterogeneity(group)
  }

  /// The same where all leaves have them in common.
  func commonHeterogeneity(_ group: MethodGroup) -> [ReportBlock] {
    let deviations = deviations(group)
    var panels: [ReportTable.Panel] = []
    let hasInterval = group.method.hasRandomTerms
    if group.likelihood != nil {
      panels.append(
        .init(group.likelihoodName, ["estimate"] + (hasInterval ? ["\(level) profile CI"] : [])))
    }
    if group.bayesian != nil {
      panels.append(.init("Bayes", ["median", "mean", "\(level) shortest CrI"]))
    }
    let rows = deviations.map { deviation in
      ReportTable.Row("\(deviation.symbol) \(deviation.words)", cells(deviation, group))
    }
    guard !rows.isEmpty else { return withoutDeviations(group) }
    let title = hasInterval ? "Heterogeneity between trials: SDs" : "Residual SD"
    let scale = isBinomial ? "the log odds scale" : "the scale of \(design.outcomeName)"
    return [
      heading("\(title) on \(scale)", group),
      .table(
        ReportTable(labelTitle: "", panels: panels, sections: [.init("", rows)])),
      .notes(notes(group, deviations)),
    ] + trialEffects(group)
  }

  /// What is said of a binomial model without random terms, which has no SD at all.
  private func withoutDeviations(_ group: MethodGroup) -> [ReportBlock] {
    [heading("Heterogeneity between trials", group), .notes(notes(group, []))]
  }

  private func deviations(_ group: MethodGroup) -> [Deviation] {
    let terms = analysis.plan.terms(group.method)
    let reml = group.likelihood?.fit
    let bayes = group.bayesian?.fit
    func random(
      _ symbol: String, _ words: String, _ position: Int?, _ posterior: PosteriorSummary?
    ) -> [Deviation] {
      guard let position else { return [] }
      return [
        Deviation(
          symbol: symbol, words: words, estimate: reml?.tau(position),
          interval: reml?.interval(position), posterior: posterior)
      ]
    }
    return random("τ0", "intercept", terms.interceptPosition, bayes?.tau0)
      + random("τ1", "treatment effect", terms.effectPosition, bayes?.tau1)
      + (isBinomial
        ? []
        : [
          Deviation(
            symbol: "σ", words: "residual", estimate: reml?.fit.estimate.variances.sigma,
            interval: reml?.sigmaInterval, posterior: bayes?.sigma)
        ])
  }

  private func cells(_ deviation: Deviation, _ group: MethodGroup) -> [[String]] {
    var cells: [[String]] = []
    if group.likelihood != nil {
      cells.append([
        deviation.estimate == 0 ? "0" : style.quantity(deviation.estimate),
        style.interval(deviation.interval),
      ])
    }
    if group.bayesian != nil {
      cells.append([
        style.quantity(deviation.posterior?.median), style.quantity(deviation.posterior?.mean),
        style.interval(deviation.posterior?.shortest),
      ])
    }
    return cells
  }

  // MARK: Words

  private func notes(_ group: MethodGroup, _ deviations: [Deviation]) -> [String] {
    guard group.method.hasRandomTerms else {
      return unconvergedNote(group) + [
        "\(group.method.rawValue) takes the treatment effect of a subgroup as the same in every "
          + "trial: heterogeneity between trials is not in the intervals."
      ]
    }
    var notes = unconvergedNote(group) + deviations.compactMap { boundary($0, group) }
    notes += correlationNote(group)
    guard let fit = group.bayesian?.fit, group.method.terms.randomEffect else { return notes }
    let ratio = fit.tau1SDRatio.map { NumberStyle.ratio($0) }
    if design.trials.count <= 3 {
      notes.append(
        "With \(design.trials.count) trials the posterior of τ1 is mostly its prior "
          + "(SD ratio \(ratio ?? "unknown, the prior has no SD")).")
    } else if let ratio {
      notes.append(
        "SD of τ1's posterior divided by that of its prior: \(ratio) (near 1, the data say nothing "
          + "of it).")
    }
    notes.append(
      "The central interval of an SD can never contain zero; the shortest one is shown.")
    return notes
  }

  /// What is said of a REML estimate of zero.
  private func boundary(_ deviation: Deviation, _ group: MethodGroup) -> String? {
    guard deviation.symbol != "σ", deviation.estimate == 0 else { return nil }
    var text =
      "\(group.likelihoodName) puts \(deviation.symbol) at exactly zero (a singular fit): the likelihood is largest "
      + "there, which does not show that the \(deviation.words) is the same in every trial."
    if let posterior = deviation.posterior {
      text +=
        " The posterior of \(deviation.symbol) has median \(style.quantity(posterior.median)) and "
        + "its shortest \(level) interval is \(style.interval(posterior.shortest))."
    }
    return text
  }

  // MARK: Trials

  /// How far each trial's intercept and effect lie from the mean over trials, shrunken.
  private func trialEffects(_ group: MethodGroup) -> [ReportBlock] {
    let terms = group.method.terms
    guard terms.randomTerms > 0, design.trials.count <= 30 else { return [] }
    var panels: [ReportTable.Panel] = []
    let names =
      (terms.randomIntercept ? ["intercept"] : []) + (terms.randomEffect ? ["effect"] : [])
    if group.likelihood != nil { panels.append(.init(group.likelihoodName, names)) }
    if group.bayesian != nil {
      panels.append(.init("Bayes", names.flatMap { [$0, "\(level) CrI"] }))
    }
    let rows = design.trials.indices.map { trial in
      ReportTable.Row(design.trials[trial], trialCells(trial, group, names))
    }
    return [
      .paragraph("Deviation of each trial from the mean over trials (shrunken):"),
      .table(
        ReportTable(
          labelTitle: design.trialName, panels: panels, sections: [.init("", rows)])),
    ]
  }

  private func trialCells(_ trial: Int, _ group: MethodGroup, _ names: [String]) -> [[String]] {
    var cells: [[String]] = []
    if let fit = group.likelihood?.fit.fit {
      let effects = fit.trialEffects[checked: trial] ?? []
      cells.append(names.indices.map { style.quantity(effects[checked: $0]) })
    }
    if let fit = group.bayesian?.fit {
      cells.append(
        names.flatMap { name -> [String] in
          let posterior = fit.parameters.first { $0.name == "trial_\(name)_\(trial + 1)" }?
            .posterior
          return [style.quantity(posterior?.mean), style.interval(posterior?.central)]
        })
    }
    return cells
  }
}

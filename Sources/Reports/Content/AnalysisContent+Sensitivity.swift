import Inference
import Posterior
import Sensitivity
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// The most subgroups whose effects are printed under every prior; JSON has all.
  private static let mostSubgroups = 8
  /// The most rows of the table of power-scaling; JSON has all.
  private static let mostScaled = 40

  /// The refits of a method's Bayesian run.
  func sensitivity(of group: MethodGroup) -> PriorSensitivity? {
    group.bayesian.flatMap { supplements.sensitivity[$0.position] }
  }

  /// How much the conclusion hangs on the prior: the sentence, the refits, and power-scaling.
  func sensitivity(_ group: MethodGroup) -> [ReportBlock] {
    guard analysis.plan.sensitivity, let member = group.bayesian else { return [] }
    let title = heading("How much hangs on the prior", group)
    guard let sensitivity = sensitivity(of: group) else {
      return [title, .paragraph(nothingToVary(group, member.fit))] + powerScaling(member.fit)
    }
    let shown = member.tree.leaves.count <= Self.mostSubgroups
    return [
      title, .paragraph(sensitivity.sentence(isPrespecified: isPrespecified)),
      .table(refitTable(sensitivity, member, withEffects: shown)),
      .notes(refitNotes(sensitivity, allShown: shown)),
    ] + powerScaling(member.fit)
  }

  /// The sentence for the summary.
  func sensitivitySentence(_ group: MethodGroup) -> [String] {
    sensitivity(of: group).map { [$0.sentence(isPrespecified: isPrespecified)] } ?? []
  }

  private func nothingToVary(_ group: MethodGroup, _ fit: BayesianResult) -> String {
    guard group.method.hasRandomTerms else {
      return
        "\(group.method.rawValue) has no heterogeneity between trials, and so no prior of it to "
        + "vary: it takes the effect of a subgroup as the same in every trial."
    }
    return "The prior fixes the heterogeneity at zero: there is nothing to vary."
  }

  // MARK: Refits

  private func refitTable(
    _ sensitivity: PriorSensitivity, _ member: MethodGroup.Member<BayesianResult>,
    withEffects: Bool
  ) -> ReportTable {
    let hasTree = !isPrespecified
    let hasDeviation = member.fit.subgroups.allSatisfy { $0.heterogeneity == nil }
    var panels: [ReportTable.Panel] = []
    if hasDeviation {
      panels.append(.init(sensitivity.parameter.symbol, ["mean", "\(level) CrI"]))
    }
    if withEffects {
      panels += member.fit.subgroups.map {
        .init("effect in [\($0.node)]", ["mean", "\(level) CrI", probabilityTitle])
      }
    }
    if hasTree { panels.append(.init("tree grown again", ["subgroups", "same", "adj. Rand"])) }
    func row(_ label: String, _ cells: [[String]]) -> ReportTable.Row { .init(label, cells) }
    let rows = sensitivity.refits.map { refit in
      row(
        "\(refit.entry.prior.words), \(refit.entry.multiple)".unbroken,
        cells(refit, hasDeviation: hasDeviation, withEffects, hasTree, member.tree.leaves.count))
    }
    let reported = row(
      sensitivity.prior.words.unbroken,
      reportedCells(sensitivity, member, hasDeviation, withEffects))
    return ReportTable(
      labelTitle: "prior of \(sensitivity.parameter.symbol)", panels: panels,
      sections: [.init("As reported", [reported]), .init("Refits", rows)])
  }

  private var probabilityTitle: String { analysis.plan.benefit == nil ? "P(<0)" : "benefit" }

  private func probability(_ below: Double) -> String {
    NumberStyle.probability(analysis.plan.benefit == .higher ? 1 - below : below)
  }

  private func reportedCells(
    _ sensitivity: PriorSensitivity, _ member: MethodGroup.Member<BayesianResult>,
    _ hasDeviation: Bool, _ withEffects: Bool
  ) -> [[String]] {
    let fit = member.fit
    let deviation = sensitivity.parameter == .tau0 ? fit.tau0 : fit.tau1
    var cells: [[String]] = []
    if hasDeviation {
      cells.append([style.quantity(deviation?.mean), style.interval(deviation?.central)])
    }
    if withEffects {
      cells += fit.subgroups.map {
        [
          style.quantity($0.effect.mean), style.interval($0.effect.central),
          probability($0.probabilityBelowZero),
        ]
      }
    }
    if !isPrespecified { cells.append(["\(member.tree.leaves.count)", "", ""]) }
    return cells
  }

  private func cells(
    _ refit: PriorRefit, hasDeviation: Bool, _ withEffects: Bool, _ hasTree: Bool, _ leaves: Int
  ) -> [[String]] {
    let dash = NumberStyle.absent
    let mark = refit.same?.converged == false ? "!" : ""
    var cells: [[String]] = []
    if hasDeviation {
      let deviation = refit.same?.deviations.first
      cells.append([style.quantity(deviation?.mean) + mark, style.interval(deviation?.interval)])
    }
    if withEffects {
      cells += (0..<leaves).map { leaf in
        guard let effect = refit.same?.effects[checked: leaf] else { return [dash, dash, dash] }
        return [
          style.quantity(effect.mean) + mark, style.interval(effect.interval),
          probability(effect.probabilityBelowZero),
        ]
      }
    }
    if hasTree {
      let same = refit.isSameTree.map { $0 ? "yes" : "no" } ?? dash
      let grown = refit.regrown.map { "\($0.nodes.count)" + ($0.converged ? "" : "!") }
      cells.append([grown ?? dash, same, NumberStyle.ratio(refit.agreement)])
    }
    return cells
  }

  private func refitNotes(_ sensitivity: PriorSensitivity, allShown: Bool) -> [String] {
    let symbol = sensitivity.parameter.symbol
    var notes = [
      "×½, ×1, ×2: multiples of the median of the reported prior of \(symbol), which half-normal, "
        + "half-Cauchy and exponential share; uniform from 0 to four scales of the half-normal. Seed and "
        + "chains are the same throughout."
    ]
    if !allShown {
      notes.append("The effects under each prior stand in the JSON output (sensitivity).")
    }
    if sensitivity.refits.contains(where: { $0.same?.converged == false })
      || sensitivity.refits.contains(where: { $0.regrown?.converged == false })
    {
      notes.append("! the chains have not converged under this prior: its figures are rough.")
    }
    for obstacle in Set(sensitivity.refits.compactMap(\.obstacle)).sorted() {
      let names = sensitivity.refits.filter { $0.obstacle == obstacle }.map(\.entry.name)
      notes.append("\(names.joined(separator: ", ")): \(obstacle).")
    }
    return notes
  }

  // MARK: Power-scaling

  private func powerScaling(_ fit: BayesianResult) -> [ReportBlock] {
    guard let scaling = fit.powerScaling else {
      return [.notes(["Power-scaling is not computed where τ1 is partially pooled."])]
    }
    let symbol = fit.priors.symbolOfHeterogeneity(scaling)
    let rows = scaling.quantities.prefix(Self.mostScaled).map { quantity in
      ReportTable.Row(
        quantity.quantity.words,
        [
          [
            NumberStyle.ratio(quantity.heterogeneityPrior), NumberStyle.ratio(quantity.priors),
            NumberStyle.ratio(quantity.likelihood),
          ], [quantity.verdict.word],
        ])
    }
    let columns = [symbol.map { "prior of \($0)" } ?? "heterogeneity", "all priors", "likelihood"]
    var notes = [
      "Power-scaling: how far the posterior moves per doubling of the power of a prior or of the "
        + "likelihood (priorsense; \(NumberStyle.ratio(PowerScalingVerdict.threshold)) and more "
        + "counts as moving)."
    ]
    if scaling.quantities.contains(where: { $0.verdict == .conflict }) {
      notes.append(
        "Conflict: prior and likelihood both move the quantity, perhaps apart; look whether the prior "
          + "says what it should.")
    }
    if scaling.quantities.contains(where: { $0.verdict == .weakLikelihood }) {
      notes.append(
        "Prior: a strong prior or a weak likelihood; the data say little of the quantity beside it."
      )
    }
    if scaling.quantities.count > rows.count {
      notes.append("All \(scaling.quantities.count) quantities stand in the JSON output.")
    }
    if !scaling.isReliable {
      let worst = scaling.paretoK.compactMap(\.self).max()
      notes.append(
        "The weights are unreliable (Pareto k \(NumberStyle.ratio(worst)), more than "
          + "\(NumberStyle.ratio(scaling.threshold))): the figures are rough.")
    }
    return [
      .table(
        ReportTable(
          labelTitle: "", panels: [.init("moves with", columns), .init("", ["verdict"])],
          sections: [.init("", Array(rows))])), .notes(notes),
    ]
  }
}

extension ResolvedPriors {
  /// The SD whose prior the first column of the power-scaling is about; nil without heterogeneity.
  fileprivate func symbolOfHeterogeneity(_ scaling: PowerScalingResult) -> String? {
    for quantity in scaling.quantities {
      if case .tau1 = quantity.quantity { return "τ1" }
    }
    for quantity in scaling.quantities {
      if case .tau0 = quantity.quantity { return "τ0" }
    }
    return nil
  }
}

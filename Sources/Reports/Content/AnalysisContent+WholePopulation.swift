import Designs
import MixedModels
import Posterior
import Subgroups
import Words

/// The models without subgroups, which open every report.
extension AnalysisContent {
  var wholePopulation: [ReportBlock] {
    let fits = analysis.wholePopulation
    guard !fits.isEmpty else { return [] }
    let rows = fits.map { fit in
      ReportTable.Row(
        fit.words(design), key: fit.model.rawValue,
        [effectCells(fit.effect.effect)] + deviations(fit))
    }
    let effect =
      isBinomial
      ? ["log OR", "SE", "\(level) CI", "p"] : ["estimate", "SE", "\(level) CI", "df", "p"]
    var panels = [ReportTable.Panel(fits[0].criterion.rawValue.uppercased(), effect)]
    if fits.contains(where: { $0.terms.randomTerms > 0 }) {
      panels.append(.init("SDs", ["τ0", "τ1"] + (isBinomial ? [] : ["σ"])))
    }
    let direction = "\(design.treatment.active) minus \(design.treatment.reference)"
    return [
      .heading("Treatment effect in all participants (\(direction))"),
      .table(ReportTable(labelTitle: "model", panels: panels, sections: [.init("", rows)])),
      .notes(wholePopulationNotes),
    ]
  }

  private func effectCells(_ effect: LikelihoodEstimate) -> [String] {
    [
      style.quantity(effect.estimate), style.quantity(effect.standardError),
      style.interval(effect.interval),
    ] + (isBinomial ? [] : [NumberStyle.degreesOfFreedom(effect.degreesOfFreedom)])
      + [NumberStyle.pValue(effect.pValue)]
  }

  private func deviations(_ fit: WholePopulationFit) -> [[String]] {
    guard analysis.wholePopulation.contains(where: { $0.terms.randomTerms > 0 }) else { return [] }
    func cell(_ position: Int?) -> String {
      guard let position else { return "" }
      let tau = fit.variances?.tau[checked: position]
      return tau == 0 ? "0" : style.quantity(tau)
    }
    return [
      [cell(fit.terms.interceptPosition), cell(fit.terms.effectPosition)]
        + (isBinomial ? [] : [style.quantity(fit.variances?.sigma)])
    ]
  }

  private var wholePopulationNotes: [String] {
    var notes: [String] = []
    if !design.covariates.names.isEmpty {
      notes.append("Adjusted for \(enumeration(design.covariates.names)).")
    }
    if analysis.wholePopulation.contains(where: { $0.isSingular }) {
      notes.append(
        "A τ of exactly 0 is a singular fit: the likelihood is largest there, which does not show that "
          + "trials do not differ.")
    }
    return notes
  }
}

extension WholePopulationFit {
  /// The model in words.
  func words(_ design: Design) -> String {
    switch model {
    case .linear:
      (design.family == .gaussian ? "linear" : "logistic") + " model"
        + (design.trials.count > 1 ? " adjusted for trial" : "")
    case .stratified: "mixed model, fixed trial intercepts"
    case .random: "mixed model, random trial intercepts"
    }
  }

  /// The model as R writes it.
  func formula(_ design: Design) -> String {
    let trial = design.trialName
    let arm = design.treatment.column
    var right = [arm] + design.covariates.names
    if model != .random, design.trials.count > 1 { right.append(trial) }
    switch model {
    case .linear: break
    case .stratified: right.append("(0 + \(arm) | \(trial))")
    case .random where terms.isCorrelated: right.append("(1 + \(arm) | \(trial))")
    case .random: right += ["(1 | \(trial))", "(0 + \(arm) | \(trial))"]
    }
    return "\(design.outcomeName) ~ \(right.joined(separator: " + "))"
  }
}

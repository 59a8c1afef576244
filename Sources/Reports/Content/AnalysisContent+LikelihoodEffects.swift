import Designs
import Posterior
import Subgroups

/// What the tables of subgroup effects show of the fit by maximum likelihood.
extension AnalysisContent {
  var isBinomial: Bool { design.family == .binomial }

  /// The panels of an analysis without a posterior: there is room for more.
  func likelihoodPanels(_ group: MethodGroup) -> [EffectPanel] {
    var panels = [likelihoodPanel(group.likelihoodName, withError: true)]
    if isBinomial { panels.append(oddsRatioPanel) }
    if group.likelihood?.fit.subgroups.contains(where: { $0.effect.kenwardRogerDF != nil })
      ?? false, group.method.hasRandomTerms
    {
      panels.append(kenwardRogerPanel)
    }
    panels.append(furtherIntervals(group))
    return panels
  }

  func likelihoodPanel(_ heading: String, withError: Bool) -> EffectPanel {
    let columns =
      ["estimate"] + (withError ? ["SE"] : []) + ["\(level) CI"] + (isBinomial ? [] : ["df"]) + [
        "p"
      ]
    return EffectPanel(heading, columns) { row in
      guard let effect = row.likelihoodEffect?.effect else { return columns.map { _ in "" } }
      return [style.quantity(effect.estimate)]
        + (withError ? [style.quantity(effect.standardError)] : [])
        + [style.interval(effect.interval)]
        + (isBinomial ? [] : [NumberStyle.degreesOfFreedom(effect.degreesOfFreedom)])
        + [NumberStyle.pValue(effect.pValue)]
    }
  }

  private var oddsRatioPanel: EffectPanel {
    EffectPanel("odds ratio", ["OR", "\(level) CI"]) { row in
      guard let effect = row.likelihoodEffect?.effect else { return ["", ""] }
      return [
        NumberStyle.oddsRatio(effect.estimate), NumberStyle.oddsRatioInterval(effect.interval),
      ]
    }
  }

  var posteriorOddsRatioPanel: EffectPanel {
    EffectPanel("Bayes, odds ratio", ["OR", "\(level) CrI"]) { row in
      guard let effect = row.bayesian?.subgroup.effect else { return ["", ""] }
      return [
        NumberStyle.oddsRatio(effect.median), NumberStyle.oddsRatioInterval(effect.central),
      ]
    }
  }

  var riskPanel: EffectPanel {
    EffectPanel("risk difference", ["RD", "\(level) CrI", "NNT"]) { row in
      guard let subgroup = row.bayesian?.subgroup, let difference = subgroup.riskDifference else {
        return ["", "", ""]
      }
      let style = NumberStyle(decimals: 3)
      return [
        style.quantity(difference.median), style.interval(difference.central),
        NumberStyle.significant(subgroup.numberNeededToTreat?.median),
      ]
    }
  }

  static var riskNote: String {
    "RD: the risk in the active minus that in the control arm, averaged over the trials by their "
      + "participants in the subgroup, median; NNT: 1 / |RD|, where the interval of RD excludes 0."
  }

  private var kenwardRogerPanel: EffectPanel {
    EffectPanel("Kenward-Roger", ["SE", "df", "p"]) { row in
      guard let effect = row.likelihoodEffect?.effect else { return ["", "", ""] }
      return [
        style.quantity(effect.kenwardRogerError),
        NumberStyle.degreesOfFreedom(effect.kenwardRogerDF),
        NumberStyle.pValue(effect.kenwardRogerP),
      ]
    }
  }

  private func furtherIntervals(_ group: MethodGroup) -> EffectPanel {
    let hasNewTrial = group.method.hasNewTrial
    let columns = ["profile"] + (hasNewTrial ? ["in a new trial"] : [])
    return EffectPanel("other \(level) intervals", columns) { row in
      guard let subgroup = row.likelihoodEffect else { return columns.map { _ in "" } }
      return [style.interval(subgroup.profileInterval)]
        + (hasNewTrial ? [style.interval(subgroup.newTrialInterval)] : [])
    }
  }

  /// What the figures by maximum likelihood are.
  func likelihoodNotes(_ group: MethodGroup) -> [String] {
    let name = group.likelihoodName
    let tests =
      isBinomial
      ? "Wald interval and test on the log odds scale."
      : group.method.hasRandomTerms
        ? "t interval and test on Satterthwaite's degrees of freedom."
        : "t interval and test on the residual degrees of freedom."
    var notes = ["\(name): \(tests)"]
    guard group.bayesian == nil else { return notes }
    var text = "profile: interval from the profile likelihood"
    if group.method.hasNewTrial {
      text +=
        "; in a new trial: prediction interval, t on the number of trials with both arms minus 2"
    }
    notes.append(text + ".")
    return notes
  }
}

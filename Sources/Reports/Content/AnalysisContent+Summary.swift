import MixedModels
import Posterior
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// The result of a method in a few sentences.
  func summary(_ group: MethodGroup) -> [String] {
    let lead = groups.count > 1 ? "\(group.method.rawValue): " : ""
    return
      ([treeSentence(group)] + overallSentences(group) + deviationSentences(group)
      + sensitivitySentence(group) + missedSentence(group) + chainSentences(group))
      .map { lead + $0 }
  }

  private func treeSentence(_ group: MethodGroup) -> String {
    guard !isPrespecified else {
      return "\(group.grown.first?.tree.leaves.count ?? 0) pre-specified subgroups."
    }
    let names = group.estimatorNames
    guard group.grown.contains(where: { $0.tree.leaves.count > 1 }) else {
      return "No subgroup found by \(names.joined(separator: " or by "))."
    }
    let counts = zip(names, group.grown).map { name, grown in
      let leaves = grown.tree.leaves.count
      return "\(name) finds " + (leaves == 1 ? "no subgroup" : "\(leaves) subgroups")
    }
    return counts.joined(separator: ", ") + agreement(group) + "."
  }

  /// How the two trees of a method agree.
  private func agreement(_ group: MethodGroup) -> String {
    guard let (first, second) = group.pair,
      let agreement = analysis.agreement.first(where: {
        $0.runs == [first.position, second.position]
      })
    else { return "" }
    let onlyFirst = agreement.splitsOnlyFirst
    let onlySecond = agreement.splitsOnlySecond
    let words =
      onlyFirst + onlySecond == 0
      ? "all splits are in both trees"
      : "\(counted(agreement.splitsInBoth, "split")) in both trees, \(onlyFirst) only by "
        + "\(group.likelihoodName), \(onlySecond) only by Bayes"
        + (agreement.sameRootSplit ? "" : ", the roots differ")
    return
      "; \(words); adjusted Rand index \(NumberStyle.ratio(agreement.adjustedRandIndex))"
  }

  /// The effect in all participants, with every tree collapsed to its root.
  private func overallSentences(_ group: MethodGroup) -> [String] {
    var parts: [String] = []
    if let fit = group.likelihood?.fit,
      let root = (fit.innerNodes + fit.subgroups).first(where: { $0.node == 1 })
    {
      parts.append(
        "\(group.likelihoodName) \(style.quantity(root.effect.estimate))"
          + interval("\(level) CI", root.effect.interval) + oddsRatio(root.effect))
    }
    if let fit = group.bayesian?.fit,
      let root = (fit.innerNodes + fit.subgroups).first(where: { $0.node == 1 })
    {
      parts.append(
        "Bayes \(style.quantity(root.effect.mean))"
          + interval("\(level) CrI", root.effect.central) + oddsRatio(root.effect))
    }
    guard !parts.isEmpty else { return [] }
    return ["Treatment effect in all participants: \(parts.joined(separator: "; "))."]
  }

  private func deviationSentences(_ group: MethodGroup) -> [String] {
    guard group.method.terms.randomEffect else { return [] }
    var parts: [String] = []
    if let fit = group.likelihood?.fit,
      let tau = fit.tau(group.method.terms.effectPosition)
    {
      parts.append(
        "\(group.likelihoodName) " + (tau == 0 ? "exactly 0" : style.quantity(tau))
          + interval("\(level) CI", fit.interval(group.method.terms.effectPosition)))
    }
    if let tau = group.bayesian?.fit.tau1 {
      parts.append(
        "posterior median \(style.quantity(tau.median))"
          + interval("shortest \(level) interval", tau.shortest))
    }
    guard !parts.isEmpty else { return [] }
    return [
      "Between-trial SD of the treatment effect, τ1: \(parts.joined(separator: "; "))."
    ]
  }

  private func interval(_ name: String, _ interval: Interval?) -> String {
    interval.map { ", \(name) " + style.interval($0).unbroken } ?? ""
  }

  /// The odds ratio behind its logarithm.
  private func oddsRatio(_ effect: LikelihoodEstimate) -> String {
    guard isBinomial, effect.estimate != nil else { return "" }
    return " (odds ratio \(NumberStyle.oddsRatio(effect.estimate)), \(level) CI "
      + NumberStyle.oddsRatioInterval(effect.interval).unbroken + ")"
  }

  private func oddsRatio(_ effect: PosteriorSummary) -> String {
    guard isBinomial else { return "" }
    return " (odds ratio \(NumberStyle.oddsRatio(effect.median)), \(level) CrI "
      + NumberStyle.oddsRatioInterval(effect.central).unbroken + ")"
  }

  private func chainSentences(_ group: MethodGroup) -> [String] {
    guard let diagnostics = group.bayesian?.fit.diagnostics else { return [] }
    return [
      diagnostics.converged
        ? "The chains have converged."
        : "The chains have NOT converged; do not rely on the posterior figures (see Chains)."
    ]
  }
}

extension LikelihoodResult {
  /// The estimate of a random term's SD.
  func tau(_ position: Int?) -> Double? {
    position.flatMap { fit.estimate.variances.tau[checked: $0] }
  }

  /// The interval of a random term's SD.
  func interval(_ position: Int?) -> Interval? {
    position.flatMap { tauIntervals[checked: $0] ?? nil }
  }
}

extension Subgroups.Method {
  /// Whether there is an effect in a new trial that differs from the mean effect.
  var hasNewTrial: Bool { terms.randomEffect }

  /// Whether trials have random terms.
  var hasRandomTerms: Bool { terms.randomTerms > 0 }
}

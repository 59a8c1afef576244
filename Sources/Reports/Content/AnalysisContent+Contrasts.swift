import Designs
import MixedModels
import Posterior
import Subgroups
import Trees

extension AnalysisContent {
  /// The most pairs of subgroups that are printed; JSON has all.
  private static let mostContrasts = 15

  /// The differences between subgroups: by Bayes, by maximum likelihood, or both beside one another
  /// where the leaves are the same.
  func contrasts(_ group: MethodGroup) -> [ReportBlock] {
    let likelihood = group.likelihood?.fit.contrasts ?? []
    let bayesian = group.bayesian?.fit.contrasts ?? []
    let isJoint = likelihood.map(\.nodes) == bayesian.map(\.nodes)
    guard !likelihood.isEmpty || !bayesian.isEmpty else { return [] }
    guard group.pair != nil, !isJoint else {
      let names = group.estimatorNames.joined(separator: " and ")
      return section(likelihood, bayesian, group, names)
    }
    return section(likelihood, [], group, group.likelihoodName)
      + section([], bayesian, group, Estimator.bayes.word)
  }

  private func section(
    _ likelihood: [LikelihoodContrast], _ bayesian: [EffectContrast], _ group: MethodGroup,
    _ names: String
  ) -> [ReportBlock] {
    let pairs = likelihood.isEmpty ? bayesian.map(\.nodes) : likelihood.map(\.nodes)
    guard !pairs.isEmpty else { return [] }
    let title = heading("Differences between subgroups (\(names))", group)
    let tests = likelihood.isEmpty ? [] : equalityNotes(group)
    guard pairs.count <= Self.mostContrasts else {
      return [
        title,
        .paragraph(
          "All \(pairs.count) pairwise differences stand in the JSON output (contrasts)."),
        .notes(tests),
      ]
    }
    var panels: [ReportTable.Panel] = []
    if !likelihood.isEmpty {
      panels.append(
        .init(
          bayesian.isEmpty ? "" : group.likelihoodName,
          ["estimate", "SE", "\(level) CI"] + (isBinomial ? [] : ["df"]) + ["p"]))
    }
    if !bayesian.isEmpty {
      panels.append(
        .init(
          likelihood.isEmpty ? "" : Estimator.bayes.word, ["mean", "SD", "\(level) CrI", "P(<0)"]))
    }
    let rows = pairs.enumerated().map { index, nodes in
      ReportTable.Row(
        nodes.map { "[\($0)]" }.joined(separator: " minus "),
        [likelihood[checked: index].map(cells), bayesian[checked: index].map(cells)]
          .compactMap(\.self))
    }
    return [
      title,
      .table(
        ReportTable(labelTitle: "nodes", panels: panels, sections: [.init("", rows)])),
      .notes(tests + [searchNote(single: false)]),
    ]
  }

  private func cells(_ contrast: LikelihoodContrast) -> [String] {
    let difference = contrast.difference
    return [
      style.quantity(difference.estimate), style.quantity(difference.standardError),
      style.interval(difference.interval),
    ] + (isBinomial ? [] : [NumberStyle.degreesOfFreedom(difference.degreesOfFreedom)])
      + [NumberStyle.pValue(difference.pValue)]
  }

  private func cells(_ contrast: EffectContrast) -> [String] {
    [
      style.quantity(contrast.difference.mean), style.quantity(contrast.difference.sd),
      style.interval(contrast.difference.central),
      NumberStyle.probability(contrast.probabilityBelowZero),
    ]
  }

  /// The joint tests of equal effects.
  private func equalityNotes(_ group: MethodGroup) -> [String] {
    guard let fit = group.likelihood?.fit, let test = fit.equality else { return [] }
    var text = "All effects equal, the tree taken as given: \(words(test))"
    if let other = fit.kenwardRogerEquality, group.method.hasRandomTerms {
      text += " (Satterthwaite); \(words(other)) (Kenward-Roger)"
    }
    return [text + "."]
  }

  private func words(_ test: EqualityTest) -> String {
    let degrees = NumberStyle.degreesOfFreedom(test.numeratorDF)
    let value = NumberStyle.ratio(test.statistic)
    let p = NumberStyle.pStatement(test.pValue)
    guard let denominator = test.denominatorDF else { return "χ²(\(degrees)) = \(value), \(p)" }
    return "F(\(degrees), \(NumberStyle.degreesOfFreedom(denominator))) = \(value), \(p)"
  }

  /// What the likelihood says of the whole model.
  func fitStatistics(_ group: MethodGroup) -> [ReportBlock] {
    guard let fit = group.likelihood?.fit, let ml = fit.byLikelihood else { return [] }
    func words(_ criteria: InformationCriteria) -> String {
      let number = NumberStyle(decimals: 2)
      return "log-likelihood \(number.quantity(criteria.logLikelihood)), AIC "
        + "\(number.quantity(criteria.aic)), BIC \(number.quantity(criteria.bic))"
    }
    var text = "By maximum likelihood with \(fit.fit.parameterCount) parameters: \(words(ml))."
    if group.likelihood?.run.estimator == .reml, group.method.hasRandomTerms {
      text += " Restricted: \(words(fit.criteria)); only the former compare trees."
    }
    if !isPrespecified {
      text +=
        " The search for the tree is not in the parameters, so that larger trees look better "
        + "than they are."
    }
    return [heading("Fit", group), .paragraph(text)]
  }

  /// How any two trees of the analysis compare, for more than two of them.
  var agreementTable: [ReportBlock] {
    let names = analysis.runs.map { "\($0.method.rawValue) \($0.estimator.word)" }
    let rows = analysis.agreement.map { agreement in
      ReportTable.Row(
        agreement.runs.compactMap { names[checked: $0]?.unbroken }.joined(separator: ", "),
        [
          [
            NumberStyle.ratio(agreement.adjustedRandIndex),
            agreement.sameRootSplit ? "yes" : "no", "\(agreement.splitsInBoth)",
            "\(agreement.splitsOnlyFirst)", "\(agreement.splitsOnlySecond)",
          ]
        ])
    }
    let columns = ["adj. Rand", "root", "both", "1st only", "2nd only"]
    return [
      .heading("Agreement between the trees"),
      .table(
        ReportTable(
          labelTitle: "trees", panels: [.init("splits", columns)],
          sections: [.init("", rows)])),
    ]
  }
}

extension Estimator {
  /// The estimator as it is named in tables.
  var word: String {
    switch self {
    case .reml: "REML"
    case .ml: "ML"
    case .bayes: "Bayes"
    }
  }
}

import Designs
import Posterior
import Subgroups
import Trees

extension AnalysisContent {
  /// The most pairs of subgroups that are printed; JSON has all.
  private static let mostContrasts = 15

  /// The differences between subgroups, by Bayes.
  func contrasts(_ group: MethodGroup) -> [ReportBlock] {
    guard let fit = group.bayesian?.fit, !fit.contrasts.isEmpty else { return [] }
    let title = heading("Differences between subgroups (Bayes)", group)
    guard fit.contrasts.count <= Self.mostContrasts else {
      return [
        title,
        .paragraph(
          "All \(fit.contrasts.count) pairwise differences stand in the JSON output (contrasts)."),
      ]
    }
    let rows = fit.contrasts.map { contrast in
      ReportTable.Row(
        contrast.nodes.map { "[\($0)]" }.joined(separator: " minus "),
        [
          [
            style.quantity(contrast.difference.mean), style.quantity(contrast.difference.sd),
            style.interval(contrast.difference.central),
            NumberStyle.probability(contrast.probabilityBelowZero),
          ]
        ])
    }
    return [
      title,
      .table(
        ReportTable(
          labelTitle: "nodes", panels: [.init("", ["mean", "SD", "\(level) CrI", "P(<0)"])],
          sections: [.init("", rows)])),
      .notes([searchNote(single: false)]),
    ]
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

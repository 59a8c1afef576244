import Designs
import Inference
import MixedModels
public import Pooling
import Posterior
import Words

extension ReportContent {
  /// The report of a two-stage meta-analysis of a file.
  public init(_ analysis: PoolingAnalysis, file: String) {
    let content = PoolingContent(analysis: analysis)
    var blocks: [ReportBlock] = [
      .title("metamob pool: \(shownFile(file))"), .facts(content.facts),
      .heading("Estimates"), .table(content.estimates),
      .heading("Pooled by Bayes"), .table(content.posterior(analysis.overall)),
    ]
    let notes = content.notes(analysis.overall)
    if !notes.isEmpty { blocks.append(.notes(notes)) }
    blocks += [
      .list(content.evidence(analysis.overall)), .heading("Pooled without priors"),
      .table(content.classical(analysis.overall)),
      .notes(["HK: standard error and t distribution of Hartung and Knapp."]),
      .facts(content.heterogeneityFacts(analysis.overall)),
    ]
    if !analysis.subgroups.isEmpty {
      blocks += [
        .heading("Subgroups: \(analysis.subgroupName ?? "")"), .table(content.subgroups),
      ]
    }
    self.init(blocks: blocks + [.heading("In short"), .list(content.summary)])
  }
}

/// Builds the report of a two-stage meta-analysis.
private struct PoolingContent {
  let analysis: PoolingAnalysis

  /// Quantities on the scale of the estimates.
  private var style: NumberStyle { NumberStyle(precisions: analysis.overall.estimates.map(\.se)) }
  private var level: String { NumberStyle.percent(analysis.level) }
  /// Whether estimates are logarithms of ratios.
  private var isRatio: Bool {
    [.events(.oddsRatio), .events(.riskRatio)].contains(analysis.scale)
  }

  // MARK: Facts

  var facts: [ReportBlock.Fact] {
    let count = analysis.overall.estimates.count
    var studies = ["\(count) (\(analysis.studyName))"]
    let dropped = analysis.exclusions.rows - analysis.exclusions.used
    if dropped > 0 {
      studies.append("\(counted(dropped, "row")) with a missing value left out")
    }
    var facts: [ReportBlock.Fact] = [.init("Studies", studies)]
    if let treatment = analysis.treatment {
      facts.append(
        .init(
          "Treatment",
          ["\(treatment.column): \(treatment.active) compared with \(treatment.reference)"]))
    }
    facts.append(.init("Effect", [effect]))
    let priors = analysis.priors
    let heterogeneity = priors.priors.heterogeneity?.words ?? "flat"
    facts.append(
      .init("Priors", ["μ \(priors.priors.mean.words), τ \(heterogeneity): \(priors.source)"]))
    return facts
  }

  private var effect: String {
    switch analysis.scale {
    case .unknown: "as the table has it"
    case .difference: "difference in means"
    case .events(.oddsRatio): "log odds ratio"
    case .events(.riskRatio): "log risk ratio"
    case .events(.riskDifference): "risk difference"
    }
  }

  // MARK: Tables

  var estimates: ReportTable {
    let overall = analysis.overall
    let rows = zip(overall.estimates, overall.bayes.shrinkage).map { estimate, figures in
      ReportTable.Row(
        estimate.study,
        [
          [style.quantity(estimate.estimate), style.quantity(estimate.se)],
          [style.quantity(figures.median), style.interval(figures.central)],
        ])
    }
    return ReportTable(
      labelTitle: analysis.studyName,
      panels: [
        .init("estimate", ["value", "SE"]),
        .init("shrunken by Bayes", ["median", "\(level) CrI"]),
      ], sections: [.init("", rows)])
  }

  func posterior(_ pooled: PooledEstimates) -> ReportTable {
    let bayes = pooled.bayes
    var rows = [
      row("mean effect μ", bayes.mean), row("SD of effects τ", bayes.heterogeneity),
      row("in a new study", bayes.newStudy),
    ]
    if isRatio {
      rows += [
        ratioRow("ratio exp(μ)", bayes.mean), ratioRow("in a new study", bayes.newStudy),
      ]
    }
    return ReportTable(
      labelTitle: "",
      panels: [
        .init("", ["mean", "SD", "median", "mode"]),
        .init("\(level) CrI", ["equal tails", "shortest"]),
      ], sections: [.init("", rows)])
  }

  private func row(_ label: String, _ figures: PosteriorFigures) -> ReportTable.Row {
    .init(
      label,
      [
        [
          style.quantity(figures.mean), style.quantity(figures.sd), style.quantity(figures.median),
          style.quantity(figures.mode),
        ],
        [style.interval(figures.central), style.interval(figures.shortest)],
      ])
  }

  /// Only quantiles go through the exponential unchanged.
  private func ratioRow(_ label: String, _ figures: PosteriorFigures) -> ReportTable.Row {
    .init(
      label,
      [
        ["", "", NumberStyle.oddsRatio(figures.median), ""],
        [NumberStyle.oddsRatioInterval(figures.central), ""],
      ])
  }

  func notes(_ pooled: PooledEstimates) -> [String] {
    let bayes = pooled.bayes
    let named = [
      ("μ", bayes.mean.note), ("τ", bayes.heterogeneity.note), ("a new study", bayes.newStudy.note),
    ].compactMap { name, note in note.map { (name, $0) } }
    guard let first = named.first else { return [] }
    return ["Of \(named.map(\.0).joined(separator: " and ")): \(first.1)."]
  }

  func evidence(_ pooled: PooledEstimates) -> [String] {
    let bayes = pooled.bayes
    var lines = ["P(μ < 0) = \(NumberStyle.probability(bayes.probabilityBelowZero))."]
    var factors: [String] = []
    if let factor = bayes.bayesFactorZeroMean {
      factors.append("\(NumberStyle.significant(factor)) for μ = 0")
    }
    if let factor = bayes.bayesFactorHomogeneity {
      factors.append("\(NumberStyle.significant(factor)) for τ = 0")
    }
    if !factors.isEmpty {
      lines.append(
        "Bayes factors, above 1 for the hypothesis: \(factors.joined(separator: ", ")).")
    }
    if let value = bayes.logMarginalLikelihood {
      lines.append("Log marginal likelihood \(NumberStyle.significant(value, digits: 6)).")
    }
    if let note = pooled.improperNote { lines.append(note.capitalizedFirst + ".") }
    return lines
  }

  func classical(_ pooled: PooledEstimates) -> ReportTable {
    let rows = pooled.classical.map { estimate in
      ReportTable.Row(
        estimate.method.rawValue + (estimate.isHartungKnapp ? ", HK" : ""),
        [
          [
            style.quantity(estimate.mean), style.quantity(estimate.se),
            style.interval(estimate.interval), NumberStyle.pValue(estimate.pValue),
          ],
          [
            style.quantity(estimate.squaredTau.squareRoot()),
            NumberStyle.significant(estimate.inconsistency),
          ],
          [style.interval(estimate.prediction)],
        ])
    }
    return ReportTable(
      labelTitle: "",
      panels: [
        .init("mean effect", ["μ", "SE", "\(level) CI", "p"]),
        .init("", ["τ", "I² %"]), .init("", ["\(level) prediction"]),
      ], sections: [.init("", rows)])
  }

  func heterogeneityFacts(_ pooled: PooledEstimates) -> [ReportBlock.Fact] {
    guard let restricted = pooled.classical(.reml, hartungKnapp: false) else { return [] }
    let profile = restricted.squaredTauInterval.map {
      style.interval(Interval(lower: $0.lower.squareRoot(), upper: $0.upper.squareRoot()))
    }
    return [
      .init(
        "Q",
        [
          "\(NumberStyle.significant(restricted.q, digits: 4)) on \(restricted.qDegrees) df, "
            + NumberStyle.pStatement(restricted.qPValue)
        ]),
      .init(
        "τ by Q-profile",
        [
          profile.map { "\(level) CI \($0)" }
            ?? "no τ makes estimates as alike as these, at the level of \(level)"
        ]),
    ]
  }

  var subgroups: ReportTable {
    let rows = analysis.subgroups.map { part in
      guard let pooled = part.pooled else {
        return ReportTable.Row(
          part.label, [["\(part.estimates.count)"], [], []])
      }
      let knapp = pooled.classical(.reml, hartungKnapp: true)
      return ReportTable.Row(
        part.label,
        [
          ["\(part.estimates.count)"],
          [
            style.quantity(pooled.bayes.mean.median), style.interval(pooled.bayes.mean.central),
            NumberStyle.probability(pooled.bayes.probabilityBelowZero),
          ],
          [style.quantity(knapp?.mean), style.interval(knapp?.interval)],
        ])
    }
    return ReportTable(
      labelTitle: analysis.subgroupName ?? "",
      panels: [
        .init("", ["trials"]), .init("Bayes", ["μ", "\(level) CrI", "P(<0)"]),
        .init("REML, Hartung-Knapp", ["μ", "\(level) CI"]),
      ], sections: [.init("", rows)])
  }

  // MARK: Summary

  var summary: [String] {
    let overall = analysis.overall
    var lines = [
      "Mean effect by Bayes \(style.quantity(overall.bayes.mean.median)), \(level) CrI "
        + "\(style.interval(overall.bayes.mean.central)); in a new study "
        + "\(style.interval(overall.bayes.newStudy.central))."
    ]
    if let knapp = overall.classical(.reml, hartungKnapp: true) {
      lines.append(
        "By REML with Hartung-Knapp \(style.quantity(knapp.mean)), \(level) CI "
          + "\(style.interval(knapp.interval)), \(NumberStyle.pStatement(knapp.pValue)).")
    }
    let heterogeneity = overall.bayes.heterogeneity
    lines.append(
      "SD between studies \(style.quantity(heterogeneity.median)), \(level) CrI "
        + "\(style.interval(heterogeneity.shortest)) (shortest).")
    return lines
  }
}

extension String {
  /// The text with a capital at its beginning.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

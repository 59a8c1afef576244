import Designs
import Posterior
import Predictive
import Subgroups
import Words

extension AnalysisContent {
  /// The most misses that are printed; JSON has all checks.
  private static let mostMissed = 12
  /// The most sentences on what the model misses.
  private static let mostSentences = 4

  /// Whether data from the model look like the data: what was compared, and what the model misses.
  func predictiveChecks(_ group: MethodGroup) -> [ReportBlock] {
    guard let checks = group.bayesian?.fit.predictive, !checks.checks.isEmpty else { return [] }
    let title = heading("Posterior predictive checks", group)
    let missed = checks.missed
    guard !missed.isEmpty else {
      return [
        title,
        .paragraph(
          "\(lead(checks)): none is missed by so much that it matters (smallest p of "
            + "\(counted(checks.checks.count, "check")): \(NumberStyle.pValue(checks.leastPValue)))."),
      ]
    }
    let rows = missed.prefix(Self.mostMissed).map { check in
      ReportTable.Row(
        "\(words(check.statistic, checks)), \(place(check))",
        [
          [
            "\(check.participants)", value(check.observed, check.statistic),
            value(check.replicatedMean, check.statistic), interval(check),
            NumberStyle.pValue(check.pValue),
          ]
        ])
    }
    let columns = ["n", "data", "model", "95% interval", "p"]
    return [
      title, .paragraph("\(lead(checks)). Missed:"),
      .table(
        ReportTable(
          labelTitle: "", panels: [.init("", columns)], sections: [.init("", Array(rows))])),
      .list(missedSentences(group)),
      .notes([
        "Listed: p at most \(NumberStyle.significant(checks.threshold)) (0.05 over "
          + "\(counted(checks.checks.count, "check"))) and a difference that matters (5 percentage "
          + "points of a share, 10 % of an SD, a tenth of the residual SD of a mean)."
      ]),
    ]
  }

  /// What the model misses, the arms over all trials before single trials.
  func missedSentences(_ group: MethodGroup) -> [String] {
    guard let checks = group.bayesian?.fit.predictive else { return [] }
    let missed = checks.missed
    let overall = missed.filter { $0.trial == nil }
    let named = overall.map(\.statistic)
    let single = missed.filter { $0.trial != nil && !named.contains($0.statistic) }
    return (overall + single).prefix(Self.mostSentences).map { sentence($0, checks) }
  }

  private func lead(_ checks: PredictiveChecks) -> String {
    var what = isBinomial ? "the share of events" : "mean and SD"
    let ends = [checks.bounds?.lower, checks.bounds?.upper].compactMap(\.self)
    if !ends.isEmpty {
      what +=
        " and the share at \(ends.map { NumberStyle.significant($0, digits: 6) }.joined(separator: " and at "))"
    }
    return "\(checks.replicates) data sets drawn from the posterior beside the data, \(what) of each "
      + "arm, over all trials and in each"
  }

  private func words(_ statistic: PredictiveStatistic, _ checks: PredictiveChecks) -> String {
    switch statistic {
    case .mean: "mean"
    case .sd: "SD"
    case .events: "events"
    case .floor: "share at \(NumberStyle.significant(checks.bounds?.lower, digits: 6))"
    case .ceiling: "share at \(NumberStyle.significant(checks.bounds?.upper, digits: 6))"
    }
  }

  private func arm(_ check: PredictiveCheck) -> String {
    check.arm == 0 ? design.treatment.reference : design.treatment.active
  }

  private func place(_ check: PredictiveCheck) -> String {
    arm(check) + (check.trial.map { ", \(design.trials[$0])" } ?? "")
  }

  private func value(_ value: Double, _ statistic: PredictiveStatistic) -> String {
    switch statistic {
    case .mean, .sd: style.quantity(value)
    case .floor, .ceiling, .events: NumberStyle.percentage(value)
    }
  }

  private func interval(_ check: PredictiveCheck) -> String {
    "[\(value(check.interval.lower, check.statistic)), \(value(check.interval.upper, check.statistic))]"
  }

  private func sentence(_ check: PredictiveCheck, _ checks: PredictiveChecks) -> String {
    let data = value(check.observed, check.statistic)
    let model = value(check.replicatedMean, check.statistic)
    let place = check.trial.map { "\(arm(check)), \(design.trials[$0])" } ?? arm(check)
    switch check.statistic {
    case .floor, .ceiling:
      let end = check.statistic == .floor ? checks.bounds?.lower : checks.bounds?.upper
      return "\(data) of participants (\(place)) have \(design.outcomeName) = "
        + "\(NumberStyle.significant(end, digits: 6)), the model expects \(model): a normal outcome "
        + "cannot pile up at an end of the scale, so effects are those on the mean score, and "
        + "predictions of single outcomes are off."
    case .sd:
      return "The SD within trials (\(place)) is \(data), the model expects \(model): one residual SD "
        + "for all arms and trials does not fit, and intervals are too narrow or too wide where it "
        + "is off."
    case .mean:
      return "The mean (\(place)) is \(data), the model expects \(model): the model's terms do not "
        + "reach it."
    case .events:
      return "\(data) of participants (\(place)) have the event, the model expects \(model): the "
        + "model's terms do not reach it."
    }
  }
}

extension NumberStyle {
  /// A share as a whole percentage, or with one decimal below 10 %.
  static func percentage(_ share: Double) -> String {
    let percent = 100 * share
    return NumberStyle(decimals: percent < 9.95 && percent > 0 ? 1 : 0).quantity(percent) + "%"
  }
}

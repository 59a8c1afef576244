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
            + "\(counted(checks.checks.count, "check")): \(NumberStyle.pValue(checks.leastPValue)))."
        ),
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
      title, .paragraph("\(lead(checks)); what is missed:"),
      .table(
        ReportTable(
          labelTitle: "", panels: [.init("", columns)], sections: [.init("", Array(rows))])),
      .list(missedSentences(checks)),
      .notes([
        "Listed: p at most \(NumberStyle.significant(checks.threshold)) (0.05 over "
          + "\(counted(checks.checks.count, "check"))) and a difference that matters (5 percentage "
          + "points of a share, 10% of an SD, a tenth of the residual SD of a mean)."
      ]),
    ]
  }

  /// What the model misses, in a few words that point to the section.
  func missedSentence(_ group: MethodGroup) -> [String] {
    guard let checks = group.bayesian?.fit.predictive, !checks.missed.isEmpty else { return [] }
    let missed = checks.missed.map(\.statistic)
    let names = PredictiveStatistic.allCases.filter { missed.contains($0) }.map {
      words($0, checks)
    }
    return [
      "The data differ from data of the model in \(names.joined(separator: ", ")) (see Posterior "
        + "predictive checks)."
    ]
  }

  /// What the model misses, the arms over all trials before single trials; both arms in one sentence.
  private func missedSentences(_ checks: PredictiveChecks) -> [String] {
    let missed = checks.missed
    let overall = missed.filter { $0.trial == nil }
    let named = overall.map(\.statistic)
    let single = missed.filter { $0.trial != nil && !named.contains($0.statistic) }
    var pairs: [[PredictiveCheck]] = []
    for check in overall + single {
      if let place = pairs.firstIndex(where: {
        $0[0].statistic == check.statistic && $0[0].trial == check.trial
      }) {
        pairs[place].append(check)
      } else {
        pairs.append([check])
      }
    }
    return pairs.prefix(Self.mostSentences).map { sentence($0, checks) }
  }

  private func lead(_ checks: PredictiveChecks) -> String {
    let ends = [checks.bounds?.lower, checks.bounds?.upper].compactMap(\.self).map {
      "share at \(NumberStyle.significant($0, digits: 6))"
    }
    let parts = isBinomial ? ["Share of events"] : ["Mean", "SD"] + ends
    let what =
      parts.dropLast().joined(separator: ", ") + (parts.count > 1 ? " and " : "")
      + (parts.last ?? "")
    return "\(what) in each arm, over all trials and in each, beside those of "
      + "\(checks.replicates) data sets drawn from the posterior"
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

  /// The misses of one statistic, of one arm or of both.
  private func sentence(_ pair: [PredictiveCheck], _ checks: PredictiveChecks) -> String {
    let first = pair[0]
    func joined(_ words: (PredictiveCheck) -> String) -> String {
      pair.map(words).joined(separator: " and ")
    }
    let data = joined { "\(value($0.observed, $0.statistic)) (\(arm($0)))" }
    let model = joined { value($0.replicatedMean, $0.statistic) }
    let trial = first.trial.map { " in \(design.trials[$0])" } ?? ""
    switch first.statistic {
    case .floor, .ceiling:
      let end = first.statistic == .floor ? checks.bounds?.lower : checks.bounds?.upper
      return "\(data) of participants\(trial) have \(design.outcomeName) = "
        + "\(NumberStyle.significant(end, digits: 6)), the model expects \(model): a normal outcome "
        + "cannot pile up at an end of the scale. Effects are those on the mean score; single "
        + "outcomes are not predicted well."
    case .sd:
      let place = first.trial == nil ? " within trials" : trial
      return "The SD\(place) is \(data), the model expects \(model): one residual SD for all does "
        + "not fit, and weights and intervals are off where it does not."
    case .mean:
      return "The mean\(trial) is \(data), the model expects \(model): the model lacks what makes "
        + "the difference."
    case .events:
      return
        "\(data) of participants\(trial) have the event, the model expects \(model): the model "
        + "lacks what makes the difference."
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

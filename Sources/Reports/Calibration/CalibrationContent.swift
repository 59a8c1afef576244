public import Calibration
import Words

extension ReportContent {
  /// What simulation-based calibration says of the samplers.
  public init(_ verdict: CalibrationVerdict) {
    let content = CalibrationContent(verdict: verdict)
    self.init(blocks: content.opening + content.samplers + content.checks)
  }
}

/// Builds the report on a calibration.
private struct CalibrationContent {
  /// So many checks are shown, those with the smallest p-values where there are more.
  private static let mostChecks = 40

  let verdict: CalibrationVerdict

  private var failing: Int { verdict.checks.count { !$0.passes } }

  var opening: [ReportBlock] {
    [
      .title("metamob calibrate: \(counted(verdict.tables.count, "run")) of a sampler"),
      .facts(
        [.init("Verdict", [judgement])] + plans
          + [
            .init(
              "False alarms",
              [
                "at most \(NumberStyle.percent(verdict.level)) that any of the "
                  + "\(counted(verdict.checks.count, "check")) fails although every sampler is right"
              ])
          ]),
    ]
  }

  private var judgement: String {
    let failed = verdict.tables.reduce(0) { $0 + $1.failed }
    let fits = failed == 0 ? [] : ["\(counted(failed, "fit")) failed"]
    let checks =
      failing == 0
      ? [] : ["\(failing) of \(counted(verdict.checks.count, "check")) outside the envelope"]
    return verdict.passes
      ? "calibrated: the ranks of all \(counted(verdict.checks.count, "check")) are inside the "
        + "envelope" : "NOT calibrated: " + (checks + fits).joined(separator: ", ")
  }

  /// The settings of the tables, which need not be the same.
  private var plans: [ReportBlock.Fact] {
    var lines: [String] = []
    for plan in verdict.tables.map(\.plan) {
      let line =
        "\(counted(plan.replicates, "simulated data set")), each true value ranked among "
        + "\(plan.draws) nearly independent draws; \(counted(plan.chains, "chain")) after "
        + "\(plan.warmup) warm-up draws, seed \(plan.seed)"
      if !lines.contains(line) { lines.append(line) }
    }
    return [.init("Ranks", lines)]
  }

  // MARK: Tables

  var samplers: [ReportBlock] {
    var scenarios: [String] = []
    for table in verdict.tables where scenarios.last != table.scenario {
      scenarios.append(table.scenario)
    }
    return [
      .heading("Samplers"),
      .table(
        ReportTable(
          labelTitle: "scenario, sampler",
          panels: [
            .init("", ["checks", "least adjusted p", "of"]),
            .init("", ["short fits", "divergences", "verdict"]),
          ],
          sections: scenarios.map { scenario in
            .init(
              scenario,
              verdict.tables.indices.filter { verdict.tables[$0].scenario == scenario }.map(row))
          })),
      .notes([
        "Adjusted p: of uniform ranks, times the number of all checks. Short fits: their kept draws "
          + "are not nearly independent, which widens the spread of ranks. Divergences: transitions "
          + "of all fits, after a warm-up that is shorter than an analysis has."
      ]),
    ]
  }

  private func row(_ index: Int) -> ReportTable.Row {
    let table = verdict.tables[index]
    let checks = verdict.checks(of: index)
    let least = checks.min { $0.pValue < $1.pValue }
    return ReportTable.Row(
      table.sampler,
      [
        ["\(checks.count)", NumberStyle.pValue(least?.adjusted), least?.quantity ?? ""],
        [
          "\(table.dependent)", "\(table.divergences)",
          verdict.passes(index) ? "calibrated" : "NOT calibrated",
        ],
      ])
  }

  var checks: [ReportBlock] {
    let all = verdict.checks
    let isCut = all.count > Self.mostChecks
    let shown =
      isCut ? Array(all.sorted { $0.pValue < $1.pValue }.prefix(Self.mostChecks)) : all
    let rows = shown.map { check in
      let table = verdict.tables[check.table]
      return ReportTable.Row(
        verdict.tables.count == 1 ? check.quantity : "\(check.quantity), \(table.name)",
        [
          [
            NumberStyle.pValue(check.pValue), NumberStyle.pValue(check.adjusted),
            check.passes ? "inside" : "OUTSIDE",
          ]
        ])
    }
    return [
      .heading("Checks"),
      .table(
        ReportTable(
          labelTitle: "quantity", panels: [.init("", ["p", "adjusted p", "envelope"])],
          sections: [.init("", rows)])),
    ]
      + (isCut
        ? [
          .notes([
            "The \(shown.count) smallest p-values of \(all.count) checks; --format json has all."
          ])
        ] : [])
  }
}

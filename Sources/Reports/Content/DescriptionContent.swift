public import Designs
import Words

extension ReportContent {
  /// The description of a data set: what each trial has, a column a trial.
  public init(_ description: DataDescription) {
    let content = DescriptionContent(description: description)
    self.init(blocks: [
      .title("metamob describe: \(shownFile(description.file))"), .facts(content.facts),
      .table(content.table),
    ])
  }
}

/// Builds the description of a data set.
private struct DescriptionContent {
  let description: DataDescription

  private var groups: [DataDescription.Group] { description.trials + [description.total] }

  // MARK: Facts

  var facts: [ReportBlock.Fact] {
    let total = description.total
    var lines = [
      "\(counted(total.rows, "row")), \(total.complete) of them complete (a value in every "
        + "used column)"
    ]
    let missing = description.variables.indices.compactMap { variable -> String? in
      let count = total.variables[variable].missing
      return count > 0 ? "\(description.variables[variable].name) \(count)" : nil
    }
    if !missing.isEmpty { lines.append("missing: \(missing.joined(separator: ", "))") }
    let trials = description.trials.filter { $0.trial != nil }
    return [
      .init("Rows", lines),
      .init("Trials", ["\(trials.count) (\(description.trial))"]),
      .init("Treatment", [treatment]),
    ]
  }

  private var treatment: String {
    let active = description.arms.filter { $0 != description.reference }
    guard let reference = description.reference, !active.isEmpty else {
      return "\(description.treatment): \(description.arms.joined(separator: ", "))"
    }
    let words = "\(description.treatment): \(active.joined(separator: ", "))"
    return active.count == 1
      ? words + " compared with \(reference)"
      : words + " and \(reference); --arms A,B chooses two"
  }

  // MARK: Table

  var table: ReportTable {
    let columns = groups.dropLast().map { $0.trial ?? "no trial" } + ["total"]
    return ReportTable(
      labelTitle: "", panels: columns.map { .init("", [$0]) },
      sections: [countSection, armSection] + description.variables.indices.map(section))
  }

  private func row(
    _ label: String, _ cell: (DataDescription.Group) -> String
  ) -> ReportTable.Row {
    .init(label, groups.map { [cell($0)] })
  }

  private var countSection: ReportTable.Section {
    .init("", [row("rows") { "\($0.rows)" }, row("complete rows") { "\($0.complete)" }])
  }

  private var armSection: ReportTable.Section {
    var rows = description.arms.enumerated().map { position, arm in
      row(arm) { "\($0.arms[checked: position] ?? 0)" }
    }
    if description.total.missingArm > 0 { rows.append(row("missing") { "\($0.missingArm)" }) }
    return .init("\(description.treatment) (treatment)", rows)
  }

  private func section(_ variable: Int) -> ReportTable.Section {
    let name = "\(description.variables[variable].name) (\(words(variable)))"
    let levels = description.variables[variable].kind.levels
    var rows: [ReportTable.Row]
    if let levels {
      rows = levels.indices.map { level in
        row(levels[level]) { $0.variables[variable].share(of: level) }
      }
    } else {
      let style = style(variable)
      rows = [
        row("median [Q1, Q3]") { $0.variables[variable].quartiles(style) },
        row("mean (SD)") { $0.variables[variable].moments(style) },
      ]
    }
    if description.total.variables[variable].missing > 0 {
      rows.append(row("missing") { "\($0.variables[variable].missing)" })
    }
    return .init(name, rows)
  }

  private func words(_ variable: Int) -> String {
    switch description.variables[variable].role {
    case .outcome: outcomeWords
    case .covariate: "covariate"
    case .partitioning: "partitioning variable"
    case .subgroups: "pre-specified subgroups"
    case .weights: "case weights"
    case .treatment: "treatment"
    case .trial: "trial"
    }
  }

  private var outcomeWords: String {
    let family = description.family.map { ", \($0.rawValue)" } ?? ""
    return "outcome" + family + (description.event.map { "; the event is \($0)" } ?? "")
  }

  /// A style for the spread of all values.
  private func style(_ variable: Int) -> NumberStyle {
    guard case .numeric(let total) = description.total.variables[variable],
      let deviation = total.standardDeviation
    else { return NumberStyle(decimals: 1) }
    return NumberStyle(precisions: [deviation])
  }
}

extension DataDescription.Kind {
  /// The levels; nil for numbers.
  var levels: [String]? {
    switch self {
    case .numeric: nil
    case .nominal(let levels), .ordered(let levels): levels
    }
  }
}

extension VariableSummary {
  /// `median [Q1, Q3]`, without zeros at the end of decimals.
  fileprivate func quartiles(_ style: NumberStyle) -> String {
    guard case .numeric(let summary) = self, let median = summary.median else {
      return NumberStyle.absent
    }
    return "\(style.shortest(median)) [\(style.shortest(summary.lowerQuartile)), "
      + "\(style.shortest(summary.upperQuartile))]"
  }

  /// `mean (SD)`.
  fileprivate func moments(_ style: NumberStyle) -> String {
    guard case .numeric(let summary) = self, summary.mean != nil else {
      return NumberStyle.absent
    }
    return "\(style.quantity(summary.mean)) (\(style.quantity(summary.standardDeviation)))"
  }

  /// The count of a level with its share of the values that are not missing.
  fileprivate func share(of level: Int) -> String {
    guard case .levels(let counts, _) = self, let count = counts[checked: level] else {
      return NumberStyle.absent
    }
    let sum = counts.reduce(0, +)
    guard sum > 0 else { return "\(count)" }
    return "\(count) (\(NumberStyle.percent((Double(count) / Double(sum) * 100).rounded() / 100)))"
  }
}

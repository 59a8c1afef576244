import Tables
import Words

/// Events and participants of the two arms of a study: a 2 × 2 table.
public struct ArmCounts: Sendable, Equatable {
  /// Events in the active arm.
  public var activeEvents: Double
  /// Participants in the active arm.
  public var activeTotal: Double
  /// Events in the reference arm.
  public var referenceEvents: Double
  /// Participants in the reference arm.
  public var referenceTotal: Double

  /// The counts of two arms.
  public init(
    activeEvents: Double, activeTotal: Double, referenceEvents: Double, referenceTotal: Double
  ) {
    self.activeEvents = activeEvents
    self.activeTotal = activeTotal
    self.referenceEvents = referenceEvents
    self.referenceTotal = referenceTotal
  }

  /// Whether a cell of the 2 × 2 table is zero.
  public var hasZeroCell: Bool {
    [
      activeEvents, activeTotal - activeEvents, referenceEvents, referenceTotal - referenceEvents,
    ].contains(0)
  }
}

/// Numbers of events by study and arm.
public struct CountTable: Sendable, Equatable {
  /// The file's name as the user wrote it.
  public let file: String
  /// The study column's name.
  public let studyName: String
  /// Which arm is compared with which.
  public let treatment: TreatmentArms
  /// The studies with both arms, in the order in which they first appear.
  public let studies: [String]
  /// Their counts.
  public let counts: [ArmCounts]
  /// Rows that were left out.
  public let exclusions: Exclusions
  /// What the user should know: studies with one arm.
  public let warnings: [String]

  /// Reads the four columns of a formula, one row an arm; rows that miss one of them are left out.
  init(
    _ text: DelimitedText, _ formula: PoolingFormula, _ options: DesignOptions, threads: Int
  ) throws(DesignError) {
    guard formula.covariates.isEmpty, options.subgroups == nil, let total = formula.total else {
      throw DesignError(.countsWithCovariates)
    }
    let table = try readTable(
      text,
      [
        .init(formula.response.name, .numeric), .init(total.name, .numeric),
        .init(formula.predictor.name, .factor), .init(formula.study.name, .factor),
      ], threads)
    let treatment = table.columns[2].asLevels
    let arms = try Arms(
      table.names[2], treatment.codes, treatment.levels, options: options, file: table.file)
    let completeness = Completeness(table, droppedArms: arms.dropped)
    let selection = RowSelection(completeness.complete)
    let study = table.columns[3].asLevels
    exclusions = completeness.exclusions(table, trial: study, used: selection.count)
    guard selection.count > 0 else {
      throw DesignError(
        .noCompleteRow(
          column: exclusions.counts.max { $0.rows < $1.rows }?.column ?? table.names[0],
          missing: exclusions.counts.map(\.rows).max() ?? 0, rows: table.rows), file: table.file)
    }
    let compared = try arms.arms(selection, file: table.file)
    let rows = completeness.complete.indices.filter { completeness.complete[$0] }
    var cells = StudyCells(table, study, text)
    for (row, arm) in zip(rows, compared.arm) { try cells.add(row, arm: Int(arm)) }
    file = table.file
    studyName = table.names[3]
    self.treatment = compared.treatment
    studies = cells.whole.map(\.label)
    counts = cells.whole.map(\.counts)
    warnings = cells.warnings
  }

  /// The studies in whose counts a cell is zero.
  public var withZeroCell: [String] {
    zip(studies, counts).filter { $1.hasZeroCell }.map(\.0)
  }
}

/// Collects the rows of each study.
private struct StudyCells {
  /// One row's numbers.
  private struct Cell {
    let events: Double
    let total: Double
    let row: Int
  }

  private let table: Table
  private let study: (codes: [Int32], levels: [String])
  private let text: DelimitedText
  private var order: [Int32] = []
  private var cells: [Int32: [Cell?]] = [:]

  init(_ table: Table, _ study: (codes: [Int32], levels: [String]), _ text: DelimitedText) {
    self.table = table
    self.study = study
    self.text = text
  }

  mutating func add(_ row: Int, arm: Int) throws(DesignError) {
    let events = numbers(table.columns[0])[row]
    let total = numbers(table.columns[1])[row]
    let isCount = [events, total].allSatisfy { (number: Double) -> Bool in
      number >= 0 && number <= 1e15 && number == number.rounded()
    }
    guard isCount, total > 0, events <= total else {
      throw DesignError(
        .impossibleCount(
          events: NumberText.shortestDecimal(events), total: NumberText.shortestDecimal(total),
          columns: [table.names[0], table.names[1]], line: text.line(ofRow: row)),
        file: table.file)
    }
    let code = study.codes[row]
    if cells[code] == nil {
      cells[code] = [nil, nil]
      order.append(code)
    }
    if let earlier = cells[code]?[arm] {
      throw DesignError(
        .repeatedStudy(
          column: table.names[3], study: study.levels[Int(code)],
          first: text.line(ofRow: earlier.row), second: text.line(ofRow: row)), file: table.file)
    }
    cells[code]?[arm] = Cell(events: events, total: total, row: row)
  }

  /// The studies with both arms.
  var whole: [(label: String, counts: ArmCounts)] {
    order.compactMap { code in
      guard let pair = cells[code], let reference = pair[0], let active = pair[1] else {
        return nil
      }
      return (
        study.levels[Int(code)],
        ArmCounts(
          activeEvents: active.events, activeTotal: active.total,
          referenceEvents: reference.events, referenceTotal: reference.total)
      )
    }
  }

  /// What the user should know: the studies with one arm.
  var warnings: [String] {
    let lone = order.filter { cells[$0]?.contains { $0 == nil } ?? true }
      .map { study.levels[Int($0)] }
    guard !lone.isEmpty else { return [] }
    return [
      "\(counted(lone.count, "study", "studies")) with one arm among the used rows: "
        + "\(listed(lone)) left out"
    ]
  }
}

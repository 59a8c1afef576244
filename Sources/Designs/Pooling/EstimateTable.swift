import Tables

/// Estimates of studies with their standard errors.
public struct EstimateTable: Sendable, Equatable {
  /// The file's name as the user wrote it.
  public let file: String
  /// The study column's name.
  public let studyName: String
  /// The studies in file order.
  public let studies: [String]
  /// Their estimates.
  public let estimates: [Double]
  /// The standard errors.
  public let standardErrors: [Double]
  /// Rows that were left out.
  public let exclusions: Exclusions

  /// Reads the three columns of a formula; rows that miss one of them are left out.
  init(
    _ text: DelimitedText, _ formula: PoolingFormula, threads: Int
  ) throws(DesignError) {
    let table = try readTable(
      text,
      [
        .init(formula.response.name, .numeric), .init(formula.predictor.name, .numeric),
        .init(formula.study.name, .factor),
      ], threads)
    let study = table.columns[2].asLevels
    let completeness = Completeness(table, droppedArms: nil)
    let rows = completeness.complete.indices.filter { completeness.complete[$0] }
    let values = (numbers(table.columns[0]), numbers(table.columns[1]))
    var seen: [Int32: Int] = [:]
    for row in rows {
      let line = text.line(ofRow: row)
      if let first = seen.updateValue(row, forKey: study.codes[row]) {
        throw DesignError(
          .repeatedStudy(
            column: table.names[2], study: study.levels[Int(study.codes[row])],
            first: text.line(ofRow: first), second: line), file: table.file)
      }
      guard values.1[row] > 0 else {
        throw DesignError(
          .nonPositiveError(
            column: table.names[1], value: NumberText.shortestDecimal(values.1[row]), line: line),
          file: table.file)
      }
    }
    try Self.checkScale(rows.map { values.0[$0] }, least: 0, table.names[0], table.file)
    try Self.checkScale(rows.map { values.1[$0] }, least: 1e-100, table.names[1], table.file)
    file = table.file
    studyName = table.names[2]
    studies = rows.map { study.levels[Int(study.codes[$0])] }
    estimates = rows.map { values.0[$0] }
    standardErrors = rows.map { values.1[$0] }
    exclusions = completeness.exclusions(table, trial: study, used: rows.count)
  }

  /// Numbers whose squares would leave the range of double precision are refused.
  private static func checkScale(
    _ numbers: [Double], least: Double, _ column: String, _ file: String
  ) throws(DesignError) {
    guard numbers.allSatisfy({ abs($0) <= 1e100 && abs($0) >= least }) else {
      throw DesignError(.unworkableScale(column: column), file: file)
    }
  }
}

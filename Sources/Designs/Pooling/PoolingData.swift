public import Tables

/// What a two-stage meta-analysis starts from.
public enum PoolingData: Sendable {
  /// Estimates with standard errors, one row a study.
  case estimates(EstimateTable)
  /// Numbers of events and participants, one row an arm.
  case counts(CountTable)
  /// Participants, of whom each trial's effect is still to be estimated.
  case participants(Design)

  /// Reads what a formula asks for.
  ///
  /// `a ~ b | c` may be a table of estimates or participants: no trial has a single participant, and
  /// no table a study twice. Covariates and options of a treatment say that it is participants.
  public init(
    _ text: DelimitedText, formula: PoolingFormula, options: DesignOptions, threads: Int = 1
  ) throws(DesignError) {
    if formula.total != nil {
      self = .counts(try CountTable(text, formula, options, threads: threads))
    } else if try Self.isTable(text, formula, options, threads) {
      self = .estimates(try EstimateTable(text, formula, threads: threads))
    } else {
      var options = options
      options.isTwoStage = true
      let builder = try DesignBuilder(
        text, formula: Formula(parsing: formula.text), options: options, threads: threads)
      self = .participants(try builder.design())
    }
  }

  private static func isTable(
    _ text: DelimitedText, _ formula: PoolingFormula, _ options: DesignOptions, _ threads: Int
  ) throws(DesignError) -> Bool {
    guard formula.covariates.isEmpty, options.arms == nil, options.reference == nil,
      options.subgroups == nil, options.family == nil, options.orders.isEmpty,
      formula.predictor.reading == .automatic
    else {
      return false
    }
    let table = try readTable(
      text, [.init(formula.predictor.name), .init(formula.study.name, .factor)], threads)
    guard case .numeric(let numbers) = table.columns[0] else { return false }
    let (codes, levels) = table.columns[1].asLevels
    var rows = [Int](repeating: 0, count: levels.count)
    for code in codes where code >= 0 { rows[Int(code)] += 1 }
    guard rows.contains(where: { $0 > 1 }) else { return true }
    let distinct = Set(numbers.lazy.filter { !$0.isNaN }).count
    // A table with a study twice is told so; three arms of many participants are told of --arms.
    return distinct > 2 && numbers.count < 4 * levels.count
  }
}

/// Columns of a file by the rules of the data's errors.
func readTable(
  _ text: DelimitedText, _ requests: [ColumnRequest], _ threads: Int
) throws(DesignError) -> Table {
  do throws(TableError) {
    return try text.read(requests, threads: threads)
  } catch {
    throw DesignError(.table(error))
  }
}

/// A column that was read as numbers.
func numbers(_ column: Column) -> [Double] {
  guard case .numeric(let values) = column else {
    preconditionFailure("the column was read as numbers")
  }
  return values
}

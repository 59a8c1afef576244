/// What is wrong with a draws file; lines are counted from 1.
public enum DrawsFileError: Error, Equatable, Sendable {
  /// There is no line of column names, or no column that is a parameter.
  case noParameters(file: String)
  /// A column name stands twice.
  case duplicateColumn(file: String, column: String)
  /// There are names but no draws.
  case noDraws(file: String)
  /// A row has another number of cells than there are names.
  case raggedRow(file: String, line: Int, expected: Int, found: Int)
  /// A cell is not a number.
  case notANumber(file: String, line: Int, column: String, text: String)
  /// The columns are not those of the first file.
  case otherColumns(file: String, first: String)
  /// The number of draws is not that of the first file.
  case otherLength(file: String, draws: Int, first: String, firstDraws: Int)
}

/// What is wrong with a draws file; lines are counted from 1.
public enum DrawsFileError: Error, Equatable, Sendable {
  /// The file has no byte.
  case empty(file: String)
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
  /// The file is not text.
  case notText(file: String)
  /// The first line holds numbers in place of names.
  case noNames(file: String)
  /// A column, counted from 1, has no name, as where row names were written.
  case unnamedColumn(file: String, position: Int)
  /// The file is that of a method that makes no Markov chain.
  case notChains(file: String, method: String)
  /// The column `.chain` has more than one value.
  case severalChains(file: String)
}

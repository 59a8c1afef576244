import Words

/// What kind of failure an error is; the command line gives each kind its exit code.
public enum ErrorCategory: Sendable, Equatable {
  /// An ill-formed option or argument.
  case usage
  /// Something judged against the data or a file's content.
  case data
  /// A file that does not exist or may not be read.
  case noInput
  /// A device that failed while a file was being read.
  case inputOutput
}

/// Why a file cannot be read as the table that is asked for: where, what, and what would mend it.
public struct TableError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Fault: Equatable, Sendable {
    /// No file has this name.
    case noSuchFile
    /// The file exists but cannot be opened; the system's own words.
    case notReadable(reason: String)
    /// Reading broke off; the system's own words.
    case readFailed(reason: String)
    /// The file has no bytes, or nothing but empty lines.
    case empty
    /// There is a header and nothing below it.
    case noRows
    /// The file is not plain UTF-8 text; what it seems to be.
    case notText(found: String)
    /// Lines end in a carriage return alone.
    case carriageReturnsOnly
    /// Values are separated by semicolons.
    case semicolons
    /// A name stands twice in the header, at these positions, counted from 1.
    case duplicateHeader(first: Int, second: Int)
    /// A row has more or fewer values than the header has names.
    case raggedRow(expected: Int, found: Int)
    /// A quotation mark opens on the error's line and is not closed.
    case unclosedQuote
    /// Text follows a closing quotation mark.
    case textAfterQuote
    /// A value is not valid UTF-8.
    case invalidEncoding
    /// Most values of the column are numbers and this one, the first such, is not.
    case textAmongNumbers(value: String)
    /// A value of a column that must be numeric is not a number.
    case notNumber(value: String)
    /// A value is infinite, or too large for a number of double precision.
    case infinite(value: String)
    /// The file has no column of this name; the nearest one, and all that it has.
    case noSuchColumn(nearest: String?, available: [String])
    /// A level that was asked for does not occur; the levels that do.
    case noSuchLevel(level: String, levels: [String])
    /// A level occurs that the given order of levels does not name.
    case unlistedLevel(level: String)
    /// The given order of levels names a level twice.
    case repeatedLevel(level: String)
  }

  /// The file's name as the user wrote it.
  public let file: String
  /// The line, counted from 1; line breaks inside quotation marks count.
  public let line: Int?
  /// The column's name.
  public let column: String?
  /// What is wrong there.
  public let fault: Fault

  /// A fault and its place.
  public init(file: String, line: Int? = nil, column: String? = nil, fault: Fault) {
    self.file = file
    self.line = line
    self.column = column
    self.fault = fault
  }

  /// The kind of failure.
  public var category: ErrorCategory {
    switch fault {
    case .noSuchFile, .notReadable: .noInput
    case .readFailed: .inputOutput
    default: .data
    }
  }

  /// One line for people: the place, what is wrong, and what would mend it.
  public var message: String {
    var place = shownFile(file)
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(quoted(column))" }
    return "\(place): \(problem); \(remedy)"
  }
}

extension TableError {
  private var problem: String {
    switch fault {
    case .noSuchFile: "no such file"
    case .notReadable(let reason): "the file cannot be read (\(reason))"
    case .readFailed(let reason): "reading broke off (\(reason))"
    case .empty: "the file is empty"
    case .noRows: "there is a header but no row below it"
    case .notText(let found): "this is not a text table but looks like \(found)"
    case .carriageReturnsOnly: "lines end in a carriage return alone"
    case .semicolons: "values seem to be separated by semicolons"
    case .duplicateHeader(let first, let second):
      "the header has this name twice, at positions \(first) and \(second)"
    case .raggedRow(let expected, let found):
      "the row has \(counted(found, "value")) where the header has \(counted(expected, "name"))"
    case .unclosedQuote: "a quotation mark opens here and is not closed"
    case .textAfterQuote: "text follows a closing quotation mark"
    case .invalidEncoding: "the text is not valid UTF-8"
    case .textAmongNumbers(let value): "\(quoted(value)) stands in a column of numbers"
    case .notNumber(let value): "\(quoted(value)) is not a number"
    case .infinite(let value): "\(quoted(value)) is infinite or too large for a number"
    case .noSuchColumn: "the file has no such column"
    case .noSuchLevel(let level, _): "there is no level \(quoted(level))"
    case .unlistedLevel(let level): "the level \(quoted(level)) has no place in the given order"
    case .repeatedLevel(let level): "the given order has the level \(quoted(level)) twice"
    }
  }

  private var remedy: String {
    switch fault {
    case .noSuchFile: "check the name and the folder"
    case .notReadable: "check that it is a file and may be read"
    case .readFailed: "check the disk, or copy the file and try again"
    case .empty, .noRows: "a table has a header line with the names and one line a participant"
    case .notText: "save the table as CSV in UTF-8"
    case .carriageReturnsOnly: "save it with line ends LF or CRLF"
    case .semicolons: "save it with commas or tabs between values and points in decimals"
    case .duplicateHeader: "rename one of the two columns"
    case .raggedRow(let expected, let found) where found < expected:
      "write NA, or nothing between two separators, for a missing value"
    case .raggedRow: "put a value that contains the separator in quotation marks"
    case .unclosedQuote: "close it, or write a quotation mark within a quoted value twice"
    case .textAfterQuote: "write a quotation mark within a quoted value twice"
    case .invalidEncoding: "save the file in UTF-8"
    case .textAmongNumbers:
      "write NA for a missing value, or factor() in the formula if the numbers are categories"
    case .notNumber: "write NA for a missing value"
    case .infinite: "mend the value, or write NA"
    case .noSuchColumn(let nearest, let available):
      nearest.map { "did you mean \(quoted($0))?" } ?? "it has \(listed(available))"
    case .noSuchLevel(_, let levels): "the levels are \(listed(levels))"
    case .unlistedLevel, .repeatedLevel: "name every level of the column once in the order"
    }
  }
}

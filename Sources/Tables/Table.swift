/// The values of one column, one a row.
public enum Column: Sendable, Equatable {
  /// Finite numbers; not-a-number where the value is missing.
  case numeric([Double])
  /// Indices into levels without an order among them; `missingCode` where the value is missing.
  case nominal(codes: [Int32], levels: [String])
  /// Indices into ascending levels; `missingCode` where the value is missing.
  case ordered(codes: [Int32], levels: [String])

  /// The code of a missing value.
  public static let missingCode: Int32 = -1

  /// The number of rows.
  public var count: Int {
    switch self {
    case .numeric(let values): values.count
    case .nominal(let codes, _), .ordered(let codes, _): codes.count
    }
  }

  /// Calls a function with the index of every row whose value is missing.
  public func forEachMissing(_ body: (Int) -> Void) {
    switch self {
    case .numeric(let values):
      values.withUnsafeBufferPointer { values in
        for row in values.indices where values[row].isNaN { body(row) }
      }
    case .nominal(let codes, _), .ordered(let codes, _):
      codes.withUnsafeBufferPointer { codes in
        for row in codes.indices where codes[row] < 0 { body(row) }
      }
    }
  }
}

/// How the cells of a column become values.
public enum ColumnReading: Sendable, Equatable {
  /// Numbers where every value is a number, else levels; a few texts among numbers are an error.
  case automatic
  /// Levels, whatever the values are: in numeric order where all are numbers, else in byte order.
  case factor
  /// Ordered levels: ascending as given, or as `factor` puts them.
  case ordered([String]?)
  /// Numbers; any other value is an error.
  case numeric
  /// Levels in byte order, their labels the texts as they stand, numbers too.
  case text
}

/// A column that is wanted, and how it is to be read.
public struct ColumnRequest: Sendable, Equatable {
  /// The column's name.
  public let name: String
  /// How its cells become values.
  public let reading: ColumnReading

  /// A request for a column.
  public init(_ name: String, _ reading: ColumnReading = .automatic) {
    self.name = name
    self.reading = reading
  }
}

/// Columns of equal length, read from one file.
public struct Table: Sendable, Equatable {
  /// The file's name as the user wrote it.
  public let file: String
  /// The number of rows.
  public let rows: Int
  /// The names of the columns.
  public let names: [String]
  /// The columns, in the order of the names.
  public let columns: [Column]

  /// A table from columns that all have this number of rows.
  public init(file: String, rows: Int, names: [String], columns: [Column]) {
    precondition(names.count == columns.count, "one name a column")
    precondition(columns.allSatisfy { $0.count == rows }, "columns of \(rows) rows")
    self.file = file
    self.rows = rows
    self.names = names
    self.columns = columns
  }

  /// The column of a name, nil where there is none.
  public subscript(name: String) -> Column? {
    names.firstIndex(of: name).map { columns[$0] }
  }
}

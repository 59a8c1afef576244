/// Where the values of one wanted column go; exactly one of the two is there.
struct CellTarget {
  /// Room for one number a row.
  var numbers: UnsafeMutablePointer<Double>?
  /// Room for one code a row.
  var codes: UnsafeMutablePointer<Int32>?
}

/// What one chunk tells of one wanted column.
struct ColumnTally {
  /// Values that are numbers, in a column read as numbers.
  var numbers = 0
  /// Values that are not, in a column read as numbers.
  var others = 0
  /// The first value that is not a number.
  var firstOther: Cell?
  /// The first infinite value.
  var firstInfinite: Cell?
  /// The distinct contents, in a column read as levels.
  var levels = LevelTable()
}

/// A row that cannot be read.
struct RowFault: Error {
  /// Where the row, or the faulty cell, begins.
  var position: Int
  var fault: TableError.Fault
}

/// What one chunk tells.
struct ChunkTally {
  /// The number of records; exact only where there is no fault.
  var records = 0
  /// The first row that cannot be read.
  var fault: RowFault?
  /// What it tells of each wanted column.
  var columns: [ColumnTally]
}

/// Reads the wanted cells of whole records into their targets.
struct ChunkReader {
  let scanner: RecordScanner
  /// One target index for each column of the file, −1 where the column is not wanted.
  let wanted: UnsafeBufferPointer<Int32>
  let targets: UnsafeBufferPointer<CellTarget>

  /// Reads the records of a chunk into its rows of the targets.
  func read(_ chunk: Chunk) -> ChunkTally {
    var tally = ChunkTally(columns: .init(repeating: ColumnTally(), count: targets.count))
    tally.columns.withUnsafeMutableBufferPointer { columns in
      (tally.records, tally.fault) = read(chunk.range, row: chunk.row, into: columns)
    }
    return tally
  }

  private func read(
    _ range: Range<Int>, row: Int, into columns: UnsafeMutableBufferPointer<ColumnTally>
  ) -> (records: Int, fault: RowFault?) {
    var position = scanner.skipEmptyLines(from: range.lowerBound)
    var records = 0
    while position < range.upperBound {
      let start = position
      let (fields, fault) = readRecord(&position, row &+ records, columns)
      if let fault { return (records, fault) }
      if fields != wanted.count {
        let ragged = TableError.Fault.raggedRow(expected: wanted.count, found: fields)
        return (records, RowFault(position: start, fault: ragged))
      }
      records &+= 1
      position &+= 1
      if position < range.upperBound, scanner.bytes[position] <= Byte.carriageReturn {
        position = scanner.skipEmptyLines(from: position)
      }
    }
    return (records, nil)
  }

  /// Reads one record and leaves the position at its line feed; returns its number of cells.
  @inline(__always)
  private func readRecord(
    _ position: inout Int, _ row: Int, _ columns: UnsafeMutableBufferPointer<ColumnTally>
  ) -> (fields: Int, fault: RowFault?) {
    var field = 0
    while true {
      let target = field < wanted.count ? Int(wanted[field]) : -1
      field &+= 1
      if target < 0 || !readNumber(&position, row, target, columns) {
        let cell = scanner.cell(at: position)
        if let fault = tableFault(cell.fault) {
          return (field, RowFault(position: position, fault: fault))
        }
        if target >= 0 { store(cell, row, target, columns) }
        position = cell.next
      }
      if scanner.endsLine(position) { return (field, nil) }
      position &+= 1
    }
  }

  /// Stores a plain number and goes past it; false, with nothing done, where none stands here.
  @inline(__always)
  private func readNumber(
    _ position: inout Int, _ row: Int, _ target: Int,
    _ columns: UnsafeMutableBufferPointer<ColumnTally>
  ) -> Bool {
    guard let numbers = targets[target].numbers else { return false }
    let number = scanDecimal(scanner.bytes, from: position, to: scanner.count)
    guard number.isExact, let next = scanner.terminator(at: number.end) else { return false }
    numbers[row] = number.value
    columns[target].numbers &+= 1
    position = next
    return true
  }

  /// Stores a cell of any content.
  @inline(__always)
  private func store(
    _ cell: Cell, _ row: Int, _ target: Int, _ columns: UnsafeMutableBufferPointer<ColumnTally>
  ) {
    if let codes = targets[target].codes {
      codes[row] =
        isMissing(cell) ? Column.missingCode : columns[target].levels.code(scanner.bytes, cell)
    } else {
      storeNumber(cell, row, target, columns)
    }
  }

  private func storeNumber(
    _ cell: Cell, _ row: Int, _ target: Int, _ columns: UnsafeMutableBufferPointer<ColumnTally>
  ) {
    let (low, high) = NumberText.trimmed(scanner.bytes, cell.low, cell.high)
    var value = Double.nan
    if !NumberText.isMissing(scanner.bytes, low, high) {
      if let number = NumberText.parse(scanner.bytes, low, high) {
        value = number
        columns[target].numbers += 1
        if number.isInfinite, columns[target].firstInfinite == nil {
          columns[target].firstInfinite = cell
        }
      } else {
        columns[target].others += 1
        if columns[target].firstOther == nil { columns[target].firstOther = cell }
      }
    }
    targets[target].numbers?[row] = value
  }

  @inline(__always)
  private func isMissing(_ cell: Cell) -> Bool {
    guard cell.low < cell.high else { return true }
    // Most texts begin with a byte that no sign of a missing value begins with.
    switch scanner.bytes[cell.low] {
    case Byte.space, Byte.tab, Byte.point, 0x4E:
      let (low, high) = NumberText.trimmed(scanner.bytes, cell.low, cell.high)
      return NumberText.isMissing(scanner.bytes, low, high)
    default: return false
    }
  }
}

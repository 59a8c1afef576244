/// The rows of a file as they stand in it, for output that repeats them.
public struct Records: Sendable {
  private let bytes: [UInt8]
  private let separator: UInt8
  private let headerRange: Range<Int>
  private let ranges: [Range<Int>]

  /// The number of rows.
  public var count: Int { ranges.count }

  /// The header as a CSV record, without a line end.
  public var header: [UInt8] { record(headerRange) }

  /// A row as a CSV record, without a line end: byte for byte where the file is CSV itself.
  public subscript(row: Int) -> [UInt8] { record(ranges[row]) }

  fileprivate init(_ text: DelimitedText, ranges: [Range<Int>]) {
    bytes = text.bytes
    separator = text.separator
    headerRange = text.headerRange
    self.ranges = ranges
  }

  private func record(_ range: Range<Int>) -> [UInt8] {
    guard separator != Byte.comma else { return Array(bytes[range]) }
    return bytes[range].withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let scanner = RecordScanner(bytes: base, count: buffer.count, separator: separator)
      var cells: [String] = []
      var position = 0
      while true {
        let cell = scanner.cell(at: position)
        cells.append(csvCell(scanner.repairedText(cell)))
        guard cell.next < buffer.count else { break }
        position = cell.next + 1
      }
      return Array(cells.joined(separator: ",").utf8)
    }
  }
}

extension DelimitedText {
  /// The rows as they stand in the file; `read` must have found no fault in them.
  public func records() -> Records {
    let ranges = withScanner { scanner in
      var ranges: [Range<Int>] = []
      var start = bodyStart
      while start < scanner.count {
        let end = scanner.recordEnd(from: start)
        let hasReturn = end > start && scanner.bytes[end - 1] == Byte.carriageReturn
        ranges.append(start..<(hasReturn ? end - 1 : end))
        start = scanner.skipEmptyLines(from: min(end + 1, scanner.count))
      }
      return ranges
    }
    return Records(self, ranges: ranges)
  }
}

extension DelimitedText {
  /// The line that a row (counted from 0) begins on; `read` must have found no fault in the rows.
  public func line(ofRow row: Int) -> Int {
    withScanner { scanner in
      var start = bodyStart
      for _ in 0..<row {
        start = scanner.skipEmptyLines(from: min(scanner.recordEnd(from: start) + 1, scanner.count))
      }
      return scanner.line(of: start)
    }
  }
}

/// A text as a CSV cell, in quotation marks where it needs them.
public func csvCell(_ text: String) -> String {
  let special: Set<UInt8> = [
    Byte.comma, Byte.quote, Byte.lineFeed, Byte.carriageReturn, Byte.semicolon, Byte.tab,
  ]
  guard text.utf8.contains(where: special.contains) else { return text }
  return "\"\(text.replacing("\"", with: "\"\""))\""
}

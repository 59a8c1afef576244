private import Foundation

/// One cell of a delimited text: where its content lies and where the scan goes on.
struct Cell {
  /// Content that breaks the rules of quotation.
  enum Fault: UInt8 {
    case none
    /// The quotation mark at the cell's start is not closed.
    case unclosedQuote
    /// Something other than a separator or a line end follows the closing quotation mark.
    case textAfterQuote
  }

  /// The content without quotation marks around it: `bytes[low..<high]`.
  var low: Int
  var high: Int
  /// Where the separator or line feed after the cell stands, or the end of the bytes.
  var next: Int
  /// Whether the content has doubled quotation marks.
  var isEscaped = false
  var fault = Fault.none
}

/// Finds cells and records in delimited bytes by the rules of RFC 4180.
///
/// A quotation mark counts only at the start of a cell; elsewhere it is a character like others, as
/// in R. A line feed ends a record, with or without a carriage return before it.
struct RecordScanner {
  let bytes: UnsafePointer<UInt8>
  /// The number of bytes.
  let count: Int
  let separator: UInt8

  /// The cell that starts at a position.
  @inline(__always)
  func cell(at start: Int) -> Cell {
    if start < count, bytes[start] == Byte.quote { return quotedCell(at: start) }
    var position = start
    while position < count {
      let byte = bytes[position]
      if byte == separator || byte == Byte.lineFeed { break }
      position &+= 1
    }
    var high = position
    if high > start, bytes[high &- 1] == Byte.carriageReturn, endsLine(position) { high &-= 1 }
    return Cell(low: start, high: high, next: position)
  }

  /// Whether a record that reaches a position ends there.
  @inline(__always)
  func endsLine(_ position: Int) -> Bool {
    position >= count || bytes[position] == Byte.lineFeed
  }

  /// Where a cell that is over at a position gives way to the next, nil where it is not over.
  @inline(__always)
  func terminator(at position: Int) -> Int? {
    guard position < count else { return position }
    let byte = bytes[position]
    if byte == separator || byte == Byte.lineFeed { return position }
    return byte == Byte.carriageReturn && endsLine(position &+ 1) ? position &+ 1 : nil
  }

  private func quotedCell(at start: Int) -> Cell {
    var cell = Cell(low: start + 1, high: count, next: count)
    guard let close = closingQuote(after: start, isEscaped: &cell.isEscaped) else {
      cell.fault = .unclosedQuote
      return cell
    }
    cell.high = close
    guard let next = terminator(at: close + 1) else {
      // A mark that closes on a later line is rather one that was meant to close long before.
      let isOneLine = find(Byte.lineFeed, from: start, to: close) == nil
      cell.fault = isOneLine ? .textAfterQuote : .unclosedQuote
      cell.next = close + 1
      return cell
    }
    cell.next = next
    return cell
  }

  /// The mark that closes the quotation opened at `open`.
  private func closingQuote(after open: Int, isEscaped: inout Bool) -> Int? {
    var position = open + 1
    while let mark = find(Byte.quote, from: position, to: count) {
      guard mark + 1 < count, bytes[mark + 1] == Byte.quote else { return mark }
      isEscaped = true
      position = mark + 2
    }
    return nil
  }

  /// The first place of a byte in a range.
  @inline(__always)
  func find(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let found = memchr(bytes + start, Int32(byte), end - start) else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }

  /// Where the line feed that ends the record from `start` on stands, or the end of the bytes.
  func recordEnd(from start: Int) -> Int {
    var lineEnd = find(Byte.lineFeed, from: start, to: count) ?? count
    var position = start
    while let mark = find(Byte.quote, from: position, to: lineEnd) {
      position = mark + 1
      guard mark == start || bytes[mark - 1] == separator else { continue }
      var isEscaped = false
      guard let close = closingQuote(after: mark, isEscaped: &isEscaped) else { return count }
      position = close + 1
      if position > lineEnd { lineEnd = find(Byte.lineFeed, from: position, to: count) ?? count }
    }
    return lineEnd
  }

  /// The first position at or after `start` where a line begins that is not empty.
  func skipEmptyLines(from start: Int) -> Int {
    var position = start
    while position < count {
      if bytes[position] == Byte.lineFeed {
        position += 1
      } else if bytes[position] == Byte.carriageReturn, endsLine(position + 1) {
        position += 2
      } else {
        return position
      }
    }
    return count
  }

  /// The number of the line that a position is on, from 1.
  func line(of position: Int) -> Int {
    var line = 1
    var start = 0
    while let found = find(Byte.lineFeed, from: start, to: position) {
      line += 1
      start = found + 1
    }
    return line
  }

  /// A cell's content, nil where it is not valid UTF-8.
  func text(_ cell: Cell) -> String? {
    let content = UnsafeBufferPointer(start: bytes + cell.low, count: cell.high - cell.low)
    guard let text = String(validating: content, as: UTF8.self) else { return nil }
    return cell.isEscaped ? text.replacing("\"\"", with: "\"") : text
  }

  /// A cell's content for a message, with replacement characters for what is not UTF-8.
  func repairedText(_ cell: Cell) -> String {
    let content = UnsafeBufferPointer(start: bytes + cell.low, count: cell.high - cell.low)
    let text = String(decoding: content, as: UTF8.self)
    return cell.isEscaped ? text.replacing("\"\"", with: "\"") : text
  }
}

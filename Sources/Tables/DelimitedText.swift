/// A CSV or TSV file whose header has been read: names first, columns on request.
///
/// Cells of columns that nobody asks for are only passed over, so that nothing in them, nor their
/// names, can break the reading of the others.
public struct DelimitedText: Sendable {
  /// The file's name as the user wrote it.
  public let file: String
  /// The names of the columns in file order.
  public let header: [String]
  /// The byte between two values: a comma or a tab.
  public let separator: UInt8
  /// All bytes of the file.
  let bytes: [UInt8]
  /// Where the header's record lies, without its line end.
  let headerRange: Range<Int>
  /// Where the first row begins.
  let bodyStart: Int

  /// Reads the header of a file.
  ///
  /// The separator is a tab where the name ends in `.tsv` or `.tab`, or where the header has more
  /// tabs than commas outside quotation marks; else a comma.
  public init(_ input: InputFile) throws(TableError) {
    let head = try input.bytes.withUnsafeBufferPointer { buffer throws(TableError) in
      try Head(buffer, file: input.name)
    }
    file = input.name
    bytes = input.bytes
    header = head.names
    separator = head.separator
    headerRange = head.range
    bodyStart = head.bodyStart
  }

  /// Calls a function with a scanner of the bytes, which is valid during the call alone.
  func withScanner<Result, Failure: Error>(
    _ body: (RecordScanner) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
      guard let base = buffer.baseAddress else { preconditionFailure("a header without bytes") }
      return try body(RecordScanner(bytes: base, count: buffer.count, separator: separator))
    }
  }
}

/// What the first lines of a file tell.
private struct Head {
  let names: [String]
  let separator: UInt8
  let range: Range<Int>
  let bodyStart: Int

  init(_ buffer: UnsafeBufferPointer<UInt8>, file: String) throws(TableError) {
    guard let base = buffer.baseAddress else { throw TableError(file: file, fault: .empty) }
    if let found = foreignFormat(buffer) {
      throw TableError(file: file, fault: .notText(found: found))
    }
    let mark = buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let probe = RecordScanner(bytes: base, count: buffer.count, separator: Byte.comma)
    let start = probe.skipEmptyLines(from: mark)
    guard start < buffer.count else { throw TableError(file: file, fault: .empty) }
    if probe.find(Byte.lineFeed, from: start, to: buffer.count) == nil,
      let mark = probe.find(Byte.carriageReturn, from: start, to: buffer.count),
      mark + 1 < buffer.count
    {
      throw TableError(file: file, fault: .carriageReturnsOnly)
    }
    separator = try sniffedSeparator(probe, from: start, file: file)
    let scanner = RecordScanner(bytes: base, count: buffer.count, separator: separator)
    (names, range) = try headerCells(scanner, from: start, file: file)
    bodyStart = scanner.skipEmptyLines(from: min(scanner.recordEnd(from: start) + 1, buffer.count))
    guard bodyStart < buffer.count else { throw TableError(file: file, fault: .noRows) }
  }
}

/// What a file that is no text table seems to be, nil for text.
private func foreignFormat(_ buffer: UnsafeBufferPointer<UInt8>) -> String? {
  let formats: [(signature: [UInt8], name: String)] = [
    ([0xFF, 0xFE], "UTF-16 text"), ([0xFE, 0xFF], "UTF-16 text"),
    ([0x50, 0x4B, 0x03, 0x04], "an Excel workbook or a zip archive"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an Excel workbook"), ([0x1F, 0x8B], "a gzip archive"),
    (Array("%PDF".utf8), "a PDF document"), (Array("$FL".utf8), "an SPSS file"),
    (Array("<stata_dta>".utf8), "a Stata file"),
  ]
  if let format = formats.first(where: { buffer.starts(with: $0.signature) }) { return format.name }
  return buffer.prefix(1 << 13).contains(0) ? "a binary file" : nil
}

/// The separator that the name's ending or the header tells.
private func sniffedSeparator(
  _ scanner: RecordScanner, from start: Int, file: String
) throws(TableError) -> UInt8 {
  let name = file.lowercased()
  if name.hasSuffix(".tsv") || name.hasSuffix(".tab") { return Byte.tab }
  var counts = [UInt8: Int]()
  var isQuoted = false
  var position = start
  while position < scanner.count, isQuoted || scanner.bytes[position] != Byte.lineFeed {
    let byte = scanner.bytes[position]
    if byte == Byte.quote { isQuoted.toggle() } else if !isQuoted { counts[byte, default: 0] += 1 }
    position += 1
  }
  let (commas, tabs) = (counts[Byte.comma] ?? 0, counts[Byte.tab] ?? 0)
  if commas + tabs == 0, counts[Byte.semicolon] ?? 0 > 0 {
    let line = scanner.line(of: start)
    throw TableError(file: file, line: line, fault: .semicolons)
  }
  return tabs > commas ? Byte.tab : Byte.comma
}

/// The names in a header, and where it lies.
private func headerCells(
  _ scanner: RecordScanner, from start: Int, file: String
) throws(TableError) -> ([String], Range<Int>) {
  var names: [String] = []
  var positions: [String: Int] = [:]
  var next = start
  while true {
    let cell = scanner.cell(at: next)
    let line = scanner.line(of: next)
    if let fault = tableFault(cell.fault) { throw TableError(file: file, line: line, fault: fault) }
    let name = scanner.repairedText(cell)
    names.append(name)
    // Nameless columns are common (row names, trailing separators) and nobody can ask for one.
    if !name.isEmpty, let first = positions.updateValue(names.count, forKey: name) {
      throw TableError(
        file: file, line: line, column: name,
        fault: .duplicateHeader(first: first, second: names.count))
    }
    if scanner.endsLine(cell.next) {
      let end = cell.next > start && scanner.bytes[cell.next - 1] == Byte.carriageReturn ? 1 : 0
      return (names, start..<(cell.next - end))
    }
    next = cell.next + 1
  }
}

/// A cell's fault as a fault of the table.
func tableFault(_ fault: Cell.Fault) -> TableError.Fault? {
  switch fault {
  case .none: nil
  case .unclosedQuote: .unclosedQuote
  case .textAfterQuote: .textAfterQuote
  }
}

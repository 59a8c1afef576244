/// The cells of one draws file.
struct ChainTable {
  /// The file's name.
  let file: String
  /// The names of the columns.
  private(set) var names: [String] = []
  /// What the comment lines before the names say.
  private(set) var header = DrawsHeader()
  /// Row after row.
  private var cells: [Double] = []
  /// The number of rows before the comment that ends adaptation.
  private var rowsBeforeAdaptation: Int?

  /// The number of rows.
  var rows: Int { names.isEmpty ? 0 : cells.count / names.count }

  /// The cell of a row and a column.
  subscript(row: Int, column: Int) -> Double { cells[row * names.count + column] }

  /// Reads the text of a file.
  init(_ file: String, _ text: [UInt8]) throws(DrawsFileError) {
    self.file = file
    guard !text.isEmpty else { throw .empty(file: file) }
    guard !text.contains(0) else { throw .notText(file: file) }
    // The mark that some programs put before UTF-8.
    let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let lines = text[start...].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.first == UInt8(ascii: "#") {
        readComment(line)
      } else if line.isEmpty {
        continue
      } else if names.isEmpty {
        try readNames(line)
      } else {
        try readRow(line, number: index + 1)
      }
    }
    if let method = header.otherMethod { throw .notChains(file: file, method: method) }
    guard names.contains(where: Self.isParameter) else { throw .noParameters(file: file) }
    try checkChain()
    cells.removeFirst(warmupRows * names.count)
    guard !cells.isEmpty else { throw .noDraws(file: file) }
  }

  /// The columns by which R's posterior numbers the rows of a data frame of draws.
  private static let rowNumbers = [".chain", ".iteration", ".draw"]

  /// Whether a column is a parameter, neither the sampler's nor a number of the row.
  static func isParameter(_ name: String) -> Bool {
    !name.hasSuffix("__") && !rowNumbers.contains(name)
  }

  /// How many of the rows are warm-up.
  ///
  /// Rows before the end of adaptation are, unless the header denies that any were saved. Without
  /// that comment, the first so many rows are if the header says that they were saved, and if there
  /// are more rows than the draws that it promises.
  private var warmupRows: Int {
    if let before = rowsBeforeAdaptation, before > 0 {
      return header.savesWarmup == false ? 0 : before
    }
    guard let warmup = header.expectedWarmup, warmup > 0, let draws = header.expectedDraws,
      rows > draws
    else { return 0 }
    return rowsBeforeAdaptation == nil || rows == warmup + draws ? min(warmup, rows) : 0
  }

  private mutating func readComment(_ line: ArraySlice<UInt8>) {
    let words = line.drop { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: " ") }
    if words.starts(with: "Adaptation terminated".utf8) { rowsBeforeAdaptation = rows }
    if names.isEmpty { header.read(line) } else { header.readAdaptation(line) }
  }

  private mutating func readNames(_ line: ArraySlice<UInt8>) throws(DrawsFileError) {
    let quote = UInt8(ascii: "\"")
    var isQuoted = false
    var cells: [[UInt8]] = [[]]
    // A name such as "b[1,2]" holds a comma within its quotation marks.
    for byte in line {
      if byte == quote {
        isQuoted.toggle()
      } else if byte == UInt8(ascii: ","), !isQuoted {
        cells.append([])
      } else {
        cells[cells.count - 1].append(byte)
      }
    }
    var known: Set<String> = []
    let names = cells.map { trimmed(String(decoding: $0, as: UTF8.self)) }
    guard !names.allSatisfy({ Double($0) != nil }) else { throw .noNames(file: file) }
    for (position, name) in names.enumerated() {
      guard !name.isEmpty else { throw .unnamedColumn(file: file, position: position + 1) }
      guard known.insert(name).inserted else { throw .duplicateColumn(file: file, column: name) }
    }
    self.names = names
  }

  private mutating func readRow(
    _ line: ArraySlice<UInt8>, number: Int
  ) throws(DrawsFileError) {
    let row = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard row.count == names.count else {
      throw .raggedRow(file: file, line: number, expected: names.count, found: row.count)
    }
    for (column, cell) in row.enumerated() {
      let text = trimmed(String(decoding: cell, as: UTF8.self))
      if let value = Double(text) {
        cells.append(value)
      } else if text.isEmpty || text == "NA" {
        cells.append(.nan)
      } else {
        throw .notANumber(file: file, line: number, column: names[column], text: text)
      }
    }
  }

  /// A file has one chain.
  private func checkChain() throws(DrawsFileError) {
    guard let column = names.firstIndex(of: ".chain"), rows > 0 else { return }
    for row in 1..<max(rows, 1) where self[row, column] != self[0, column] {
      throw .severalChains(file: file)
    }
  }

  /// What the columns of the sampler say; whole numbers out of range count as 0.
  var record: SamplerRecord {
    func column(_ name: String) -> [Double] {
      names.firstIndex(of: name).map { index in (0..<rows).map { self[$0, index] } } ?? []
    }
    func whole(_ name: String) -> [Int] { column(name).map { Int(exactly: $0) ?? 0 } }
    var record = SamplerRecord()
    record.logDensity = column("lp__")
    record.acceptance = column("accept_stat__")
    record.treeDepth = whole("treedepth__")
    record.leapfrogSteps = whole("n_leapfrog__")
    record.divergent = column("divergent__").map { $0 > 0 }
    record.energy = column("energy__")
    if let step = header.stepSize ?? column("stepsize__").last { record.stepSize = step }
    record.inverseMetric = header.inverseMetric
    record.columns = names.filter { $0.hasSuffix("__") && !DrawsFile.samplerColumns.contains($0) }
      .map { .init(name: $0, values: column($0)) }
    return record
  }
}

/// A cell without blanks at its ends.
private func trimmed(_ text: String) -> String {
  guard text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
  let rest = text.drop { $0 == " " }
  return String(
    rest[..<(rest.lastIndex { $0 != " " }.map { rest.index(after: $0) } ?? rest.endIndex)])
}

extension DrawsFile {
  /// The draws of several files, a chain each, with what the files say of the sampler.
  public struct Contents: Sendable, Equatable {
    /// The parameters: every column whose name does not end in two underscores.
    public let draws: Draws
    /// One record a chain; the list of a column that the file does not have is empty.
    public let records: [SamplerRecord]
  }

  /// Reads draws files, CmdStan's or plain CSV with a line of names.
  ///
  /// Comment lines may be absent, and so may any column that ends in two underscores. `nan`, `NA`
  /// and an empty cell are not-a-number. Rows before the comment that ends adaptation are warm-up
  /// and are left out.
  /// - Throws: `DrawsFileError`, also where files do not belong together.
  public static func read(
    _ files: [(name: String, text: [UInt8])]
  ) throws(DrawsFileError) -> Contents {
    var tables: [ChainTable] = []
    for file in files { tables.append(try ChainTable(file.name, file.text)) }
    guard let first = tables.first else { throw .noParameters(file: "") }
    for table in tables.dropFirst() {
      guard table.names == first.names else {
        throw .otherColumns(file: table.file, first: first.file)
      }
      guard table.rows == first.rows else {
        throw .otherLength(
          file: table.file, draws: table.rows, first: first.file, firstDraws: first.rows)
      }
    }
    let parameters = first.names.indices.filter { !first.names[$0].hasSuffix("__") }
    var draws = Draws(
      names: parameters.map { first.names[$0] }, chains: tables.count, iterations: first.rows)
    for (variable, column) in parameters.enumerated() {
      for (chain, table) in tables.enumerated() {
        for row in 0..<table.rows {
          draws[variable: variable, chain: chain, iteration: row] = table[row, column]
        }
      }
    }
    return Contents(draws: draws, records: tables.map(\.record))
  }
}

/// The cells of one file.
private struct ChainTable {
  let file: String
  private(set) var names: [String] = []
  private(set) var cells: [Double] = []

  var rows: Int { cells.count / names.count }

  subscript(row: Int, column: Int) -> Double { cells[row * names.count + column] }

  init(_ file: String, _ text: [UInt8]) throws(DrawsFileError) {
    self.file = file
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.first == UInt8(ascii: "#") {
        if line.starts(with: "# Adaptation terminated".utf8) { cells = [] }
      } else if names.isEmpty {
        if !line.isEmpty { try readNames(line) }
      } else if !line.isEmpty {
        try readRow(line, number: index + 1)
      }
    }
    guard names.contains(where: { !$0.hasSuffix("__") }) else { throw .noParameters(file: file) }
    guard !cells.isEmpty else { throw .noDraws(file: file) }
  }

  private mutating func readNames(_ line: ArraySlice<UInt8>) throws(DrawsFileError) {
    for cell in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let name = String(decoding: cell.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
      guard !names.contains(name) else { throw .duplicateColumn(file: file, column: name) }
      names.append(name)
    }
  }

  private mutating func readRow(
    _ line: ArraySlice<UInt8>, number: Int
  ) throws(DrawsFileError) {
    let row = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard row.count == names.count else {
      throw .raggedRow(file: file, line: number, expected: names.count, found: row.count)
    }
    for (column, cell) in row.enumerated() {
      let space = UInt8(ascii: " ")
      let trimmed = cell.drop { $0 == space }
      let end = trimmed.lastIndex { $0 != space }.map { $0 + 1 } ?? trimmed.startIndex
      let text = String(decoding: trimmed[..<end], as: UTF8.self)
      if let value = Double(text) {
        cells.append(value)
      } else if text.isEmpty || text == "NA" {
        cells.append(.nan)
      } else {
        throw .notANumber(file: file, line: number, column: names[column], text: text)
      }
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
    record.divergent = column("divergent__").map { $0 != 0 }
    record.energy = column("energy__")
    if let last = column("stepsize__").last { record.stepSize = last }
    return record
  }
}

import Words

extension DelimitedText {
  /// Reads columns by name.
  ///
  /// The result does not depend on the number of threads. Complexity: linear in the bytes.
  ///
  /// - Precondition: no column is requested twice.
  /// - Throws: the first row that breaks the rules of the format, wherever it is; else the first
  ///   fault of the first faulty column.
  public func read(_ requests: [ColumnRequest], threads: Int = 1) throws(TableError) -> Table {
    try read(requests, threads: threads, chunkSize: 1 << 20)
  }

  /// Reads columns in chunks of about this many bytes, which makes no difference to the result.
  func read(
    _ requests: [ColumnRequest], threads: Int, chunkSize: Int
  ) throws(TableError) -> Table {
    var positions: [Int] = []
    for request in requests { positions.append(try position(of: request.name)) }
    precondition(Set(positions).count == positions.count, "a column is read once")
    return try withScanner { scanner throws(TableError) in
      let reading = ColumnsReading(
        file: file, requests: requests, positions: positions, width: header.count,
        scanner: scanner, threads: threads, chunkSize: chunkSize)
      return try reading.table(from: bodyStart)
    }
  }

  /// The place of a column in the header.
  public func position(of name: String) throws(TableError) -> Int {
    if let position = header.firstIndex(of: name), !name.isEmpty { return position }
    let names = header.filter { !$0.isEmpty }
    let nearest = nearestName(to: name, among: names)
    throw TableError(
      file: file, column: name, fault: .noSuchColumn(nearest: nearest, available: names))
  }
}

/// The reading of some columns of a delimited text.
private struct ColumnsReading {
  let file: String
  let requests: [ColumnRequest]
  /// The place of each requested column in the header.
  let positions: [Int]
  /// The number of columns of the file.
  let width: Int
  let scanner: RecordScanner
  let threads: Int
  /// The least number of bytes in a chunk but the last.
  let chunkSize: Int

  func table(from start: Int) throws(TableError) -> Table {
    // The first rows tell with near certainty which columns hold numbers; a later text in such a
    // column costs one more pass over it, and never another result.
    var asNumbers = requests.map { $0.reading == .automatic || $0.reading == .numeric }
    let sample = try pass(
      scanner.chunks(from: start, size: min(chunkSize, 1 << 14), limit: 1), asNumbers)
    for column in requests.indices where requests[column].reading == .automatic {
      asNumbers[column] = sample.tallies.allSatisfy { $0.columns[column].others == 0 }
    }
    let chunks = scanner.chunks(from: start, size: chunkSize)
    let first = try pass(chunks, asNumbers)
    var columns: [Column] = []
    for column in requests.indices {
      if asNumbers[column] {
        columns.append(try numbers(column, first))
      } else {
        columns.append(try levels(column, first, source: column))
      }
    }
    return Table(file: file, rows: first.rows, names: requests.map(\.name), columns: columns)
  }

  /// One pass over chunks; `only` limits it to one of the requested columns.
  private func pass(
    _ chunks: [Chunk], _ asNumbers: [Bool], only: Int? = nil
  ) throws(TableError) -> ChunkedPass {
    var wanted = [Int32](repeating: -1, count: width)
    for (column, position) in positions.enumerated() where only == nil || only == column {
      wanted[position] = only == nil ? Int32(column) : 0
    }
    do throws(RowFault) {
      return try ChunkedPass(
        scanner, chunks: chunks, wanted: wanted, asNumbers: asNumbers, threads: threads)
    } catch {
      throw TableError(file: file, line: scanner.line(of: error.position), fault: error.fault)
    }
  }

  /// The column of a pass that read it as numbers.
  private func numbers(_ column: Int, _ pass: ChunkedPass) throws(TableError) -> Column {
    let tallies = pass.tallies.lazy.map { $0.columns[column] }
    if let other = tallies.compactMap(\.firstOther).first {
      let value = scanner.repairedText(other)
      if requests[column].reading == .numeric {
        throw fault(.notNumber(value: value), column, other)
      }
      let (numbers, others) = tallies.reduce((0, 0)) { ($0.0 + $1.numbers, $0.1 + $1.others) }
      if numbers > others { throw fault(.textAmongNumbers(value: value), column, other) }
      let again = try self.pass(pass.chunks, [false], only: column)
      return try levels(column, again, source: 0)
    }
    if let infinite = tallies.compactMap(\.firstInfinite).first {
      throw fault(.infinite(value: scanner.repairedText(infinite)), column, infinite)
    }
    return .numeric(pass.takeNumbers(column))
  }

  /// The column of a pass that read it as levels, the pass's own column `source`.
  private func levels(
    _ column: Int, _ pass: ChunkedPass, source: Int
  ) throws(TableError) -> Column {
    let merged: MergedLevels
    do throws(RowFault) {
      merged = try MergedLevels(pass.tallies.map { $0.columns[source].levels }, scanner: scanner)
    } catch {
      throw TableError(
        file: file, line: scanner.line(of: error.position), column: requests[column].name,
        fault: error.fault)
    }
    if requests[column].reading == .automatic, let text = merged.textAmongNumbers {
      throw fault(.textAmongNumbers(value: text.text), column, text.first)
    }
    var (labels, ranks) = merged.ordered(asTexts: requests[column].reading == .text)
    if case .ordered(let order?) = requests[column].reading {
      let places = try places(of: labels, in: order, column, merged, ranks)
      ranks = ranks.map { places[Int($0)] }
      labels = order.map { labels[levelIndex($0, in: labels) ?? 0] }
    }
    let codes = pass.takeCodes(source, maps: merged.maps.map { $0.map { ranks[Int($0)] } })
    if case .ordered = requests[column].reading { return .ordered(codes: codes, levels: labels) }
    return .nominal(codes: codes, levels: labels)
  }

  /// The place of each label in the order that the user gave.
  private func places(
    of labels: [String], in order: [String], _ column: Int, _ merged: MergedLevels,
    _ ranks: [Int32]
  ) throws(TableError) -> [Int32] {
    var places = [Int32](repeating: -1, count: labels.count)
    for (place, name) in order.enumerated() {
      guard let index = levelIndex(name, in: labels) else {
        let fault = TableError.Fault.noSuchLevel(level: name, levels: labels)
        throw TableError(file: file, column: requests[column].name, fault: fault)
      }
      guard places[index] < 0 else {
        let fault = TableError.Fault.repeatedLevel(level: name)
        throw TableError(file: file, column: requests[column].name, fault: fault)
      }
      places[index] = Int32(place)
    }
    if let missing = merged.levels.indices.first(where: { places[Int(ranks[$0])] < 0 }) {
      let label = labels[Int(ranks[missing])]
      throw fault(.unlistedLevel(level: label), column, merged.levels[missing].first)
    }
    return places
  }

  private func fault(_ fault: TableError.Fault, _ column: Int, _ cell: Cell) -> TableError {
    TableError(
      file: file, line: scanner.line(of: cell.low), column: requests[column].name, fault: fault)
  }
}

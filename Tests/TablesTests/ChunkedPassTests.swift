import Testing

@testable import Tables

/// Where a file is cut makes no difference, to tables as to faults.
@Suite struct ChunkedPassTests {
  private enum Outcome: Equatable {
    case columns([Column])
    case error(TableError)
  }

  private func outcome(_ bytes: [UInt8], chunkSize: Int, threads: Int) -> Outcome? {
    do throws(TableError) {
      let file = try DelimitedText(InputFile(name: "d.csv", bytes: bytes))
      let readings: [ColumnReading] = [.text, .automatic, .factor]
      let requests = zip(file.header.filter { !$0.isEmpty }, readings).map { ColumnRequest($0, $1) }
      let table = try file.read(requests, threads: threads, chunkSize: chunkSize)
      // Not-a-number equals nothing, so that numbers are compared by their labels.
      return .columns(
        table.columns.map { column in
          guard case .numeric(let values) = column else { return column }
          return .nominal(codes: [], levels: values.map(NumberText.shortestDecimal))
        })
    } catch {
      return .error(error)
    }
  }

  @Test(arguments: [1, 2, 7, 20, 100])
  func tablesDoNotDependOnTheCuts(_ chunkSize: Int) throws {
    var generator = SeededGenerator(seed: UInt64(chunkSize))
    for _ in 0..<150 {
      let rows = (0..<Int.random(in: 1...20, using: &generator)).map { row in
        [
          awkwardCell(&generator), row % 4 == 3 ? "NA" : "\(row)\(row > 12 ? "x" : "")",
          awkwardCell(&generator),
        ]
      }
      let content = delimited([["a", "b", "c"]] + rows, separator: ",", using: &generator)
      let bytes = Array(content.utf8)
      try #require(
        outcome(bytes, chunkSize: chunkSize, threads: 3)
          == outcome(bytes, chunkSize: 1 << 20, threads: 1), "\(content)")
    }
  }

  /// Bytes that are no table end in an error, the same whatever the cuts, and never in a trap.
  @Test(arguments: [1, 3, 16])
  func faultsDoNotDependOnTheCuts(_ chunkSize: Int) throws {
    var generator = SeededGenerator(seed: 99 + UInt64(chunkSize))
    let alphabet = Array("\"\"\",,\n\n\r1a. N".utf8) + [0xFF, 0xC3, 0xA9, 0x00]
    var failures = 0
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      let bytes = (Bool.random(using: &generator) ? Array("a,b\n".utf8) : []) + body
      let whole = outcome(bytes, chunkSize: 1 << 20, threads: 1)
      try #require(outcome(bytes, chunkSize: chunkSize, threads: 2) == whole, "\(bytes)")
      if case .error = whole { failures += 1 }
    }
    #expect(failures > 2000)
  }
}

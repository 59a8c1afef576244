import Testing

@testable import Tables

/// A file's content as a test writes it.
func text(_ content: String, file: String = "d.csv") throws -> DelimitedText {
  try DelimitedText(InputFile(name: file, bytes: Array(content.utf8)))
}

/// The cells of a column as they stand, nil where missing.
func cells(_ table: Table, _ name: String) -> [String?] {
  guard case .nominal(let codes, let levels)? = table[name] else { return [] }
  return codes.map { $0 < 0 ? nil : levels[Int($0)] }
}

@Suite struct DelimitedTextTests {
  @Test func readsAPlainFile() throws {
    let table = try text("id,g,x\n1,b,0.5\n2,a,-3\n").read([
      ColumnRequest("x"), ColumnRequest("g"),
    ])
    #expect(table.rows == 2)
    #expect(table.names == ["x", "g"])
    #expect(table["x"] == .numeric([0.5, -3]))
    #expect(table["g"] == .nominal(codes: [1, 0], levels: ["a", "b"]))
    #expect(table["id"] == nil)
  }

  @Test func readsQuotationAsRFC4180() throws {
    let table = try text("g,x\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n\"\",4\n").read([
      ColumnRequest("g", .text), ColumnRequest("x"),
    ])
    #expect(cells(table, "g") == ["a,b", "say \"hi\"", "two\nlines", nil])
    #expect(table["x"] == .numeric([1, 2, 3, 4]))
  }

  @Test func quotedNumbersAreNumbers() throws {
    #expect(
      try text("x,y\n\"1\",2\n\" 3 \",4\n").read([ColumnRequest("x")])["x"] == .numeric([1, 3]))
  }

  @Test func aQuotationMarkWithinAPlainCellIsACharacter() throws {
    let table = try text("g,x\n5\" pipe,1\n6\" pipe,2\n").read([ColumnRequest("g", .text)])
    #expect(cells(table, "g") == ["5\" pipe", "6\" pipe"])
  }

  @Test func separatorIsToldByEndingOrHeader() throws {
    #expect(try text("a\tb\n1\t2\n").header == ["a", "b"])
    #expect(try text("a\tb,c\td\n1\t2\t3\n").header == ["a", "b,c", "d"])
    #expect(try text("\"a\t\t\tb\",c\n1,2\n").header == ["a\t\t\tb", "c"])
    #expect(try text("a,b\n1\n", file: "x.TSV").header == ["a,b"])
    #expect(try text("a\tb\n1\t2\n", file: "x.tab").header == ["a", "b"])
    #expect(try text("a\n1\n").header == ["a"])
  }

  @Test(arguments: ["\n", "\r\n"], ["", "\u{FEFF}"])
  func lineEndsAndByteOrderMarkMakeNoDifference(_ lineEnd: String, _ mark: String) throws {
    let lines = ["t,x,\"g\"", "T1,1.5,\"a\"", "", "T2,NA,b", "T1,3,"]
    let requests = [ColumnRequest("t"), ColumnRequest("x"), ColumnRequest("g")]
    let plain = try text(lines.joined(separator: "\n") + "\n").read(requests)
    for ending in ["", lineEnd, lineEnd + lineEnd] {
      let table = try text(mark + lines.joined(separator: lineEnd) + ending).read(requests)
      #expect(table.rows == 3)
      #expect(table["t"] == plain["t"])
      #expect(table["g"] == .nominal(codes: [0, 1, -1], levels: ["a", "b"]))
      let (read, expected) = (try numbers(table, "x"), try numbers(plain, "x"))
      #expect(read.map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }

  @Test func emptyLinesBeforeTheHeaderAreNoRows() throws {
    #expect(try text("\n\r\nx\n1\n\n\n2").read([ColumnRequest("x")])["x"] == .numeric([1, 2]))
  }

  @Test func columnsThatAreNotUsedCannotBreakReading() throws {
    let bytes: [UInt8] =
      Array("x,,na".utf8) + [0xEF] + Array("me,\"odd \n name\",\n1,a,".utf8) + [0xFF, 0xC0, 0x2C]
      + Array("1e999,\n2,,Inf,\"u\n\",0\n".utf8)
    let file = try DelimitedText(InputFile(name: "d.csv", bytes: bytes))
    #expect(file.header.count == 5)
    #expect(try file.read([ColumnRequest("x")])["x"] == .numeric([1, 2]))
  }

  /// Tables of awkward cells survive being written and read, whatever the separator and line end.
  @Test(arguments: [",", "\t"], ["\n", "\r\n"])
  func tablesSurviveTheRoundTrip(_ separator: String, _ lineEnd: String) throws {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<300 {
      let width = Int.random(in: 1...5, using: &generator)
      let rows = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        (0..<width).map { _ in awkwardCell(&generator) }
      }
      let header = (1...width).map { "c\($0)" }
      let content = delimited(
        [header] + rows, separator: separator, lineEnd: lineEnd, using: &generator)
      let name = separator == "," ? "d.csv" : "d.tsv"
      let table = try text(content, file: name).read(header.map { ColumnRequest($0, .text) })
      for (column, name) in header.enumerated() {
        try #require(cells(table, name) == rows.map { expected($0[column]) }, "\(content)")
      }
    }
  }

  /// A file of many chunks gives what a file of one gives, whatever the number of threads.
  @Test(arguments: [1, 2, 3, 8])
  func largeFilesAreReadTheSameByAnyNumberOfThreads(_ threads: Int) throws {
    let (content, rows) = largeFile()
    let file = try text(content)
    let table = try file.read(
      [
        ColumnRequest("i"), ColumnRequest("g"), ColumnRequest("late"), ColumnRequest("note", .text),
      ], threads: threads)
    #expect(content.utf8.count > 2 << 20)
    #expect(table.rows == rows)
    #expect(table["i"] == .numeric((0..<rows).map(Double.init)))
    #expect(
      table["g"]
        == .nominal(codes: (0..<rows).map { Int32($0 % 3) }, levels: ["g0", "g1", "g2"]))
    // Numbers at first, texts from the second half on: read again as levels.
    let late = cells(table, "late")
    #expect(late[7] == "7")
    #expect(late[rows - 1] == "text")
    let notes = cells(table, "note")
    #expect(notes[5] == "a \"note\", with\nline \(5 % 10)")
    #expect(notes[6] == nil)
  }

  @Test func faultsOfLargeFilesNameTheirLine() throws {
    let (content, rows) = largeFile()
    let file = try text(content + "1,2\n" + content.split(separator: "\n", maxSplits: 1)[1])
    // The header is line 1; every fifth row has a line break within a cell, and every thousandth
    // an empty line after it.
    let line = 1 + rows + rows / 5 + rows / 1000 + 1
    let expected = TableError(
      file: "d.csv", line: line, fault: .raggedRow(expected: 4, found: 2))
    for threads in [1, 2, 5] {
      #expect(throws: expected) { try file.read([ColumnRequest("i")], threads: threads) }
    }
  }

  private func largeFile() -> (content: String, rows: Int) {
    let rows = 110_000
    var content = "i,g,late,note\n"
    for row in 0..<rows {
      let note = row % 5 == 0 ? "\"a \"\"note\"\", with\nline \(row % 10)\"" : ""
      content += "\(row),g\(row % 3),\(row < 2 * rows / 5 ? "\(row % 50)" : "text"),\(note)\n"
      if row % 1000 == 0 { content += "\n" }
    }
    return (content, rows)
  }

  private func expected(_ cell: String) -> String? {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let core = cell.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return ["", "NA", "NaN", "."].contains(String(core)) ? nil : cell
  }

  private func numbers(_ table: Table, _ name: String) throws -> [Double] {
    guard case .numeric(let values) = try #require(table[name]) else { return [] }
    return values
  }
}

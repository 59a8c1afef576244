import Testing

@testable import Tables

@Suite struct RecordsTests {
  private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(arguments: ["\n", "\r\n"])
  func recordsStandAsInTheFile(_ lineEnd: String) throws {
    let lines = ["\u{FEFF}id,\"g\"", "", "1, a ", "2,\"b\n,\"\"c\"", "", "\"3\",", "4,\"\""]
    let records = try text(lines.joined(separator: lineEnd)).records()
    #expect(records.count == 4)
    #expect(string(records.header) == "id,\"g\"")
    #expect(
      (0..<4).map { string(records[$0]) } == ["1, a ", "2,\"b\n,\"\"c\"", "\"3\",", "4,\"\""])
  }

  @Test func tabsBecomeCommas() throws {
    let records = try text("id\tg,h\n1\ta \"b\n\"2\"\t\"x\ty\"\n", file: "d.tsv").records()
    #expect(string(records.header) == "id,\"g,h\"")
    #expect(string(records[0]) == "1,\"a \"\"b\"")
    #expect(string(records[1]) == "2,\"x\ty\"")
  }

  /// As many records as rows, for tables of awkward cells; joined again they are the same table.
  @Test func recordsMakeUpTheTable() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let rows = (0..<6).map { _ in (0..<3).map { _ in awkwardCell(&generator) } }
      let content = delimited([["a", "b", "c"]] + rows, separator: "\t", using: &generator)
      let requests = ["a", "b", "c"].map { ColumnRequest($0, .text) }
      let file = try text(content, file: "d.tsv")
      let records = file.records()
      let joined = ([records.header] + (0..<records.count).map { records[$0] })
        .map { string($0) + "\n" }.joined()
      let again = try text(joined).read(requests)
      let first = try file.read(requests)
      #expect(again.columns == first.columns)
    }
  }

  @Test(arguments: [
    ("plain text", "plain text"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
    ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("", ""),
  ])
  func cellsAreQuotedWhereTheyNeedIt(_ text: String, _ cell: String) {
    #expect(csvCell(text) == cell)
  }
}

import Testing

@testable import Tables

/// What a column becomes, by its cells and the reading that is asked for.
@Suite struct ColumnReadingTests {
  /// One column of cells, beside one that keeps empty cells from being empty lines.
  private func column(_ cells: [String], _ reading: ColumnReading = .automatic) throws -> Column {
    let content = "c,z\n" + cells.map { "\($0),\n" }.joined()
    return try #require(try text(content).read([ColumnRequest("c", reading)])["c"])
  }

  @Test func numbersAreNumeric() throws {
    #expect(try column(["1", "-2.5", "1e3", " 4 "]) == .numeric([1, -2.5, 1000, 4]))
  }

  @Test(arguments: ["", "NA", "NaN", ".", " ", " NA ", "\"\"", "\"NA\"", "\".\""])
  func signsOfAMissingValue(_ cell: String) throws {
    guard case .numeric(let values) = try column(["1", cell, "2"]) else {
      Issue.record("not numeric")
      return
    }
    #expect(values[1].isNaN)
    #expect(values[0] == 1 && values[2] == 2)
    #expect(try column(["a", cell]) == .nominal(codes: [0, -1], levels: ["a"]))
  }

  @Test(arguments: ["na", "nan", "N/A", "NULL", "..", "-", "NAN", "Na"])
  func otherWordsAreValues(_ cell: String) throws {
    #expect(throws: TableError.self) { try column(["1", cell, "2"]) }
    let levels = ["a", cell].sorted(by: precedesInBytes)
    #expect(
      try column(["a", cell])
        == .nominal(codes: levels[0] == "a" ? [0, 1] : [1, 0], levels: levels))
  }

  @Test func aColumnWithoutValuesIsNumeric() throws {
    guard case .numeric(let values) = try column(["", "NA"]) else {
      Issue.record("not numeric")
      return
    }
    #expect(values.allSatisfy { $0.isNaN })
    #expect(try column(["", "NA"], .factor) == .nominal(codes: [-1, -1], levels: []))
  }

  @Test func truthValuesAreNominal() throws {
    #expect(
      try column(["TRUE", "FALSE", "TRUE"])
        == .nominal(codes: [1, 0, 1], levels: ["FALSE", "TRUE"]))
  }

  /// More than half numbers is an error; half is not.
  @Test func textAmongNumbersIsAnErrorAboveHalf() throws {
    #expect(throws: TableError.self) { try column(["1", "2", "x"]) }
    #expect(
      try column(["1", "x", "NA"]) == .nominal(codes: [0, 1, -1], levels: ["1", "x"]))
    #expect(
      try column(["1", "2", "x"], .factor) == .nominal(codes: [0, 1, 2], levels: ["1", "2", "x"]))
  }

  /// The error names the first text, whether it stands in the rows that are sampled or far below.
  @Test(arguments: [0, 3, 50_000])
  func textAmongNumbersNamesTheFirstLine(_ row: Int) throws {
    var cells = (0..<60_000).map { "\($0 % 7)" }
    cells[row] = "first"
    cells[59_000] = "second"
    #expect(
      throws: TableError(
        file: "d.csv", line: row + 2, column: "c", fault: .textAmongNumbers(value: "first"))
    ) { try column(cells) }
  }

  @Test func levelsStandInByteOrder() throws {
    #expect(
      try column(["b", "é", "a", "Z", "10", "e"], .factor)
        == .nominal(codes: [3, 5, 2, 1, 0, 4], levels: ["10", "Z", "a", "b", "e", "é"]))
  }

  @Test func numbersAsLevelsStandInNumericOrderWithShortestLabels() throws {
    #expect(
      try column(["10", "2.50", "1", "1.0", "-3", "01", "1e1", "0", "-0"], .factor)
        == .nominal(
          codes: [4, 3, 2, 2, 0, 2, 4, 1, 1], levels: ["-3", "0", "1", "2.5", "10"]))
    #expect(
      try column(["1.0", "01"], .text) == .nominal(codes: [1, 0], levels: ["01", "1.0"]))
  }

  /// Two identifiers that are one double must stay two levels.
  @Test func longIdentifiersStayApart() throws {
    #expect(
      try column(["9007199254740993", "9007199254740992", "5"], .factor)
        == .nominal(
          codes: [2, 1, 0], levels: ["5", "9007199254740992", "9007199254740993"]))
  }

  @Test func composedAndDecomposedLettersAreOneLevel() throws {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    for cells in [[composed, decomposed], [decomposed, composed]] {
      guard case .nominal(let codes, let levels) = try column(cells, .factor) else { continue }
      #expect(codes == [0, 0])
      #expect(levels.map { Array($0.utf8) } == [Array(decomposed.utf8)])
    }
  }

  @Test func orderedLevelsStandAsGiven() throws {
    #expect(
      try column(["high", "low", "NA", "mid"], .ordered(["low", "mid", "high"]))
        == .ordered(codes: [2, 0, -1, 1], levels: ["low", "mid", "high"]))
    #expect(
      try column(["2", "10", "1.0"], .ordered(["10", "1", "2.0"]))
        == .ordered(codes: [2, 0, 1], levels: ["10", "1", "2"]))
    #expect(
      try column(["b", "a"], .ordered(nil)) == .ordered(codes: [1, 0], levels: ["a", "b"]))
  }

  @Test func numericReadingTakesNothingButNumbers() throws {
    #expect(try column(["1", "2"], .numeric) == .numeric([1, 2]))
    #expect(
      throws: TableError(file: "d.csv", line: 3, column: "c", fault: .notNumber(value: "x"))
    ) { try column(["1", "x", "y", "z"], .numeric) }
  }

  /// Ten thousand distinct levels go through every growth of the hash table.
  @Test func manyLevelsKeepTheirCodes() throws {
    let names = (0..<10_000).map { "level \($0 * 7919 % 10_007)" }
    let table = try text("c\n" + (names + names).map { $0 + "\n" }.joined()).read(
      [ColumnRequest("c", .factor)])
    #expect(cells(table, "c") == names + names)
  }

  @Test func numericColumnsBecomeLevelsOnDemand() {
    let column = Column.numeric([2, .nan, 10, 1.5, 2])
    let (codes, levels) = column.asLevels
    #expect(codes == [1, -1, 2, 0, 1])
    #expect(levels == ["1.5", "2", "10"])
  }

  @Test func levelsAreFoundHoweverANumberIsWritten() {
    #expect(levelIndex("1.0", in: ["0", "1"]) == 1)
    #expect(levelIndex("-0", in: ["0", "1"]) == 0)
    #expect(levelIndex("01", in: ["01", "1"]) == 0)
    #expect(levelIndex("x", in: ["0", "1"]) == nil)
  }

  @Test func missingRowsAreVisited() {
    var rows: [Int] = []
    Column.numeric([1, .nan, 3, .nan]).forEachMissing { rows.append($0) }
    Column.ordered(codes: [-1, 0], levels: ["a"]).forEachMissing { rows.append($0) }
    #expect(rows == [1, 3, 0])
  }
}

import Testing

@testable import Tables

/// A faulty file, and the one line that it is answered with.
struct FaultyFile: Sendable, CustomTestStringConvertible {
  var content: [UInt8]
  var requests = [ColumnRequest("x")]
  var file = "d.csv"
  var message: String

  var testDescription: String { message }

  init(
    _ content: String, _ requests: [ColumnRequest] = [ColumnRequest("x")], file: String = "d.csv",
    says problem: String, _ remedy: String
  ) {
    self.init(bytes: Array(content.utf8), says: problem, remedy)
    self.requests = requests
    self.file = file
  }

  init(bytes: [UInt8], says problem: String, _ remedy: String) {
    content = bytes
    message = "\(problem); \(remedy)"
  }
}

@Suite struct TableErrorTests {
  static let files = [
    FaultyFile(
      "",
      says: "d.csv: the file is empty",
      "a table has a header line with the names and one line a participant"
    ),
    FaultyFile(
      "\n\r\n",
      says: "d.csv: the file is empty",
      "a table has a header line with the names and one line a participant"
    ),
    FaultyFile(
      "x,y\n\n",
      says: "d.csv: there is a header but no row below it",
      "a table has a header line with the names and one line a participant"
    ),
    FaultyFile(
      "x,y\r1,2\r",
      says: "d.csv: lines end in a carriage return alone",
      "save it with line ends LF or CRLF"),
    FaultyFile(
      "x;y\n1;2\n",
      says: "d.csv, line 1: values seem to be separated by semicolons",
      "save it with commas or tabs between values and points in decimals"
    ),
    FaultyFile(
      "x,y,x\n1,2,3\n",
      says: "d.csv, line 1, column \"x\": the header has this name twice, at positions 1 and 3",
      "rename one of the two columns"
    ),
    FaultyFile(
      "x,y\n1,2\n3\n",
      says: "d.csv, line 3: the row has 1 value where the header has 2 names",
      "write NA, or nothing between two separators, for a missing value"
    ),
    FaultyFile(
      "x,y\n1,2\n\n3,4,5\n", file: "-",
      says: "standard input, line 4: the row has 3 values where the header has 2 names",
      "put a value that contains the separator in quotation marks"
    ),
    FaultyFile(
      "x,y\n1,2\n\"3,4\n5,6\n",
      says: "d.csv, line 3: a quotation mark opens here and is not closed",
      "close it, or write a quotation mark within a quoted value twice"
    ),
    FaultyFile(
      "x,\"y\n1,2\n",
      says: "d.csv, line 1: a quotation mark opens here and is not closed",
      "close it, or write a quotation mark within a quoted value twice"
    ),
    // The mark of line 3 closes what line 2 opened, which is where the fault is.
    FaultyFile(
      "x,y\n1,\"a\n2,\"b\"\n",
      says: "d.csv, line 2: a quotation mark opens here and is not closed",
      "close it, or write a quotation mark within a quoted value twice"
    ),
    FaultyFile(
      "x,y\n1,\"a\"b\n",
      says: "d.csv, line 2: text follows a closing quotation mark",
      "write a quotation mark within a quoted value twice"
    ),
    FaultyFile(
      bytes: Array("x,y\na,2\nb".utf8) + [0xE9] + Array(",4\n".utf8),
      says: "d.csv, line 3, column \"x\": the text is not valid UTF-8",
      "save the file in UTF-8"),
    FaultyFile(
      bytes: [0x50, 0x4B, 0x03, 0x04, 0x14, 0x00],
      says: "d.csv: this is not a text table but looks like an Excel workbook or a zip archive",
      "save the table as CSV in UTF-8"
    ),
    FaultyFile(
      bytes: [0xFF, 0xFE, 0x78, 0x00, 0x0A, 0x00],
      says: "d.csv: this is not a text table but looks like UTF-16 text",
      "save the table as CSV in UTF-8"),
    FaultyFile(
      bytes: [0x78, 0x0A, 0x00, 0x01],
      says: "d.csv: this is not a text table but looks like a binary file",
      "save the table as CSV in UTF-8"
    ),
    FaultyFile(
      "x,y\n1,2\n2,3\nn/a,4\n",
      says: "d.csv, line 4, column \"x\": \"n/a\" stands in a column of numbers",
      "write NA for a missing value, or factor() in the formula if the numbers are categories"
    ),
    FaultyFile(
      "x,y\n1,2\ntwo\\,3\n", [ColumnRequest("x", .numeric)],
      says: "d.csv, line 3, column \"x\": \"two\\\" is not a number",
      "write NA for a missing value"),
    FaultyFile(
      "x,y\n1,2\n-Inf,3\n",
      says: "d.csv, line 3, column \"x\": \"-Inf\" is infinite or too large for a number",
      "mend the value, or write NA"
    ),
    FaultyFile(
      "x,y\n1,2\n1e400,3\n",
      says: "d.csv, line 3, column \"x\": \"1e400\" is infinite or too large for a number",
      "mend the value, or write NA"
    ),
    FaultyFile(
      "age,sex\n1,2\n", [ColumnRequest("aeg")],
      says: "d.csv, column \"aeg\": the file has no such column",
      "did you mean \"age\"?"),
    FaultyFile(
      "age,sex,\n1,2,\n", [ColumnRequest("outcome")],
      says: "d.csv, column \"outcome\": the file has no such column",
      "it has \"age\", \"sex\""),
    FaultyFile(
      "x,y\nlow,1\n", [ColumnRequest("x", .ordered(["low", "high"]))],
      says: "d.csv, column \"x\": there is no level \"high\"",
      "the levels are \"low\""),
    FaultyFile(
      "x,y\nlow,1\nhigh,1\nmid,1\n", [ColumnRequest("x", .ordered(["low", "high"]))],
      says: "d.csv, line 4, column \"x\": the level \"mid\" has no place in the given order",
      "name every level of the column once in the order"
    ),
    FaultyFile(
      "x,y\n1,1\n2,1\n", [ColumnRequest("x", .ordered(["1", "2", "1.0"]))],
      says: "d.csv, column \"x\": the given order has the level \"1.0\" twice",
      "name every level of the column once in the order"
    ),
    // A value with line breaks and of great length stays on one line.
    FaultyFile(
      "x,y\n1,2\n\"a\n\u{7}\(String(repeating: "b", count: 90))\",3\n2,3\n",
      says:
        "d.csv, line 3, column \"x\": \"a\\n\\u{7}\(String(repeating: "b", count: 57))…\" stands in a column of numbers",
      "write NA for a missing value, or factor() in the formula if the numbers are categories"
    ),
  ]

  @Test(arguments: files)
  func eachFaultIsToldInOneLine(_ faulty: FaultyFile) {
    do throws(TableError) {
      let file = try DelimitedText(InputFile(name: faulty.file, bytes: faulty.content))
      _ = try file.read(faulty.requests)
      Issue.record("no error")
    } catch {
      #expect(error.message == faulty.message)
      #expect(error.category == .data)
      #expect(!error.message.contains("\n"))
    }
  }

  @Test func theFirstBadRowIsNamedBeforeAnythingElse() {
    #expect(throws: TableError(file: "d.csv", line: 4, fault: .raggedRow(expected: 2, found: 1))) {
      try text("x,y\n1,1\n1,a\n1\nb,1\n").read([ColumnRequest("x"), ColumnRequest("y")])
    }
  }
}

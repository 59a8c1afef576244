import Foundation
import JSON
import Testing

@Suite("JSON as it is read")
struct JSONParserTests {
  private func read(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try JSONValue(data: Data(text.utf8))
  }

  @Test(
    "Values",
    arguments: [
      ("null", .null), (" true ", true), ("[false]", [false]), ("-0.5e+1", .number(-5)),
      ("0", .number(0)), ("1E2", .number(100)), ("5e-324", .number(Double.leastNonzeroMagnitude)),
      ("[]", []),
      ("{}", [:]),
      ("\u{FEFF}[ 1 , 2 ]\r\n", [.number(1), .number(2)]),
      (#"{"a" : {"b":[null]} }"#, ["a": ["b": [nil]]]),
      (#""\"\\\/\b\f\n\r\t\u00e9\uD83E\uDDEA é""#, "\"\\/\u{8}\u{C}\n\r\té🧪 é"),
    ] as [(String, JSONValue)])
  func values(text: String, value: JSONValue) throws {
    #expect(try read(text) == value)
  }

  @Test(
    "What is wrong, and where",
    arguments: [
      ("", 1, 1, .empty), (" \n ", 2, 2, .empty), ("[1,\n2", 2, 2, .endsEarly),
      ("[1,]", 1, 4, .noValue), ("nul", 1, 1, .noValue), ("{1: 2}", 1, 2, .noKey),
      (#"{"a" 1}"#, 1, 6, .noColon), ("[1 2]", 1, 4, .noCommaInList),
      (#"{"a": 1; "b": 2}"#, 1, 8, .noCommaInObject), (#"{"a": 1, "a": 1}"#, 1, 10, .repeatedKey),
      ("01", 1, 1, .badNumber), ("[1.]", 1, 4, .badNumber), ("[1e]", 1, 4, .badNumber),
      ("[-]", 1, 3, .badNumber), ("1e400", 1, 1, .hugeNumber), ("NaN", 1, 1, .noValue),
      ("\"a\nb\"", 1, 3, .controlCharacter), (#""\x""#, 1, 2, .badEscape),
      (#""\uD83E""#, 1, 2, .badEscape), (#""\u12"#, 1, 6, .endsEarly),
      (#""\u12G4""#, 1, 4, .badEscape), ("\"abc", 1, 5, .endsEarly), ("1 1", 1, 3, .trailing),
      (String(repeating: "[", count: 300), 1, 257, .tooDeep),
    ] as [(String, Int, Int, JSONSyntaxError.Problem)])
  func errors(text: String, line: Int, column: Int, problem: JSONSyntaxError.Problem) {
    #expect(throws: JSONSyntaxError(line: line, column: column, problem: problem)) {
      try read(text)
    }
  }

  @Test("Bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONSyntaxError(line: 1, column: 2, problem: .badEncoding)) {
      try JSONValue(data: Data([0x5B, 0x22, 0xE9, 0x22, 0x5D]))
    }
  }

  @Test("Every beginning of a document is refused, at its end")
  func cutOff() throws {
    let text = #"{"a": [1.5e2, "é\u00e9", true, {"b": null}], "c": "d"}"#
    _ = try read(text)
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count {
      #expect(throws: JSONSyntaxError.self, "\(count) bytes") {
        try JSONValue(data: Data(bytes[..<count]))
      }
    }
  }
}

import Foundation
import JSON
import Testing

@Suite struct JSONValueTests {
  @Test func everyKindSurvivesARoundTrip() throws {
    let value: JSONValue = [
      "a": nil, "b": true, "c": .number(0.1), "d": "ü \"quoted\" / \n", "e": [[], [:]],
      "f": .number(-1e300), "g": .number(3),
    ]
    #expect(try JSONValue(data: Data(value.text().utf8)) == value)
  }

  @Test func numbersThatDoNotExistAreNull() throws {
    #expect(JSONValue(Double.nan) == .null)
    #expect(JSONValue(Double.infinity) == .null)
    #expect(JSONValue(Double?.none) == .null)
  }

  @Test func keysAreSorted() throws {
    let text = try JSONValue.object(["z": true, "a": true]).text()
    #expect(text == "{\n  \"a\" : true,\n  \"z\" : true\n}\n")
  }

  @Test func numbersKeepFullPrecision() throws {
    let third = 1.0 / 3
    #expect(
      try JSONValue(data: Data(JSONValue.array([.number(third)]).text().utf8))
        == .array([.number(third)]))
  }

  @Test func whatIsNotJSONIsRefused() {
    #expect(throws: (any Error).self) { try JSONValue(data: Data("{\"a\": }".utf8)) }
  }
}

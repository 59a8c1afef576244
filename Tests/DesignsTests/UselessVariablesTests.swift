import TestSupport
import Testing

@testable import Designs

@Suite struct UselessVariablesTests {
  /// `count` rows in two trials, with one further column.
  private func warnings(_ name: String, _ cells: [String], formula: String? = nil) throws
    -> [String]
  {
    var content = "y,t,k,`\(name)`\n".replacing("`", with: "")
    for (row, cell) in cells.enumerated() {
      content +=
        "\(row * row % 17),\(row % 2 == 0 ? "a" : "b"),\(row % 4 < 2 ? "A" : "B"),\(cell)\n"
    }
    return try design(content, formula ?? "y ~ t | k | `\(name)`").warnings
  }

  private func identifier(_ name: String) -> [String] {
    [
      "partitioning variable \"\(name)\" identifies participants: it cannot define subgroups, and its"
        + " test costs multiplicity; list the variables without it"
    ]
  }

  @Test func runningNumbersAreIdentifiers() throws {
    let numbers = (0..<40).map { "\(1001 + $0 * 7 % 40)" }
    #expect(try warnings("z", numbers) == identifier("z"))
    // Every fifth row was left out.
    #expect(try warnings("z", (0..<40).map { "\($0 + $0 / 4)" }) == identifier("z"))
  }

  @Test func numbersThatBeginAnewInEachTrialAreIdentifiers() throws {
    // Rows 0, 1, 4, 5, … are of one trial and 2, 3, 6, 7, … of the other.
    let numbers = (0..<48).map { "\($0 / 4 * 2 + $0 % 2)" }
    #expect(try warnings("z", numbers) == identifier("z"))
  }

  @Test(arguments: ["id", "ID", "patient_id", "subjectID", "pid", "Participant.No", "USUBJID"])
  func distinctValuesUnderTheNameOfAnIdentifier(_ name: String) throws {
    let numbers = (0..<10).map { "\(100 + $0 * $0 * 37)" }
    #expect(try warnings(name, numbers) == identifier(name))
    let words = (0..<10).map { "P\($0)" }
    #expect(try warnings(name, words) == identifier(name))
    #expect(try warnings(name, (0..<10).map { "\($0 / 4)" }) == [])
  }

  @Test func aLevelForAlmostEveryParticipantIsAnIdentifier() throws {
    #expect(try warnings("z", (0..<40).map { "P\($0)" }) == identifier("z"))
    #expect(try warnings("z", (0..<40).map { "P\(min($0, 36))" }) == identifier("z"))
    #expect(try warnings("z", (0..<40).map { "P\($0 / 2)" }) == [])
  }

  @Test func measurementsAreNone() throws {
    #expect(try warnings("z", (0..<40).map { "\(Double($0) + 0.5)" }) == [])
    #expect(try warnings("z", (0..<40).map { "\($0 * 3)" }) == [])
    #expect(try warnings("z", (0..<40).map { "\($0 / 2)" }) == [])
    // Few participants may have consecutive values by chance.
    #expect(try warnings("z", (0..<10).map { "\($0)" }) == [])
    for name in ["grid", "idle", "age", "caseload", "valid", "rows_before", "paid"] {
      #expect(try warnings(name, (0..<10).map { "\($0)" }) == [])
    }
  }

  @Test func constantsCannotBeTested() throws {
    let expected = [
      "partitioning variable \"z\" is constant among the used rows and cannot be tested"
    ]
    #expect(try warnings("z", Array(repeating: "3", count: 8)) == expected)
    #expect(try warnings("z", Array(repeating: "a", count: 8)) == expected)
    #expect(
      try warnings("z", Array(repeating: "a", count: 8), formula: "y ~ t | k | ordered(z)")
        == expected)
  }

  /// They are warned of and kept, since the user asked for them.
  @Test func theyStayInTheDesign() throws {
    let content = adding("c", Array(repeating: "1", count: 8))
    #expect(try design(content, "y ~ t | k | z + c").partitioning.map(\.name) == ["z", "c"])
  }

  /// Each of these data sets has a column of identifiers, and no other variable that is one.
  @Test(arguments: [
    ("low-back-pain", "rmdq ~ treatment | trial | ."), ("few-trials", "y ~ treat | trial | ."),
    ("many-trials", "y ~ treat | trial | ."), ("null", "y ~ treat | trial | ."),
  ])
  func theDataSetsHaveOneEach(_ name: String, _ formula: String) throws {
    let bytes = try #require(figure("\(name)/data.csv"))
    let content = String(decoding: bytes, as: UTF8.self)
    #expect(try design(content, formula).warnings == identifier("id"))
    let hidden = content.replacing(/^"?id"?,/, with: "z,")
    #expect(try design(hidden, formula).warnings == identifier("z"))
  }
}

import Testing

@testable import Tables

@Suite struct NewDataTests {
  private let variables = [
    NewVariable(name: "x", kind: .numeric), NewVariable(name: "g", kind: .levels(["b", "a"])),
    NewVariable(name: "k", kind: .levels(["1", "2.5"])),
  ]

  @Test func valuesAreCodedByTheSavedLevels() throws {
    let values = try text("k,g,x,y\n1.0,a,1,?\n2.50,b,NA,\nx,c,-2,\n.,NA,3,\n")
      .readNewData(variables)
    guard case .numeric(let numbers) = values[0] else {
      Issue.record("not numeric")
      return
    }
    #expect(numbers[0] == 1 && numbers[1].isNaN && numbers[2] == -2 && numbers[3] == 3)
    #expect(values[1] == .levels([1, 0, NewValues.unseenCode, Column.missingCode]))
    #expect(values[2] == .levels([0, 1, NewValues.unseenCode, Column.missingCode]))
  }

  /// What one row means does not depend on the rows beside it.
  @Test func rowsAreReadAloneAsTogether() throws {
    let rows = ["1,b,1", "01,a,2.5", "1e0,b,7", "10,1,2.50"]
    let together = try text("k,g,x\n" + rows.joined(separator: "\n")).readNewData(variables)
    for (index, row) in rows.enumerated() {
      let alone = try text("k,g,x\n" + row).readNewData(variables)
      for (one, all) in zip(alone, together) {
        switch (one, all) {
        case (.numeric(let one), .numeric(let all)): #expect(one == [all[index]])
        case (.levels(let one), .levels(let all)): #expect(one == [all[index]])
        default: Issue.record("kinds differ")
        }
      }
    }
  }

  @Test func anAbsentColumnIsNamed() {
    #expect(
      throws: TableError(
        file: "d.csv", column: "g",
        fault: .noSuchColumn(nearest: "G", available: ["x", "k", "G"]))
    ) { try text("x,k,G\n1,1,a\n").readNewData(variables) }
  }

  @Test func aTreeWithoutSplitsAsksForNothing() throws {
    #expect(try text("x\n1\n").readNewData([]) == [])
    #expect(throws: TableError.self) { try text("x\n1,2\n").readNewData([]) }
  }
}

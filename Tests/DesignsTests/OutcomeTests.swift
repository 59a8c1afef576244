import Tables
import Testing

@testable import Designs

@Suite struct OutcomeTests {
  private func family(_ values: Column, asked: Family? = nil) throws(DesignError) -> Family {
    try Outcome(column: "y", values: values, file: "d.csv").family(asked: asked)
  }

  @Test func numbersAreGaussian() throws {
    #expect(try family(.numeric([0, 1, 2])) == .gaussian)
    #expect(try family(.numeric([0, 0, .nan])) == .gaussian)
    #expect(try family(.numeric([1, 2])) == .gaussian)
    #expect(try family(.numeric([0, 0.5, 1])) == .gaussian)
  }

  @Test func zeroAndOneAreNumbersOnDemandOnly() throws {
    let error = DesignError(.binaryOutcome(column: "y", values: ["0", "1"]), file: "d.csv")
    #expect(throws: error) { try family(.numeric([1, .nan, 0, 1])) }
    #expect(try family(.numeric([1, .nan, 0, 1]), asked: .gaussian) == .gaussian)
  }

  @Test func twoLevelsAreBinary() {
    let values = Column.nominal(codes: [0, 1, -1], levels: ["FALSE", "TRUE"])
    #expect(
      throws: DesignError(.binaryOutcome(column: "y", values: ["FALSE", "TRUE"]), file: "d.csv")
    ) { try family(values) }
    #expect(
      throws: DesignError(.textOutcome(column: "y", levels: ["FALSE", "TRUE"]), file: "d.csv")
    ) { try family(values, asked: .gaussian) }
  }

  @Test(arguments: [["a"], ["a", "b", "c"]])
  func otherNumbersOfLevelsAreNoOutcome(_ levels: [String]) {
    let error = DesignError(.textOutcome(column: "y", levels: levels), file: "d.csv")
    #expect(throws: error) { try family(.nominal(codes: [0], levels: levels)) }
  }
}

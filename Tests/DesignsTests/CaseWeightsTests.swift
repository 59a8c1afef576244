import Tables
import Testing

@testable import Designs

@Suite struct CaseWeightsTests {
  private func weighted(
    _ cells: [String], _ formula: String = "y ~ t | k | z"
  ) throws -> Design {
    try design(adding("w", cells), formula, DesignOptions(weights: "w"))
  }

  @Test func withoutTheOptionThereAreNoWeights() throws {
    #expect(try design(completeTable).weights == nil)
  }

  @Test func weightsAreThoseOfTheUsedRows() throws {
    let design = try weighted(["1", "2", "0.5", "3", "1", "1", "NA", "4"])
    #expect(design.weights == [1, 2, 0.5, 3, 1, 1, 4])
    #expect(
      design.exclusions
        == Exclusions(
          rows: 8, used: 7, counts: [.init(column: "w", trial: "A", rows: 1)]))
    #expect(design.warnings == [])
  }

  /// A row that misses a value is counted under what it misses, whatever its weight is.
  @Test func rowsOfWeightZeroAreLeftOutWithAWarning() throws {
    let content = adding("w", ["0", "1", "0", "1", "1", "1", "1", "1"])
      .replacing("3,control,A,2", with: "3,control,A,NA")
    let design = try design(content, "y ~ t | k | z", DesignOptions(weights: "w"))
    #expect(design.outcome == [2, 4, 5.5, 6, 7, 9])
    #expect(design.weights == [1, 1, 1, 1, 1, 1])
    #expect(
      design.exclusions
        == Exclusions(
          rows: 8, used: 6, counts: [.init(column: "z", trial: "A", rows: 1)]))
    #expect(design.warnings == ["1 row with weight 0 in column \"w\" is left out"])
    let two = try weighted(["0", "1", "0", "1", "1", "1", "1", "1"])
    #expect(two.warnings == ["2 rows with weight 0 in column \"w\" are left out"])
  }

  @Test func aTrialWithoutWeightIsNamed() throws {
    let content = adding("w", ["1", "1", "1", "1", "0", "1", "1", "1"]).replacing(
      "5.5,drug,B", with: "5.5,drug,C")
    #expect(
      try design(content, "y ~ t | k | z", DesignOptions(weights: "w")).warnings == [
        "1 row with weight 0 in column \"w\" is left out",
        "trial \"C\" has no row with a value in every used column and a weight above 0 and is left"
          + " out",
      ])
  }

  /// The same rows, whether the last ones are left out by weight 0 or not there at all.
  @Test func weightZeroIsAsIfTheRowWereNotThere() throws {
    let all = adding("w", ["1", "2", "3", "4", "5", "6", "0", "0"])
    let fewer = all.split(separator: "\n").dropLast(2).joined(separator: "\n")
    let options = DesignOptions(weights: "w")
    let (a, b) = (
      try design(all, "y ~ t + z | k | g", options), try design(fewer, "y ~ t + z | k | g", options)
    )
    #expect(a.outcome == b.outcome && a.weights == b.weights && a.arm == b.arm)
    #expect(a.trial == b.trial && a.covariates == b.covariates && a.partitioning == b.partitioning)
  }

  @Test func thePointDoesNotTakeInTheWeights() throws {
    let ones = Array(repeating: "1", count: 8)
    #expect(try weighted(ones, "y ~ t | k | .").partitioning.map(\.name) == ["z", "g", "o"])
    #expect(
      try design(adding("w", ones), "y ~ t | k | .").partitioning.map(\.name)
        == ["z", "g", "o", "w"])
  }

  @Test(arguments: [
    ("y ~ t | k | w", "a partitioning variable"), ("y ~ t + w | k | z", "a covariate"),
    ("w ~ t | k | z", "the outcome"), ("y ~ t | w | z", "the trial"),
  ])
  func aColumnOfWeightsHasNoOtherRole(_ formula: String, _ role: String) {
    let error = #expect(throws: DesignError.self) {
      try weighted(Array(repeating: "1", count: 8), formula)
    }
    #expect(
      error?.message == "column \"w\": it stands both as \(role) and as the case weights; a column"
        + " has one role only: remove it from one of the two places")
  }

  @Test(arguments: [
    (
      "-1",
      "d.csv, line 4, column \"w\": the case weight -1 is negative; a weight is 0 or more, or NA"
    ),
    ("x", "d.csv, line 4, column \"w\": \"x\" is not a number; write NA for a missing value"),
    (
      "Inf",
      "d.csv, line 4, column \"w\": \"Inf\" is infinite or too large for a number; mend the value,"
        + " or write NA"
    ),
    (
      "1e101",
      "d.csv, column \"w\": case weights are beyond 1e100, or below 1e-100 and not 0, and cannot be"
        + " computed with; divide them all by one number"
    ),
  ])
  func weightsThatCannotBeUsedAreErrors(_ cell: String, _ message: String) {
    let error = #expect(throws: DesignError.self) {
      try weighted(["1", "1", cell, "1", "1", "1", "1", "1"])
    }
    #expect(error?.message == message)
    #expect(error?.category == .data)
  }

  @Test func theLineOfANegativeWeightCountsEmptyLinesAndBreaksInQuotes() throws {
    let content = adding("w", ["1", "1", "-2", "1", "1", "1", "1", "1"])
      .replacing("1.5,drug,B,3,x", with: "\n1.5,drug,B,3,\"x\n1\"")
    let error = #expect(throws: DesignError.self) {
      try design(content, "y ~ t | k | z", DesignOptions(weights: "w"))
    }
    #expect(error?.fault == .negativeWeight(column: "w", value: "-2", line: 6))
  }

  @Test func weightsThatAreAllZeroAreAnError() {
    let error = #expect(throws: DesignError.self) {
      try weighted(["0", "0", "0", "0", "NA", "0", "0", "0"])
    }
    #expect(error?.fault == .zeroWeights(column: "w"))
  }
}

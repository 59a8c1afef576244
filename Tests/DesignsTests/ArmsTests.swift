import Testing

@testable import Designs

@Suite struct ArmsTests {
  /// A table whose treatment has these arms in turn, in two trials.
  private func table(_ arms: [String]) -> String {
    var content = "y,t,k,z\n"
    for row in 0..<12 {
      content += "\(row),\(arms[row % arms.count]),\(row < 6 ? "A" : "B"),\(row)\n"
    }
    return content
  }

  /// The first usual name of a control that is a level, without case; else the first level.
  @Test(arguments: [
    (["drug", "Control"], "Control"), (["active", "PLACEBO"], "PLACEBO"),
    (["placebo", "control"], "control"), (["A", "Usual care"], "Usual care"),
    (["sham", "drug"], "sham"), (["1", "0"], "0"), (["sham", "placebo"], "placebo"),
    (["2", "1"], "1"), (["B", "A"], "A"), (["TRUE", "FALSE"], "FALSE"), (["-1", "0.0"], "0"),
    (["uncontrolled", "a"], "a"),
  ])
  func defaultReference(_ arms: [String], _ reference: String) throws {
    #expect(try design(table(arms)).treatment.reference == reference)
  }

  @Test func theReferenceMayBeNamed() throws {
    let design = try design(
      table(["control", "drug"]), "y ~ t | k | z", DesignOptions(reference: "drug"))
    #expect(design.treatment == TreatmentArms(column: "t", reference: "drug", active: "control"))
    #expect(design.arm[0] == 1 && design.arm[1] == 0)
  }

  @Test func aNumericReferenceMayBeWrittenInAnyWay() throws {
    let options = DesignOptions(reference: "+1.0")
    #expect(try design(table(["-1", "1"]), "y ~ t | k | z", options).treatment.reference == "1")
  }

  @Test func twoArmsAreKeptOfThree() throws {
    let options = DesignOptions(arms: ArmPair("high", "low"))
    let design = try design(table(["placebo", "low", "high"]), "y ~ t | k | z", options)
    #expect(design.treatment == TreatmentArms(column: "t", reference: "high", active: "low"))
    #expect(design.outcome == [1, 2, 4, 5, 7, 8, 10, 11])
    #expect(design.exclusions == Exclusions(rows: 8, used: 8, counts: []))
  }

  /// A row without an arm may be of either arm, so it is counted, not passed over.
  @Test func rowsWithoutAnArmAreCountedUnderArms() throws {
    let options = DesignOptions(arms: ArmPair("low", "placebo"))
    let design = try design(table(["placebo", "low", "high", "NA"]), "y ~ t | k | z", options)
    #expect(
      design.exclusions
        == Exclusions(
          rows: 9, used: 6,
          counts: [
            .init(column: "t", trial: "A", rows: 1), .init(column: "t", trial: "B", rows: 2),
          ]))
  }

  /// A third arm whose rows are all incomplete leaves two.
  @Test func armsAreThoseOfTheUsedRows() throws {
    let content = table(["placebo", "low", "high"]).split(separator: "\n").map { line in
      line.contains("high") ? "NA" + line.drop { $0 != "," } : String(line)
    }.joined(separator: "\n")
    #expect(
      try design(content).treatment
        == TreatmentArms(column: "t", reference: "placebo", active: "low"))
  }

  @Test func aReferenceWithoutUsedRowsIsRefused() {
    let content = table(["placebo", "low", "high"]).split(separator: "\n").map { line in
      line.contains("high") ? "NA" + line.drop { $0 != "," } : String(line)
    }.joined(separator: "\n")
    let expected = DesignError(
      .noSuchArm(
        option: "--reference", level: "high", column: "t", levels: ["low", "placebo"]),
      file: "d.csv")
    #expect(throws: expected) {
      try design(content, "y ~ t | k | z", DesignOptions(reference: "high"))
    }
  }
}

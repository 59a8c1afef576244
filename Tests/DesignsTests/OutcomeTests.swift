import Tables
import Testing

@testable import Designs

@Suite struct OutcomeTests {
  private func outcome(_ values: Column, hasGivenOrder: Bool = false) -> Outcome {
    Outcome(column: "y", values: values, hasGivenOrder: hasGivenOrder, file: "d.csv")
  }

  private func family(_ values: Column, asked: Family? = nil) throws(DesignError) -> Family {
    try outcome(values).coding(asked: asked).family
  }

  /// The event among two levels in byte order.
  private func event(_ levels: [String], hasGivenOrder: Bool = false) throws -> String? {
    let values = Column.nominal(codes: [0, 1], levels: levels)
    return try outcome(values, hasGivenOrder: hasGivenOrder).coding(asked: nil).event
  }

  @Test func numbersAreGaussian() throws {
    #expect(try family(.numeric([0, 1, 2])) == .gaussian)
    #expect(try family(.numeric([0, 0, .nan])) == .gaussian)
    #expect(try family(.numeric([1, 2])) == .gaussian)
    #expect(try family(.numeric([0, 0.5, 1])) == .gaussian)
    #expect(try family(.numeric([-1, 1])) == .gaussian)
    #expect(try family(.numeric([.nan, .nan])) == .gaussian)
  }

  @Test func zeroAndOneAreBinomialUnlessAskedOtherwise() throws {
    let values = Column.numeric([1, .nan, 0, 1])
    let coding = try outcome(values).coding(asked: nil)
    #expect(coding == .events(codes: [1, -1, 0, 1], levels: ["0", "1"], event: 1))
    #expect(coding.family == .binomial && coding.event == "1")
    #expect(try family(values, asked: .gaussian) == .gaussian)
    #expect(try family(values, asked: .binomial) == .binomial)
  }

  @Test func anyTwoNumbersAreBinomialOnDemandWithTheLargerAsTheEvent() throws {
    let coding = try outcome(.numeric([2, 10, .nan, 2])).coding(asked: .binomial)
    #expect(coding == .events(codes: [0, 1, -1, 0], levels: ["2", "10"], event: 1))
    #expect(coding.event == "10")
    #expect(throws: DesignError(.manyValues(column: "y", values: 3), file: "d.csv")) {
      try family(.numeric([1, 2, 3, 3, .nan]), asked: .binomial)
    }
  }

  @Test func twoLevelsAreBinomial() throws {
    let values = Column.nominal(codes: [0, 1, -1], levels: ["FALSE", "TRUE"])
    #expect(try family(values) == .binomial)
    let error = DesignError(
      .textOutcome(column: "y", levels: ["FALSE", "TRUE"], asked: .gaussian), file: "d.csv")
    #expect(throws: error) { try family(values, asked: .gaussian) }
  }

  /// The event is TRUE however it is written, else the second level; an order that the user gave
  /// goes before the meaning of words.
  @Test(arguments: [
    (["FALSE", "TRUE"], "TRUE"), (["TRUE", "false"], "TRUE"), (["F", "T"], "T"),
    (["T", "f"], "T"), (["no", "yes"], "yes"), (["dead", "alive"], "alive"), (["t", "u"], "u"),
  ])
  func theEvent(_ levels: [String], _ expected: String) throws {
    #expect(try event(levels) == expected)
    #expect(try event(levels, hasGivenOrder: true) == levels[1])
  }

  @Test func threeLevelsAreNoOutcome() {
    for asked in [nil, Family.binomial, .gaussian] {
      let error = DesignError(
        .textOutcome(column: "y", levels: ["a", "b", "c"], asked: asked), file: "d.csv")
      #expect(throws: error) {
        try family(.nominal(codes: [0], levels: ["a", "b", "c"]), asked: asked)
      }
    }
  }

  @Test func twoNumbersThatNobodyCalledGaussianAreWarnedOf() throws {
    let words =
      "outcome \"y\" has the two values 1 and 2 and is modelled as a number; --family binomial makes"
      + " 2 the event"
    let outcome = outcome(.numeric([2, 1, 2, .nan]))
    #expect(outcome.warnings(try outcome.coding(asked: nil), asked: nil) == [words])
    #expect(outcome.warnings(try outcome.coding(asked: .gaussian), asked: .gaussian) == [])
    let other = self.outcome(.numeric([1, 2, 3]))
    #expect(other.warnings(try other.coding(asked: nil), asked: nil) == [])
  }
}

@Suite struct BinomialDesignTests {
  @Test func theEventIsOne() throws {
    let cells = ["yes", "no", "no", "yes", "yes", "no", "NA", "yes"]
    let design = try design(adding("b", cells), "b ~ t | k | z")
    #expect(design.family == .binomial)
    #expect(design.event == "yes")
    #expect(design.outcome == [1, 0, 0, 1, 1, 0, 1])
    #expect(design.exclusions.counts == [.init(column: "b", trial: "A", rows: 1)])
  }

  @Test func anOrderTellsTheEvent() throws {
    let cells = ["1", "0", "0", "1", "1", "0", "1", "1"]
    let content = adding("b", cells)
    #expect(try design(content, "b ~ t | k | z").outcome == [1, 0, 0, 1, 1, 0, 1, 1])
    let options = DesignOptions(orders: [LevelOrder(column: "b", levels: ["1", "0"])])
    let swapped = try design(content, "b ~ t | k | z", options)
    #expect(swapped.event == "0")
    #expect(swapped.outcome == [0, 1, 1, 0, 0, 1, 0, 0])
    let factor = try design(content, "factor(b) ~ t | k | z")
    #expect(factor.event == "1" && factor.outcome == [1, 0, 0, 1, 1, 0, 1, 1])
  }

  @Test func gaussianOnDemand() throws {
    let cells = ["1", "0", "0", "1", "1", "0", "1", "1"]
    let design = try design(adding("b", cells), "b ~ t | k | z", DesignOptions(family: .gaussian))
    #expect(design.family == .gaussian && design.event == nil)
    #expect(design.outcome == [1, 0, 0, 1, 1, 0, 1, 1])
  }

  /// An event has no sigma that a trial with one arm could inform.
  @Test func aTrialWithOneArmInformsItsInterceptAlone() throws {
    let content = adding("id", ["B", "B", "A", "A", "C", "A", "A", "B"])
      .split(separator: "\n").enumerated()
      .map { "\($1),\($0 == 0 ? "b" : "\($0 % 2)")" }.joined(separator: "\n")
    let design = try design(content, "b ~ t | id | z")
    #expect(
      design.warnings == [
        "trial \"C\" has the one arm \"drug\" among the used rows: it informs its intercept, not the"
          + " treatment effect"
      ])
  }

  @Test func aBinomialOutcomeIsDescribedByItsLevels() throws {
    let content = adding("b", ["1", "0", "0", "1", "1", "0", "NA", "1"])
    let description = try builder(content, "b ~ t | k | z").description()
    #expect(description.family == .binomial)
    #expect(description.event == "1")
    #expect(description.variables[0].kind == .nominal(["0", "1"]))
    #expect(
      description.trials.map { $0.variables[0] } == [
        .levels(counts: [2, 1], missing: 1), .levels(counts: [1, 3], missing: 0),
      ])
    let numbers = try builder(content, "b ~ t | k | z", DesignOptions(family: .gaussian))
      .description()
    #expect(numbers.family == .gaussian && numbers.event == nil)
    #expect(numbers.variables[0].kind == .numeric)
    #expect(try builder(content, "g ~ t | k | z").description().family == nil)
  }
}

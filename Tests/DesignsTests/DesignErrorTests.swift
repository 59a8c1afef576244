import Tables
import Testing

@testable import Designs

/// A request that cannot be met, and the one line that it is answered with.
struct FaultyRequest: Sendable, CustomTestStringConvertible {
  var content: String
  var formula: String
  var options: DesignOptions
  var category = ErrorCategory.data
  var message: String

  var testDescription: String { message }

  init(
    _ content: String = completeTable, _ formula: String = "y ~ t | k | z",
    _ options: DesignOptions = DesignOptions(), says problem: String, _ remedy: String
  ) {
    self.content = content
    self.formula = formula
    self.options = options
    message = "\(problem); \(remedy)"
  }
}

@Suite struct DesignErrorTests {
  private static let reading =
    "write outcome ~ treatment | trial | z1 + z2, with names of other signs in backticks"

  static let formulas = [
    FaultyRequest(
      completeTable, "y = t", says: "formula, character 3: expected ~, found \"=\"", reading),
    FaultyRequest(
      completeTable, "y ~ t | k |",
      says: "formula, character 12: expected a partitioning variable's name, found the end",
      reading),
    FaultyRequest(
      completeTable, "y ~ t | k | `z",
      says: "formula, character 13: a backtick opens here and is not closed", reading),
    FaultyRequest(
      completeTable, "y ~ t | k | ``",
      says: "formula, character 13: there is no name between the backticks", reading),
    FaultyRequest(
      completeTable, "y ~ t | k | log(z)",
      says: "formula, character 13: the function log() is not known in a formula",
      "only factor() and ordered() are; compute other columns beforehand"),
    FaultyRequest(
      completeTable, "y ~ t | k",
      says: "formula: the third part, the partitioning variables, is missing",
      "write outcome ~ treatment | trial | z1 + z2, or give --subgroups"),
    FaultyRequest(
      "y,t,k\n1,a,A\n", "y ~ t | k | .",
      says: "d.csv, formula: the list of partitioning variables is empty, since every column has"
        + " another role", "name the variables that may define subgroups"),
    FaultyRequest(
      "y,t,k,\n1,a,A,2\n", "y ~ t | k | .",
      says: "d.csv, formula: \".\" takes in column 4, which has no name",
      "name it in the header, or list the partitioning variables"),
    FaultyRequest(
      completeTable, "y ~ t | k | z + t",
      says: "column \"t\": it stands both as the treatment and as a partitioning variable",
      "a column has one role only: remove it from one of the two places"),
    FaultyRequest(
      completeTable, "y ~ y | k | z",
      says: "column \"y\": it stands both as the outcome and as the treatment",
      "a column has one role only: remove it from one of the two places"),
    FaultyRequest(
      completeTable, "y ~ t | k", DesignOptions(subgroups: "k"),
      says: "column \"k\": it stands both as the trial and as the subgroups",
      "a column has one role only: remove it from one of the two places"),
    FaultyRequest(
      completeTable, "y ~ t | k | z + g + factor(z)",
      says: "column \"z\": it stands twice as a partitioning variable", "name it once"),
    FaultyRequest(
      completeTable, "y ~ t + z + z | k | g",
      says: "column \"z\": it stands twice as a covariate", "name it once"),
    FaultyRequest(
      completeTable, "y ~ t | k | zz",
      says: "d.csv, column \"zz\": the file has no such column", "did you mean \"z\"?"),
    FaultyRequest(
      completeTable, "y ~ t | k", DesignOptions(subgroups: "subgroup"),
      says: "d.csv, column \"subgroup\": the file has no such column",
      "it has \"y\", \"t\", \"k\", \"z\", \"g\", \"o\""),
    FaultyRequest(
      completeTable, "y ~ t | k | z",
      DesignOptions(orders: [LevelOrder(column: "order", levels: ["a", "b"])]),
      says: "d.csv, column \"order\": the file has no such column",
      "it has \"y\", \"t\", \"k\", \"z\", \"g\", \"o\""),
  ]

  static let values = [
    FaultyRequest(
      completeTable, "y ~ t | k | o",
      DesignOptions(orders: [LevelOrder(column: "o", levels: ["low", "medium", "high"])]),
      says: "d.csv, column \"o\": there is no level \"medium\"",
      "the levels are \"high\", \"low\", \"mid\""),
    FaultyRequest(
      completeTable, "y ~ t | k | z", DesignOptions(arms: ArmPair("drug", "placebo")),
      says: "d.csv, column \"t\": --arms names \"placebo\", which is no level of it",
      "the levels are \"control\", \"drug\""),
    FaultyRequest(
      completeTable, "y ~ t | k | z", DesignOptions(reference: "placebo"),
      says: "d.csv, column \"t\": --reference names \"placebo\", which is no level of it",
      "the levels are \"control\", \"drug\""),
    FaultyRequest(
      completeTable, "y ~ g | k | z",
      DesignOptions(arms: ArmPair("x", "y"), reference: "z"),
      says: "d.csv, column \"g\": --reference names \"z\", which is no level of it",
      "the levels are \"x\", \"y\""),
    FaultyRequest(
      completeTable, "y ~ g | k | z",
      says: "d.csv, column \"g\": the treatment has 3 arms among the used rows"
        + " (\"x\", \"y\", \"z\")", "choose two of them with --arms A,B"),
    FaultyRequest(
      adding("one", Array(repeating: "a", count: 8)), "y ~ one | k | z",
      says: "d.csv, column \"one\": the only arm among the used rows is \"a\"",
      "two arms are needed; look for missing values with describe"),
    FaultyRequest(
      adding("m", ["NA", "", ".", "NaN", "", "", "", ""]), "y ~ t | k | z + m",
      says: "d.csv, column \"m\": no row has a value in every used column"
        + " (this one misses 8 of 8)", "leave out of the formula what is mostly missing"),
    FaultyRequest(
      completeTable, "g ~ t | k | z",
      says: "d.csv, column \"g\": the outcome is not a number but has 3 levels"
        + " (\"x\", \"y\", \"z\")",
      "choose a column of numbers, or of two levels, as the outcome"),
    FaultyRequest(
      completeTable, "g ~ t | k | z", DesignOptions(family: .binomial),
      says: "d.csv, column \"g\": the outcome is not a number but has 3 levels"
        + " (\"x\", \"y\", \"z\")",
      "choose a column of numbers, or of two levels, as the outcome"),
    FaultyRequest(
      completeTable, "g ~ t | k | z", DesignOptions(family: .gaussian),
      says: "d.csv, column \"g\": the outcome is not a number but has 3 levels"
        + " (\"x\", \"y\", \"z\")", "choose a column of numbers as the outcome"),
    FaultyRequest(
      adding("b", ["yes", "no", "no", "yes", "yes", "no", "yes", "no"]), "b ~ t | k | z",
      DesignOptions(family: .gaussian),
      says: "d.csv, column \"b\": the outcome is not a number but has 2 levels (\"no\", \"yes\")",
      "leave out --family gaussian to model it as binomial"),
    FaultyRequest(
      completeTable, "y ~ t | k | z", DesignOptions(family: .binomial),
      says: "d.csv, column \"y\": a binomial outcome has two values, and this one has 8",
      "leave out --family binomial, or choose a column of two values"),
    FaultyRequest(
      adding("b", ["1", "1", "1", "1", "1", "1", "1", "1"]), "b ~ t | k | z",
      DesignOptions(family: .binomial),
      says: "d.csv, column \"b\": the outcome is 1 in every used row",
      "there is nothing to explain: choose another outcome"),
    FaultyRequest(
      replacing("z", row: 0, by: "NA").split(separator: "\n").enumerated()
        .map { $0 == 0 ? "\($1),b" : "\($1),\($0 == 1 ? 1 : 0)" }.joined(separator: "\n"),
      "b ~ t | k | z",
      says: "d.csv, column \"b\": the outcome is 0 in every used row",
      "there is nothing to explain: choose another outcome"),
    FaultyRequest(
      adding("b", Array(repeating: "yes", count: 8)), "b ~ t | k | z",
      says: "d.csv, column \"b\": the outcome is \"yes\" in every used row",
      "there is nothing to explain: choose another outcome"),
    FaultyRequest(
      adding("c", Array(repeating: "2.50", count: 8)), "c ~ t | k | z",
      says: "d.csv, column \"c\": the outcome is 2.5 in every used row",
      "there is nothing to explain: choose another outcome"),
    FaultyRequest(
      replacing("y", row: 2, by: "inf"),
      says: "d.csv, line 4, column \"y\": \"inf\" is infinite or too large for a number",
      "mend the value, or write NA"),
    FaultyRequest(
      replacing("z", row: 2, by: "n/a"),
      says: "d.csv, line 4, column \"z\": \"n/a\" stands in a column of numbers",
      "write NA for a missing value, or factor() in the formula if the numbers are categories"),
    FaultyRequest(
      adding("one", Array(repeating: "S1", count: 8)), "y ~ t | one | z",
      says: "d.csv, column \"one\": all used rows are of the one trial \"S1\"",
      "a meta-analysis needs two trials or more; --method mob takes one"),
    FaultyRequest(
      adding("k2", ["A", "A", "B", "A", "A", "B", "A", "A"]), "y ~ t | k2 | z",
      says: "d.csv, column \"k2\": 1 trial with both arms among the used rows (\"A\"),"
        + " at least 2 needed", "add trials, or look for missing values with describe"),
    FaultyRequest(
      adding("s", Array(repeating: "x", count: 8)), "y ~ t | k", DesignOptions(subgroups: "s"),
      says: "d.csv, column \"s\": all used rows are of the one subgroup \"x\"",
      "two subgroups are needed; look for missing values with describe"),
  ]

  @Test(arguments: formulas + values)
  func eachFaultIsToldInOneLine(_ faulty: FaultyRequest) throws {
    let error = #expect(throws: DesignError.self) {
      try design(faulty.content, faulty.formula, faulty.options)
    }
    #expect(error?.message == faulty.message)
    #expect(error?.category == .data)
  }

  @Test func aThirdPartBesideSubgroupsIsAUsageError() {
    let error = #expect(throws: DesignError.self) {
      try design(completeTable, "y ~ t | k | z", DesignOptions(subgroups: "g"))
    }
    #expect(error?.category == .usage)
    #expect(
      error?.message
        == "formula: a third part cannot stand beside --subgroups, which grows no tree;"
        + " write outcome ~ treatment | trial")
  }

  @Test func illFormedOptionsSayHowTheyAreWritten() {
    #expect(
      DesignError(.option(name: "--ordered", value: "o=a", problem: "an order has two levels"))
        .message
        == "--ordered \"o=a\": an order has two levels; write it as column=low<mid<high with a"
        + " level that has a comma in quotation marks")
    #expect(
      DesignError(.option(name: "--arms", value: "A", problem: "two are needed")).message
        == "--arms \"A\": two are needed; write it as A,B with a level that has a comma in"
        + " quotation marks")
  }
}

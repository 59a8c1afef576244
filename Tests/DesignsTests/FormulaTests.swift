import Testing

@testable import Designs

@Suite struct FormulaTests {
  @Test func threeParts() throws {
    let formula = try Formula(parsing: "rmdq ~ treatment + age | trial | rmdq_0 + factor(sex) + .")
    #expect(formula.outcome == Formula.Term("rmdq"))
    #expect(formula.treatment == Formula.Term("treatment"))
    #expect(formula.covariates == [Formula.Term("age")])
    #expect(formula.trial == Formula.Term("trial"))
    #expect(
      formula.partitioning == [
        .column(Formula.Term("rmdq_0")), .column(Formula.Term("sex", .factor)), .allOthers,
      ])
    #expect(formula.text == "rmdq ~ treatment + age | trial | rmdq_0 + factor(sex) + .")
  }

  @Test func twoParts() throws {
    #expect(try Formula(parsing: "y~t|k").partitioning == nil)
  }

  @Test(arguments: [
    ("`y at 6` ~ t | k | z", "y at 6"), ("`a\\`b` ~ t | k | z", "a`b"),
    (".y_1 ~ t | k | z", ".y_1"),
    ("größe ~ t | k | z", "größe"), ("`~|+` ~ t | k | z", "~|+"), ("factor ~ t | k | z", "factor"),
    ("  y\n~ t|k|z ", "y"), ("factor( `y 1` ) ~ t | k | z", "y 1"), ("..2 ~ t | k | z", "..2"),
    ("`factor` ~ t | k | z", "factor"), ("ordered(y) ~ t | k | z", "y"),
  ])
  func namesAreAsInR(_ text: String, _ outcome: String) throws {
    #expect(try Formula(parsing: text).outcome.name == outcome)
  }

  /// Whatever is in a name, backticks carry it.
  @Test func anyNameSurvivesBackticks() throws {
    for name in ["a b", "1st", "x-y", "é\u{301}", "\\", "`", "a\\`", "|", "factor(x)", "\""] {
      let escaped = name.replacing("\\", with: "\\\\").replacing("`", with: "\\`")
      let formula = try Formula(parsing: "y ~ t | k | `\(escaped)` + ordered(`\(escaped)`)")
      #expect(
        formula.partitioning == [
          .column(Formula.Term(name)), .column(Formula.Term(name, .ordered)),
        ])
    }
  }

  @Test(
    arguments: [
      ("", 1, .expected(.outcome, found: nil)), ("~ t | k", 1, .expected(.outcome, found: "~")),
      ("y", 2, .expected(.tilde, found: nil)), ("y = t | k", 3, .expected(.tilde, found: "=")),
      ("y x ~ t | k", 3, .expected(.tilde, found: "x")),
      ("y ~", 4, .expected(.treatment, found: nil)),
      ("y ~ 1 | k", 5, .expected(.treatment, found: "1")),
      ("y ~ t", 6, .expected(.trialPart, found: nil)),
      ("y ~ t + | k", 9, .expected(.covariate, found: "|")),
      ("y ~ t * x | k", 7, .expected(.trialPart, found: "*")),
      ("y ~ t | | z", 9, .expected(.trial, found: "|")),
      ("y ~ t | (1 | k) | z", 9, .expected(.trial, found: "(")),
      ("y ~ t | k + m | z", 11, .expected(.endOrVariables, found: "+")),
      ("y ~ t | k |", 12, .expected(.variable, found: nil)),
      ("y ~ t | k | 1", 13, .expected(.variable, found: "1")),
      ("y ~ t | k | z +", 16, .expected(.variable, found: nil)),
      ("y ~ t | k | z, w", 14, .expected(.endOrMore, found: ",")),
      ("y ~ t | k | z | w", 15, .expected(.endOrMore, found: "|")),
      ("y ~ t | k | . - id", 15, .expected(.endOrMore, found: "-")),
      (". ~ t | k | z", 1, .expected(.outcome, found: ".")),
      ("y ~ t | k | 1st", 13, .expected(.variable, found: "1st")),
      ("y ~ t | k | factor()", 20, .expected(.argument, found: ")")),
      ("y ~ t | k | factor(.)", 20, .expected(.argument, found: ".")),
      ("y ~ t | k | factor(x, y)", 21, .expected(.closing, found: ",")),
      ("log(y) ~ t | k | z", 1, .function("log")),
      ("y ~ t | k | as.factor(z)", 13, .function("as.factor")),
      ("y ~ t | k | `z", 13, .unclosedBacktick), ("y ~ t | k | ``", 13, .emptyName),
      ("\"y\" ~ t | k", 1, .expected(.outcome, found: "\"")),
    ] as [(String, Int, FormulaFault.Problem)])
  func faultsNameTheirPlace(_ text: String, _ character: Int, _ problem: FormulaFault.Problem) {
    let fault = FormulaFault(character: character, problem: problem)
    #expect(throws: DesignError(.formula(text: text, fault))) { try Formula(parsing: text) }
  }
}

import Commands
import Testing

@Suite("Option parser")
struct OptionParserTests {
  /// Parses the arguments of `fit`.
  private func fit(_ arguments: String...) throws(CommandError) -> ParsedArguments {
    try OptionParser.parse(arguments, of: .fit)
  }

  @Test("Options stand anywhere among the operands")
  func optionsStandAnywhere() throws {
    let expected = try fit("d.csv", "y ~ t | s | z", "--seed", "7", "--quiet")
    #expect(expected.operands == ["d.csv", "y ~ t | s | z"])
    #expect(expected.values == [.seed: [.integer(7)], .quiet: [.flag(true)]])
    #expect(try fit("--seed", "7", "d.csv", "--quiet", "y ~ t | s | z") == expected)
    #expect(try fit("--quiet", "--seed=7", "d.csv", "y ~ t | s | z") == expected)
  }

  @Test("A value may begin with a dash, be empty after =, or hold =")
  func valuesAreTakenAsTheyStand() throws {
    #expect(try fit("--reference", "-1").values[.reference] == [.text("-1")])
    #expect(try fit("--reference=-1").values[.reference] == [.text("-1")])
    #expect(try fit("--reference", "--").values[.reference] == [.text("--")])
    #expect(try fit("--reference=a=b").values[.reference] == [.text("a=b")])
    #expect(try fit("--out=--force").values[.out] == [.text("--force")])
    #expect(try fit("--reference", "żółć").values[.reference] == [.text("żółć")])
  }

  @Test("A lone dash is an operand, and two dashes end the options")
  func dashes() throws {
    #expect(try fit("-", "f").operands == ["-", "f"])
    let parsed = try fit("--quiet", "a", "--", "--seed", "b", "--")
    #expect(parsed.operands == ["a", "--seed", "b", "--"])
    #expect(parsed.values == [.quiet: [.flag(true)]])
  }

  @Test("The last value counts, but a repeatable option keeps all")
  func repetition() throws {
    #expect(try fit("--seed", "1", "--seed", "2").values[.seed] == [.integer(2)])
    #expect(
      try fit("--ordered", "a=x<y", "--ordered", "b=u<v").values[.ordered]
        == [.text("a=x<y"), .text("b=u<v")])
  }

  @Test("Help ends the reading", arguments: [["--help"], ["-h"], ["d.csv", "--help", "--bogus"]])
  func help(arguments: [String]) throws {
    #expect(try OptionParser.parse(arguments, of: .fit).has(.help))
  }

  /// Arguments of `fit` → the one line that they end with.
  static let refused: [(arguments: [String], message: String)] = [
    (["--bogus"], "unknown option --bogus of metamob fit; 'metamob fit --help' lists the options"),
    (["--methd", "x"], "unknown option --methd of metamob fit; did you mean --method?"),
    (["--method1=x"], "unknown option --method1 of metamob fit; did you mean --method?"),
    (["--meth", "mob-si"], "unknown option --meth of metamob fit; did you mean --method?"),
    (["--quie"], "unknown option --quie of metamob fit; did you mean --quiet?"),
    (["--ou"], "unknown option --ou of metamob fit; did you mean --out?"),
    (["--m"], "unknown option --m of metamob fit; 'metamob fit --help' lists the options"),
    (
      ["--run", "x"],
      "unknown option --run of metamob fit; it belongs to metamob diagnose, metamob predict, "
        + "metamob plot and metamob report"
    ),
    (["-q"], "unknown option -q of metamob fit; 'metamob fit --help' lists the options"),
    (["--out"], "option --out needs a value: DIR"),
    (
      ["--out", "--force"],
      "option --out needs a value: DIR; --force follows it (write --out=--force if that is the "
        + "value)"
    ),
    (["--quiet=1"], "option --quiet takes no value"),
    (["--out="], "option --out: '' is not a name or a path"),
    (["--chains", "0"], "option --chains: '0' is not a whole number from 1 to 1000"),
    (["--min-size", "1.5"], "option --min-size: '1.5' is not a whole number of at least 1"),
    (["--alpha", "1.1"], "option --alpha: '1.1' is not a number above 0 and at most 1"),
    (["--tolerance", "0"], "option --tolerance: '0' is not a number above 0"),
    (
      ["--ties", "row"], "option --ties: 'row' is not one of distinct, rows; did you mean rows?"
    ),
    (
      ["--family", "poisson"], "option --family: 'poisson' is not one of gaussian, binomial"
    ),
  ]

  @Test("What is wrong is said in one line with exit code 64", arguments: refused)
  func refusals(arguments: [String], message: String) {
    #expect(throws: CommandError.usage(message)) {
      try OptionParser.parse(["d.csv", "y ~ t | s | z"] + arguments, of: .fit)
    }
    #expect(CommandError.usage(message).exitCode == 64)
  }

  @Test("compare refuses the estimator and names the command that has it")
  func compareHasNoEstimator() {
    let message =
      "unknown option --estimator of metamob compare; it belongs to metamob fit "
      + "and metamob stability"
    #expect(throws: CommandError.usage(message)) {
      try OptionParser.parse(["--estimator", "reml"], of: .compare)
    }
  }
}

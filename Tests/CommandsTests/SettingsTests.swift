import Commands
import Designs
import Subgroups
import Testing
import Trees

@Suite("Settings")
struct SettingsTests {
  private func settings(_ arguments: String...) throws(CommandError) -> Settings {
    try Settings(OptionParser.parse(arguments, of: .fit))
  }

  // A setting whose default no row of the command gives would be a fault of the program.
  @Test("Every command has settings without an option", arguments: CommandName.allCases)
  func defaults(command: CommandName) throws {
    let settings = try Settings(OptionParser.parse([], of: command), of: command)
    #expect(settings.level == 0.95)
  }

  @Test("Each option reaches its setting")
  func optionsReachSettings() throws {
    let some = try settings(
      "--method", "mob-si", "--family", "gaussian", "--estimator", "reml", "--subgroups", "sex",
      "--alpha", "0.1", "--no-bonferroni", "--min-size", "30", "--max-depth", "3", "--trim", "7",
      "--ties", "rows", "--start", "no-tree", "--tolerance", "1e-6", "--max-iterations", "9",
      "--fallback", "stop", "--priors", "p.json", "--sampler", "hmc", "--chains", "2")
    #expect(some.methods == [.mobSI])
    #expect(some.family.map { "\($0)" } == "gaussian")
    #expect(some.estimator == .reml)
    #expect(some.subgroups == "sex")
    #expect(some.alpha == 0.1)
    #expect(!some.bonferroni)
    #expect(some.minSize == 30)
    #expect(some.maxDepth == 3)
    #expect(some.trim == 7)
    #expect(some.ties == .rows)
    #expect(some.start == .noTree)
    #expect(some.tolerance == 1e-6)
    #expect(some.maxIterations == 9)
    #expect(some.fallback == .stop)
    #expect(some.priors == "p.json")
    #expect(some.sampler == .hmc)
    #expect(some.chains == 2)
    let others = try settings(
      "--warmup", "0", "--draws", "5", "--seed", "0", "--target-accept", "0.9", "--max-treedepth",
      "12", "--allow-unconverged", "--benefit", "lower", "--mcid", "2.5", "--level", "0.9",
      "--out", "o", "--force", "--format", "json", "--threads", "3", "--quiet", "--timing",
      "--arms", "a,b", "--reference", "a", "--ordered", "o=l<h", "--tree-draws", "8",
      "--sensitivity")
    #expect(others.warmup == 0)
    #expect(others.draws == 5)
    #expect(others.seed == 0)
    #expect(others.targetAccept == 0.9)
    #expect(others.maxTreedepth == 12)
    #expect(others.treeDraws == 8)
    #expect(others.sensitivity)
    #expect(others.allowsUnconverged)
    #expect(others.benefit == .lower)
    #expect(others.mcid == 2.5)
    #expect(others.level == 0.9)
    #expect(others.out == "o")
    #expect(others.force)
    #expect(others.format == .json)
    #expect(others.threads == 3)
    #expect(others.quiet)
    #expect(others.timing)
    #expect(others.arms?.levels == ["a", "b"])
    #expect(others.reference == "a")
    #expect(others.ordered.map(\.levels) == [["l", "h"]])
  }

  @Test("Each option of methods and growth reaches its setting")
  func controlsReachSettings() throws {
    let some = try settings(
      "--method", "palmtree", "--family", "binomial", "--estimator", "ml", "--correlated",
      "--quadrature-points", "7", "--test-parameters", "treatment", "--min-arm", "5",
      "--min-trial", "3", "--categorical", "multiway", "--ordinal", "L2", "--breakpoints",
      "midpoint", "--heterogeneity", "per-subgroup-pooled", "--vcov", "sandwich", "--prune", "bic",
      "--fallback", "metamob-ri", "--weights",
      "w")
    #expect(some.methods == [.palmtree])
    #expect(some.family.map { "\($0)" } == "binomial")
    #expect(some.estimator == .ml)
    #expect(some.correlated)
    #expect(some.heterogeneity == .perSubgroupPooled)
    #expect(some.quadraturePoints == 7)
    #expect(some.testParameters == .treatment)
    #expect([some.minArm, some.minTrial] == [5, 3])
    #expect(some.categorical == .multiway)
    #expect(some.ordinal == .l2)
    #expect(some.breakpoints == .midpoint)
    #expect(some.vcov == .sandwich)
    #expect(some.prune == .bic)
    #expect(some.fallback == .metamobRI)
    #expect(some.weights == "w")
  }

  @Test("Without options the settings are the contract's defaults")
  func defaults() throws {
    let plain = try settings()
    #expect(plain.methods == [.metamobSI])
    #expect(plain.estimator == .bayes)
    #expect(plain.alpha == 0.05)
    #expect(plain.bonferroni)
    #expect(plain.trim == 0.1)
    #expect(plain.ties == .distinct)
    #expect(plain.start == .both)
    #expect(plain.fallback == .drop)
    #expect([plain.chains, plain.warmup, plain.draws] == [4, 1_000, 1_000])
    #expect(plain.seed == 1)
    #expect(plain.level == 0.95)
    #expect(plain.format == .text)
    #expect(plain.threads >= 1)
    #expect(plain.heterogeneity == .shared && !plain.poolEffects)
    #expect(!plain.correlated && plain.weights == nil && plain.family == nil)
    #expect([plain.minArm, plain.minTrial, plain.quadraturePoints] == [0, 0, 1])
    #expect(plain.testParameters == .all && plain.categorical == .binary)
    #expect(plain.ordinal == .chisq && plain.breakpoints == .observed)
    #expect(plain.vcov == .opg && plain.prune == .none)
    #expect(plain.minSize == nil && plain.maxDepth == nil && plain.mcid == nil)
    #expect(!plain.force && !plain.quiet && !plain.timing && !plain.allowsUnconverged)
  }

  @Test("The settings of predict")
  func predict() throws {
    let parsed = try OptionParser.parse(["--run", "mob-si:reml", "--out", "p.csv"], of: .predict)
    let settings = try Settings(parsed)
    #expect(settings.run?.method == .mobSI)
    #expect(settings.run?.estimator == .reml)
    #expect(settings.out == "p.csv")
  }

  @Test("Options that make no sense together are refused")
  func contradictions() {
    #expect(throws: CommandError.usage("option --mcid needs --benefit lower or --benefit higher")) {
      try settings("--mcid", "1")
    }
    #expect(throws: CommandError.usage("option --ordered: column 'o' is given twice")) {
      try settings("--ordered", "o=a<b", "--ordered", "o=b<a")
    }
  }
}

@Suite("Options without effect")
struct IdleOptionTests {
  /// Without both random terms there is nothing to correlate, by whatever estimator.
  @Test(
    "A method without both random terms accepts --correlated", arguments: Subgroups.Method.allCases)
  func correlated(method: Subgroups.Method) throws {
    for estimator in ["reml", "ml"] {
      #expect(try settings(["--method", method.rawValue, "--estimator", estimator]).correlated)
    }
    guard method != .metamobRI else { return }
    #expect(try settings(["--method", method.rawValue]).correlated)
  }

  private func settings(_ arguments: [String]) throws(CommandError) -> Settings {
    try Settings(OptionParser.parse(arguments + ["--correlated"], of: .fit))
  }
}

@Suite("Control settings of a document")
struct ControlTests {
  @Test("Every recorded setting is there, given or by default")
  func isComplete() throws {
    let parsed = try OptionParser.parse(
      ["--alpha", "0.01", "--ordered", "o=a<b", "--no-bonferroni", "--quiet"], of: .fit)
    let control = OptionTable.control(of: .fit, parsed, resolved: [.minSize: .integer(50)])
    let values = Dictionary(uniqueKeysWithValues: control.map { ($0.key, $0.value) })
    #expect(values["alpha"] == .some(.number(0.01)))
    #expect(values["no_bonferroni"] == .some(.flag(true)))
    #expect(values["ordered"] == .some(.list([.text("o=a<b")])))
    #expect(values["max_iterations"] == .some(.integer(100)))
    #expect(values["min_size"] == .some(.integer(50)))
    #expect(values["max_depth"] == .some(nil))
    #expect(values["quadrature_points"] == .some(.integer(1)))
    #expect(values["test_parameters"] == .some(.text("all")))
    #expect(values["weights"] == .some(nil))
    #expect(values["allow_unconverged"] == .some(.flag(false)))
    #expect(values["threads"] == .some(nil))
    // How the program speaks is no setting of the analysis.
    for key in ["quiet", "timing", "force", "format", "help"] { #expect(values[key] == nil) }
    #expect(control.count == OptionTable.options(of: .fit).count - 5)
  }

  @Test("What was given wins over what was resolved")
  func givenWins() throws {
    let parsed = try OptionParser.parse(["--min-size", "7"], of: .compare)
    let control = OptionTable.control(of: .compare, parsed, resolved: [.minSize: .integer(50)])
    #expect(control.first { $0.key == "min_size" }?.value == .integer(7))
    #expect(!control.contains { $0.key == "estimator" })
  }
}

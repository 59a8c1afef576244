import TestSupport
import Testing

/// Calls that are wrong whatever the data are.
///
/// A row is a call and the line it must end with.
@Suite("Messages about usage")
struct UsageMessageTests {
  static let program: [Message] = [
    Message([], code: 64, "no command; 'metamob --help' lists the commands"),
    Message(["fitt"], code: 64, "unknown command 'fitt'; did you mean fit?"),
    Message(["Compare"], code: 64, "unknown command 'Compare'; did you mean compare?"),
    Message(["tree"], code: 64, "unknown command 'tree'; 'metamob --help' lists the commands"),
    Message(["draw"], code: 64, "unknown command 'draw'; 'metamob --help' lists the commands"),
    Message(
      ["--quiet", "fit"], code: 64,
      "unknown option --quiet; the command comes first: metamob COMMAND [options]"),
    Message(
      ["a\u{1B}[31m\nb"], code: 64,
      "unknown command 'a\\u{1b}[31m\\nb'; 'metamob --help' lists the commands"),
    Message(
      ["completions"], code: 64,
      "metamob completions needs SHELL: SHELL is missing; 'metamob completions --help' explains"),
    Message(
      ["completions", "ksh"], code: 64,
      "no completions for 'ksh'; SHELL is one of bash, zsh, fish"),
  ]

  static let operands: [Message] = [
    Message(
      ["describe", "data.csv"], code: 64,
      "metamob describe needs DATA and FORMULA: FORMULA is missing; "
        + "'metamob describe --help' explains"),
    Message(
      ["fit"], code: 64,
      "metamob fit needs DATA and FORMULA: DATA is missing; 'metamob fit --help' explains"),
    Message(
      ["compare", "--quiet", "data.csv"], code: 64,
      "metamob compare needs DATA and FORMULA: FORMULA is missing; "
        + "'metamob compare --help' explains"),
    Message(
      ["predict", "fit"], code: 64,
      "metamob predict needs FIT and DATA: DATA is missing; 'metamob predict --help' explains"),
    Message(
      ["fit", "data.csv", "y", "~", "t"], code: 64,
      "unexpected argument '~'; put the formula in quotes"),
    Message(["predict", "fit", "new.csv", "more.csv"], code: 64, "unexpected argument 'more.csv'"),
    Message(
      ["calibrate", "gaussian-ri-3", "gaussian-si-3"], code: 64,
      "unexpected argument 'gaussian-si-3'"),
    Message(
      ["calibrate", "gaussian-ri-4"], code: 64,
      "unknown scenario 'gaussian-ri-4'; did you mean gaussian-ri-3?"),
    Message(
      ["calibrate", "everything"], code: 64,
      "unknown scenario 'everything'; 'metamob calibrate --help' lists the scenarios"),
    Message(
      ["calibrate", "gaussian-ri-3", "--family", "binomial"], code: 64,
      "no scenario agrees with all of SCENARIO, --family, --trials and --sampler; "
        + "leave one of them out"),
  ]

  /// Options after `fit data.csv 'y ~ t | s | z'`, and the line they end with.
  static let fit: [Message] = [
    (["--bogus"], "unknown option --bogus of metamob fit; 'metamob fit --help' lists the options"),
    (["--methd=x"], "unknown option --methd of metamob fit; did you mean --method?"),
    (["--meth", "x"], "unknown option --meth of metamob fit; did you mean --method?"),
    (
      ["--run", "x"],
      "unknown option --run of metamob fit; it belongs to metamob diagnose, metamob predict, "
        + "metamob plot and metamob report"
    ),
    (["-q"], "unknown option -q of metamob fit; 'metamob fit --help' lists the options"),
    (["--seed"], "option --seed needs a value: N"),
    (
      ["--out", "--force"],
      "option --out needs a value: DIR; --force follows it "
        + "(write --out=--force if that is the value)"
    ),
    (["--force=yes"], "option --force takes no value"),
    (
      ["--method", "mobri"],
      "option --method: 'mobri' is not one of mob, mob-si, mob-ri, palmtree, metamob-ri, "
        + "metamob-si, rp; did you mean mob-ri?"
    ),
    (
      ["--method", "rpart"],
      "option --method: 'rpart' is not one of mob, mob-si, mob-ri, palmtree, metamob-ri, "
        + "metamob-si, rp"
    ),
    (
      ["--method", "mob,mob-si"],
      "option --method: 'mob,mob-si' is not one of mob, mob-si, mob-ri, palmtree, metamob-ri, "
        + "metamob-si, rp; did you mean metamob-si?"
    ),
    (["--family", "poisson"], "option --family: 'poisson' is not one of gaussian, binomial"),
    (
      ["--estimator", "mle"],
      "option --estimator: 'mle' is not one of reml, ml, bayes; did you mean ml?"
    ),
    (["--correlated=yes"], "option --correlated takes no value"),
    (
      ["--test-parameters", "effect"],
      "option --test-parameters: 'effect' is not one of all, treatment, partykit"
    ),
    (["--min-arm", "-1"], "option --min-arm: '-1' is not a whole number of at least 0"),
    (["--min-trial", "1.5"], "option --min-trial: '1.5' is not a whole number of at least 0"),
    (
      ["--categorical", "multi"],
      "option --categorical: 'multi' is not one of binary, multiway; did you mean multiway?"
    ),
    (
      ["--ordinal", "l2"], "option --ordinal: 'l2' is not one of chisq, max, L2; did you mean L2?"
    ),
    (
      ["--breakpoints", "mid"],
      "option --breakpoints: 'mid' is not one of observed, midpoint; did you mean midpoint?"
    ),
    (["--vcov", "hessian"], "option --vcov: 'hessian' is not one of opg, info, sandwich"),
    (
      ["--prune", "AIC"], "option --prune: 'AIC' is not one of none, aic, bic; did you mean aic?"
    ),
    (
      ["--quadrature-points", "0"],
      "option --quadrature-points: '0' is not a whole number from 1 to 100"
    ),
    (
      ["--quadrature-points", "101"],
      "option --quadrature-points: '101' is not a whole number from 1 to 100"
    ),
    (["--weights", ""], "option --weights: '' is not a name or a path"),
    (["--weights"], "option --weights needs a value: COLUMN"),
    (["--subgroups", ""], "option --subgroups: '' is not a name or a path"),
    (["--alpha", "0"], "option --alpha: '0' is not a number above 0 and at most 1"),
    (["--alpha", "5%"], "option --alpha: '5%' is not a number above 0 and at most 1"),
    (["--min-size", "0"], "option --min-size: '0' is not a whole number of at least 1"),
    (["--max-depth", "-1"], "option --max-depth: '-1' is not a whole number of at least 1"),
    (
      ["--trim", "0.5"],
      "option --trim: '0.5' is not a number above 0 and below 0.5, or a whole number of at least 2"
    ),
    (["--ties", "row"], "option --ties: 'row' is not one of distinct, rows; did you mean rows?"),
    (["--start", "none"], "option --start: 'none' is not one of zero, no-tree, both"),
    (["--tolerance", "nan"], "option --tolerance: 'nan' is not a number above 0"),
    (
      ["--max-iterations", "0"],
      "option --max-iterations: '0' is not a whole number from 1 to 1000000"
    ),
    (
      ["--fallback", "mob-ri"],
      "option --fallback: 'mob-ri' is not one of drop, metamob-ri, stop"
    ),
    (["--priors", ""], "option --priors: '' is not a name or a path"),
    (["--sampler", "metropolis"], "option --sampler: 'metropolis' is not one of auto, hmc, gibbs"),
    (["--chains", "0"], "option --chains: '0' is not a whole number from 1 to 1000"),
    (["--chains", "four"], "option --chains: 'four' is not a whole number from 1 to 1000"),
    (["--warmup", "-1"], "option --warmup: '-1' is not a whole number from 0 to 10000000"),
    (["--draws", "1e3"], "option --draws: '1e3' is not a whole number from 1 to 10000000"),
    (["--seed", "-1"], "option --seed: '-1' is not a whole number of at least 0"),
    (
      ["--target-accept", "1"],
      "option --target-accept: '1' is not a number above 0 and below 1"
    ),
    (["--max-treedepth", "0"], "option --max-treedepth: '0' is not a whole number from 1 to 30"),
    (
      ["--benefit", "low"],
      "option --benefit: 'low' is not one of lower, higher; did you mean lower?"
    ),
    (["--benefit", "lower", "--mcid", "-2"], "option --mcid: '-2' is not a number above 0"),
    (["--mcid", "2"], "option --mcid needs --benefit lower or --benefit higher"),
    (["--level", "95"], "option --level: '95' is not a number above 0 and below 1"),
    (["--out", ""], "option --out: '' is not a name or a path"),
    (["--format", "yaml"], "option --format: 'yaml' is not one of text, json, markdown"),
    (["--threads", "0"], "option --threads: '0' is not a whole number from 1 to 1024"),
    (["--quiet=1"], "option --quiet takes no value"),
    (
      ["--arms", "A"],
      "option --arms: 'A' is not two different levels, as in A,B "
        + "(a level with a comma stands in double quotes)"
    ),
    (
      ["--ordered", "o"],
      "option --ordered: 'o' is not a column with its levels from low to high, as in "
        + "dose=low<mid<high (a level with a comma or < stands in double quotes)"
    ),
    (
      ["--ordered", "o=a<b", "--ordered", "o=a<c"],
      "option --ordered: column 'o' is given twice"
    ),
  ].map { Message(["fit", "data.csv", "y ~ t | s | z"] + $0, code: 64, $1) }

  static let others: [Message] = [
    Message(
      ["compare", "data.csv", "y ~ t | s | z", "--estimator", "reml"], code: 64,
      "unknown option --estimator of metamob compare; it belongs to metamob fit and metamob "
        + "stability"),
    Message(
      ["describe", "data.csv", "y ~ t | s | z", "--seed", "1"], code: 64,
      "unknown option --seed of metamob describe; it belongs to metamob fit, metamob compare, "
        + "metamob stability and metamob calibrate"),
    Message(
      ["predict", "fit", "new.csv", "--run", "rq"], code: 64,
      "option --run: 'rq' is not METHOD or METHOD:ESTIMATOR with METHOD one of mob, mob-si, mob-ri, "
        + "palmtree, metamob-ri, metamob-si, rp and ESTIMATOR one of reml, ml, bayes"),
  ]

  @Test("One line, no result, the exit code", arguments: program + operands + fit + others)
  func message(_ message: Message) throws {
    try check(message)
  }
}

/// Runs a call and compares all that it says.
func check(_ message: Message, _ location: SourceLocation = #_sourceLocation) throws {
  let folder = try Scratch()
  for (name, content) in message.files { try folder.add(name, content) }
  let outcome = try Program.run(message.arguments, in: folder, input: message.input)
  #expect(outcome.errors == "metamob: error: \(message.error)\n", sourceLocation: location)
  #expect(outcome.output.isEmpty, sourceLocation: location)
  #expect(outcome.code == message.code, sourceLocation: location)
  let given = Set(message.files.keys.map { $0.prefix { $0 != "/" } }).map(String.init)
  #expect(folder.names == given.sorted(), "no file is made", sourceLocation: location)
}

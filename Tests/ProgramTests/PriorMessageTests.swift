import TestSupport
import Testing

/// Prior sets that do not exist or cannot be used.
@Suite("Messages about priors")
struct PriorMessageTests {
  private static let csv = Sample().csv

  /// `fit d.csv --priors p.json` with a content of the prior file.
  private static func fit(_ content: String, _ error: String) -> Message {
    Message(
      ["fit", "d.csv", Sample.formula, "--priors", "p.json"],
      files: ["d.csv": csv, "p.json": content], code: 65, error)
  }

  /// The same with one entry for a Gaussian outcome.
  private static func entry(_ entry: String, _ error: String) -> Message {
    fit(#"{"schema": "metamob.priors/1", "name": "own", "gaussian": {\#(entry)}}"#, error)
  }

  static let missing: [Message] = [
    Message(
      ["fit", "d.csv", Sample.formula, "--priors", "p.json"], files: ["d.csv": csv], code: 66,
      "p.json: no such file; check the name and the folder"),
    Message(
      ["compare", "d.csv", Sample.formula, "--priors", "weakly"], files: ["d.csv": csv], code: 66,
      "unknown prior set 'weakly'; did you mean weakly-informative?"),
    Message(
      ["fit", "d.csv", Sample.formula, "--estimator", "reml", "--priors", "vague"],
      files: ["d.csv": csv], code: 66,
      "unknown prior set 'vague'; 'metamob priors list' has the names of all, or give the path of a JSON "
        + "file"),
    Message(
      ["fit", "d.csv", Sample.formula, "--priors", "turner-pain-drug-contol"],
      files: ["d.csv": csv], code: 66,
      "unknown prior set 'turner-pain-drug-contol'; did you mean turner-pain-drug-control?"),
    Message(
      ["fit", "d.csv", Sample.formula, "--priors", "turner"], files: ["d.csv": csv], code: 66,
      "unknown prior set 'turner'; it is a table of sets: give a row's name, such as "
        + "turner-mortality-drug-control ('metamob priors list' has them all)"),
    Message(
      ["fit", "d.csv", Sample.formula, "--priors", "half-normal-0.5"], files: ["d.csv": csv],
      code: 65,
      "prior set 'half-normal-0.5' has no priors for a gaussian outcome; add an entry \"gaussian\""),
  ]

  static let documents: [Message] = [
    fit(
      #"{"schema": "metamob.prior-table/1", "name": "turner", "rows": []}"#,
      "prior file 'p.json', schema: this is a table of prior sets, one a row; of a table that ships "
        + "with the program give a row's name in the place of a file, such as turner-any"),
    fit("", "prior file 'p.json' is not JSON: Unexpected end of file during JSON parse"),
    fit(
      "schema: metamob.priors/1",
      "prior file 'p.json' is not JSON: Invalid value around character 0"),
    fit(
      "{\"schema\": \"metamob.priors/1\",\n \"name\": \"own\"\n \"gaussian\": {}}",
      "prior file 'p.json' is not JSON: Invalid value around character 47"),
    fit(
      "{\"schema\": \"metamob.priors/1\",\n \"gaussian\": {\"tau1\"",
      "prior file 'p.json' is not JSON: Unexpected end of file during JSON parse"),
    fit("[]", "prior file 'p.json', the document: an object is wanted here"),
    fit("{}", "prior file 'p.json', schema: \"metamob.priors/1\" is wanted here"),
    fit(
      #"{"schema": "metamob.priors/1"}"#, "prior file 'p.json', name: a name is wanted here"),
    fit(
      #"{"schema": "metamob.priors/1", "name": "own", "source": "Turner"}"#,
      "prior file 'p.json', source: a list of texts is wanted here"),
    fit(
      #"{"schema": "metamob.priors/1", "name": "own", "gausian": {}}"#,
      "prior file 'p.json', gausian: unknown key; did you mean \"gaussian\"?"),
    fit(
      #"{"schema": "metamob.priors/1", "name": "own", "binomial": {}}"#,
      "prior set 'p.json' has no priors for a gaussian outcome; add an entry \"gaussian\""),
  ]

  static let binomialEntries: [Message] = [
    fit(
      #"{"schema": "metamob.priors/1", "name": "own", "binomial": {"sigma": {}}}"#,
      "prior file 'p.json', binomial.sigma: unknown key; known are effect, intercept, coefficient, "
        + "tau0, tau1, correlation"),
    fit(
      #"{"schema": "metamob.priors/1", "name": "own", "binomial": {"intercept": "#
        + #"{"family": "normal", "mean": "outcome-mean", "sd": 1}}}"#,
      "prior file 'p.json', binomial.intercept.mean: \"outcome-mean\" is on no log odds scale; a "
        + "number is wanted here"),
  ]

  static let entries: [Message] = [
    entry(
      #""tau_1": {}"#, "prior file 'p.json', gaussian.tau_1: unknown key; did you mean \"tau1\"?"),
    entry(
      #""tau1": {"family": "half-normal", "scle": 1}"#,
      "prior file 'p.json', gaussian.tau1.scle: unknown key; did you mean \"scale\"?"),
    entry(
      #""tau1": {"family": "half-normal"}"#,
      "prior file 'p.json', gaussian.tau1.scale: a number is wanted here"),
    entry(
      #""tau1": {"family": "half-normal", "scale": -1}"#,
      "prior file 'p.json', gaussian.tau1.scale: -1 is given, a positive number is wanted"),
    entry(
      #""tau1": {"family": "half-normal", "scale": "1"}"#,
      "prior file 'p.json', gaussian.tau1.scale: a number is wanted here"),
    entry(
      #""tau1": {"family": "half-norml", "scale": 1}"#,
      "prior file 'p.json', gaussian.tau1.family: unknown family \"half-norml\"; did you mean "
        + "\"half-normal\"?"),
    entry(
      #""tau1": {"scale": 1}"#,
      "prior file 'p.json', gaussian.tau1.family: the name of a family is wanted here"),
    entry(
      #""tau1": {"family": "half-normal", "scale": 1, "unit": "within-arm-SDs"}"#,
      "prior file 'p.json', gaussian.tau1.unit: unknown unit; did you mean \"within-arm-sd\"?"),
    entry(
      #""tau1": {"family": "uniform", "lower": 2, "upper": 0.5}"#,
      "prior file 'p.json', gaussian.tau1.lower: 2 is given, a number from 0 to below 0.5 is wanted"
    ),
    entry(
      #""tau1": {"family": "log-normal", "meanlog": 0, "sdlog": 1, "of": "tau^2"}"#,
      "prior file 'p.json', gaussian.tau1.of: \"tau\" or \"tau-squared\" is wanted here"),
    entry(
      #""tau1": {"family": "fixed", "value": -0.1}"#,
      "prior file 'p.json', gaussian.tau1.value: -0.1 is given, a standard deviation is not negative"
    ),
    entry(
      #""correlation": {"family": "lkj", "eta": 0}"#,
      "prior file 'p.json', gaussian.correlation.eta: 0 is given, a positive number is wanted"),
    entry(
      #""correlation": {"family": "lkj", "eta": 1, "unit": "absolute"}"#,
      "prior file 'p.json', gaussian.correlation.unit: a correlation has no unit"),
    entry(
      #""correlation": {"family": "half-normal", "scale": 1}"#,
      "prior file 'p.json', gaussian.correlation.family: unknown family \"half-normal\"; known are lkj"
    ),
    entry(
      #""sigma": {"family": "fixed", "value": 0}"#,
      "prior file 'p.json', gaussian.sigma.value: 0 is given, a residual SD is positive"),
    entry(
      #""intercept": {"family": "normal", "mean": "outcome-median", "sd": 1}"#,
      "prior file 'p.json', gaussian.intercept.mean: a number or \"outcome-mean\" is wanted here"),
    entry(
      #""effect": {"family": "normal", "mean": 0, "sd": 1e999}"#,
      "prior file 'p.json' is not JSON: Number 1e999 is not representable in Swift"),
  ]

  /// What a prior that is on no scale of the data leads to.
  private static func massless(_ key: String, _ prior: String) -> Message {
    let values = Sample().rows.compactMap { Double($0[2]) }
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    return entry(
      "\"\(key)\": \(prior)",
      "prior file 'p.json', gaussian.\(key): the prior has no mass on the scale of the outcome, which "
        + "is between \(least) and \(most); look at its numbers and its unit")
  }

  static let scales: [Message] = [
    massless("effect", #"{"family": "normal", "mean": 1e8, "sd": 0.001}"#),
    massless("effect", #"{"family": "normal", "mean": -900, "sd": 10}"#),
    massless("intercept", #"{"family": "normal", "mean": -1e9, "sd": 1}"#),
    massless("tau1", #"{"family": "uniform", "lower": 1e10, "upper": 1e11}"#),
    massless("tau1", #"{"family": "fixed", "value": 1e5}"#),
    massless("tau0", #"{"family": "log-normal", "meanlog": 30, "sdlog": 1}"#),
    massless("sigma", #"{"family": "uniform", "lower": 1e6, "upper": 2e6}"#),
    massless("sigma", #"{"family": "fixed", "value": 1e-200}"#),
    massless("sigma", #"{"family": "half-normal", "scale": 1e-12}"#),
    massless("sigma", #"{"family": "log-normal", "meanlog": -800, "sdlog": 0.1}"#),
    Message(
      ["fit", "b.csv", "y ~ t | s | x", "--priors", "p.json"],
      files: [
        "b.csv": Sample().replacing("y") { row, _ in "\(row % 3 % 2)" }.csv,
        "p.json": #"{"schema": "metamob.priors/1", "name": "own", "binomial": {"effect": "#
          + #"{"family": "normal", "mean": 1e6, "sd": 1}}}"#,
      ], code: 65,
      "prior file 'p.json', binomial.effect: the prior has no mass on the scale of log odds, which a "
        + "sample shows between -10 and 10; look at its numbers and its unit"),
  ]

  @Test(
    "One line, no result, no file, the exit code",
    arguments: missing + documents + binomialEntries + entries + scales)
  func message(_ message: Message) throws {
    try check(message)
  }

  @Test("An entry that a file leaves out comes from the default set, and that is said")
  func defaults() throws {
    let folder = try Scratch()
    try folder.add("d.csv", Self.csv)
    try folder.add(
      "p.json",
      """
      {"schema": "metamob.priors/1", "name": "own", "source": [],
       "gaussian": {"tau1": {"family": "half-cauchy", "scale": 0.25}}}
      """)
    let outcome = try Program.run(
      ["fit", "d.csv", Sample.formula, "--priors", "p.json", "--allow-unconverged"] + Sample.short,
      in: folder)
    #expect(outcome.code == 0)
    let words = outcome.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(words.contains("half-Cauchy(0.25)") || words.contains("half-cauchy(0.25)"))
    #expect(
      words.contains(
        "taken from weakly-informative: gaussian.effect, gaussian.intercept, gaussian.coefficient, "
          + "gaussian.tau0, gaussian.sigma"))
  }
}

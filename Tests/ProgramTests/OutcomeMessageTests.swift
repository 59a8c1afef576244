import TestSupport
import Testing

/// Outcomes whose family does not fit, and case weights that cannot be used.
@Suite("Messages about families and weights")
struct OutcomeMessageTests {
  private static let sample = Sample()
  /// The outcome as yes and no, and as 1 and 2.
  private static let words = sample.replacing("y") { row, _ in ["no", "yes"][row % 5 / 3] }
  private static let oneAndTwo = sample.replacing("y") { row, _ in "\(row % 5 / 3 + 1)" }

  private static func fit(_ sample: Sample, _ options: [String], _ error: String) -> Message {
    fit(sample, Sample.formula, options, error)
  }

  private static func fit(
    _ sample: Sample, _ formula: String, _ options: [String], _ error: String
  ) -> Message {
    Message(["fit", "d.csv", formula] + options, files: ["d.csv": sample.csv], code: 65, error)
  }

  static let families: [Message] = [
    fit(
      sample, ["--family", "binomial", "--estimator", "ml"],
      "d.csv, column \"y\": a binomial outcome has two values, and this one has 120; leave out "
        + "--family binomial, or choose a column of two values"),
    fit(
      sample, "z ~ t | s | x", ["--family", "binomial"],
      "d.csv, column \"z\": the outcome is not a number but has 3 levels (\"a\", \"b\", \"c\"); "
        + "choose a column of numbers, or of two levels, as the outcome"),
    fit(
      words, ["--family", "gaussian"],
      "d.csv, column \"y\": the outcome is not a number but has 2 levels (\"no\", \"yes\"); leave "
        + "out --family gaussian to model it as binomial"),
    fit(
      sample.replacing("y") { _, _ in "1" }, ["--family", "binomial"],
      "d.csv, column \"y\": the outcome is 1 in every used row; there is nothing to explain: choose "
        + "another outcome"),
    fit(
      sample.replacing("y") { _, _ in "yes" }, ["--estimator", "ml"],
      "d.csv, column \"y\": the outcome is \"yes\" in every used row; there is nothing to explain: "
        + "choose another outcome"),
  ]

  /// The sample with a column `w` of case weights.
  private static func weighted(_ weight: (_ row: Int) -> String) -> Sample {
    weighted(sample, weight)
  }

  private static func weightedWords(_ weight: (_ row: Int) -> String) -> Sample {
    weighted(words, weight)
  }

  private static func weighted(_ sample: Sample, _ weight: (_ row: Int) -> String) -> Sample {
    var copy = sample
    copy.header.append("w")
    for row in copy.rows.indices { copy.rows[row].append(weight(row)) }
    return copy
  }

  static let weights: [Message] = [
    fit(
      weighted { $0 == 3 ? "-0.5" : "1" }, ["--weights", "w"],
      "d.csv, line 5, column \"w\": the case weight -0.5 is negative; a weight is 0 or more, or NA"),
    fit(
      weighted { $0 == 3 ? "one" : "1" }, ["--weights", "w"],
      "d.csv, line 5, column \"w\": \"one\" is not a number; write NA for a missing value"),
    fit(
      weighted { $0 == 3 ? "inf" : "1" }, ["--weights", "w"],
      "d.csv, line 5, column \"w\": \"inf\" is infinite or too large for a number; mend the value, "
        + "or write NA"),
    fit(
      weighted { _ in "0" }, ["--weights", "w"],
      "d.csv, column \"w\": every row with a value in every used column has the weight 0; give "
        + "weights above 0"),
    fit(
      weighted { $0 == 3 ? "1e-200" : "1" }, ["--weights", "w"],
      "d.csv, column \"w\": case weights are beyond 1e100, or below 1e-100 and not 0, and cannot be "
        + "computed with; divide them all by one number"),
    fit(
      weightedWords { $0 == 3 ? "0.5" : "1" },
      ["--weights", "w", "--family", "binomial", "--sampler", "gibbs"],
      "d.csv: the outcome is binomial, for which --sampler gibbs needs whole case weights; use "
        + "--sampler hmc"
    ),
    fit(
      sample, ["--weights", "case_weight"],
      "d.csv, column \"case_weight\": the file has no such column; it has \"s\", \"t\", \"y\", \"x\", \"z\", "
        + "\"o\""),
    fit(
      sample, ["--weights", "x"],
      "column \"x\": it stands both as a partitioning variable and as the case weights; a column has "
        + "one role only: remove it from one of the two places"),
  ]

  /// What the program warns of beside a result: the data, options, and the lines.
  static let warnings: [(Sample, [String], [String])] = [
    (
      weighted { $0 < 2 ? "0" : "1" }, [Sample.formula, "--weights", "w"],
      ["2 rows with weight 0 in column \"w\" are left out"]
    ),
    (
      weighted { "\($0 + 1)" }, ["y ~ t | s | x + w"],
      [
        "partitioning variable \"w\" identifies participants: it cannot define subgroups, and its "
          + "test costs multiplicity; list the variables without it"
      ]
    ),
    (
      weighted { _ in "1" }, ["y ~ t | s | ."],
      ["partitioning variable \"w\" is constant among the used rows and cannot be tested"]
    ),
    (
      oneAndTwo, [Sample.formula],
      [
        "outcome \"y\" has the two values 1 and 2 and is modelled as a number; --family binomial "
          + "makes 2 the event"
      ]
    ),
    (sample.replacing("s") { _, _ in "T1" }, [Sample.formula, "--method", "mob"], []),
  ]

  @Test("A warning beside the result, exit code 0", arguments: warnings)
  func warning(sample: Sample, call: [String], lines: [String]) throws {
    let folder = try Scratch()
    try folder.add("d.csv", sample.csv)
    let outcome = try Program.run(
      ["fit", "d.csv"] + call + ["--estimator", "reml", "--format", "json"], in: folder)
    #expect(outcome.code == 0)
    for line in lines {
      #expect(outcome.errors.contains("metamob: warning: \(line)\n"))
      #expect(outcome.output.contains(#""warnings""#))
    }
    if lines.isEmpty { #expect(outcome.errors.isEmpty) }
  }

  @Test("One line, no result, no file, the exit code", arguments: families + weights)
  func message(_ message: Message) throws {
    try check(message)
  }
}

import Designs
public import JSON
public import Reports
import Subgroups
import Trees

/// What figures read of a saved fit.
public struct FigureFit: Sendable {
  /// One trial.
  struct Trial: Sendable, Equatable {
    let name: String
    let participants: Int
  }

  /// The column of the outcome.
  let outcome: String
  /// The family of the outcome.
  let family: Family
  /// Whether effects are log odds ratios.
  var isBinomial: Bool { family == .binomial }
  /// The column of the treatment.
  let treatment: String
  /// The reference arm.
  let reference: String
  /// The active arm.
  let active: String
  /// The column that names the trial.
  let trialColumn: String
  /// The level of every interval.
  let level: Double
  /// Which outcome is better; nil where the user did not say.
  let benefit: Benefit?
  /// The smallest worthwhile effect, a positive number.
  let mcid: Double?
  /// The level of significance of the tests.
  let alpha: Double
  /// The trials, in their order.
  let trials: [Trial]
  /// The columns that split.
  let variables: [String]
  /// One tree with its fit for each method and estimator.
  let runs: [FigureRun]
  /// The document.
  let document: JSONValue

  /// Reads a document.
  public init(_ document: JSONValue) throws(SavedFitError) {
    self.document = document
    let root = JSONCursor(value: document, path: "")
    let call = try root.member("call")
    let control = try call.member("control")
    let family: Family = try call.member("family").word()
    let isBinomial = family == .binomial
    self.family = family
    level = try call.member("level").number()
    benefit = try control.ifKnown("benefit")?.word()
    mcid = try control.ifKnown("mcid")?.number()
    alpha = try control.member("alpha").number()
    let data = try root.member("data")
    outcome = try data.member("outcome").string()
    let arms = try data.member("treatment")
    treatment = try arms.member("column").string()
    reference = try arms.member("reference").string()
    active = try arms.member("active").string()
    trialColumn = try data.member("trial").string()
    var trials: [Trial] = []
    for trial in try data.member("trials").elements() {
      trials.append(
        Trial(
          name: try trial.member("trial").string(),
          participants: try trial.member("n").integer()))
    }
    self.trials = trials
    var variables: [String] = []
    for variable in try root.member("variables").elements() {
      variables.append(try variable.member("name").string())
    }
    self.variables = variables
    var runs: [FigureRun] = []
    for run in try root.member("runs").elements() {
      runs.append(try FigureRun(saved: run, isBinomial: isBinomial))
    }
    self.runs = runs
  }

  /// Reads the document of a stability analysis, whose one run is that of all participants.
  public init(stability document: JSONValue) throws(SavedFitError) {
    let root = JSONCursor(value: document, path: "")
    let schema = try root.member("schema")
    guard try schema.string().hasPrefix("metamob.stability/") else {
      throw schema.invalid("the document of a stability analysis is wanted here")
    }
    var members = document.object ?? [:]
    members["runs"] = .array([try root.member("run").value])
    try self.init(.object(members))
  }

  /// The effect beyond which it is worthwhile, on its side of zero; nil without `--mcid`.
  var worthwhileEffect: Double? {
    guard let mcid, let benefit else { return nil }
    return benefit == .lower ? -mcid : mcid
  }

  /// Which figure of a posterior stands for an effect, in words.
  var centerWord: String { FigureRun.center(isBinomial) }

  /// How a column is called in a figure.
  func label(_ column: String, _ options: FigureOptions) -> String {
    options.labels[column] ?? column
  }

  /// What the effect is, for axes.
  func effectTitle(_ options: FigureOptions) -> String {
    let name = label(outcome, options)
    return isBinomial
      ? "Odds ratio of \(name), \(active) against \(reference)"
      : "Difference in mean \(name), \(active) minus \(reference)"
  }

  /// Every column that a label can be given for.
  public var columns: [String] {
    var result = [outcome, treatment, trialColumn]
    for name in variables where !result.contains(name) { result.append(name) }
    return result
  }
}

extension JSONCursor {
  /// The member under a key; nil where there is none, or it is null.
  func ifKnown(_ key: String) throws(SavedFitError) -> JSONCursor? {
    value[key] == nil ? nil : try member(key).unlessNull
  }
}

extension Benefit {
  /// Whether an effect on this side of zero is good.
  func isGood(_ effect: Double) -> Bool { self == .lower ? effect < 0 : effect > 0 }
}

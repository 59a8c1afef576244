public import Designs
public import Inference
public import JSON
public import Posterior
public import Subgroups
import Trees

/// What a saved fit tells of one run besides its draws, as far as its chains need it to go on.
public struct SavedRunState: Sendable {
  /// The method.
  public let method: Subgroups.Method
  /// The estimator.
  public let estimator: Estimator
  /// The tree on the rows of the data.
  public let tree: GrownTree
  /// The method that was asked for, where this one took its place.
  public let fallbackFrom: Subgroups.Method?
  /// What failed in a fit by Bayes.
  public let problems: [String]
  /// How often the chains have been extended.
  public let extensions: Int
  /// The priors on the data's scale; nil by likelihood.
  public let priors: ResolvedPriors?

  /// Reads a run, given by its place; `file` names the document in errors of the priors.
  public init(
    _ document: JSONValue, run index: Int, design: Design, file: String
  ) throws {
    let runs = try JSONCursor(value: document, path: "").member("runs").elements()
    let run = runs[index]
    method = try run.member("method").word()
    estimator = try run.member("estimator").word()
    tree = try GrownTree(saved: try run.member("tree"), design)
    fallbackFrom = try run.member("fallback_from").unlessNull?.word()
    let fit = try run.member("fit")
    guard estimator == .bayes else {
      (problems, extensions, priors) = ([], 0, nil)
      return
    }
    problems = try fit.member("diagnostics").member("problems").strings()
    extensions = SavedChains.extensions(fit.value)
    priors = try ResolvedPriors(
      saved: try fit.member("priors").value, for: design, file: file)
  }

  /// The run with its draws; nil by likelihood.
  public func kept(_ draws: Draws, _ records: [SamplerRecord]) -> KeptRun? {
    guard let priors else { return nil }
    var kept = KeptRun(method: method, tree: tree, priors: priors, draws: draws, records: records)
    kept.problems = problems
    kept.extensions = extensions
    kept.fallbackFrom = fallbackFrom
    return kept
  }
}

/// A saved fit with the figures of longer chains in the place of the old ones.
public struct ExtendedDocument {
  /// The entries of a fit by Bayes that follow from its draws.
  private static let replaced = [
    "draws", "subgroups", "inner_nodes", "contrasts", "heterogeneity", "pooled_effects",
    "parameters",
    "diagnostics", "tree_draws",
  ]

  private var document: JSONValue

  /// The document as it was saved.
  public init(_ document: JSONValue) {
    self.document = document
  }

  /// Replaces the figures of a run by those of the same run of another document; everything else stays.
  public mutating func replaceRun(_ index: Int, by other: JSONValue, extensions: Int) {
    guard var runs = document["runs"]?.array, runs.indices.contains(index),
      var run = runs[index].object, var fit = run["fit"]?.object,
      let new = other["runs"]?.array?[index]["fit"]
    else { return }
    for key in Self.replaced { fit[key] = new[key] ?? .null }
    fit["extensions"] = JSONValue(extensions)
    run["fit"] = .object(fit)
    runs[index] = .object(run)
    set("runs", .array(runs))
  }

  /// Sets the warnings.
  public mutating func replaceWarnings(by warnings: [String]) {
    set("warnings", .array(warnings.map(JSONValue.string)))
  }

  private mutating func set(_ key: String, _ value: JSONValue) {
    guard var members = document.object else { return }
    members[key] = value
    document = .object(members)
  }

  /// The document.
  public var json: JSONValue { document }
}

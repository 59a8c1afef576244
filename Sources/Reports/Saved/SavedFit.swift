public import Foundation
public import JSON
public import Posterior
public import Subgroups
public import Trees

/// What a fit folder's `fit.json` tells of an analysis: enough to predict for new participants.
public struct SavedFit: Sendable, Equatable {
  /// The data file's path as the user wrote it.
  public let dataPath: String
  /// The SHA-256 of the data file's bytes.
  public let dataSHA256: String
  /// The formula.
  public let formula: String
  /// The level of every interval.
  public let level: Double
  /// The variables that splits count by index.
  public let variables: [SplitVariable]
  /// One tree with its effects for each method and estimator.
  public let runs: [SavedRun]

  /// Reads a fit from a file's bytes.
  public init(data: Data) throws(SavedFitError) {
    let document: JSONValue
    do {
      document = try JSONValue(data: data)
    } catch {
      throw .notJSON(reason: "the file is not JSON, or was cut off")
    }
    try self.init(document)
  }

  /// Reads a fit from a document.
  public init(_ document: JSONValue) throws(SavedFitError) {
    let root = JSONCursor(value: document, path: "")
    let schema = try root.member("schema")
    guard try schema.string() == FitDocument.schema else {
      throw schema.invalid("\"\(FitDocument.schema)\" is wanted here")
    }
    let call = try root.member("call")
    dataPath = try call.member("data").string()
    dataSHA256 = try call.member("data_sha256").string()
    formula = try call.member("formula").string()
    let level = try call.member("level")
    self.level = try level.number()
    guard self.level > 0, self.level < 1 else {
      throw level.invalid("a number between 0 and 1 is wanted here")
    }
    var variables: [SplitVariable] = []
    for element in try root.member("variables").elements() {
      variables.append(try SplitVariable(saved: element))
    }
    self.variables = variables
    var runs: [SavedRun] = []
    let list = try root.member("runs")
    for element in try list.elements() {
      runs.append(try SavedRun(saved: element, variables: variables))
    }
    guard !runs.isEmpty else { throw list.invalid("at least one run is wanted here") }
    self.runs = runs
  }

  /// The run of a name, `METHOD` or `METHOD:ESTIMATOR`; without a name (or without an estimator in
  /// it) the first Bayesian one, else the first.
  public func run(named name: String? = nil) throws(SavedFitError) -> SavedRun {
    let candidates = runs.filter { run in
      name.map { $0 == run.name || $0 == run.method.rawValue } ?? true
    }
    guard let run = candidates.first(where: { $0.estimator == .bayes }) ?? candidates.first else {
      throw .unknownRun(name: name ?? "", known: runs.map(\.name))
    }
    return run
  }
}

/// A run of a saved fit.
public struct SavedRun: Sendable, Equatable {
  /// The method.
  public let method: Subgroups.Method
  /// The estimator.
  public let estimator: Estimator
  /// The tree's nodes in pre-order.
  public let nodes: [SavedNode]
  /// The effect of each leaf, by node id.
  public let effects: [Int: SavedEffect]

  /// The name by which a run is chosen: `metamob-si:bayes`.
  public var name: String { "\(method.rawValue):\(estimator.rawValue)" }
}

/// A node of a saved tree.
public struct SavedNode: Sendable, Equatable {
  /// The number in pre-order.
  public let id: Int
  /// The number of participants.
  public let participants: Int
  /// The path to the node in words, empty for the root.
  public let rule: String
  /// The split, nil for a leaf.
  public let split: Split?
  /// The ids of the children.
  public let children: [Int]
}

/// The treatment effect of a saved leaf.
public struct SavedEffect: Sendable, Equatable {
  /// The estimate, or the posterior mean; nil where there is none.
  public let estimate: Double?
  /// The confidence interval, or the central posterior interval, at the fit's level.
  public let interval: Interval?
  /// P(benefit); nil by REML and without `--benefit`.
  public let probabilityBenefit: Double?
  /// The interval of the effect in a new trial; nil where effects do not vary between trials.
  public var newTrial: Interval?
  /// The posterior of the effect in each trial of the data, by the trial's name; empty by REML.
  public var trials: [String: SavedInterval] = [:]
}

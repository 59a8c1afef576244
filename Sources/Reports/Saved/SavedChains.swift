public import JSON

/// What a saved fit tells of the chains of one Bayesian run: where their draws are, and what was
/// found about everything that is not in the draws files.
public struct SavedChains: Sendable, Equatable {
  /// A node with an effect of its own.
  public struct Node: Sendable, Equatable {
    /// The node's id.
    public let id: Int
    /// The path to the node in words, empty for the root.
    public let rule: String
    /// The number of participants.
    public let participants: Int
    /// What was found about the chains of an inner node, whose draws are not in the files; nil for
    /// leaves.
    public let verdict: Verdict?
  }

  /// What the fit says of chains whose draws it has not kept.
  public struct Verdict: Sendable, Equatable {
    /// The largest R-hat.
    public let maxRhat: Double?
    /// The smallest bulk effective sample size.
    public let minEssBulk: Double?
    /// The smallest tail effective sample size.
    public let minEssTail: Double?
    /// What failed.
    public let problems: [String]
  }

  /// The name of the run, `metamob-si:bayes`.
  public let run: String
  /// The draws files by their paths in the fit folder; nil where none were written.
  public let files: [String]?
  /// The number of draws of each chain.
  public let draws: Int
  /// How often the chains have been extended since the fit.
  public let extensions: Int
  /// The leaves and the inner nodes, by id.
  public let nodes: [Node]
  /// What failed in the fit, with the posteriors of inner nodes and of all rounds of growth.
  public let problems: [String]

  /// Reads what the document of a fit says of a run, given by its place; nil for a run without
  /// chains.
  public init?(_ document: JSONValue, run index: Int) throws(SavedFitError) {
    let runs = try JSONCursor(value: document, path: "").member("runs").elements()
    guard runs.indices.contains(index) else { return nil }
    let run = runs[index]
    let estimator = try run.member("estimator").string()
    guard estimator == "bayes" else { return nil }
    self.run = "\(try run.member("method").string()):\(estimator)"
    let fit = try run.member("fit")
    draws = try fit.member("draws").integer()
    extensions = Self.extensions(fit.value)
    let chains = try fit.member("chains").integer()
    let list = try fit.member("draws_files")
    files = try list.unlessNull?.strings()
    if let files, files.count != chains {
      throw list.invalid("\(chains) files are wanted here, one a chain")
    }
    problems = try fit.member("diagnostics").member("problems").strings()
    var nodes: [Node] = []
    for element in try fit.member("subgroups").elements() {
      nodes.append(try Node(saved: element, isInner: false))
    }
    for element in try fit.member("inner_nodes").elements() {
      nodes.append(try Node(saved: element, isInner: true))
    }
    self.nodes = nodes.sorted { $0.id < $1.id }
  }
}

extension SavedChains {
  /// How often the chains of a fit were extended; a fit whose chains never were does not say.
  static func extensions(_ fit: JSONValue) -> Int {
    fit["extensions"]?.number.flatMap { Int(exactly: $0) } ?? 0
  }
}

extension SavedChains.Node {
  fileprivate init(saved: JSONCursor, isInner: Bool) throws(SavedFitError) {
    id = try saved.member("node").integer()
    rule = try saved.member("rule").string()
    participants = try saved.member("n").integer()
    guard isInner else {
      verdict = nil
      return
    }
    let found = try saved.member("diagnostics")
    verdict = SavedChains.Verdict(
      maxRhat: try found.member("max_rhat").unlessNull?.number(),
      minEssBulk: try found.member("min_ess_bulk").unlessNull?.number(),
      minEssTail: try found.member("min_ess_tail").unlessNull?.number(),
      problems: try found.member("problems").strings())
  }
}

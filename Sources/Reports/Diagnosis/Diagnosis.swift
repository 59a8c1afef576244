public import Posterior

/// The diagnosis of chains as it is reported: the figures of the draws files, the verdicts on
/// subgroups and on the whole, and what to do about each problem.
public struct Diagnosis: Sendable, Equatable {
  /// The saved fit that draws belong to.
  public struct Origin: Sendable, Equatable {
    /// The fit folder as the user wrote it.
    public let folder: String
    /// What its document says of the run's chains.
    public let chains: SavedChains

    /// A run of a fit folder.
    public init(folder: String, chains: SavedChains) {
      self.folder = folder
      self.chains = chains
    }
  }

  /// The chains of a subgroup's effect: of a leaf from the draws, of an inner node as saved.
  public struct Subgroup: Sendable, Equatable {
    /// The node with its rule.
    public let node: SavedChains.Node
    /// The largest R-hat of the node's own parameters.
    public let maxRhat: Double?
    /// The smallest bulk effective sample size.
    public let minEssBulk: Double?
    /// The smallest tail effective sample size.
    public let minEssTail: Double?
    /// What failed, problems of the chains as a whole included.
    public let problems: [String]

    /// Whether nothing failed.
    public var converged: Bool { problems.isEmpty }
  }

  /// The names of the draws files.
  public let files: [String]
  /// The figures of the draws.
  public let figures: ChainsDiagnosis
  /// The saved fit that the draws belong to; nil where the files were given themselves.
  public let fit: Origin?
  /// Remarks that are no problems, one sentence each.
  public let warnings: [String]

  /// A diagnosis of draws files, or of the run of a saved fit.
  public init(
    files: [String], figures: ChainsDiagnosis, fit: Origin? = nil, warnings: [String] = []
  ) {
    self.files = files
    self.figures = figures
    self.fit = fit
    self.warnings = warnings
  }

  /// Whether the chains have converged, in all rounds of growth and at all nodes.
  public var converged: Bool { problems.isEmpty }

  /// Every problem: what the draws show, and then what the fit says of chains that were not kept.
  public var problems: [String] { figures.convergence.problems.map(\.description) + saved }

  /// The problems of a saved fit that its draws files do not show.
  var saved: [String] {
    let shown = Set(figures.convergence.problems.map(\.description))
    return fit?.chains.problems.filter { !shown.contains($0) } ?? []
  }

  /// The verdict on each node's effect; empty without a saved fit.
  public var subgroups: [Subgroup] {
    fit?.chains.nodes.map { $0.verdict == nil ? leaf($0) : inner($0) } ?? []
  }

  private func inner(_ node: SavedChains.Node) -> Subgroup {
    Subgroup(
      node: node, maxRhat: node.verdict?.maxRhat, minEssBulk: node.verdict?.minEssBulk,
      minEssTail: node.verdict?.minEssTail, problems: node.verdict?.problems ?? [])
  }

  private func leaf(_ node: SavedChains.Node) -> Subgroup {
    let own = figures.parameters.filter { Self.isParameter($0.name, of: node.id) }
    let names = Set(own.map(\.name))
    let problems = figures.convergence.problems.filter { problem in
      problem.parameter.map(names.contains) ?? true
    }
    let newTrial = "effect in node \(node.id) in a new trial"
    return Subgroup(
      node: node, maxRhat: own.compactMap(\.summary.rhat).max(),
      minEssBulk: own.compactMap(\.summary.essBulk).min(),
      minEssTail: own.compactMap(\.summary.essTail).min(),
      problems: problems.map(\.description) + saved.filter { $0.contains(newTrial) })
  }

  /// Whether a parameter is a node's own: its effect, its intercepts, its heterogeneity.
  ///
  /// `trial_effect_3` is that of trial 3; with two numbers the first is the node.
  static func isParameter(_ name: String, of node: Int) -> Bool {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    let numbers = parts.reversed().prefix { Int($0) != nil }.reversed().compactMap { Int($0) }
    guard numbers.first == node else { return false }
    return switch parts.dropLast(numbers.count).joined(separator: "_") {
    case "effect", "tau0", "tau1", "sigma": numbers.count == 1
    case "intercept": numbers.count <= 2
    case "trial_effect", "trial_intercept": numbers.count == 2
    default: false
    }
  }
}

extension ConvergenceProblem {
  /// The parameter that the problem is about; nil where it is about the chains.
  var parameter: String? {
    switch self {
    case .rhat(let name, _), .essBulk(let name, _, _), .essTail(let name, _, _),
      .nonFinite(let name), .undefined(let name):
      name
    case .divergences, .energy, .sameDraws, .nothingVaries, .other: nil
    }
  }
}

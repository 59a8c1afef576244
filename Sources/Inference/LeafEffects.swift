public import MixedModels
public import Posterior

/// Draws of what is reported of every leaf of a tree, whether its leaves share their trial effects or each
/// has its own.
public protocol LeafEffects: Sendable {
  /// The number of chains.
  var chains: Int { get }
  /// The number of draws of each chain.
  var iterations: Int { get }
  /// What the sampler says of each draw, one a chain.
  var records: [SamplerRecord] { get }
  /// The terms of the model.
  var terms: ModelTerms { get }
  /// Draws of the treatment effect in a leaf; nil where the model lacks it.
  func effect(leaf: Int) -> [Double]?
  /// Draws of the SD τ of a random term between trials, as it is in a leaf.
  func deviation(term: Int, leaf: Int) -> [Double]
  /// Draws of a random term of one trial, as it is in a leaf.
  func trialEffect(_ trial: Int, term: Int, leaf: Int) -> [Double]
  /// Draws of the risk difference in a leaf; nil for an outcome that is no event.
  func riskDifference(leaf: Int) -> [Double]?
}

extension SampledPosterior {
  /// The draws of the coefficient.
  public func effect(leaf: Int) -> [Double]? { draws(of: .effect(leaf: leaf)) }
  /// One τ for all leaves.
  public func deviation(term: Int, leaf: Int) -> [Double] { tau[term] }
  /// One effect of a trial for all leaves.
  public func trialEffect(_ trial: Int, term: Int, leaf: Int) -> [Double] {
    trialEffect(trial, term: term)
  }
}

/// The posterior of a tree whose leaves have trial effects and variances of their own: one posterior a
/// leaf, each of a model of that leaf alone.
public struct LeafwisePosterior: LeafEffects {
  /// The posteriors of the leaves, all of equal chains.
  public let leaves: [any SampledPosterior]
  /// The records of the leaves' chains, taken together.
  public let records: [SamplerRecord]

  /// The posterior of at least one leaf.
  ///
  /// `nodes` names the leaves in the columns of their records. Leaves whose chains are one have `records`
  /// in common.
  public init(
    _ leaves: [any SampledPosterior], nodes: [Int], records: [SamplerRecord]? = nil
  ) {
    precondition(!leaves.isEmpty, "a tree without leaves")
    self.leaves = leaves
    self.records =
      records
      ?? leaves[0].records.indices.map { chain in
        SamplerRecord(joining: leaves.map { $0.records[chain] }, of: nodes)
      }
  }

  /// The number of chains.
  public var chains: Int { leaves[0].chains }
  /// The number of draws of each chain.
  public var iterations: Int { leaves[0].iterations }
  /// The terms of the leaves' models.
  public var terms: ModelTerms { leaves[0].terms }
  /// The draws of the leaf's own model.
  public func effect(leaf: Int) -> [Double]? { leaves[leaf].effect(leaf: 0) }
  /// The leaf's own τ.
  public func deviation(term: Int, leaf: Int) -> [Double] { leaves[leaf].tau[term] }
  /// The trial's effect in the leaf.
  public func trialEffect(_ trial: Int, term: Int, leaf: Int) -> [Double] {
    leaves[leaf].trialEffect(trial, term: term)
  }
  /// Of the leaf's own model.
  public func riskDifference(leaf: Int) -> [Double]? { leaves[leaf].riskDifference(leaf: 0) }
}

extension SamplerRecord {
  /// One record of chains that run side by side on independent densities: log densities, energies and
  /// leapfrog steps add up, a draw is divergent where one of them is, acceptance is the mean, tree depth
  /// the largest, the step size the smallest; the metrics stand one after the other.
  ///
  /// Where there is more than one, further columns hold those of each by itself: `lp_3__` and so on, by the
  /// names of `nodes`.
  public init(joining records: [SamplerRecord], of nodes: [Int]) {
    self.init()
    guard let first = records.first else { return }
    let draws = first.logDensity.indices
    func sums(_ values: (SamplerRecord) -> [Double]) -> [Double] {
      let columns = records.map(values)
      return draws.map { s in columns.reduce(0) { $0 + $1[s] } }
    }
    logDensity = sums(\.logDensity)
    energy = sums(\.energy)
    acceptance = sums(\.acceptance).map { $0 / Double(records.count) }
    treeDepth = draws.map { s in records.reduce(0) { max($0, $1.treeDepth[s]) } }
    leapfrogSteps = draws.map { s in records.reduce(0) { $0 + $1.leapfrogSteps[s] } }
    divergent = draws.map { s in records.contains { $0.divergent[s] } }
    stepSize = records.map(\.stepSize).min() ?? 1
    inverseMetric = records.flatMap(\.inverseMetric)
    guard records.count > 1 else { return }
    columns = zip(records, nodes).flatMap { record, node in
      NodeColumn.allCases.map { Column(name: $0.name(node), values: $0.values(record)) }
    }
  }

  /// The record of one of the joined chains; `metric` are its places in the metrics of all.
  ///
  /// Nil where a column is missing.
  public func part(of node: Int, metric: Range<Int>) -> SamplerRecord? {
    var result = SamplerRecord()
    for kind in NodeColumn.allCases {
      guard let values = column(kind.name(node)) else { return nil }
      kind.place(values, in: &result)
    }
    guard metric.upperBound <= inverseMetric.count || metric.isEmpty || result.isExact else {
      return nil
    }
    result.inverseMetric =
      metric.upperBound <= inverseMetric.count ? Array(inverseMetric[metric]) : []
    return result
  }

  /// Whether no transition has a leapfrog step, as by Gibbs sampling.
  private var isExact: Bool { !leapfrogSteps.contains { $0 > 0 } }
}

/// What the sampler says of one of several chains that run side by side.
private enum NodeColumn: String, CaseIterable {
  case logDensity = "lp"
  case acceptance = "accept_stat"
  case stepSize = "stepsize"
  case treeDepth = "treedepth"
  case leapfrogSteps = "n_leapfrog"
  case divergent
  case energy

  func name(_ node: Int) -> String { "\(rawValue)_\(node)__" }

  func values(_ record: SamplerRecord) -> [Double] {
    switch self {
    case .logDensity: record.logDensity
    case .acceptance: record.acceptance
    case .stepSize: record.logDensity.map { _ in record.stepSize }
    case .treeDepth: record.treeDepth.map(Double.init)
    case .leapfrogSteps: record.leapfrogSteps.map(Double.init)
    case .divergent: record.divergent.map { $0 ? 1 : 0 }
    case .energy: record.energy
    }
  }

  func place(_ values: [Double], in record: inout SamplerRecord) {
    switch self {
    case .logDensity: record.logDensity = values
    case .acceptance: record.acceptance = values
    case .stepSize: record.stepSize = values.last ?? 1
    case .treeDepth: record.treeDepth = values.map { Int(exactly: $0) ?? 0 }
    case .leapfrogSteps: record.leapfrogSteps = values.map { Int(exactly: $0) ?? 0 }
    case .divergent: record.divergent = values.map { $0 > 0 }
    case .energy: record.energy = values
    }
  }
}

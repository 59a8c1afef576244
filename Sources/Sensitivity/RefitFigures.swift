import Numerics
public import Posterior
public import Subgroups
public import Trees

/// A quantity under one prior in the figures that are reported.
public struct RefitQuantity: Sendable, Equatable {
  /// The posterior mean.
  public let mean: Double
  /// The central interval at the analysis's level.
  public let interval: Interval
  /// P(quantity < 0).
  public let probabilityBelowZero: Double
  /// The quantiles at `probabilities`, for a curve.
  public let quantiles: [Double]

  /// The probabilities of the quantiles.
  public static let probabilities = (1...21).map { (Double($0) - 0.5) / 21 }

  /// The figures of draws.
  init(_ draws: [Double], level: Double) {
    // The sums of the summaries, so that equal draws have equal figures.
    let ordered = OrderedChains(ChainValues(values: draws, chains: 1))
    let sorted = ordered.sorted
    mean = ordered.mean
    interval = .central(sorted: sorted, level: level)
    probabilityBelowZero =
      Double(draws.count { $0 < 0 }) / Double(max(draws.count, 1))
    quantiles = Self.probabilities.map { quantile(sorted: sorted, $0) }
  }

  /// On which side of zero the interval is.
  public var side: Side { Side(interval) }
}

/// Where an interval is.
public enum Side: String, Sendable, Equatable {
  /// All of it below zero.
  case below
  /// Zero is in it.
  case across
  /// All of it above zero.
  case above

  /// The side of an interval.
  public init(_ interval: Interval) {
    self = interval.upper < 0 ? .below : interval.lower > 0 ? .above : .across
  }
}

/// The difference of the effects of two leaves under one prior, first minus second.
public struct RefitDifference: Sendable, Equatable {
  /// The node ids.
  public let nodes: [Int]
  /// The difference.
  public let difference: RefitQuantity
}

/// The posterior of one tree under one prior in the figures that are reported.
public struct RefitFigures: Sendable, Equatable {
  /// The tree.
  public let tree: Tree
  /// The leaves' ids, in node order.
  public let nodes: [Int]
  /// The effect in each leaf.
  public let effects: [RefitQuantity]
  /// The difference of every pair of leaves, the earlier minus the later.
  public let differences: [RefitDifference]
  /// The SD whose prior was varied; one for each leaf where each has its own.
  public let deviations: [RefitQuantity]
  /// Whether the chains have converged.
  public let converged: Bool

  /// The figures of a refit.
  public init(_ refit: RefittedTree, level: Double) {
    let ids = refit.tree.leaves.map(\.id)
    tree = refit.tree
    nodes = ids
    effects = refit.effects.map { RefitQuantity($0, level: level) }
    differences = ids.indices.flatMap { a in
      ids.indices.dropFirst(a + 1).map { b in
        let draws = zip(refit.effects[a], refit.effects[b]).map { $0 - $1 }
        return RefitDifference(
          nodes: [ids[a], ids[b]], difference: RefitQuantity(draws, level: level))
      }
    }
    deviations = refit.deviations.map { RefitQuantity($0, level: level) }
    converged = refit.converged
  }

  /// The effects of the reported posterior in the same figures, without its SDs.
  init(_ result: BayesianResult, of tree: Tree, level: Double) {
    let effects = tree.leaves.map { leaf in
      result.draws.index(of: "effect_\(leaf.id)").map { Array(result.draws.variable($0)) } ?? []
    }
    self.init(
      RefittedTree(
        tree: tree, effects: effects, deviations: [], converged: result.diagnostics.converged),
      level: level)
  }
}

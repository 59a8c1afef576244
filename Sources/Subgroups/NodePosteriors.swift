import Designs
import Inference
import MixedModels
import Posterior
private import Synchronization
import Trees

/// The posteriors of nodes, each sampled from its own participants alone (article HeterogeneityPerSubgroup).
///
/// A node's random numbers are those of the seed and of its participants, so that its draws do not depend
/// on other nodes, nor two leaves' on one another.
final class NodePosteriors: Sendable {
  let design: Design
  let sampling: LeafSampling
  private let state = Mutex(State())

  private struct State: Sendable {
    var sampled: [[Int32]: SampledTree] = [:]
    /// The rows of the nodes in the order in which they were sampled.
    var order: [[Int32]] = []
    var failure: AnalysisError?
  }

  init(_ design: Design, _ sampling: LeafSampling) {
    self.design = design
    self.sampling = sampling
  }

  /// The posterior of the node of some rows; throws what sampling it throws.
  func posterior(_ rows: [Int32]) throws(AnalysisError) -> SampledTree {
    let rows = rows.sorted()
    if let known = state.withLock({ $0.sampled[rows] }) { return known }
    let new = try sampling.posterior(
      Leaves(rows: rows.count), of: design.restricted(to: rows), part: Self.part(rows))
    state.withLock {
      $0.sampled[rows] = new
      $0.order.append(rows)
    }
    return new
  }

  /// The same within growth, which does not throw: nil after the first failure, which is kept.
  func posteriorUnlessFailed(_ rows: [Int32]) -> SampledTree? {
    guard state.withLock({ $0.failure == nil }) else { return nil }
    do {
      return try posterior(rows)
    } catch {
      state.withLock { $0.failure = error }
      return nil
    }
  }

  /// Throws what went wrong during growth.
  func check() throws(AnalysisError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// All posteriors that were sampled, with their rows, in order.
  var all: [(rows: [Int32], sampled: SampledTree)] {
    state.withLock { state in
      state.order.compactMap { rows in state.sampled[rows].map { (rows, $0) } }
    }
  }

  /// An odd number of the participants of a node (FNV-1a).
  static func part(_ rows: [Int32]) -> Int {
    let hash = rows.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, row in
      (hash ^ UInt64(UInt32(bitPattern: row))) &* 0x100_0000_01b3
    }
    return Int(truncatingIfNeeded: hash >> 1) | 1
  }
}

/// The node model under heterogeneity of its own: in every node the trial effects, covariates' coefficients
/// and σ are the posterior means of the node's own mixed model.
struct NodewiseModel: NodeModel {
  let grower: Grower
  let posteriors: NodePosteriors

  /// That of the method, for the largest node.
  var parameterCount: Int { grower.parameterCount }

  var objectiveKind: ObjectiveKind { grower.objectiveKind }

  /// The model given what the node's own posterior says.
  func local(to rows: [Int32]) -> any NodeModel {
    guard let sampled = posteriors.posteriorUnlessFailed(rows) else {
      // Growth goes on to its end, and its tree is thrown away.
      return grower.nodeModel(.zero(grower.design, grower.terms), penalty: .none)
    }
    return grower.nodeModel(
      sampled.shared,
      penalty: grower.penalty(posteriors.sampling.priors, sigma: sampled.sigma))
  }

  func fit(_ rows: [Int32]) -> NodeFit { local(to: rows).fit(rows) }

  func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    local(to: order).cutObjectives(order: order, cuts: cuts)
  }

  func partitionObjectives(
    rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]]
  ) -> [Double] {
    local(to: rows).partitionObjectives(rows: rows, codes: codes, levels: levels, groups: groups)
  }
}

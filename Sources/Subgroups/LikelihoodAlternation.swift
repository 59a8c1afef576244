import Designs
import MixedModels
import Sampling
import Trees

/// The alternation of tree and joint model by maximum likelihood, restricted or not, as glmertree's
/// `lmertree` and `glmertree` and palmtree's `palmtree` have it (article Alternation): grow a tree
/// given the shared effects, fit the joint model of its leaves, take its shared effects, until the
/// log-likelihood stands still.
struct LikelihoodAlternation {
  let grower: Grower
  let joint: JointModel
  let plan: GrowthPlan
  /// Asked once a round whether to stop.
  let isCancelled: @Sendable () -> Bool

  /// Where an alternation ended.
  struct Outcome {
    var tree: Tree
    /// The shared effects that the tree was grown at; nil where it was not grown by instability tests.
    var shared: SharedEffects?
    var iterations: Int
    var converged: Bool
    var logLikelihood: Double
  }

  /// The reported tree and, where both starts were asked for, the tree of the other.
  func run() throws(AnalysisError) -> (outcome: Outcome, other: Tree?) {
    let design = grower.design
    let zero = SharedEffects.zero(design, grower.terms)
    guard design.subgroups == nil, grower.hasSharedEffects else { return (try single(zero), nil) }
    // palmtree knows one start, the model without a tree.
    var known = KnownRounds()
    if grower.method == .palmtree {
      return (try alternate(from: try withoutTree(), &known), nil)
    }
    switch plan.start {
    case .zero: return (try alternate(from: zero, &known), nil)
    case .noTree: return (try alternate(from: try withoutTree(), &known), nil)
    case .both:
      let other = try alternate(from: try withoutTree(), &known)
      return (try alternate(from: zero, &known), other.tree)
    }
  }

  /// The joint models that were fitted: leaves that are met again need no second fit.
  private struct KnownRounds {
    private var rounds: [(leaves: Leaves, round: JointModel.Round)] = []

    mutating func round(_ leaves: Leaves, by joint: JointModel) throws(AnalysisError)
      -> JointModel.Round
    {
      if let known = rounds.last(where: { $0.leaves.codes == leaves.codes }) { return known.round }
      let round = try joint.round(leaves)
      rounds.append((leaves, round))
      return round
    }
  }

  /// Nothing to alternate: one tree, and one fit of it, whose shared effects give the node models.
  private func single(_ zero: SharedEffects) throws(AnalysisError) -> Outcome {
    let tree = grower.tree(zero, penalty: .none)
    let round = try joint.round(Leaves(tree))
    let final = grower.design.subgroups == nil ? tree : grower.tree(round.shared, penalty: .none)
    return Outcome(
      tree: final, shared: zero, iterations: 1, converged: true,
      logLikelihood: round.logLikelihood)
  }

  /// The shared effects of the model without a tree.
  ///
  /// With random terms that is glmertree's `ranefstart`, outcome ~ 1 + random terms, whose random
  /// effects take up what the mean effect leaves; palmtree's start has the mean effect in it.
  private func withoutTree() throws(AnalysisError) -> SharedEffects {
    let everyone = Leaves(rows: grower.design.rows)
    guard grower.terms.randomTerms > 0 else { return try joint.round(everyone).shared }
    return try joint.withoutTreatment.round(everyone).shared
  }

  private func alternate(
    from start: SharedEffects, _ known: inout KnownRounds
  ) throws(AnalysisError) -> Outcome {
    var shared = start
    var history: [Double] = []
    while true {
      if isCancelled() { throw .sampling(.cancelled) }
      let tree = grower.tree(shared, penalty: .none)
      let round = try known.round(Leaves(tree), by: joint)
      let isStable = isStable(history, round.logLikelihood)
      history.append(round.logLikelihood)
      if isStable || history.count >= plan.maxIterations {
        return Outcome(
          tree: tree, shared: shared, iterations: history.count, converged: isStable,
          logLikelihood: round.logLikelihood)
      }
      shared = round.shared
    }
  }

  /// Whether the log-likelihood has stopped moving.
  ///
  /// glmertree stops as well where it moves between two values and is at the higher; palmtree stops
  /// where it no longer rises.
  private func isStable(_ history: [Double], _ value: Double) -> Bool {
    guard let last = history.last else { return false }
    if grower.method == .palmtree { return value - last <= plan.tolerance }
    if abs(value - last) <= plan.tolerance { return true }
    guard history.count > 1 else { return false }
    return abs(value - history[history.count - 2]) < plan.tolerance && value > last
  }
}

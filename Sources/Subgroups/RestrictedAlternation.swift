import Designs
import MixedModels
import Numerics
import Sampling
import Trees

/// The alternation of tree and joint model by REML, as glmertree's `lmertree` (article Alternation):
/// grow a tree given the trial effects, fit the mixed model of its leaves, take its trial effects,
/// until the log-likelihood stands still.
struct RestrictedAlternation {
  let grower: Grower
  let plan: GrowthPlan
  /// Asked once a round whether to stop.
  let isCancelled: @Sendable () -> Bool

  /// Where an alternation ended.
  struct Outcome {
    var tree: Tree
    var iterations: Int
    var converged: Bool
    var logLikelihood: Double
  }

  /// The reported tree and, where both starts were asked for, whether its splits are in the other.
  func run() throws(AnalysisError) -> (outcome: Outcome, other: Tree?) {
    let design = grower.design
    let zero = SharedEffects.zero(design, grower.method)
    guard design.subgroups == nil, grower.method.hasSharedEffects(design) else {
      return (try single(zero), nil)
    }
    switch plan.start {
    case .zero: return (try alternate(from: zero), nil)
    case .noTree: return (try alternate(from: try withoutTree(zero)), nil)
    case .both:
      let other = try alternate(from: try withoutTree(zero))
      return (try alternate(from: zero), other.tree)
    }
  }

  /// Nothing to alternate: one tree, and one fit of it, whose shared effects give the node models.
  private func single(_ zero: SharedEffects) throws(AnalysisError) -> Outcome {
    let tree = grower.tree(zero, penalty: .none)
    let round = try fit(tree)
    let final = grower.design.subgroups == nil ? tree : grower.tree(round.shared, penalty: .none)
    return Outcome(
      tree: final, iterations: 1, converged: true, logLikelihood: round.logLikelihood)
  }

  private func withoutTree(_ zero: SharedEffects) throws(AnalysisError) -> SharedEffects {
    try fit(grower.root(zero, penalty: .none)).shared
  }

  private func alternate(from start: SharedEffects) throws(AnalysisError) -> Outcome {
    var shared = start
    var history: [Double] = []
    while true {
      if isCancelled() { throw .sampling(.cancelled) }
      let tree = grower.tree(shared, penalty: .none)
      let round = try fit(tree)
      let isStable = isStable(history, round.logLikelihood)
      history.append(round.logLikelihood)
      if isStable || history.count >= plan.maxIterations {
        return Outcome(
          tree: tree, iterations: history.count, converged: isStable,
          logLikelihood: round.logLikelihood)
      }
      shared = round.shared
    }
  }

  /// Whether the log-likelihood has stopped moving, or moves between two values and is at the higher.
  private func isStable(_ history: [Double], _ value: Double) -> Bool {
    guard let last = history.last else { return false }
    if abs(value - last) <= plan.tolerance { return true }
    guard history.count > 1 else { return false }
    return abs(value - history[history.count - 2]) < plan.tolerance && value > last
  }

  /// The joint model of a tree: its log-likelihood and its shared effects.
  private func fit(
    _ tree: Tree
  ) throws(AnalysisError) -> (logLikelihood: Double, shared: SharedEffects) {
    let leaves = Leaves(tree)
    let model = MarginalModel(
      ModelStatistics(grower.design, leaf: leaves.codes, leaves: leaves.nodes.count),
      grower.method.terms, .restricted)
    let maximiser = VarianceMaximiser(model)
    if maximiser.density.growsWithoutLimit { throw .exactFit }
    do {
      let estimate = try maximiser.maximum()
      let effects = maximiser.density.conditionalEffects(at: estimate.variances)
      let covariates = (0..<model.statistics.covariates).map { i in
        model.columns.index(of: .covariate(i)).map { effects.columns[$0] } ?? 0
      }
      return (
        estimate.logLikelihood,
        SharedEffects(
          trialEffects: effects.trialEffects.flatMap(\.self), covariates: covariates)
      )
    } catch {
      throw .notFitted(error)
    }
  }
}

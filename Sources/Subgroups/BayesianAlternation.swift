import Designs
import Inference
import MixedModels
import Numerics
import Sampling
import Trees

/// The alternation of tree and joint model with the sampler in the place of the mixed-model fit
/// (article Alternation): grow a tree given the posterior means of the trial effects, sample the posterior of
/// its leaves, until a tree repeats.
struct BayesianAlternation {
  let grower: Grower
  let plan: GrowthPlan
  let cache: PosteriorCache

  /// Where an alternation ended.
  struct Outcome {
    var tree: Tree
    /// The shared effects and σ that the tree was grown at.
    var given: (shared: SharedEffects, sigma: Double)?
    var iterations: Int
    var converged: Bool
    /// The trees of a cycle.
    var cycle: [Tree] = []
  }

  /// The reported tree and, where both starts were asked for, the tree of the other.
  func run() throws(AnalysisError) -> (outcome: Outcome, other: Tree?) {
    let zero = SharedEffects.zero(grower.design, grower.terms)
    let pooled = try cache.posterior(Leaves(rows: grower.design.rows))
    if grower.design.subgroups != nil { return (try prespecified(zero, pooled), nil) }
    let fromZero = { () throws(AnalysisError) in
      try alternate(shared: zero, sigma: pooled.sigma)
    }
    let fromPooled = { () throws(AnalysisError) in
      try alternate(shared: pooled.shared, sigma: pooled.sigma)
    }
    switch plan.start {
    case .zero: return (try fromZero(), nil)
    case .noTree: return (try fromPooled(), nil)
    case .both:
      let outcome = try fromZero()
      guard grower.hasSharedEffects else { return (outcome, nil) }
      return (outcome, try fromPooled().tree)
    }
  }

  private func prespecified(
    _ zero: SharedEffects, _ pooled: SampledTree
  ) throws(AnalysisError) -> Outcome {
    let tree = grower.tree(zero, penalty: penalty(pooled.sigma))
    let sampled = try cache.posterior(tree)
    return Outcome(
      tree: grower.tree(sampled.shared, penalty: penalty(sampled.sigma)),
      given: (sampled.shared, sampled.sigma), iterations: 1, converged: true)
  }

  private func penalty(_ sigma: Double) -> NodePenalty {
    grower.penalty(cache.priors, sigma: sigma)
  }

  private func alternate(
    shared: SharedEffects, sigma: Double
  ) throws(AnalysisError) -> Outcome {
    var shared = shared
    var sigma = sigma
    var trees: [GivenTree] = []
    while true {
      let tree = GivenTree(
        tree: grower.tree(shared, penalty: penalty(sigma)), given: (shared, sigma))
      if let first = trees.firstIndex(where: { $0.tree.hasSameSplits(as: tree.tree) }) {
        return finish(tree, met: first, among: trees)
      }
      trees.append(tree)
      guard trees.count < plan.maxIterations else {
        return Outcome(
          tree: tree.tree, given: tree.given, iterations: trees.count, converged: false)
      }
      let sampled = try cache.posterior(tree.tree)
      shared = sampled.shared
      sigma = sampled.sigma
    }
  }

  /// A tree with the shared effects and σ that it was grown at.
  private struct GivenTree {
    let tree: Tree
    let given: (shared: SharedEffects, sigma: Double)
  }

  /// A tree that repeats at once is the answer; of a longer cycle the tree with the fewest leaves is,
  /// the one met first among equals.
  private func finish(_ last: GivenTree, met first: Int, among trees: [GivenTree]) -> Outcome {
    let cycle = Array(trees[first...])
    guard cycle.count > 1 else {
      return Outcome(
        tree: last.tree, given: last.given, iterations: trees.count + 1, converged: true)
    }
    let smallest = cycle.min { $0.tree.leaves.count < $1.tree.leaves.count } ?? last
    return Outcome(
      tree: smallest.tree, given: smallest.given, iterations: trees.count + 1, converged: false,
      cycle: cycle.map(\.tree))
  }

  /// Whether the tree would be another one with the trial effects' means by quadrature.
  func quadratureChangesTree(
    _ tree: Tree, _ quadrature: VarianceQuadrature, _ sampled: SampledTree
  ) -> Bool {
    guard let model = (sampled.posterior as? GaussianPosterior)?.model else { return false }
    var shared = sampled.shared
    shared.trialEffects = quadrature.trialEffects(model)
    let sigma = zip(quadrature.points, quadrature.weights).reduce(0) {
      $0 + $1.0.sigma * $1.1
    }
    return !grower.tree(shared, penalty: penalty(sigma)).hasSameSplits(as: tree)
  }
}

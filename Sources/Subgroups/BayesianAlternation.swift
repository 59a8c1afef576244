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
      tree: grower.tree(sampled.shared, penalty: penalty(sampled.sigma)), iterations: 1,
      converged: true)
  }

  private func penalty(_ sigma: Double) -> NodePenalty {
    grower.penalty(cache.priors, sigma: sigma)
  }

  private func alternate(
    shared: SharedEffects, sigma: Double
  ) throws(AnalysisError) -> Outcome {
    var shared = shared
    var sigma = sigma
    var trees: [Tree] = []
    while true {
      let tree = grower.tree(shared, penalty: penalty(sigma))
      if let first = trees.firstIndex(where: { $0.hasSameSplits(as: tree) }) {
        return finish(tree, met: first, among: trees)
      }
      trees.append(tree)
      guard trees.count < plan.maxIterations else {
        return Outcome(tree: tree, iterations: trees.count, converged: false)
      }
      let sampled = try cache.posterior(tree)
      shared = sampled.shared
      sigma = sampled.sigma
    }
  }

  /// A tree that repeats at once is the answer; of a longer cycle the tree with the fewest leaves is,
  /// the one met first among equals.
  private func finish(_ tree: Tree, met first: Int, among trees: [Tree]) -> Outcome {
    let cycle = Array(trees[first...])
    guard cycle.count > 1 else {
      return Outcome(tree: tree, iterations: trees.count + 1, converged: true)
    }
    let smallest = cycle.min { $0.leaves.count < $1.leaves.count } ?? tree
    return Outcome(
      tree: smallest, iterations: trees.count + 1, converged: false, cycle: cycle)
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

import Inference
import MixedModels
import Sampling
import Threads
import Trees

/// The trees that plausible trial effects give: step 2 of the alternation again, each time under
/// one posterior draw of all that the leaves share and of σ, the data held fixed (article
/// Alternation).
///
/// The shares are neither the posterior probability of a tree nor its stability under sampling: the
/// participants stay the same ones.
struct TreeDraws {
  let grower: Grower
  let priors: ResolvedPriors
  let threads: Int
  let isCancelled: @Sendable () -> Bool

  /// The shares over a number of trees, under draws spread evenly over the chains, against the
  /// reported tree.
  func shares(
    _ count: Int, of sampled: SampledTree, against tree: Tree
  ) throws(AnalysisError) -> TreeShares {
    let draws = sampled.posterior.chains * sampled.posterior.iterations
    let sketches = try concurrentMap(count: count, threads: threads) {
      (index) throws(AnalysisError) in
      if isCancelled() { throw .sampling(.cancelled) }
      let draw = (2 * index + 1) * draws / (2 * count)
      let sigma = sampled.posterior.residualDraws?[draw] ?? 1
      let drawn = grower.tree(
        sampled.shared(draw: draw), penalty: grower.penalty(priors, sigma: sigma), threads: 1)
      return TreeSketch(drawn, reference: tree)
    }
    return TreeShares(sketches, reference: tree)
  }
}

extension SampledTree {
  /// What the leaves share in one draw, counted through all chains.
  func shared(draw: Int) -> SharedEffects {
    let q = posterior.terms.randomTerms
    let trialEffects = (0..<posterior.trials).flatMap { trial in
      (0..<q).map { posterior.trialEffect(trial, term: $0)[draw] }
    }
    let covariates = (0..<posterior.covariates).map { i in
      posterior.draws(of: .covariate(i))?[draw] ?? 0
    }
    return SharedEffects(
      trialEffects: trialEffects,
      trialIntercepts: trialIntercepts { $0[draw] }, covariates: covariates)
  }
}

import Designs
import Inference
import Posterior

extension ProcedureSample {
  /// The Bayesian tree whose nodes have trial effects and heterogeneity of their own; it always settles.
  func growNodewise(
    _ method: Method, _ grower: Grower
  ) throws(AnalysisError) -> ProcedureTree {
    let posteriors = try nodePosteriors(method)
    let tree = grower.tree(posteriors)
    try posteriors.check()
    return ProcedureTree(
      tree: tree, method: method, isSettled: true,
      hasConverged: posteriors.all.allSatisfy(\.sampled.convergence.converged))
  }

  /// The effects of leaves, each having trial effects and heterogeneity of its own.
  ///
  /// A leaf whose own model fits its outcome exactly has no effect: that of others does not hang on it.
  func nodewiseEffects(
    _ leaves: Leaves, _ method: Method, _ withPrecision: Bool
  ) throws(AnalysisError) -> [EffectEstimate?] {
    let posteriors = try nodePosteriors(method)
    let sampling = posteriors.sampling
    var rows = [[Int32]](repeating: [], count: leaves.nodes.count)
    for (row, code) in leaves.codes.enumerated() { rows[Int(code)].append(Int32(row)) }
    let usable = rows.indices.filter { !sampling.fitsExactly(rows[$0], of: design) }
    var result = [EffectEstimate?](repeating: nil, count: rows.count)
    if sampling.poolsHeterogeneity, usable.count > 1,
      let pooled = try sampling.pooledPosterior(usable.map { rows[$0] }, of: design)
    {
      for (leaf, posterior) in zip(usable, pooled.leaves) {
        result[leaf] = effect(leaf: 0, of: posterior, withPrecision)
      }
      return result
    }
    for leaf in usable {
      let sampled = try posteriors.posterior(rows[leaf])
      result[leaf] = effect(leaf: 0, of: sampled.posterior, withPrecision)
    }
    return result
  }
}

extension LeafSampling {
  /// Whether the density of a leaf's own model grows without limit as σ goes to zero.
  fileprivate func fitsExactly(_ rows: [Int32], of design: Design) -> Bool {
    guard design.family == .gaussian else { return false }
    let part = design.restricted(to: rows)
    return fitsExactly(gaussianModel(Leaves(rows: part.rows), of: part).0)
  }
}

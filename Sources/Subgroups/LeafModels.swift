import Designs
import Inference
import MixedModels
import Sampling

/// The models of leaves, each of its own participants alone.
enum LeafModels {
  case gaussian([MarginalModel])
  case binomial([BinomialModel])
}

extension LeafSampling {
  /// Whether τ1 of a tree's leaves are partially pooled.
  var poolsHeterogeneity: Bool {
    plan.heterogeneity(method) == .perSubgroupPooled && method.terms.randomEffect
  }

  /// The models of leaves that have the given rows of a design.
  func leafModels(_ leaves: [[Int32]], of design: Design) throws(AnalysisError) -> LeafModels {
    var gaussian: [MarginalModel] = []
    var binomial: [BinomialModel] = []
    for rows in leaves {
      let part = design.restricted(to: rows.sorted())
      let alone = Leaves(rows: part.rows)
      switch design.family {
      case .gaussian: gaussian.append(gaussianModel(alone, of: part).0)
      case .binomial: binomial.append(try binomialModel(alone, of: part))
      }
    }
    return design.family == .gaussian ? .gaussian(gaussian) : .binomial(binomial)
  }

  /// The posteriors of leaves that have the given rows of a design, with their τ1 partially pooled; nil
  /// where the prior of τ1 is a known value.
  func pooledPosterior(
    _ leaves: [[Int32]], of design: Design
  ) throws(AnalysisError) -> PooledPosterior? {
    let parts = leaves.map { NodePosteriors.part($0.sorted()) }
    // Parts of nodes are odd.
    let samplerPlan = samplerPlan(part: 2)
    let models = try leafModels(leaves, of: design)
    do {
      switch models {
      case .gaussian(let gaussian):
        return try PooledPosterior(
          gaussian, VariancePriors(priors, plan.terms(method)), parts: parts, plan: samplerPlan,
          sampler: plan.sampling.sampler.resolved, monitor: environment.monitor)
      case .binomial(let binomial):
        return try PooledPosterior(
          binomial, parts: parts, plan: samplerPlan, sampler: plan.sampling.sampler.resolved,
          monitor: environment.monitor)
      }
    } catch {
      throw .sampling(error)
    }
  }
}

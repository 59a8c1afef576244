import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Trees

/// REML fits of a tree and of its collapsed forms, as they are reported.
struct LikelihoodReporting {
  let design: Design
  let method: Method
  let level: Double

  /// The fit of the leaves' joint model with its subgroup effects; the profile intervals of τ too.
  func result(_ tree: Tree) throws(AnalysisError) -> LikelihoodResult {
    let leaves = Leaves(tree)
    let model = model(leaves)
    do {
      let fit = try MixedModelFit(model)
      let maximiser = VarianceMaximiser(model)
      var intervals: [Interval?] = []
      for term in 0..<method.terms.randomTerms {
        let limits = try? maximiser.interval(
          ofTerm: term, around: fit.estimate, level: level)
        intervals.append(limits.map { Interval(lower: $0.lower, upper: $0.upper) })
      }
      // Without random terms the log-likelihood is that of `lm`, not the restricted one.
      let logLikelihood = method.terms.randomTerms > 0 ? fit.estimate.logLikelihood : fit.linear
      let parameters = Double(fit.parameterCount)
      return LikelihoodResult(
        fit: fit, leaves: leaves.nodes, logLikelihood: logLikelihood,
        aic: -2 * logLikelihood + 2 * parameters,
        bic: -2 * logLikelihood + log(Double(design.rows)) * parameters,
        subgroups: leaves.nodes.map { subgroup(tree.node($0), fit, leaves) },
        innerNodes: innerNodes(tree), tauIntervals: intervals)
    } catch {
      throw .notFitted(error)
    }
  }

  /// The effect in every inner node, from the model of the tree collapsed there; a node whose model
  /// cannot be fitted has no figures.
  func innerNodes(_ tree: Tree) -> [LikelihoodSubgroup] {
    tree.innerNodes.map { collapsed(tree, at: $0) }
  }

  /// The effect in one inner node.
  func collapsed(_ tree: Tree, at node: TreeNode) -> LikelihoodSubgroup {
    let leaves = Leaves(tree.collapsed(at: node.id))
    guard let fit = try? MixedModelFit(model(leaves)) else {
      return LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    }
    return subgroup(node, fit, leaves)
  }

  private func model(_ leaves: Leaves) -> MarginalModel {
    MarginalModel(
      ModelStatistics(design, leaf: leaves.codes, leaves: leaves.nodes.count), method.terms,
      .restricted)
  }

  private func subgroup(
    _ node: TreeNode, _ fit: MixedModelFit, _ leaves: Leaves
  ) -> LikelihoodSubgroup {
    var result = LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    guard let leaf = leaves.index(of: node.id),
      let effect = fit.coefficient(.effect(leaf: leaf)), let estimate = effect.estimate,
      let error = effect.standardError
    else { return result }
    result.estimate = estimate
    result.standardError = error
    guard let df = effect.satterthwaite, df > 0 else { return result }
    result.degreesOfFreedom = df
    let width = Distributions.tQuantile(0.5 + level / 2, df: df) * error
    result.interval = Interval(lower: estimate - width, upper: estimate + width)
    result.pValue = Distributions.tTwoSided(estimate / error, df: df)
    return result
  }
}

extension MixedModelFit {
  /// The log-likelihood of the linear model without random terms, as `logLik` of `lm`.
  var linear: Double {
    let n = Double(rows)
    let variance = estimate.variances.sigma * estimate.variances.sigma
    let residual = variance * (n - Double(parameterCount - 1)) / n
    return -0.5 * n * (log(2 * Double.pi * residual) + 1)
  }
}

extension Tree {
  /// The sum over leaves of the log-likelihood of each leaf's own linear model, as partykit.
  var sumOfLeafLogLikelihoods: Double {
    leaves.reduce(0) { sum, leaf in
      let n = Double(leaf.rows.count)
      return sum - 0.5 * n * (log(2 * Double.pi * leaf.objective / n) + 1)
    }
  }
}

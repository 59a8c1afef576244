import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Trees

/// Fits of a tree and of its collapsed forms by maximum likelihood, as they are reported.
struct LikelihoodReporting {
  let joint: JointModel
  let level: Double

  /// The fit of the leaves' joint model: their effects and differences, and the intervals of the SDs.
  func result(_ tree: Tree) throws(AnalysisError) -> LikelihoodResult {
    let leaves = Leaves(tree)
    let fitted = try joint.fit(leaves)
    let equality = fitted.equality(leaves: leaves.nodes.count)
    return LikelihoodResult(
      fit: fitted.fit, leaves: leaves.nodes, criteria: fitted.criteria,
      byLikelihood: fitted.byLikelihood,
      subgroups: leaves.nodes.enumerated().map { leaf, node in
        var result = subgroup(tree.node(node), fitted, leaves)
        if result.effect.estimate != nil {
          result.profileInterval = fitted.profileInterval(ofEffect: leaf, level: level)
        }
        return result
      },
      contrasts: contrasts(leaves, fitted), equality: equality.satterthwaite,
      kenwardRogerEquality: equality.kenwardRoger,
      tauIntervals: (0..<joint.terms.randomTerms).map {
        fitted.interval(ofTerm: $0, level: level)
      },
      sigmaInterval: fitted.residualInterval(level: level))
  }

  /// The effect in every inner node, from the model of the tree collapsed there; a node whose model
  /// cannot be fitted has no figures.
  func innerNodes(_ tree: Tree) -> [LikelihoodSubgroup] {
    tree.innerNodes.map { collapsed(tree, at: $0) }
  }

  /// The effect in one inner node.
  func collapsed(_ tree: Tree, at node: TreeNode) -> LikelihoodSubgroup {
    let leaves = Leaves(tree.collapsed(at: node.id))
    guard let fitted = try? joint.fit(leaves) else {
      return LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    }
    return subgroup(node, fitted, leaves)
  }

  /// The effect in a node from the mixed model of its participants alone, with the SDs of that model.
  func alone(_ node: TreeNode) -> LikelihoodSubgroup {
    let part = joint.design.restricted(to: node.rows)
    let own = LikelihoodReporting(
      joint: JointModel(
        design: part, terms: joint.terms, criterion: joint.criterion,
        quadraturePoints: joint.quadraturePoints), level: level)
    let leaves = Leaves(node: node.id, rows: part.rows)
    guard let fitted = try? own.joint.fit(leaves) else {
      return LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    }
    var result = own.subgroup(node, fitted, leaves)
    result.variances = fitted.fit.estimate.variances
    return result
  }

  private func subgroup(
    _ node: TreeNode, _ fitted: any FittedJointModel, _ leaves: Leaves
  ) -> LikelihoodSubgroup {
    var result = LikelihoodSubgroup(node: node.id, rows: node.rows.count)
    guard let leaf = leaves.index(of: node.id) else { return result }
    result.effect = fitted.estimate([(role: .effect(leaf: leaf), weight: 1)], level: level)
    guard result.effect.estimate != nil else { return result }
    result.newTrialInterval = newTrial(result.effect, fitted.fit)
    return result
  }

  /// The prediction interval of a new trial's effect; nil without a random effect.
  private func newTrial(_ effect: LikelihoodEstimate, _ fit: MixedModelFit) -> Interval? {
    guard joint.terms.randomEffect, let estimate = effect.estimate,
      let error = effect.standardError, let tau = fit.estimate.variances.tau.last
    else { return nil }
    return predictionInterval(
      estimate: estimate, standardError: error, tau: tau, trials: joint.comparedTrials,
      level: level
    ).map { Interval(lower: $0.lower, upper: $0.upper) }
  }

  /// Every pair of leaves, the earlier minus the later.
  private func contrasts(
    _ leaves: Leaves, _ fitted: any FittedJointModel
  ) -> [LikelihoodContrast] {
    leaves.nodes.indices.flatMap { a in
      leaves.nodes.indices.dropFirst(a + 1).map { b in
        LikelihoodContrast(
          nodes: [leaves.nodes[a], leaves.nodes[b]],
          difference: fitted.estimate(
            [(role: .effect(leaf: a), weight: 1), (role: .effect(leaf: b), weight: -1)],
            level: level))
      }
    }
  }
}

/// The models without subgroups that a reader wants to see first: linear (or logistic) adjusted for
/// trial, and mixed with fixed and with random trial intercepts, covariates as given.
func wholePopulation(_ design: Design, _ plan: AnalysisPlan) -> [WholePopulationFit] {
  let criterion: Criterion =
    plan.estimators.contains(.ml) || design.family == .binomial ? .ml : .reml
  let models: [WholePopulationFit.Model] =
    design.trials.count > 1 ? [.linear, .stratified, .random] : [.linear]
  return models.map { model in
    let terms = ModelTerms(
      intercepts: model == .random ? .perLeaf : .perLeafAndTrial,
      randomIntercept: model == .random, randomEffect: model != .linear,
      isCorrelated: plan.isCorrelated)
    let joint = JointModel(
      design: design, terms: terms, criterion: criterion, quadraturePoints: plan.quadraturePoints)
    return LikelihoodReporting(joint: joint, level: plan.level).wholePopulation(model)
  }
}

extension LikelihoodReporting {
  /// One model of all participants; without figures where it cannot be fitted.
  fileprivate func wholePopulation(_ model: WholePopulationFit.Model) -> WholePopulationFit {
    let design = joint.design
    let node = LikelihoodSubgroup(node: 1, rows: design.rows)
    var result = WholePopulationFit(
      model: model, terms: joint.terms, criterion: joint.criterion, effect: node,
      covariates: design.covariates.names.map { _ in LikelihoodEstimate() }, variances: nil,
      isSingular: false, criteria: nil)
    guard let fitted = try? joint.fit(Leaves(rows: design.rows)) else { return result }
    result.effect.effect = fitted.estimate([(role: .effect(leaf: 0), weight: 1)], level: level)
    result.effect.newTrialInterval = newTrial(result.effect.effect, fitted.fit)
    result.covariates = design.covariates.names.indices.map {
      fitted.estimate([(role: .covariate($0), weight: 1)], level: level)
    }
    result.variances = fitted.fit.estimate.variances
    result.isSingular = joint.terms.randomTerms > 0 && fitted.fit.estimate.isSingular
    result.criteria = fitted.criteria
    return result
  }
}

extension Tree {
  /// The sum over leaves of the log-likelihood of each leaf's own model, as partykit.
  func sumOfLeafLogLikelihoods(_ design: Design, _ kind: ObjectiveKind) -> Double {
    leaves.reduce(0) { sum, leaf in
      guard kind == .residualSumOfSquares else { return sum - leaf.objective }
      let n = Double(leaf.rows.count)
      let weights = design.weights.map { weights in
        leaf.rows.reduce(0) { $0 + log(weights[Int($1)]) }
      }
      return sum - 0.5 * n * (log(2 * Double.pi * leaf.objective / n) + 1)
        + 0.5 * (weights ?? 0)
    }
  }
}

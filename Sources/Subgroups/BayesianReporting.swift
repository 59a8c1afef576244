import Designs
import Inference
import MixedModels
import Numerics
import Posterior
import Predictive
import Sampling
import Trees

/// The draws of the leaves of a tree, with the leaves' node ids.
struct LeafDraws {
  let nodes: [Int]
  let posterior: any LeafEffects
}

extension SampledTree {
  /// The draws of the leaves.
  var leafDraws: LeafDraws { LeafDraws(nodes: leaves.nodes, posterior: posterior) }
}

/// The posterior of a tree in the figures that are reported.
struct BayesianReporting {
  let design: Design
  let method: Method
  let plan: AnalysisPlan
  let likelihood: LikelihoodReporting
  private let summariser: Summariser
  /// One standard normal for each draw: the deviation of a new trial's effect in units of τ1.
  private let newTrialDeviations: [Double]

  init(_ design: Design, _ method: Method, _ plan: AnalysisPlan) {
    self.design = design
    self.method = method
    self.plan = plan
    likelihood = LikelihoodReporting(
      joint: JointModel(
        design: design, terms: plan.terms(method),
        criterion: design.family == .gaussian ? .reml : .ml,
        quadraturePoints: plan.quadraturePoints), level: plan.level)
    summariser = Summariser(
      chains: plan.sampling.chains, iterations: plan.sampling.draws, level: plan.level)
    var deviations: [Double] = []
    for chain in 0..<plan.sampling.chains {
      var stream = RandomStream(seed: plan.sampling.seed, purpose: "new trial", index: chain)
      for _ in 0..<plan.sampling.draws { deviations.append(stream.normal()) }
    }
    newTrialDeviations = deviations
  }

  func summary(_ draws: [Double]) -> PosteriorSummary { summariser.summary(of: draws) }

  /// The draws of the effect in each leaf.
  func effects(_ sampled: LeafDraws) throws(AnalysisError) -> [[Double]] {
    var result: [[Double]] = []
    for leaf in sampled.nodes.indices {
      guard let draws = sampled.posterior.effect(leaf: leaf) else {
        throw .notIdentified(node: sampled.nodes[leaf])
      }
      result.append(draws)
    }
    return result
  }

  /// The figures of one node's effect; `diagnostics` and the probability of being best are added by
  /// the caller.
  func subgroup(_ node: TreeNode, _ sampled: LeafDraws) throws(AnalysisError) -> BayesianSubgroup {
    guard let leaf = sampled.nodes.firstIndex(of: node.id) else {
      throw .notIdentified(node: node.id)
    }
    let draws = try effects(sampled)[leaf]
    let term = method.terms.randomIntercept ? 1 : 0
    let hasRandomEffect = method.terms.randomEffect
    let newTrial =
      hasRandomEffect
      ? newTrialDraws(draws, sampled.posterior.deviation(term: term, leaf: leaf)) : nil
    let trials = design.trials.indices.map { k -> PosteriorSummary in
      guard hasRandomEffect else { return summary(draws) }
      return summary(sum(draws, sampled.posterior.trialEffect(k, term: term, leaf: leaf)))
    }
    return BayesianSubgroup(
      node: node.id, rows: node.rows.count, effect: summary(draws),
      probabilityBelowZero: share(draws) { $0 < 0 },
      probabilityBenefit: benefit(draws, beyond: 0),
      probabilityBeyondMCID: plan.mcid.flatMap { benefit(draws, beyond: $0) },
      newTrial: newTrial.map(summary),
      newTrialProbabilityBenefit: newTrial.flatMap { benefit($0, beyond: 0) },
      newTrialProbabilityBeyondMCID: plan.mcid.flatMap { mcid in
        newTrial.flatMap { benefit($0, beyond: mcid) }
      }, trials: trials,
      riskDifference: sampled.posterior.riskDifference(leaf: leaf).map(summary))
  }

  func newTrialDraws(_ effect: [Double], _ tau: [Double]) -> [Double] {
    effect.indices.map { effect[$0] + tau[$0] * newTrialDeviations[$0] }
  }

  private func sum(_ a: [Double], _ b: [Double]) -> [Double] {
    a.indices.map { a[$0] + b[$0] }
  }

  func share(_ draws: [Double], _ condition: (Double) -> Bool) -> Double {
    Double(draws.count(where: condition)) / Double(draws.count)
  }

  /// P(effect better than a distance), nil where the user did not say what is better.
  private func benefit(_ draws: [Double], beyond distance: Double) -> Double? {
    switch plan.benefit {
    case .lower: share(draws) { $0 < -distance }
    case .higher: share(draws) { $0 > distance }
    case nil: nil
    }
  }

  /// For each leaf the share of draws in which its effect is the most beneficial.
  func probabilitiesBest(_ effects: [[Double]]) -> [Double?] {
    guard let benefit = plan.benefit, effects.count > 1 else {
      return [Double?](repeating: nil, count: effects.count)
    }
    var wins = [Int](repeating: 0, count: effects.count)
    for draw in effects[0].indices {
      let best = effects.indices.max { a, b in
        benefit == .higher
          ? effects[a][draw] < effects[b][draw] : effects[a][draw] > effects[b][draw]
      }
      if let best { wins[best] += 1 }
    }
    return wins.map { Double($0) / Double(effects[0].count) }
  }

  /// The differences of every pair of leaves, the earlier minus the later.
  func contrasts(_ effects: [[Double]], _ nodes: [Int]) -> [EffectContrast] {
    nodes.indices.flatMap { a in
      nodes.indices.dropFirst(a + 1).map { b in
        let difference = effects[a].indices.map { effects[a][$0] - effects[b][$0] }
        return EffectContrast(
          nodes: [nodes[a], nodes[b]], difference: summary(difference),
          probabilityBelowZero: share(difference) { $0 < 0 })
      }
    }
  }
}

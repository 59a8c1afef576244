import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Threads
import Trees

/// Weighs the splits of one run.
struct SplitWeighing: Sendable {
  let model: RunModel
  /// The prior SD of the difference of two effects.
  let scale: Double
  /// The variables in order, for the splits that a node could have had; nil for pre-specified subgroups.
  let variables: SortedVariables?

  /// The prior SDs at which Bayes factors are given.
  var scales: [Double] { SplitEvidence.factors.map { $0 * scale } }

  /// Every split, in node order.
  func splits() -> [SplitEvidence] {
    model.tree.innerNodes.map { node in
      switch model.design.family {
      case .gaussian: gaussian(node)
      case .binomial: binomial(node)
      }
    }
  }

  // MARK: Gaussian

  /// The rows that the effects of a node are judged by, and their leaves.
  ///
  /// Where every node has variances of its own it is judged by its own participants alone.
  private func scope(_ node: TreeNode) -> (
    statistics: ModelStatistics, children: [Int], design: Design
  ) {
    guard model.isShared else {
      let (design, codes) = alone(node)
      return (
        ModelStatistics(design, leaf: codes, leaves: node.children.count),
        Array(node.children.indices), design
      )
    }
    let all = ModelStatistics(model.design, leaf: model.codes, leaves: model.leaves.count)
    let collapsed = CollapsedLeaves(model.tree, at: node.id)
    return (
      all.joined(leaf: collapsed.map, leaves: collapsed.count), collapsed.children, model.design
    )
  }

  /// The participants of a node alone, each in the child that it goes to.
  private func alone(_ node: TreeNode) -> (design: Design, codes: [Int32]) {
    var child = [Int32](repeating: 0, count: model.design.rows)
    for (place, id) in node.children.enumerated() {
      for row in model.tree.node(id).rows { child[Int(row)] = Int32(place) }
    }
    let rows = node.rows.sorted()
    return (model.design.restricted(to: rows), rows.map { child[Int($0)] })
  }

  private func gaussian(_ node: TreeNode) -> SplitEvidence {
    let (statistics, children, design) = scope(node)
    let priors = model.variances(model.terms, of: design)
    guard
      let split = GaussianSplit(
        statistics, model.terms, children: children, priors: model.priors, scales: scales),
      let quadrature = try? VarianceQuadrature(
        split.model, priors, resolution: model.terms.isCorrelated ? .medium : .coarse)
    else { return SplitEvidence(node: node.id, logBayesFactors: nil, averaged: nil) }
    return SplitEvidence(
      node: node.id, logBayesFactors: split.logBayesFactors(quadrature),
      averaged: average(node, statistics, children, split, priors))
  }

  /// The mean over all splits that the node could have had, each with intercepts of its own in every leaf that the
  /// tree has below the node.
  ///
  /// So what the tree has found of prognosis is in the intercepts of every candidate, under both hypotheses.
  private func average(
    _ node: TreeNode, _ statistics: ModelStatistics, _ children: [Int], _ split: GaussianSplit,
    _ priors: VariancePriors
  ) -> AveragedEvidence? {
    guard let variables,
      let rough = try? VarianceQuadrature(split.model, priors, resolution: .rough)
    else { return nil }
    let prior = split.priorMasses(rough)
    let (stratum, strata) = leavesBelow(node)
    let sums = CandidateSums(
      design: model.design, origin: statistics.origin, stratum: stratum, strata: strata)
    let others = others(statistics, children)
    let rows = node.rows.sorted()
    let minSize = model.plan.growth.minSize(model.method, model.design)
    var means: [[Double]] = []
    var count = 0
    for variable in 0..<variables.count {
      let candidates = variables.candidates(
        of: variable, in: rows, minSize: minSize, control: model.plan.growth.control)
      let found = sums.children(of: candidates, in: rows)
      let factors = concurrentMap(count: found.count, threads: model.plan.threads) {
        let (table, groups) = table(found[$0], others, statistics)
        return GaussianSplit(
          table, model.terms, children: Array(groups.indices), groups: groups,
          priors: model.priors, scales: scales
        )?.logBayesFactors(at: rough.points, prior: prior)
      }.compactMap { $0 }
      guard !factors.isEmpty else { continue }
      means.append(logMeans(factors))
      count += factors.count
    }
    guard !means.isEmpty else { return nil }
    return AveragedEvidence(
      logBayesFactors: logMeans(means), variables: means.count, splits: count)
  }

  /// The cells outside the node, leaf after leaf and within it one cell a trial.
  private func others(_ statistics: ModelStatistics, _ children: [Int]) -> [[CellStatistics]] {
    let rest = (0..<statistics.leaves).filter { !children.contains($0) }
    return rest.map { leaf in
      (0..<statistics.trials).map { trial in
        statistics.cells.first { $0.leaf == leaf && $0.trial == trial }
          ?? CellStatistics(leaf: leaf, trial: trial, covariates: statistics.covariates)
      }
    }
  }

  /// For each row of the design its leaf among those below a node, counted from 0; and their number.
  private func leavesBelow(_ node: TreeNode) -> (stratum: [Int32], strata: Int) {
    var stratum = [Int32](repeating: 0, count: model.design.rows)
    var strata = 0
    for leaf in model.tree.leaves
    where model.tree.path(to: leaf.id).contains(where: { $0.id == node.id }) {
      for row in leaf.rows { stratum[Int(row)] = Int32(strata) }
      strata += 1
    }
    return (stratum, strata)
  }

  /// The statistics with the strata of the children as the first leaves, and the child of each of these; those
  /// without participants are left out.
  private func table(
    _ children: [[CellStatistics]], _ others: [[CellStatistics]], _ statistics: ModelStatistics
  ) -> (ModelStatistics, groups: [Int]) {
    let trials = statistics.trials
    var leaves: [ArraySlice<CellStatistics>] = []
    var groups: [Int] = []
    for (child, cells) in children.enumerated() {
      for first in stride(from: 0, to: cells.count, by: trials) {
        let own = cells[first..<(first + trials)]
        guard own.contains(where: { $0.participants > 0 }) else { continue }
        leaves.append(own)
        groups.append(child)
      }
    }
    leaves += others.map { $0[...] }
    let cells = (0..<trials).flatMap { trial in
      leaves.indices.map { leaves[$0][leaves[$0].startIndex + trial].moved(to: $0) }
    }
    return (ModelStatistics(cells, leaves: leaves.count, of: statistics), groups)
  }

  /// The logarithm of the mean of exponentials, place by place.
  private func logMeans(_ rows: [[Double]]) -> [Double] {
    scales.indices.map { s in logSumExp(rows.map { $0[s] }) - log(Double(rows.count)) }
  }

  // MARK: Binomial

  private func binomial(_ node: TreeNode) -> SplitEvidence {
    SplitEvidence(
      node: node.id, logBayesFactors: binomialFactors(node), averaged: binomialAverage(node))
  }

  /// The mean over the splits that the node could have had, as for a Gaussian outcome.
  private func binomialAverage(_ node: TreeNode) -> AveragedEvidence? {
    guard let variables, let weighing = BinomialCandidates(model, node, scales: scales) else {
      return nil
    }
    let rows = node.rows.sorted()
    let minSize = model.plan.growth.minSize(model.method, model.design)
    let limit = weighing.mostSplits(cells: weighing.cells)
    var means: [[Double]] = []
    var count = 0
    for variable in 0..<variables.count {
      let sides = variables.candidates(
        of: variable, in: rows, minSize: minSize, control: model.plan.growth.control
      ).sides(of: rows, in: model.design.rows, limit: limit)
      let factors = concurrentMap(count: sides.count, threads: model.plan.threads) {
        weighing.logBayesFactors(sides[$0].side, children: sides[$0].children)
      }.compactMap { $0 }
      guard !factors.isEmpty else { continue }
      means.append(logMeans(factors))
      count += factors.count
    }
    guard !means.isEmpty else { return nil }
    return AveragedEvidence(
      logBayesFactors: logMeans(means), variables: means.count, splits: count)
  }

  /// The model that the effects of a node are judged in.
  private func binomialScope(_ node: TreeNode) -> (model: BinomialModel?, children: [Int]) {
    guard model.isShared else {
      let (design, codes) = alone(node)
      let children = Array(node.children.indices)
      return (
        model.binomial(design, codes, leaves: children.count, model.terms), children
      )
    }
    let collapsed = CollapsedLeaves(model.tree, at: node.id)
    let codes = model.codes.map { Int32(collapsed.map[Int($0)]) }
    return (
      model.binomial(model.design, codes, leaves: collapsed.count, model.terms),
      collapsed.children
    )
  }

  private func binomialFactors(_ node: TreeNode) -> [Double]? {
    let scope = binomialScope(node)
    guard let joint = scope.model,
      let equal = try? BinomialQuadrature(joint, .equal(leaves: scope.children))
    else { return nil }
    let different = concurrentMap(count: scales.count, threads: model.plan.threads) { s in
      (try? BinomialQuadrature(joint, .different(leaves: scope.children, sd: scales[s])))?
        .logMarginalLikelihood
    }.compactMap { $0 }
    guard different.count == scales.count else { return nil }
    return different.map { $0 - equal.logMarginalLikelihood }
  }
}

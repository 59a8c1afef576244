import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Sampling
import Threads
import Trees

/// A split of recursive partitioning with both sides' effects (article RecursivePartitioning).
public struct InteractionSplit: Sendable, Equatable {
  /// The id of the node that is split.
  public var node: Int
  /// The effect of each child in the node's own model, the left first.
  public var sides: [LikelihoodEstimate]
  /// The right effect minus the left one.
  public var difference: LikelihoodEstimate
  /// The number of candidate splits of the variable.
  public var candidates: Int
  /// The number of candidate splits of all variables.
  public var allCandidates: Int
  /// The smallest p-value of all candidates.
  public var pValue: Double
  /// The one that decided, adjusted for all candidates.
  public var adjustedPValue: Double

  /// A split with its tests.
  public init(
    node: Int, sides: [LikelihoodEstimate], difference: LikelihoodEstimate, candidates: Int,
    allCandidates: Int, pValue: Double, adjustedPValue: Double
  ) {
    self.node = node
    self.sides = sides
    self.difference = difference
    self.candidates = candidates
    self.allCandidates = allCandidates
    self.pValue = pValue
    self.adjustedPValue = adjustedPValue
  }
}

/// Recursive partitioning by the p-value of the treatment-by-subgroup interaction in a mixed model.
///
/// Our reading of Mistry, Stallard & Underwood (2018), whose details are not public (article
/// RecursivePartitioning).
struct RecursivePartitioning {
  let design: Design
  /// The terms, criterion and points of quadrature of the models.
  let joint: JointModel
  let plan: AnalysisPlan
  let threads: Int
  let isCancelled: @Sendable () -> Bool

  private var control: GrowthControl { plan.growth.control }

  /// The tree, and its splits with both sides' effects.
  func grow() throws(AnalysisError) -> (tree: Tree, splits: [InteractionSplit]) {
    var nodes: [TreeNode] = []
    var splits: [InteractionSplit] = []
    var stack = [(parent: Int?, depth: Int, rows: [Int32])]()
    stack.append((nil, 0, (0..<design.rows).map { Int32($0) }))
    while let next = stack.popLast() {
      if isCancelled() { throw .sampling(.cancelled) }
      let id = nodes.count + 1
      if let parent = next.parent { nodes[parent - 1].children.append(id) }
      let part = Part(self, next.rows)
      var node = TreeNode(
        id: id, parent: next.parent, depth: next.depth, rows: next.rows,
        coefficients: NodeCoefficients(effect: part.effect, intercept: nil),
        objective: part.objective)
      if let split = judge(&node, part) {
        splits.append(split)
        for rows in divide(next.rows, node.split).reversed() {
          stack.append((id, next.depth + 1, rows))
        }
      }
      nodes.append(node)
    }
    return (Tree(nodes: nodes), splits)
  }

  /// A node's own design with its model without a split.
  private struct Part {
    let design: Design
    let joint: JointModel
    var effect: Double?
    /// What the model says of each trial and participant.
    var known = NodeEffects()
    var objective = Double.nan

    init(_ partitioning: RecursivePartitioning, _ rows: [Int32]) {
      design = partitioning.design.restricted(to: rows)
      let whole = partitioning.joint
      joint = JointModel(
        design: design, terms: whole.terms, criterion: whole.criterion,
        quadraturePoints: whole.quadraturePoints)
      guard let round = try? joint.round(Leaves(rows: design.rows)) else { return }
      effect = round.effects[0]
      objective = -round.logLikelihood
      known.effects = round.shared.trialEffects.map { $0 + (round.effects[0] ?? 0) }
      if design.family == .binomial { known.controlOdds = controlOdds }
    }

    /// Infinite where a trial's outcomes are all alike.
    private var controlOdds: [Double] {
      guard let fit = try? joint.binomialFit(Leaves(rows: design.rows)) else {
        return [Double](repeating: .infinity, count: design.rows)
      }
      return (0..<design.rows).map { row in
        fit.fixedPredictor(
          PredictorPlace(
            leaf: 0, trial: Int(design.trial[row]), isActive: false,
            covariates: design.covariates.columns.map { $0[row] })) ?? .infinity
      }
    }
  }

  /// Tests a node; returns its split, and records it in the node, where there is one.
  private func judge(_ node: inout TreeNode, _ part: Part) -> InteractionSplit? {
    let minSize = plan.growth.minSize(.rp, design)
    let size = part.design.weights?.reduce(0, +) ?? Double(part.design.rows)
    if size < Double(2 * minSize) {
      node.stop = .minSize
      return nil
    }
    if let deepest = control.maxDepth, node.depth + 1 >= deepest {
      node.stop = .maxDepth
      return nil
    }
    guard part.effect != nil else {
      node.stop = .notEstimable
      return nil
    }
    let search = InteractionSearch(
      design, part.design, rows: node.rows, minSize: minSize, control: control,
      joint: part.joint)
    let findings = search.findings()
    node.tests = tests(findings, search, part, node: node.id)
    let best = findings.indices.filter { findings[$0] != nil }.min {
      (node.tests[$0].adjustedPValue ?? 1, findings[$0]?.pValue ?? 1, $0)
        < (node.tests[$1].adjustedPValue ?? 1, findings[$1]?.pValue ?? 1, $1)
    }
    guard let best, let finding = findings[best], let p = node.tests[best].adjustedPValue else {
      node.stop = .noSplit
      return nil
    }
    guard p <= control.alpha else {
      node.stop = .notSignificant
      return nil
    }
    node.split = finding.split
    return record(node, part, finding, findings, adjusted: p)
  }

  /// The tests of all variables with their adjusted p-values: by re-randomisation where that was asked
  /// for, else for the candidates of each variable and the number of variables.
  private func tests(
    _ findings: [InteractionSearch.Finding?], _ search: InteractionSearch, _ part: Part, node: Int
  ) -> [InstabilityTest] {
    let drawn = smallestPs(search, part, node: node)
    let tested = findings.count { $0 != nil }
    return findings.enumerated().map { variable, finding in
      guard let finding else { return InstabilityTest(variable: variable) }
      let interaction = finding.interaction
      let p = finding.pValue
      let adjusted: Double
      if let drawn {
        let bound = interaction.pValue * (1 + 1e-9)
        adjusted = Double(1 + drawn.count { $0 <= bound }) / Double(drawn.count + 1)
      } else {
        adjusted = control.bonferroni ? bonferroniAdjusted(p, tests: tested) : p
      }
      return InstabilityTest(
        variable: variable, statistic: interaction.estimate / interaction.standardError,
        logPValue: log(p), pValue: p, adjustedPValue: adjusted)
    }
  }

  /// The smallest p-values under re-randomised treatment; nil where none were asked for.
  private func smallestPs(
    _ search: InteractionSearch, _ part: Part, node: Int
  ) -> [Double]? {
    guard plan.growth.permutations > 0 else { return nil }
    let known = part.known
    return concurrentMap(count: plan.growth.permutations, threads: threads) { permutation in
      var stream = RandomStream(
        seed: plan.sampling.seed, purpose: "re-randomised arms", index: node, part: permutation)
      return search.smallestP(rerandomised: &stream, known)
    }
  }

  private func record(
    _ node: TreeNode, _ part: Part, _ finding: InteractionSearch.Finding,
    _ findings: [InteractionSearch.Finding?], adjusted: Double
  ) -> InteractionSplit {
    var result = InteractionSplit(
      node: node.id, sides: [LikelihoodEstimate(), LikelihoodEstimate()],
      difference: LikelihoodEstimate(), candidates: finding.candidates,
      allCandidates: findings.reduce(0) { $0 + ($1?.candidates ?? 0) },
      pValue: finding.interaction.pValue, adjustedPValue: adjusted)
    var codes = [Int32](repeating: 0, count: node.rows.count)
    let sides = divide(node.rows, finding.split)
    let right = Set(sides[1])
    for (place, row) in node.rows.enumerated() where right.contains(row) { codes[place] = 1 }
    guard let fitted = try? part.joint.fit(Leaves(nodes: [0, 1], codes: codes)) else {
      return result
    }
    result.sides = [0, 1].map {
      fitted.estimate([(role: .effect(leaf: $0), weight: 1)], level: plan.level)
    }
    result.difference = fitted.estimate(InteractionSearch.interaction, level: plan.level)
    return result
  }

  private func divide(_ rows: [Int32], _ split: Split?) -> [[Int32]] {
    guard let split else { return [] }
    var members = [[Int32]](repeating: [], count: 2)
    let values = design.partitioning[split.variable].values
    for row in rows {
      let value: SplitValue =
        switch values {
        case .numeric(let numbers): .number(numbers[Int(row)])
        case .nominal(let codes, _), .ordered(let codes, _): .level(Int(codes[Int(row)]))
        }
      if let child = split.child(for: value) { members[child].append(row) }
    }
    return members
  }
}

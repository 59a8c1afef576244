import Designs
import MixedModels
import Posterior
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// The trees of a method with what they have in common, and why nodes were not split.
  func trees(_ group: MethodGroup) -> [ReportBlock] {
    guard !isPrespecified else { return [] }
    let comparison = group.pair.map { TreeComparison($0.0.tree, $0.1.tree) }
    var drawings: [TreeDrawing] = []
    if let member = group.likelihood {
      drawings.append(
        drawing(
          member.run.tree, by: group.likelihoodName, common: comparison?.splitsInBoth.map(\.first),
          effects: member.fit.effects))
    }
    if let member = group.bayesian {
      drawings.append(
        drawing(
          member.run.tree, by: "Bayes", common: comparison?.splitsInBoth.map(\.second),
          effects: member.fit.effects))
    }
    return [
      heading(drawings.count > 1 ? "Trees" : "Tree", group), .trees(drawings),
      .notes(legend(group) + remarks(group)),
    ]
  }

  private func drawing(
    _ grown: GrownTree, by estimator: String, common: [Int]?, effects: [Int: Double]
  ) -> TreeDrawing {
    let tree = grown.tree
    let lines = tree.nodes.map { node in
      TreeDrawing.Line(
        depth: node.depth, node: node.id, condition: condition(of: node, in: tree),
        cells: [
          "\(node.rows.count)", NumberStyle.pValue(node.smallestP),
          style.quantity(effects[node.id]),
        ],
        mark: mark(node, grown, common))
    }
    let leaves = tree.leaves.count
    return TreeDrawing(
      title: "\(estimator): \(leaves == 1 ? "no subgroup" : "\(leaves) subgroups")",
      columns: ["n", "p", "effect"], lines: lines)
  }

  /// The condition of a node alone.
  private func condition(of node: TreeNode, in tree: Tree) -> String {
    guard let parent = node.parent.map({ tree.node($0) }), let split = parent.split,
      let child = parent.children.firstIndex(of: node.id)
    else { return "root" }
    return split.condition(child: child, variables: variables).description
  }

  private func mark(_ node: TreeNode, _ grown: GrownTree, _ common: [Int]?) -> String {
    guard !node.isLeaf else { return "" }
    let shared = common.map { $0.contains(node.id) ? "=" : "≠" } ?? ""
    return shared + (grown.robustToStart[node.id] == false ? "!" : "")
      + (node.isDrivenByIntercepts(alpha: analysis.plan.growth.alpha) ? "~" : "")
  }

  // MARK: Explanations

  private func legend(_ group: MethodGroup) -> [String] {
    let adjustment = analysis.plan.growth.bonferroni ? "adjusted " : ""
    let effects = [
      group.likelihood.map { _ in "\(group.likelihoodName) estimate" },
      group.bayesian.map { _ in "posterior mean" },
    ].compactMap { $0 }
    let hasSplit = group.grown.contains { $0.tree.leaves.count > 1 }
    let isRP = group.method == .rp
    var notes = [
      (isRP
        ? "p: smallest p-value of an interaction of treatment and side of a candidate split, "
          + "\(adjustmentWords); effect: "
        : "p: smallest \(adjustment)p-value of the node's parameter-instability tests; effect: ")
        + effects.joined(separator: " or ")
        + (hasSplit && !group.hasNodeHeterogeneity
          ? ", of an inner node with the tree collapsed there." : ".")
    ]
    if group.bayesian != nil, isRP {
      notes.append(
        "The tree is the same by every estimator: it is grown by tests in mixed models by "
          + "\(isBinomial ? "maximum likelihood" : "REML"). Its p-values are a stopping rule, not "
          + "posterior evidence.")
    } else if group.bayesian != nil {
      let fixed =
        group.method.hasRandomTerms ? ", trial effects fixed at their posterior mean" : ""
      notes.append(
        "Bayesian tree: Frequentist instability p-value\(fixed); a stopping rule, not posterior "
          + "evidence.")
    }
    if group.pair != nil, hasSplit {
      notes.append("= split in both trees, ≠ split in this tree only.")
    }
    let fragile = group.grown.contains { grown in grown.robustToStart.values.contains(false) }
    if fragile {
      notes.append(
        "! only the tree from the zero start has this split: it rests on differences between "
          + "trials, which cannot be told from heterogeneity with "
          + "\(counted(design.trials.count, "trial")).")
    }
    let alpha = analysis.plan.growth.alpha
    let isDriven = group.grown.contains { grown in
      grown.tree.innerNodes.contains { $0.isDrivenByIntercepts(alpha: alpha) }
    }
    if isDriven {
      notes.append(
        "~ the intercepts drive this split, a test of the treatment effect alone does not find it: it "
          + "separates participants by prognosis, and need not be a difference of effects "
          + "(--test-parameters treatment splits by the effect alone).")
    }
    return notes
  }

  /// What else there is to say of each tree: stop reasons, columns left out, the alternation.
  private func remarks(_ group: MethodGroup) -> [String] {
    let hasPair = group.pair != nil
    return zip(group.estimatorNames, group.grown).flatMap { name, grown -> [String] in
      (stops(grown.tree) + untested(grown.tree) + rounds(grown)).map {
        hasPair ? "\(name): \($0)" : $0
      }
    }
  }

  private func stops(_ tree: Tree) -> [String] {
    let words: [(StopReason, String)] = [
      (.minSize, "too few participants"),
      (.maxDepth, "at the largest depth allowed"),
      (.notEstimable, "the treatment effect cannot be tested there (not-estimable)"),
      (.noSplit, "significant, but no cut leaves enough participants on both sides"),
      (.pruned, "a split was taken back by the pruning criterion"),
    ]
    return words.compactMap { reason, words in
      let nodes = tree.leaves.filter { $0.stop == reason }
      return nodes.isEmpty ? nil : "\(list(nodes)) not split: \(words)."
    }
  }

  private func untested(_ tree: Tree) -> [String] {
    let nodes = tree.nodes.filter { !$0.notTested.isEmpty }
    guard !nodes.isEmpty else { return [] }
    let parts = nodes.map { node in
      "[\(node.id)] "
        + node.notTested.map { $0.words(trials: design.trials) }.joined(separator: ", ")
    }
    return ["left out of the tests (not estimable): \(parts.joined(separator: "; "))."]
  }

  private func rounds(_ grown: GrownTree) -> [String] {
    if !grown.cycle.isEmpty {
      let others = grown.cycle.filter { !$0.hasSameSplits(as: grown.tree) }
      return [
        "the alternation did not converge, it ended in a cycle of \(grown.cycle.count) trees; the "
          + "one with the fewest subgroups is shown."
      ] + others.map { "another tree of the cycle: \(splits($0))." }
    }
    guard grown.converged else {
      return [
        "the alternation did not converge within \(counted(grown.iterations, "round"))."
      ]
    }
    return []
  }

  private func splits(_ tree: Tree) -> String {
    let splits = tree.innerNodes.compactMap { node -> String? in
      guard let child = node.children.first else { return nil }
      return "[\(node.id)] \(condition(of: tree.node(child), in: tree))"
    }
    let leaves = counted(tree.leaves.count, "subgroup")
    return splits.isEmpty ? leaves : "\(leaves), split at \(splits.joined(separator: ", "))"
  }

  private func list(_ nodes: [TreeNode]) -> String {
    nodes.map { "[\($0.id)]" }.joined(separator: ", ")
  }
}

extension MethodGroup {
  /// The names of the estimators, in the order of `grown`.
  var estimatorNames: [String] {
    (likelihood == nil ? [] : [likelihoodName]) + (bayesian == nil ? [] : ["Bayes"])
  }
}

extension TreeNode {
  /// The smallest adjusted p-value of the node's tests; nil where it was not tested.
  var smallestP: Double? {
    tests.compactMap(\.adjustedPValue).filter(\.isFinite).min()
  }
}

extension LikelihoodResult {
  /// The estimated effect of every node that has one.
  var effects: [Int: Double] {
    Dictionary(
      (subgroups + innerNodes).compactMap { node in node.effect.estimate.map { (node.node, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}

extension BayesianResult {
  /// The posterior mean effect of every node.
  var effects: [Int: Double] {
    Dictionary(
      (subgroups + innerNodes).map { ($0.node, $0.effect.mean) },
      uniquingKeysWith: { first, _ in first })
  }
}

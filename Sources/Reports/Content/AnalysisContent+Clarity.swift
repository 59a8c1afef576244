import Designs
import Subgroups
import Trees

/// How clear the splits of a tree are: what else could have been split on, and where else be cut.
extension AnalysisContent {
  /// The number of variables that are named after the one that a node was split on.
  private static let runnersUp = 2

  /// For every inner node of the trees of a method its runners-up, and how sharp the cut is; nothing without a
  /// split.
  func clarity(_ group: MethodGroup) -> [ReportBlock] {
    guard !isPrespecified else { return [] }
    let hasPair = group.pair != nil
    // By recursive partitioning the tree is one by every estimator.
    let grown = group.method == .rp ? Array(group.grown.prefix(1)) : group.grown
    let sections = zip(group.estimatorNames, grown).map { name, grown in
      ReportTable.Section(
        hasPair && group.method != .rp ? name : "",
        grown.tree.innerNodes.map { row($0, grown.evidence) })
    }
    let table = ReportTable(
      labelTitle: "[node] split; runners-up", panels: [.init("", ["p", "as good a cut"])],
      sections: sections)
    guard !table.sections.isEmpty else { return [] }
    return [
      heading("How clear the splits are", group), .table(table), .notes(clarityNotes(group)),
    ]
  }

  private func row(_ node: TreeNode, _ evidence: [NodeEvidence]) -> ReportTable.Row {
    let split = node.split.map { $0.condition(child: 0, variables: variables).description } ?? ""
    return ReportTable.Row(
      "[\(node.id)] \(split)\(runnersUp(node))", key: "[\(node.id)]",
      [
        [
          NumberStyle.pValue(node.splitTest?.adjustedPValue),
          sharpness(node, evidence.first { $0.node == node.id }),
        ]
      ])
  }

  /// The variables with the next smallest p-values, and these; nothing where no other could be tested.
  private func runnersUp(_ node: TreeNode) -> String {
    let others = node.tests.filter {
      $0.variable != node.split?.variable && $0.adjustedPValue != nil
    }
    let ranked = others.sorted {
      ($0.logPValue ?? 0, $0.variable) < ($1.logPValue ?? 0, $1.variable)
    }
    guard !ranked.isEmpty else { return "" }
    let words = ranked.prefix(Self.runnersUp).map { test in
      "\(variables[test.variable].name) \(NumberStyle.pValue(test.adjustedPValue))"
    }
    return "; " + words.joined(separator: ", ")
  }

  /// The cuts of a numeric variable that gain nearly as much as the best one.
  private func sharpness(_ node: TreeNode, _ evidence: NodeEvidence?) -> String {
    guard let split = node.split, case .numeric(let variable, _) = split,
      let range = evidence?.profiles.first(where: { $0.variable == variable })?.nearlyBest
    else { return NumberStyle.absent }
    let ends = [range.lowerBound, range.upperBound].map {
      NumberStyle.significant($0, digits: 6)
    }
    return (ends[0] == ends[1] ? "none but \(ends[0])" : "\(ends[0]) to \(ends[1])").unbroken
  }

  private func clarityNotes(_ group: MethodGroup) -> [String] {
    let hasCuts = group.grown.contains { grown in
      grown.evidence.contains { $0.profiles.contains { $0.nearlyBest != nil } }
    }
    return [
      "Runners-up: the variables with the next smallest p-values in the node, and these. One close behind may "
        + "be the modifier in place of the one that was split on."
    ]
      + (hasCuts
        ? [
          "As good a cut, nearly: those that lower the node's objective by at least "
            + "\(NumberStyle.share(CutProfile.nearlyAsGood)) of what the best one does. A wide range "
            + "is a cut that the data hardly place."
        ] : [])
  }
}

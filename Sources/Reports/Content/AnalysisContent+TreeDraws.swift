import Designs
import MixedModels
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// The trees under plausible trial effects: how often each split, each root and each number of
  /// subgroups comes back, and who stays together.
  func treeDraws(_ group: MethodGroup) -> [ReportBlock] {
    guard let member = group.bayesian, let shares = member.fit.treeDraws else { return [] }
    let tree = member.tree
    return [
      heading("Trees under plausible trial effects", group), .paragraph(lead(shares, tree)),
      .table(shareTable(shares, tree)),
    ] + coMembership(shares, tree) + [.notes(caveats(group))]
  }

  private func lead(_ shares: TreeShares, _ tree: Tree) -> String {
    "\(counted(shares.trees, "tree")) grown again, each under one posterior draw of what the "
      + "subgroups share: \(NumberStyle.share(shares.sameTree)) have the same splits as the "
      + "Bayesian tree; the mean adjusted Rand index with it is "
      + "\(NumberStyle.ratio(shares.meanAdjustedRandIndex))."
  }

  private func shareTable(_ shares: TreeShares, _ tree: Tree) -> ReportTable {
    let splits = shares.referenceSplits.map { share in
      row("[\(share.item)] \(splitWords(share.item, tree))", share.share)
    }
    let roots = shares.rootVariables.prefix(5).map { share in
      row(share.item.map { variables[$0].name } ?? "no split", share.share)
    }
    let cuts = shares.rootSplits.prefix(5).map { row(words($0.item), $0.share) }
    let anywhere = shares.variables.prefix(8).map { row(variables[$0.item].name, $0.share) }
    let leaves = shares.leafCounts.map { row(counted($0.item, "subgroup"), $0.share) }
    return ReportTable(
      labelTitle: "", panels: [ReportTable.Panel("", ["share of trees"])],
      sections: [
        ReportTable.Section("Splits of the Bayesian tree", splits),
        ReportTable.Section("Variable at the root", Array(roots)),
        ReportTable.Section("Split of the root", Array(cuts)),
        ReportTable.Section("Variable anywhere", Array(anywhere)),
        ReportTable.Section("Number of subgroups", leaves),
      ])
  }

  private func row(_ label: String, _ share: Double) -> ReportTable.Row {
    ReportTable.Row(label, [[NumberStyle.share(share)]])
  }

  /// The split of a node of the reported tree, as the condition of its first child.
  private func splitWords(_ node: Int, _ tree: Tree) -> String {
    tree.node(node).split.map(words) ?? "no split"
  }

  /// A split as the condition of its first child.
  private func words(_ split: Split) -> String {
    split.condition(child: 0, variables: variables).description
  }

  /// Who stays together: for each pair of the Bayesian tree's subgroups the probability that two of
  /// their participants are in one subgroup of a drawn tree.
  func coMembership(_ shares: TreeShares, _ tree: Tree) -> [ReportBlock] {
    let leaves = tree.leaves.map(\.id)
    guard leaves.count > 1 else { return [] }
    let rows = leaves.enumerated().map { a, leaf in
      ReportTable.Row(
        "[\(leaf)]",
        [
          leaves.indices.map { b in
            shares.coMembership[a * leaves.count + b].map { NumberStyle.share($0) } ?? ""
          }
        ])
    }
    return [
      .table(
        ReportTable(
          labelTitle: "In one subgroup",
          panels: [ReportTable.Panel("with participants of", leaves.map { "[\($0)]" })],
          sections: [ReportTable.Section("", rows)]))
    ]
  }

  private func caveats(_ group: MethodGroup) -> [String] {
    let terms = group.method.terms
    let isShared =
      terms.randomTerms > 0 || terms.intercepts == .perTrial || !design.covariates.columns.isEmpty
    let shared =
      isShared
      ? []
      : ["The subgroups of \(group.method.rawValue) share nothing, so the trees hardly differ."]
    return [
      "Share of trees under plausible trial effects, the data held fixed: neither the posterior "
        + "probability of a tree nor its stability in other samples."
    ] + shared
  }
}

public import Stability
import Subgroups
import Trees
import Words

extension ReportContent {
  /// The report of a stability analysis: the tree, what the same procedure finds in parts of the
  /// participants, and the effects corrected for the search.
  public init(_ result: StabilityResult, call: CallInfo) {
    self.init(blocks: StabilityContent(result, call).blocks)
  }
}

/// Builds the report of a stability analysis.
struct StabilityContent {
  let result: StabilityResult
  let analysis: AnalysisContent

  init(_ result: StabilityResult, _ call: CallInfo) {
    self.result = result
    analysis = AnalysisContent(result.analysis, call: call)
  }

  var tree: Tree { result.analysis.runs[0].tree.tree }
  var style: NumberStyle { analysis.style }
  var ofParts: String { result.plan.resampling == .halves ? "halves" : "trials but one" }

  var blocks: [ReportBlock] {
    let group = analysis.groups[0]
    var blocks = analysis.opening + [.facts([.init("Again", partLines)])]
    blocks += [.heading("In short"), .list(summary)] + analysis.trees(group)
    blocks += found + effects + honest
    let warnings = result.analysis.allWarnings
    return warnings.isEmpty ? blocks : blocks + [.heading("Warnings"), .list(warnings)]
  }

  /// What was done, and what came of it.
  private var partLines: [String] {
    var lines =
      switch result.plan.resampling {
      case .halves:
        [
          "the whole procedure on \(counted(result.parts, "half", "halves")) of the participants: "
            + "\(counted(result.plan.pairs, "complementary pair")), each drawn without replacement "
            + "within trial and arm, seed \(result.plan.analysis.sampling.seed)"
        ]
      case .trials:
        ["the whole procedure on all trials but one, each of \(result.parts) being left out once"]
      }
    lines += result.failures.map { "no tree in \($0.parts) of them: \($0.reason)" }
    if result.unsettled > 0 {
      lines.append(
        "the alternation of tree and trial effects did not end in \(result.unsettled) of them")
    }
    if result.unconverged > 0 {
      lines.append("chains of \(result.unconverged) of them have not converged")
    }
    return lines
  }

  private var summary: [String] {
    guard let shares = result.shares else { return ["No tree could be grown again."] }
    let none = shares.rootVariables.first { $0.item == nil }?.share ?? 0
    var lines = [
      "\(NumberStyle.share(1 - none)) of \(counted(shares.trees, "tree")) have a split"
        + (shares.rootVariables.first { $0.item != nil }.flatMap { share in
          share.item.map {
            "; the root splits most often on \(analysis.variables[$0].name) "
              + "(\(NumberStyle.share(share.share)))"
          }
        } ?? "") + "."
    ]
    if let root = tree.root.split {
      let share = shares.rootVariables.first { $0.item == root.variable }?.share ?? 0
      lines.append(
        "The reported tree splits its root on \(analysis.variables[root.variable].name), which "
          + "\(NumberStyle.share(share)) of the trees do as well.")
    } else {
      lines.append("The reported tree has no split.")
    }
    return lines + correctionLines
  }

  private var correctionLines: [String] {
    guard let correction = result.correction else { return [] }
    guard let slope = correction.slope, let raw = correction.rawSlope else {
      return [
        "No tree of a half has a split, so that nothing can be said of how much the search "
          + "exaggerates."
      ]
    }
    let cut =
      raw == slope ? "" : " (the slope itself is \(NumberStyle.ratio(raw)))"
    return [
      "Differences from the overall effect that a half finds are "
        + "\(NumberStyle.share(slope)) as large in the other half\(cut): "
        + "\(counted(correction.trees, "tree")) with a split."
    ]
  }

  // MARK: Trees

  private var found: [ReportBlock] {
    guard let shares = result.shares else { return [] }
    let variables = analysis.variables
    var anywhere = [Double](repeating: 0, count: variables.count)
    for share in shares.variables { anywhere[share.item] = share.share }
    func root(_ variable: Int?) -> Double {
      shares.rootVariables.first { $0.item == variable }?.share ?? 0
    }
    let order = variables.indices.sorted {
      (root($1), anywhere[$1], $0) < (root($0), anywhere[$0], $1)
    }
    let rows = order.map { variable in
      ReportTable.Row(
        variables[variable].name,
        [[NumberStyle.share(root(variable)), NumberStyle.share(anywhere[variable])]])
    }
    let leaves = shares.leafCounts.map {
      ReportTable.Row(
        $0.item == 1 ? "no subgroup" : "\($0.item) subgroups", [[NumberStyle.share($0.share)]])
    }
    let splits = shares.referenceSplits.map { share in
      ReportTable.Row(
        "[\(share.item)] \(words(tree.node(share.item).split))",
        [[NumberStyle.share(share.share)]])
    }
    let share = [ReportTable.Panel("", ["share of trees"])]
    return [
      .heading("What trees of \(ofParts) find"),
      .table(
        ReportTable(
          labelTitle: "variable that splits",
          panels: [.init("share of trees", ["root", "anywhere"])],
          sections: [
            .init("", rows), .init("", [.init("no split", [[NumberStyle.share(root(nil)), ""]])]),
          ])),
    ] + cutTable + [
      .table(
        ReportTable(
          labelTitle: "", panels: share,
          sections: [
            .init("Number of subgroups", leaves),
            .init("Splits of the reported tree, with those above", splits),
          ]))
    ] + analysis.coMembership(shares, tree) + [.notes(treeNotes(shares))]
  }

  private func words(_ split: Split?) -> String {
    split?.condition(child: 0, variables: analysis.variables).description ?? "no split"
  }

  private var cutTable: [ReportBlock] {
    func section(_ heading: String, _ cuts: [CutDistribution]) -> ReportTable.Section {
      .init(
        heading,
        cuts.sorted { ($1.splits, $0.variable) < ($0.splits, $1.variable) }.prefix(5).map { cut in
          func word(_ value: Double) -> String { self.cut(value, of: cut.variable) }
          return ReportTable.Row(
            analysis.variables[cut.variable].name,
            [
              [
                "\(cut.splits)", word(cut.quartiles[1]),
                "[\(word(cut.quartiles[0])), \(word(cut.quartiles[2]))]",
                "\(word(cut.range.lowerBound)) to \(word(cut.range.upperBound))",
              ]
            ])
        })
    }
    guard !result.cuts.isEmpty else { return [] }
    return [
      .table(
        ReportTable(
          labelTitle: "cut of",
          panels: [.init("", ["splits", "median", "[Q1, Q3]", "range"])],
          sections: [section("At the root", result.rootCuts), section("Anywhere", result.cuts)]))
    ]
  }

  /// A cut of a numeric variable, or the level of an ordered one.
  private func cut(_ value: Double, of variable: Int) -> String {
    let levels = analysis.variables[variable].levels
    return levels.isEmpty ? NumberStyle.significant(value, digits: 6) : levels[Int(value)]
  }

  private func treeNotes(_ shares: TreeShares) -> [String] {
    var notes = [
      "The mean adjusted Rand index of these trees with the reported one is "
        + "\(NumberStyle.ratio(shares.meanAdjustedRandIndex)); a split of the reported tree counts "
        + "where variable and cut are the same to the last digit."
    ]
    if result.plan.resampling == .halves {
      notes.append(
        "A half has less power than all participants: it finds fewer splits than another study of "
          + "this size would. Shares are not probabilities that a split is real.")
    } else {
      notes.append(
        "Trees without one trial have nearly all participants in common: agreement says that no "
          + "single trial carries the tree, not that it would come back in other trials.")
    }
    return notes
  }
}

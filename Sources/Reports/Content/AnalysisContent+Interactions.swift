import MixedModels
import Subgroups
import Trees
import Words

/// What reports say of trees that were grown by interaction tests.
extension AnalysisContent {
  /// Both sides of every split of recursive partitioning.
  func interactions(_ group: MethodGroup) -> [ReportBlock] {
    guard let tree = group.grown.first, !tree.interactions.isEmpty else { return [] }
    let columns = ["effect", "\(level) CI"]
    let rows = tree.interactions.map { split in
      let sides = split.sides.map { [style.quantity($0.estimate), style.interval($0.interval)] }
      let node = tree.tree.node(split.node)
      return ReportTable.Row(
        "[\(split.node)] \(words(node.split))", key: "[\(split.node)]",
        sides + [
          [
            style.quantity(split.difference.estimate),
            NumberStyle.degreesOfFreedom(split.difference.degreesOfFreedom),
            NumberStyle.pValue(split.pValue), "\(split.allCandidates)",
            NumberStyle.pValue(split.adjustedPValue),
          ]
        ])
    }
    return [
      heading("Splits, each with both sides' effects", group),
      .table(
        ReportTable(
          labelTitle: "[node] left side",
          panels: [
            .init("left", columns), .init("right", columns),
            .init("interaction", ["right - left", "df", "p", "candidates", "adjusted p"]),
          ], sections: [.init("", rows)])),
      .notes([interactionNote]),
    ]
  }

  private func words(_ split: Split?) -> String {
    split?.condition(child: 0, variables: variables).description.unbroken ?? ""
  }

  /// How the p-values of recursive partitioning are adjusted.
  var adjustmentWords: String {
    let growth = analysis.plan.growth
    if growth.permutations > 0 {
      return "adjusted by \(growth.permutations) re-randomisations of the treatment within trials"
    }
    return growth.bonferroni
      ? "adjusted for the candidate splits of the variable and the number of variables"
      : "adjusted for the candidate splits of the variable"
  }

  private var interactionNote: String {
    let tests =
      isBinomial
      ? "Wald test" : "t test on Satterthwaite's degrees of freedom"
    return
      "Effects and interaction of the participants of the node alone, from a mixed model with an "
      + "intercept for each trial and one for the side, and effects varying between trials; p: \(tests), "
      + "of the best of all candidate splits; adjusted p: \(adjustmentWords). Our reading of Mistry, "
      + "Stallard & Underwood (2018), whose rules for multiplicity and stopping are not public."
  }
}

import Stability
import Subgroups
import Trees
import Words

extension StabilityContent {
  /// The effects of the reported tree as they are and corrected for the search.
  var effects: [ReportBlock] {
    guard let correction = result.correction, !result.subgroups.isEmpty else { return [] }
    let isSingle = tree.leaves.count == 1
    guard !isSingle else {
      return [
        .heading("Overall treatment effect"),
        .paragraph(
          "No subgroup was found, so that there is no effect to be corrected. Overall: "
            + "\(words(result.overall))."),
      ]
    }
    let interval = result.plan.analysis.estimators[0] == .bayes ? "CrI" : "CI"
    let columns = ["effect", "\(analysis.level) \(interval)"]
    let rows = result.subgroups.map { subgroup in
      ReportTable.Row(
        "[\(subgroup.node)] \(rule(subgroup.node, in: tree)), " + "n = \(subgroup.rows)".unbroken,
        key: "[\(subgroup.node)]", [cells(subgroup.effect), cells(subgroup.corrected)])
    }
    let overall = ReportTable.Row(
      "all participants, no tree", key: "all", [cells(result.overall), []])
    return [
      .heading("Effects corrected for the search"),
      .table(
        ReportTable(
          labelTitle: "[node] subgroup",
          panels: [
            .init("tree taken as given", columns),
            .init("corrected", ["effect", "interval of that width"]),
          ], sections: [.init("", rows), .init("", [overall])])),
      .notes(correctionNotes(correction)),
    ]
  }

  private func correctionNotes(_ correction: SearchCorrection) -> [String] {
    guard let slope = correction.slope else {
      return ["No tree of a half has a split: there is no slope to correct by."]
    }
    return [
      "corrected: overall + c (effect - overall), c = \(NumberStyle.ratio(slope)): the slope of the "
        + "deviations from the overall effect in the half that took no part in the search on those in "
        + "the half that grew the tree, over \(counted(correction.deviations.count, "subgroup")) of "
        + "\(counted(correction.trees, "tree")).",
      "It takes away what the search exaggerates on average. The interval is the other one, moved: it "
        + "does not have its nominal coverage, and none has after a search; --honest gives intervals "
        + "that do, given their tree.",
    ]
  }

  /// The tree of one half with the effects in the other.
  var honest: [ReportBlock] {
    guard let honest = result.honest else { return [] }
    let isBayes = result.plan.analysis.estimators[0] == .bayes
    let interval = "\(analysis.level) \(isBayes ? "CrI" : "CI")"
    let rows = honest.leaves.map { leaf in
      ReportTable.Row(
        "[\(leaf.node)] \(rule(leaf.node, in: honest.tree))", key: "[\(leaf.node)]",
        [["\(leaf.growing)", "\(leaf.estimating)"] + cells(leaf.effect)])
    }
    let overall = ReportTable.Row(
      "all of that half, no tree", key: "all",
      [
        ["", "\(honest.leaves.reduce(honest.unplaced) { $0 + $1.estimating })"]
          + cells(honest.overall)
      ])
    return [
      .heading("Honest effects: grown on one half, estimated on the other"),
      .table(
        ReportTable(
          labelTitle: "[node] subgroup",
          panels: [
            .init("", ["n grown", "n estimated", "effect", interval])
          ], sections: [.init("", rows), .init("", honest.leaves.count > 1 ? [overall] : [])])),
      .notes(honestNotes(honest)),
    ]
  }

  private func honestNotes(_ honest: HonestTree) -> [String] {
    var notes = [
      "The participants that the effects are estimated on took no part in the search: given this tree "
        + "the intervals have their nominal coverage for participants of the same trials. The tree "
        + "rests on half of the participants and need not be the reported one."
    ]
    if honest.leaves.count == 1 { notes.append("The half that grew it has no split.") }
    if honest.unplaced > 0 {
      notes.append(
        "\(counted(honest.unplaced, "participant")) of the estimating half left out: a level that the "
          + "growing half lacks where the tree asks for it.")
    }
    if !honest.isSettled { notes.append("The alternation of its tree did not end.") }
    if !honest.hasConverged { notes.append("Chains of its growth have not converged.") }
    return notes
  }

  private func cells(_ effect: EffectEstimate?) -> [String] {
    [style.quantity(effect?.estimate), style.interval(effect?.interval)]
  }

  private func words(_ effect: EffectEstimate?) -> String { cells(effect).joined(separator: " ") }

  private func rule(_ node: Int, in tree: Tree) -> String {
    let conditions = tree.rule(of: node, variables: analysis.variables).conditions
    return conditions.isEmpty
      ? "all participants" : conditions.map(\.description.unbroken).joined(separator: " & ")
  }
}

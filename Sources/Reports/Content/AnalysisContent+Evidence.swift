import Designs
import Evidence
import Foundation
import Subgroups
import Trees
import Words

extension AnalysisContent {
  /// How far the data speak for each split of the Bayesian tree.
  func splitEvidence(_ group: MethodGroup) -> [ReportBlock] {
    guard let member = group.bayesian, let own = supplements.evidence.runs[member.position],
      !own.splits.isEmpty
    else { return [] }
    let hasAverages = own.splits.contains { $0.averaged != nil }
    let columns =
      ["s/2", "s", "2s"] + (hasAverages ? ["all splits"] : []) + ["the data"]
    let rows = own.splits.map { split in
      ReportTable.Row(
        "[\(split.node)] \(splitWords(split.node, member.tree))", key: "[\(split.node)]",
        [cells(split, hasAverages: hasAverages)])
    }
    return [
      heading("Evidence for the splits", group),
      .table(
        ReportTable(
          labelTitle: "Split", panels: [.init("Bayes factor of different effects", columns)],
          sections: [.init("", rows)])),
      .notes(notes(own, hasAverages: hasAverages)),
    ]
  }

  /// The split of a node as the condition of its first child.
  private func splitWords(_ node: Int, _ tree: Tree) -> String {
    tree.node(node).split.map {
      isPrespecified
        ? "levels of \(variables[$0.variable].name)"
        : $0.condition(child: 0, variables: variables).description
    } ?? ""
  }

  private func cells(_ split: SplitEvidence, hasAverages: Bool) -> [String] {
    let own = split.logBayesFactors
    let middle = SplitEvidence.factors.firstIndex(of: 1) ?? 0
    let average = split.averaged.map { $0.logBayesFactors[middle] }
    // The split's own is too large for the search; the mean may be for what its candidates' intercepts miss.
    let judged = [own?[middle], average].compactMap { $0 }.min()
    return SplitEvidence.factors.indices.map { NumberStyle.bayesFactor(own?[$0]) }
      + (hasAverages ? [NumberStyle.bayesFactor(average)] : [])
      + [judged.map(EvidenceClass.init)?.words ?? NumberStyle.absent]
  }

  private func notes(_ own: RunEvidence, hasAverages: Bool) -> [String] {
    let scale = isBinomial ? "1 on the log odds scale" : "half the within-arm SD"
    var notes = [
      "How many times as probable the data are if the effects on the sides of the split differ as "
        + "if they are equal; both with the same intercepts. Differences are N(0, s²), s = "
        + "\(isBinomial ? "" : "\(style.quantity(own.splitScale)), ")\(scale)."
    ]
    if hasAverages {
      notes.append(
        "The split was chosen from many for its difference, so that its own Bayes factors tend "
          + "to be too large. All splits: the mean at s over all splits that the node could have had, each "
          + "variable counting the same; where nothing differs within the node it exceeds c in at most "
          + "1/c of data sets. Splits above it are taken as given.")
    } else if !isPrespecified {
      notes.append(
        "The split was chosen from many for its difference, so that its Bayes factors tend to be "
          + "too large.")
    }
    notes.append(
      "In words (Kass and Raftery 1995)\(hasAverages ? ", of the smaller of both at s" : ""): below 3 "
        + "hardly, from 3 positively, from 20 strongly, from 150 very strongly.")
    return notes + caveats(own)
  }

  private func caveats(_ own: RunEvidence) -> [String] {
    let plan = analysis.plan
    return
      (isBinomial
      ? ["By Laplace's approximation, whose errors are alike under both and largely cancel."] : [])
      + (plan.poolsEffects
        ? ["Of the model with independent effects: pooled ones have no such prior."] : [])
  }
}

/// What a Bayes factor says, in the classes of Kass and Raftery.
struct EvidenceClass {
  let words: String

  /// The class of log BF10.
  init(_ logBayesFactor: Double) {
    let side = logBayesFactor >= 0 ? "a difference" : "equality"
    switch abs(logBayesFactor) {
    case ..<log(3): words = "hardly speak"
    case ..<log(20): words = "favour \(side)"
    case ..<log(150): words = "strongly favour \(side)"
    default: words = "very strongly favour \(side)"
    }
  }
}

extension NumberStyle {
  /// A Bayes factor of its natural logarithm with three significant digits, within a million either way.
  static func bayesFactor(_ logarithm: Double?) -> String {
    guard let logarithm, !logarithm.isNaN else { return absent }
    if logarithm > log(1e6) { return ">1000000" }
    if logarithm < log(1e-3) { return "<0.001" }
    let value = exp(logarithm)
    if value >= 1000 { return significant(value.rounded(), digits: 7) }
    return significant(value)
  }
}

import CrossValidation
import Designs
import Evidence
import Foundation
import Subgroups
import Words

extension AnalysisContent {
  /// How well the model predicts: new participants of the same trials, and the active arm of each trial.
  func prediction(_ group: MethodGroup) -> [ReportBlock] {
    guard let member = group.bayesian, let own = supplements.evidence.runs[member.position],
      own.participants != nil || own.trials != nil
    else { return [] }
    var blocks = [heading("Prediction", group)]
    if let participants = own.participants { blocks.append(.paragraph(sentence(participants))) }
    if let trials = own.trials { blocks.append(.table(table(trials))) }
    blocks.append(.notes(notes(own)))
    return blocks
  }

  private func sentence(_ found: ParticipantPrediction) -> String {
    let error = found.standardError.map { " (SE \(Self.nats($0)))" } ?? ""
    return "Leave-one-out by participant: elpd \(Self.nats(found.elpd))\(error), "
      + "\(Self.nats(found.effectiveParameters)) effective parameters; Pareto k above 0.7: "
      + "\(found.unreliable) of \(counted(found.participants, "participant"))."
  }

  private func table(_ found: TrialPrediction) -> ReportTable {
    func row(_ label: String, _ active: Int, _ elpd: Double?) -> ReportTable.Row {
      .init(
        label,
        [["\(active)", Self.nats(elpd), Self.mean(elpd.map { $0 / Double(max(active, 1)) })]])
    }
    let rows = found.trials.map { row(design.trials[$0.trial], $0.active, $0.elpd) }
    let total = row(
      "all trials", found.trials.reduce(0) { $0 + $1.active }, found.elpd)
    return ReportTable(
      labelTitle: "Active arm left out",
      panels: [.init("", ["n", "elpd", "for each"])],
      sections: [.init("", rows + [total])])
  }

  /// How to have trees compared, where that was not asked for.
  private var hint: String {
    call.command == "compare" && supplements.crossValidation == .none
      ? " (--cross-validate trials does that)" : ""
  }

  private func notes(_ own: RunEvidence) -> [String] {
    var notes = [
      "elpd: log predictive density of outcomes that the model has not seen, natural logarithms; higher is "
        + "better, among models of the same outcomes. The tree is taken as given: to compare trees, each "
        + "must be grown again without the outcomes that it is to predict\(hint)."
    ]
    if own.participants != nil {
      notes.append(
        "By participant: a new participant of the same trials (PSIS-LOO), given trial effects.")
    }
    if own.participants.map({ $0.unreliable > 0 }) ?? false {
      notes.append("The terms of participants with a Pareto k above 0.7 cannot be relied on.")
    }
    if let trials = own.trials {
      let error = trials.standardError.map { "; SE of the sum \(Self.nats($0))" } ?? ""
      let approximation = isBinomial ? ", by Laplace's approximation" : ""
      notes.append(
        "By trial: each active arm given its own controls and the other trials\(approximation)\(error)."
      )
    }
    return notes
  }

  /// A log density with one decimal.
  static func nats(_ value: Double?) -> String {
    value.map { NumberStyle(decimals: 1).quantity($0) } ?? NumberStyle.absent
  }

  /// A mean log density with three decimals.
  private static func mean(_ value: Double?) -> String {
    value.map { NumberStyle(decimals: 3).quantity($0) } ?? NumberStyle.absent
  }
}

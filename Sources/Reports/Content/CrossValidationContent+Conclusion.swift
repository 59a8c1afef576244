import CrossValidation
import Words

/// What a comparison comes to, in words.
extension CrossValidationContent {
  /// Differences of elpd below this say nothing whatever their standard error (Sivula, Magnusson and Vehtari
  /// 2020).
  private static let smallest = 4.0

  /// Which run predicts best, how far the next one is behind, and what its differences of effects predict.
  func conclusion(_ found: FoldedComparison, _ subject: String) -> String {
    let known = runs.indices.filter { found.runs[$0].elpd != nil }
    guard let best = known.max(by: { isBehind(found.runs[$0], found.runs[$1]) }) else {
      return "\(subject): no run has figures, for the reasons below."
    }
    let others = known.filter { $0 != best && positions.contains($0) }
      .sorted { isBehind(found.runs[$1], found.runs[$0]) }
    let isShown = positions.contains(best)
    var sentences: [String] = []
    if known.count > 1 {
      var words =
        "\(runs[best].name)\(isShown ? "" : ", which this report leaves out,") predicts best"
      if let next = others.first, let difference = found.runs[next].fromBest {
        words +=
          ", and \(runs[next].name) \(size(difference)) worse: \(judgement(difference, found))"
      }
      sentences.append(words + ".")
    } else if runs.count > 1 {
      sentences.append("only \(runs[best].name) has figures.")
    }
    if let main = isShown ? best : others.first {
      sentences.append(effects(found.runs[main], runs[main].name, found))
    }
    return "\(subject): " + sentences.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func isBehind(_ first: PredictedRun, _ second: PredictedRun) -> Bool {
    (first.elpd ?? -.infinity) < (second.elpd ?? -.infinity)
  }

  /// What differences of effects between subgroups predict.
  private func effects(_ run: PredictedRun, _ name: String, _ found: FoldedComparison) -> String {
    guard let difference = run.fromOneEffect else { return "" }
    guard run.folds.contains(where: { ($0?.leaves ?? 1) > 1 }) else {
      return "\(name) finds no subgroups in any fold."
    }
    let word = difference.value < 0 ? "worse" : "better"
    return
      "\(name) predicts \(size(difference)) \(word) with an effect for each subgroup than with "
      + "one effect for all: \(judgement(difference, found))."
  }

  private func size(_ difference: Difference) -> String {
    let error = difference.standardError.map { " (SE \(AnalysisContent.nats($0)))" } ?? ""
    return (AnalysisContent.nats(abs(difference.value)) + error).unbroken
  }

  /// Whether a difference can be told from none.
  private func judgement(_ difference: Difference, _ found: FoldedComparison) -> String {
    let size = abs(difference.value)
    guard size >= Self.smallest else { return "too little to tell them apart" }
    guard let error = difference.standardError else {
      let isByTrial = found.folds.contains { $0.trial != nil }
      return "no SE with fewer than ten \(isByTrial ? "trials" : "participants")"
    }
    return size > 2 * error ? "more than two SE" : "less than two SE, which chance may explain"
  }
}

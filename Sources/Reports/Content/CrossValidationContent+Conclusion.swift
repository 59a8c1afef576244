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
    var words = "\(subject): "
    if known.count == 1 {
      words += runs.count > 1 ? "only \(runs[best].name) has figures." : ""
    } else {
      words += "\(runs[best].name)\(isShown ? "" : ", which this report leaves out,") predicts best"
      if let next = others.first, let difference = found.runs[next].fromBest {
        words += "; \(runs[next].name) is \(size(difference)) behind, \(judgement(difference))"
      }
      words += "."
    }
    guard let main = isShown ? best : others.first else { return words }
    return words + " " + effects(found.runs[main], runs[main].name)
  }

  private func isBehind(_ first: PredictedRun, _ second: PredictedRun) -> Bool {
    (first.elpd ?? -.infinity) < (second.elpd ?? -.infinity)
  }

  /// What differences of effects between subgroups predict.
  private func effects(_ run: PredictedRun, _ name: String) -> String {
    guard let difference = run.fromOneEffect else { return "" }
    guard run.folds.contains(where: { ($0?.leaves ?? 1) > 1 }) else {
      return "\(name) has found no subgroups in any fold."
    }
    let word = difference.value < 0 ? "worse" : "better"
    return "Its differences of effects between subgroups make \(name) predict \(size(difference)) \(word) than "
      + "one effect for all, \(judgement(difference))."
  }

  private func size(_ difference: Difference) -> String {
    let error = difference.standardError.map { " (SE \(AnalysisContent.nats($0)))" } ?? ""
    return (AnalysisContent.nats(abs(difference.value)) + error).unbroken
  }

  /// Whether a difference can be told from none.
  private func judgement(_ difference: Difference) -> String {
    let size = abs(difference.value)
    guard size >= Self.smallest else { return "too little to tell them apart" }
    guard let error = difference.standardError else {
      return "which fewer than ten terms leave without a standard error"
    }
    return size > 2 * error ? "more than two standard errors" : "less than two standard errors"
  }
}

import CrossValidation
import Designs
import Subgroups

/// The runs by outcomes that neither trees nor fits have seen.
extension AnalysisContent {
  /// The comparisons that were asked for; nothing where none was.
  var crossValidation: [ReportBlock] {
    let found = supplements.crossValidation
    guard found != .none else { return [] }
    let content = CrossValidationContent(
      found: found,
      runs: analysis.runs.map { .init(method: $0.method, estimator: $0.estimator) },
      trials: design.trials, isBinomial: isBinomial, isPrespecified: isPrespecified)
    return [.heading(CrossValidationContent.title)] + content.blocks
  }
}

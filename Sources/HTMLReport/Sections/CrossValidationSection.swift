import JSON
import Reports
import Subgroups

/// The runs by what their trees have not seen, where the fit compared them so.
extension ReportBuilder {
  /// Conclusions, tables and remarks, as the text output has them.
  var crossValidationSection: ReportSection {
    let kept = fit.groups.flatMap(\.runs)
    let content = try? CrossValidationContent(saved: fit.document) { method, estimator in
      kept.contains { $0.method == method && $0.estimator == estimator }
    }
    return ReportSection(
      "cross-validation", CrossValidationContent.title,
      (content?.blocks ?? []).map { .block($0) })
  }
}

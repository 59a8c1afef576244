import MixedModels
import Posterior
import Subgroups

extension AnalysisContent {
  /// The correlation of a trial's intercept and effect by both estimators; empty where they are
  /// independent.
  func correlationNote(_ group: MethodGroup) -> [String] {
    guard analysis.plan.terms(group.method).isCorrelated else { return [] }
    var parts: [String] = []
    if let estimate = group.likelihood?.fit.fit.estimate.variances {
      parts.append("\(group.likelihoodName) \(NumberStyle.ratio(estimate.correlation))")
    }
    if let posterior = group.bayesian?.fit.correlation {
      let (low, high) = (posterior.central.lower, posterior.central.upper)
      parts.append(
        "Bayes median \(NumberStyle.ratio(posterior.median)), \(level) CrI "
          + "[\(NumberStyle.ratio(low)), \(NumberStyle.ratio(high))]")
    }
    guard !parts.isEmpty else { return [] }
    return [
      "Correlation of a trial's intercept and effect: \(parts.joined(separator: "; ")). It depends "
        + "on the coding of the arms as 0 and 1."
    ]
  }
}

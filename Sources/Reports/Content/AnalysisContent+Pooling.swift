import Posterior
import Subgroups

extension AnalysisContent {
  /// What partially pooled effects have in common; empty where they are not pooled.
  func poolingNote(_ group: MethodGroup) -> [String] {
    guard let pooled = group.bayesian?.fit.pooledEffects else { return [] }
    return [
      "The effects of the subgroups are partially pooled, towards their mean: "
        + "\(style.quantity(pooled.mean.mean)), \(level) CrI \(style.interval(pooled.mean.central)); "
        + "SD between subgroups, ω: median \(style.quantity(pooled.omega.median)), shortest "
        + "\(level) CrI \(style.interval(pooled.omega.shortest)). Pooling draws extreme effects in, "
        + "and does not undo the search that has chosen the subgroups."
    ]
  }
}

import Foundation
import JSON
import Numerics
import Reports
import Words

/// The smallest difference of effects that a test at a split of the participants into two equal halves would
/// have found with a power of 80 % (article Report).
///
/// δ = 2 (z₁₋ₐ₂ + z₀.₈) / √W with a₂ = α / 2m, m the number of variables where p-values are adjusted for it, and
/// W = Σ over trials of n₀ n₁ / (n₀ + n₁) / σ², or times p (1 − p) for events with share p of the trial: the
/// information on a common effect, of which either half holds one half.
struct DetectableDifference {
  static let power = 0.8

  /// On the scale of effects, positive.
  let difference: Double
  /// The level of the two-sided test.
  let level: Double

  /// Of a run without a split; nil for others, and where the fit does not hold what it needs.
  init?(_ fit: ReportFit, _ run: ReportRun) {
    guard fit.prespecified == nil, !run.hasSplit else { return nil }
    level = fit.alpha / Double(fit.usesBonferroni ? max(fit.variables.count, 1) : 1)
    if let saved = run.value.number("detectable_difference") {
      difference = saved
      return
    }
    guard level < 1, let information = Self.information(fit, run) else { return nil }
    let quantiles =
      Distributions.normalUpperQuantile(level / 2) + Distributions.normalQuantile(Self.power)
    difference = 2 * quantiles / information.squareRoot()
  }

  private static func information(_ fit: ReportFit, _ run: ReportRun) -> Double? {
    let heterogeneity = run.fit.at("heterogeneity")
    let sigma =
      run.isBayesian
      ? heterogeneity?.at("sigma")?.number("mean") : heterogeneity?.number("sigma")
    let outcomes = run.outcomes(1)?.list("by_trial") ?? []
    let total = fit.trials.reduce(0.0) { sum, trial in
      guard trial.active > 0, trial.reference > 0 else { return sum }
      let product =
        Double(trial.active) * Double(trial.reference) / Double(trial.participants)
      guard fit.isBinomial else { return sum + (sigma.map { product / ($0 * $0) } ?? 0) }
      let events = outcomes.first { $0.text("trial") == trial.name }?.number("events")
      let share = events.map { $0 / Double(trial.participants) } ?? 0
      return sum + product * share * (1 - share)
    }
    return total > 0 && total.isFinite ? total : nil
  }

  /// One sentence for readers.
  func words(_ fit: ReportFit) -> String {
    let size =
      fit.isBinomial
      ? "odds ratios that differ by a factor of \(NumberStyle.oddsRatio(difference))"
      : "effects that differ by \(fit.style.quantity(difference))"
    return
      "A test at level \(NumberStyle.significant(level)) between two halves of the participants would have had "
      + "\(NumberStyle.percent(Self.power)) power to find \(size); a smaller difference would probably have "
      + "been missed."
  }
}

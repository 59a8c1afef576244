import JSON

/// The share of the information on the difference between the two sides of the root split that comes from
/// within trials (article Report).
///
/// A trial with w = n₀ n₁ / (n₀ + n₁) on either side, a and b, tells Σ a b / (a + b) of the difference from
/// within; all trials together, taken as one with a common effect on either side, A B / (A + B). The ratio is 1
/// where the trials have the same mix of people, and 0 where each trial is on one side.
struct WithinTrialShare {
  let share: Double

  /// Of a run; nil without a split into two, or where the fit does not hold the sizes of the arms.
  init?(_ fit: ReportFit, _ run: ReportRun) {
    let children = run.node(1)?.split?.integers("children") ?? []
    guard children.count == 2 else { return nil }
    let sides = children.map { child in
      fit.trials.map { trial in Self.weight(trial.name, fit, run, below: child) }
    }
    let within = zip(sides[0], sides[1]).reduce(0.0) { sum, pair in
      let both = pair.0 + pair.1
      return both > 0 ? sum + pair.0 * pair.1 / both : sum
    }
    let totals = sides.map { $0.reduce(0, +) }
    guard totals[0] > 0, totals[1] > 0 else { return nil }
    share = within / (totals[0] * totals[1] / (totals[0] + totals[1]))
  }

  private static func weight(
    _ trial: String, _ fit: ReportFit, _ run: ReportRun, below node: Int
  ) -> Double {
    var sizes: [String: Double] = [:]
    for leaf in run.leaves(below: node) {
      for cell in run.outcomes(leaf.id)?.list("by_trial_and_arm") ?? []
      where cell.text("trial") == trial {
        sizes[cell.text("arm") ?? "", default: 0] += cell.number("n") ?? 0
      }
    }
    let (control, active) = (sizes[fit.reference] ?? 0, sizes[fit.active] ?? 0)
    return control + active > 0 ? control * active / (control + active) : 0
  }
}

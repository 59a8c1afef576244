public import Posterior
import Subgroups

/// What the interval of a predicted effect is.
public enum PredictedInterval: String, Sendable, Equatable, CaseIterable {
  /// The confidence interval of the mean effect over trials, of a run by REML or ML.
  case confidence
  /// The posterior interval of that effect, of a Bayesian run.
  case posterior
  /// Of the effect in a trial that the data do not have: prediction interval, or posterior.
  case newTrial = "new-trial"
}

/// An effect with an interval, as a saved fit has it.
public struct SavedInterval: Sendable, Equatable {
  /// The estimate, or the posterior mean.
  public let estimate: Double?
  /// The interval at the fit's level.
  public let interval: Interval?
}

extension SavedFit {
  /// The run of a name, as `run(named:)` chooses it, among those that have an interval of a kind.
  public func run(
    named name: String?, with interval: PredictedInterval?
  ) throws(SavedFitError) -> SavedRun {
    guard let interval else { return try run(named: name) }
    // The run itself must exist before it can lack something.
    let asked = try run(named: name)
    let match =
      switch interval {
      case .newTrial:
        asked.effects.values.contains { $0.newTrial != nil } ? asked : nil
      case .confidence, .posterior:
        runs.first { run in
          (run.estimator == .bayes) == (interval == .posterior)
            && (name == nil || name == run.name || name == run.method.rawValue)
        }
      }
    guard let match else {
      throw .noInterval(interval, run: asked.name, known: runs.map(\.name))
    }
    return match
  }
}

extension SavedEffect {
  /// The effect with the interval that is wanted.
  public func predicted(_ interval: PredictedInterval?) -> SavedInterval {
    SavedInterval(
      estimate: estimate, interval: interval == .newTrial ? newTrial : self.interval)
  }

  /// The effect in a trial of the fit; of another trial, or none, the mean effect with the interval of a
  /// new trial (the effect itself where effects do not vary between trials).
  public func predicted(inTrial trial: String?) -> (effect: SavedInterval, isKnown: Bool) {
    if let trial, let own = trials[trial] { return (own, true) }
    return (SavedInterval(estimate: estimate, interval: newTrial ?? interval), false)
  }
}

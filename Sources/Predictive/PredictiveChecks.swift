public import Posterior

/// What is compared between the data and data that the model would give.
public enum PredictiveStatistic: String, Sendable, Equatable, CaseIterable {
  /// The mean of the outcome.
  case mean
  /// The standard deviation of the outcome; of an arm over all trials that within trials.
  case sd
  /// The share of participants at the lowest score.
  case floor
  /// The share of participants at the highest score.
  case ceiling
  /// The share of participants with the event.
  case events
}

/// One statistic of the data beside its distribution over replicated data sets.
public struct PredictiveCheck: Sendable, Equatable {
  /// What is compared.
  public let statistic: PredictiveStatistic
  /// The trial's code; nil for all trials together.
  public let trial: Int?
  /// 0 for the control arm and 1 for the active arm.
  public let arm: Int
  /// The number of participants.
  public let participants: Int
  /// The statistic of the data.
  public let observed: Double
  /// Its mean over replicates.
  public let replicatedMean: Double
  /// Its central 95 % interval over replicates.
  public let interval: Interval
  /// Its quartiles over replicates.
  public let quartiles: [Double]
  /// The two-sided posterior predictive p-value with half of the ties, never 0.
  public let pValue: Double
  /// How far the data are from the replicates in units that matter: a share as a difference, an SD as a
  /// relative difference, a mean in residual SDs.
  public let distance: Double
}

/// Posterior predictive checks of a fit (article PosteriorPredictiveChecks).
public struct PredictiveChecks: Sendable, Equatable {
  /// The number of replicated data sets.
  public let replicates: Int
  /// Where many participants sit at an end of the score.
  public let bounds: OutcomeBounds?
  /// The checks of each arm over all trials, then of each trial and arm.
  public let checks: [PredictiveCheck]

  /// The fewest participants whose figures are compared.
  static let smallestGroup = 5

  /// The share of fits, all of whose checks are right, that have a check below the threshold: at most.
  static let falseAlarms = 0.05

  /// The p-value at and below which a check counts: 0.05 over their number (Bonferroni), or the
  /// smallest that so many replicates can give.
  public var threshold: Double {
    max(Self.falseAlarms / Double(max(checks.count, 1)), 1 / Double(replicates + 1))
  }

  /// The checks that the model misses by more than chance, and by so much that it matters: 5 percentage
  /// points of a share, 10 % of an SD, a tenth of the residual SD of a mean.
  public var missed: [PredictiveCheck] {
    checks.filter { $0.pValue <= threshold && $0.distance >= $0.statistic.smallestDistance }
  }

  /// The smallest p-value.
  public var leastPValue: Double? { checks.map(\.pValue).min() }
}

extension PredictiveStatistic {
  /// The distance that matters.
  var smallestDistance: Double {
    switch self {
    case .floor, .ceiling, .events: 0.05
    case .mean, .sd: 0.1
    }
  }
}

/// What growth must know of participants to count them: their arms, trials and case weights.
public struct Strata: Sendable, Equatable {
  /// The arm of each row of the data, 0 or 1.
  public let arm: [UInt8]
  /// The trial of each row, a code below `trials`.
  public let trial: [Int32]
  /// The number of trials.
  public let trials: Int
  /// The positive case weight of each row, nil where all are 1; those that the node model's scores
  /// contain.
  public let weights: [Double]?

  /// Strata of a data set; all arrays have one element a row.
  public init(arm: [UInt8], trial: [Int32], trials: Int, weights: [Double]? = nil) {
    precondition(arm.count == trial.count, "\(arm.count) arms for \(trial.count) trials")
    precondition(weights.map { $0.count == arm.count } ?? true, "a weight for each row")
    self.arm = arm
    self.trial = trial
    self.trials = trials
    self.weights = weights
  }
}

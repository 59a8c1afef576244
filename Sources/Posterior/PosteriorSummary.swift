/// A lower and an upper limit.
public struct Interval: Sendable, Equatable {
  /// The lower limit.
  public let lower: Double
  /// The upper limit.
  public let upper: Double

  /// An interval from its limits.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }
}

/// The figures of one quantity's posterior, with the diagnostics of its chains.
public struct PosteriorSummary: Sendable, Equatable {
  /// The mean over all draws.
  public let mean: Double
  /// The standard deviation over all draws, divisor n − 1.
  public let sd: Double
  /// The median, type 7.
  public let median: Double
  /// The central interval at the analysis's level.
  public let central: Interval
  /// The shortest interval at the analysis's level.
  public let shortest: Interval
  /// The Monte-Carlo standard error of the mean; nil for constant draws.
  public let mcseMean: Double?
  /// The rank-normalised split R-hat; nil for constant draws.
  public let rhat: Double?
  /// The bulk effective sample size; nil for constant draws.
  public let essBulk: Double?
  /// The tail effective sample size; nil for constant draws.
  public let essTail: Double?

  /// A summary from its figures.
  public init(
    mean: Double, sd: Double, median: Double, central: Interval, shortest: Interval,
    mcseMean: Double?, rhat: Double?, essBulk: Double?, essTail: Double?
  ) {
    self.mean = mean
    self.sd = sd
    self.median = median
    self.central = central
    self.shortest = shortest
    self.mcseMean = mcseMean
    self.rhat = rhat
    self.essBulk = essBulk
    self.essTail = essTail
  }
}

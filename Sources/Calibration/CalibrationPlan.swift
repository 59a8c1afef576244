/// What determines a calibration beside scenario and sampler.
public struct CalibrationPlan: Sendable, Equatable {
  /// The number of simulated data sets.
  public var replicates: Int
  /// The number of nearly independent draws that a true value is ranked among.
  public var draws: Int
  /// The number of chains of a fit.
  public var chains: Int
  /// The iterations of a chain that are thrown away.
  public var warmup: Int
  /// The seed of all random numbers.
  public var seed: UInt64
  /// The number of replicates that are fitted at once; it has no influence on the ranks.
  public var threads = 1

  /// A plan on one thread.
  ///
  /// 99 draws give 100 ranks; a chain of a few dozen dimensions or fewer adapts in 300 iterations.
  public init(
    replicates: Int = 1000, draws: Int = 99, chains: Int = 1, warmup: Int = 300, seed: UInt64 = 1
  ) {
    self.replicates = replicates
    self.draws = draws
    self.chains = chains
    self.warmup = warmup
    self.seed = seed
  }

  /// The number of draws of all chains together that a fit begins with.
  var firstLength: Int { 4 * (draws + 1) }

  /// The effective sample size that a fit must reach.
  ///
  /// Draws are kept from as many iterations apart as chains with twice as many effective draws
  /// allow: an autocorrelation that decays by e^−2 over one integrated time (that of an
  /// autoregressive chain) has fallen to 2 % between two kept draws.
  var neededSize: Double { 2 * Double(draws) }

  /// How often the length of a fit's chains is doubled at most.
  static let doublings = 7
}

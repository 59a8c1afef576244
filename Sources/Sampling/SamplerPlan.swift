/// Everything but density and starting points that determines the draws of a group of chains.
public struct SamplerPlan: Sendable, Equatable {
  /// The number of chains.
  public var chains: Int
  /// The number of iterations of a chain that adapt step size and metric and are thrown away.
  public var warmup: Int
  /// The number of iterations of a chain that are kept.
  public var draws: Int
  /// The seed of all random streams.
  public var seed: UInt64
  /// Tells apart runs that share a seed and should not share random numbers.
  public var part = 0
  /// The mean acceptance statistic that the step size is adapted to.
  public var targetAcceptance = 0.8
  /// γ of the dual averaging of the step size: how little the step size swings during adaptation.
  ///
  /// With Stan's 0.05 it swings so much that the one kept is accepted in about 90 % where 80 % are aimed at.
  public var regularisation = 0.05
  /// The largest number of doublings of a trajectory.
  public var maxTreeDepth = 10
  /// The largest number of chains that run at once; it has no influence on the draws.
  public var threads = 1

  /// A plan with Stan's target acceptance and tree depth, on one thread.
  public init(chains: Int = 4, warmup: Int = 1000, draws: Int = 1000, seed: UInt64 = 1) {
    self.chains = chains
    self.warmup = warmup
    self.draws = draws
    self.seed = seed
  }

  /// The plan of chains that go on, as many as it has or as are given: without warm-up, its settings checked.
  ///
  /// - Throws: see `validate`.
  public func goingOn(chains: Int? = nil) throws(SamplingError) -> SamplerPlan {
    var plan = self
    plan.warmup = 0
    plan.chains = chains ?? self.chains
    try plan.validate()
    return plan
  }

  /// Checks that every setting is in its range.
  ///
  /// - Throws: `SamplingError.invalidPlan` with the setting's name and value.
  public func validate() throws(SamplingError) {
    let least = [
      ("chains", chains, 1), ("warmup", warmup, 0), ("draws", draws, 1), ("threads", threads, 1),
      ("maxTreeDepth", maxTreeDepth, 1),
    ]
    for (name, value, bound) in least where value < bound {
      throw .invalidPlan("\(name) is \(value), at least \(bound) needed")
    }
    // A transition draws its directions as the bits of one 64-bit word.
    guard maxTreeDepth <= 60 else {
      throw .invalidPlan("maxTreeDepth is \(maxTreeDepth), above 60")
    }
    guard targetAcceptance > 0 && targetAcceptance < 1 else {
      throw .invalidPlan("targetAcceptance is \(targetAcceptance), not between 0 and 1")
    }
  }
}

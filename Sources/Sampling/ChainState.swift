import Threads

/// Where a chain is after its last draw, and how it moves: enough for it to go on.
public struct ChainState: Sendable, Equatable {
  /// The position of the last draw.
  public let position: [Double]
  /// The step size.
  public let stepSize: Double
  /// The diagonal of the inverse metric, one entry a coordinate.
  public let inverseMetric: [Double]

  /// The state of a chain.
  public init(position: [Double], stepSize: Double, inverseMetric: [Double]) {
    self.position = position
    self.stepSize = stepSize
    self.inverseMetric = inverseMetric
  }
}

extension ChainGroup {
  /// Lets chains go on from their states, one each, without warm-up, and returns the new draws in order.
  ///
  /// The streams of random numbers are those of seed, chain and the plan's `part`, which must be another
  /// than that of the draws made before. The draws do not depend on the plan's `threads`.
  /// - Throws: `SamplingError.notResumable` where a state does not fit the density; `cancelled`.
  public func resume(
    _ states: [ChainState], density: @Sendable (_ chain: Int) -> any LogDensity
  ) throws(SamplingError) -> [ChainDraws] {
    let (plan, monitor) = (try plan.goingOn(chains: states.count), monitor)
    return try concurrentMap(count: states.count, threads: plan.threads) {
      (index) throws(SamplingError) in
      let chain = try Chain(
        resuming: states[index], index, density: density(index), plan: plan, monitor: monitor)
      return try chain.run()
    }
  }
}

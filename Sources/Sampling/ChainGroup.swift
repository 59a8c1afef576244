/// A group of chains on one density, each with its own random stream and start.
public struct ChainGroup: Sendable {
  /// The settings of every chain.
  public let plan: SamplerPlan
  /// How the run is watched and stopped.
  public let monitor: RunMonitor

  /// A group that runs by a plan.
  public init(plan: SamplerPlan, monitor: RunMonitor = .silent) {
    self.plan = plan
    self.monitor = monitor
  }

  /// Runs all chains, several at once if the plan allows, and returns their draws in order.
  ///
  /// The draws depend on the density, the starting points and the plan, but not on its `threads`.
  /// - Throws: `SamplingError`, of the first chain that failed.
  public func run(
    _ density: any LogDensity, from starts: StartingPoints
  ) throws(SamplingError) -> [ChainDraws] {
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (index) throws(SamplingError) in
      let chain = try Chain(
        index, density: density, plan: plan, starts: starts, monitor: monitor)
      return try chain.run()
    }
  }
}

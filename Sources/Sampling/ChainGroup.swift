import Threads

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

  /// Runs all chains on one density, which they share; see `run(from:density:)`.
  public func run(
    _ density: any LogDensity & Sendable, from starts: StartingPoints
  ) throws(SamplingError) -> [ChainDraws] {
    try run(from: starts) { _ in density }
  }

  /// Runs all chains, several at once if the plan allows, and returns their draws in order.
  ///
  /// `density` makes the density of one chain, counted from 0, within the thread that runs it. The
  /// draws depend on the density, the starting points and the plan, but not on its `threads`.
  /// - Throws: `SamplingError`, of the first chain that failed.
  public func run(
    from starts: StartingPoints, density: @Sendable (_ chain: Int) -> any LogDensity
  ) throws(SamplingError) -> [ChainDraws] {
    try plan.validate()
    return try concurrentMap(count: plan.chains, threads: plan.threads) {
      (index) throws(SamplingError) in
      let chain = try Chain(
        index, density: density(index), plan: plan, starts: starts, monitor: monitor)
      return try chain.run()
    }
  }
}

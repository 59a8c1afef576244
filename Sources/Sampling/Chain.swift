import Foundation
import Numerics

/// The draws of one chain after warm-up.
public struct ChainDraws: Sendable, Equatable {
  /// The number of coordinates of a position.
  public let dimension: Int
  /// The positions, draw after draw: coordinate i of draw s is at s × dimension + i.
  public internal(set) var positions: [Double] = []
  /// What is known of the transition to each position.
  public internal(set) var transitions: [Transition] = []
  /// The step size after warm-up.
  public internal(set) var stepSize = 1.0
  /// The diagonal of the inverse metric after warm-up.
  public internal(set) var inverseMetric: [Double] = []

  /// The number of draws.
  public var count: Int { transitions.count }

  /// The values of one coordinate, in the order of the draws.
  public func coordinate(_ i: Int) -> [Double] {
    stride(from: i, to: positions.count, by: dimension).map { positions[$0] }
  }
}

/// One chain, from its start through warm-up to its draws.
struct Chain: ~Copyable {
  private let plan: SamplerPlan
  private let index: Int
  private let monitor: RunMonitor
  private var trajectory: HamiltonianTrajectory
  /// Whether step size and metric are those of an earlier warm-up.
  private let isAdapted: Bool

  /// The number of starting points that are tried.
  static let attempts = 100

  /// A chain at its first usable starting point.
  init(
    _ index: Int, density: any LogDensity, plan: SamplerPlan, starts: StartingPoints,
    monitor: RunMonitor
  ) throws(SamplingError) {
    self.plan = plan
    self.index = index
    self.monitor = monitor
    isAdapted = false
    trajectory = Self.trajectory(index, density, plan)
    var stream = RandomStream(seed: plan.seed, purpose: "start", index: index, part: plan.part)
    for _ in 0..<Self.attempts where trajectory.place(at: starts.point(index, &stream)) { return }
    throw .noUsableStart(chain: index, attempts: Self.attempts)
  }

  /// A chain that goes on from a state.
  init(
    resuming state: ChainState, _ index: Int, density: any LogDensity, plan: SamplerPlan,
    monitor: RunMonitor
  ) throws(SamplingError) {
    self.plan = plan
    self.index = index
    self.monitor = monitor
    isAdapted = true
    trajectory = Self.trajectory(index, density, plan)
    let dimension = trajectory.dimension
    guard state.position.count == dimension, state.inverseMetric.count == dimension,
      state.inverseMetric.allSatisfy({ $0 > 0 && $0.isFinite }), state.stepSize > 0,
      state.stepSize.isFinite, trajectory.place(at: state.position)
    else { throw .notResumable(chain: index) }
    trajectory.stepSize = state.stepSize
    trajectory.inverseMetric = state.inverseMetric
  }

  private static func trajectory(
    _ index: Int, _ density: any LogDensity, _ plan: SamplerPlan
  ) -> HamiltonianTrajectory {
    HamiltonianTrajectory(
      density: density, maxDepth: plan.maxTreeDepth,
      stream: RandomStream(seed: plan.seed, purpose: "chain", index: index, part: plan.part))
  }

  /// Runs the chain to its end.
  consuming func run() throws(SamplingError) -> ChainDraws {
    if !isAdapted { try warmUp() }
    return try draw()
  }

  /// Adapts step size and metric, stage by stage.
  private mutating func warmUp() throws(SamplingError) {
    try findStepSize()
    var averaging = freshAveraging
    for stage in Warmup.stages(iterations: plan.warmup) {
      var estimate = MetricEstimate(dimension: trajectory.dimension)
      for iteration in stage.iterations {
        averaging = averaging.updated(acceptance: trajectory.transition().acceptance)
        trajectory.stepSize = averaging.stepSize
        if stage.adaptsMetric {
          estimate.advance()
          for i in 0..<trajectory.dimension { estimate.add(trajectory.position(i), coordinate: i) }
        }
        try monitor.finished(iteration + 1, of: plan.warmup + plan.draws, chain: index)
      }
      guard stage.adaptsMetric else { continue }
      trajectory.inverseMetric = estimate.regularised
      try findStepSize()
      averaging = freshAveraging
    }
    trajectory.stepSize = averaging.averagedStepSize
  }

  private var freshAveraging: DualAveraging {
    DualAveraging(
      stepSize: trajectory.stepSize, target: plan.targetAcceptance,
      regularisation: plan.regularisation)
  }

  /// Doubles or halves the step size until one step changes the density by about the factor 0.8
  /// (Hoffman & Gelman 2014, algorithm 4, with Stan's threshold).
  private mutating func findStepSize() throws(SamplingError) {
    // Nothing moves, and every step keeps the energy, where there are no coordinates.
    guard trajectory.dimension > 0 else { return }
    let threshold = log(0.8)
    let grows = trajectory.trialEnergyDrop() > threshold
    while true {
      trajectory.stepSize *= grows ? 2 : 0.5
      guard trajectory.stepSize < 1e7 else { throw .improperDensity(chain: index) }
      guard trajectory.stepSize > 0 else { throw .noStepSize(chain: index) }
      if (trajectory.trialEnergyDrop() > threshold) != grows { return }
    }
  }

  /// Takes the draws.
  private mutating func draw() throws(SamplingError) -> ChainDraws {
    let dimension = trajectory.dimension
    var draws = ChainDraws(dimension: dimension)
    draws.stepSize = trajectory.stepSize
    draws.inverseMetric = trajectory.inverseMetric
    draws.positions.reserveCapacity(plan.draws * dimension)
    draws.transitions.reserveCapacity(plan.draws)
    for iteration in 1...plan.draws {
      draws.transitions.append(trajectory.transition())
      for i in 0..<dimension { draws.positions.append(trajectory.position(i)) }
      try monitor.finished(
        plan.warmup + iteration, of: plan.warmup + plan.draws, chain: index)
    }
    return draws
  }
}

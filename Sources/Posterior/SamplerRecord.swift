/// What the sampler says of each draw of one chain, in the order of the draws.
public struct SamplerRecord: Sendable, Equatable {
  /// The log density on the sampled coordinates, Jacobian included.
  public var logDensity: [Double] = []
  /// The mean acceptance statistic of the transition.
  public var acceptance: [Double] = []
  /// The number of doublings of the trajectory.
  public var treeDepth: [Int] = []
  /// The number of leapfrog steps.
  public var leapfrogSteps: [Int] = []
  /// Whether the trajectory diverged.
  public var divergent: [Bool] = []
  /// The Hamiltonian.
  public var energy: [Double] = []
  /// The step size after warm-up.
  public var stepSize: Double = 1
  /// The diagonal of the inverse metric after warm-up.
  public var inverseMetric: [Double] = []

  /// An empty record.
  public init() {}
}

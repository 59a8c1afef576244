/// What the sampler says of each draw of one chain, in the order of the draws.
public struct SamplerRecord: Sendable, Equatable {
  /// A further column of the draws file about the sampler.
  public struct Column: Sendable, Equatable {
    /// Its name, which ends in two underscores, so that readers tell it from a parameter.
    public var name: String
    /// One value a draw.
    public var values: [Double]

    /// A column of some draws.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

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
  /// Further columns of the draws file.
  public var columns: [Column] = []

  /// An empty record.
  public init() {}

  /// The values of a further column; nil where there is none of that name.
  public func column(_ name: String) -> [Double]? {
    columns.first { $0.name == name }?.values
  }
}

/// What is known of one transition of a chain besides the position it led to.
public struct Transition: Sendable, Equatable {
  /// The log density at the new position.
  public let logDensity: Double
  /// The mean Metropolis acceptance probability over the states of the trajectory.
  public let acceptance: Double
  /// The number of doublings of the trajectory.
  public let treeDepth: Int
  /// The number of leapfrog steps, each with one evaluation of the density.
  public let leapfrogSteps: Int
  /// Whether the energy error passed its limit, so that the trajectory was cut short.
  public let divergent: Bool
  /// The Hamiltonian of the new state.
  public let energy: Double
}

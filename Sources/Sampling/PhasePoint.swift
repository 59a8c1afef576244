import Foundation

/// A place on a Hamiltonian trajectory: position q and momentum p, each of d coordinates, with the
/// log density and its gradient there.
struct PhasePoint: Sendable {
  var position: [Double]
  var momentum: [Double]
  /// The gradient of the log density at the position.
  var gradient: [Double]
  var logDensity = -Double.infinity

  /// The origin at rest; the density has not been evaluated there.
  init(dimension: Int) {
    position = [Double](repeating: 0, count: dimension)
    momentum = position
    gradient = position
  }

  /// Evaluates the density at the point's position; what is not a density counts as −∞.
  mutating func evaluate(_ density: any LogDensity) {
    let value = density.evaluate(at: position, gradient: &gradient)
    logDensity = value < .infinity ? value : -.infinity
  }

  /// The Hamiltonian −log π(q) + ½ p'M⁻¹p; +∞ outside the support.
  func energy(inverseMetric: [Double]) -> Double {
    var kinetic = 0.0
    for i in momentum.indices { kinetic += inverseMetric[i] * momentum[i] * momentum[i] }
    let energy = 0.5 * kinetic - logDensity
    return energy.isNaN ? .infinity : energy
  }
}

/// The leapfrog integrator of Hamilton's equations with a diagonal metric: reversible,
/// volume-preserving, and of second order in the step.
enum Leapfrog {
  /// Moves a point by one step; a negative step goes back in time.
  ///
  /// A step that leaves the support of the density ends with log density −∞ and an unfinished
  /// momentum.
  static func step(
    _ point: inout PhasePoint, density: any LogDensity, inverseMetric: [Double], stepSize: Double
  ) {
    let half = 0.5 * stepSize
    let dimension = inverseMetric.count
    for i in 0..<dimension { point.momentum[i] += half * point.gradient[i] }
    for i in 0..<dimension {
      point.position[i] += stepSize * inverseMetric[i] * point.momentum[i]
    }
    point.evaluate(density)
    guard point.logDensity > -.infinity else { return }
    for i in 0..<dimension { point.momentum[i] += half * point.gradient[i] }
  }
}

import Foundation

/// The adaptation of the step size by dual averaging (Hoffman & Gelman 2014, section 3.2.1), with
/// Stan's constants unless a plan has another γ: state in, state out.
struct DualAveraging: Sendable, Equatable {
  /// The acceptance statistic aimed at, δ.
  let target: Double
  /// The pull towards the centre, γ.
  let regularisation: Double
  /// How much the first iterations are damped, t₀.
  static let offset = 10.0
  /// How fast old iterations are forgotten in the average, κ.
  static let forgetting = 0.75

  /// The point that log ε is pulled to, μ: the logarithm of ten times the initial step size.
  let center: Double
  private(set) var count = 0.0
  /// The average of δ − acceptance, H̄.
  private(set) var averageError = 0.0
  private(set) var logStepSize: Double
  private(set) var averageLogStepSize = 0.0

  /// The state at the beginning of a stage, from the step size in use.
  init(stepSize: Double, target: Double, regularisation: Double) {
    self.target = target
    self.regularisation = regularisation
    center = log(10 * stepSize)
    logStepSize = log(stepSize)
  }

  /// The step size of the next iteration.
  var stepSize: Double { exp(logStepSize) }

  /// The step size to keep when adaptation ends.
  var averagedStepSize: Double { exp(count == 0 ? logStepSize : averageLogStepSize) }

  /// The state after an iteration with the given acceptance statistic.
  func updated(acceptance: Double) -> DualAveraging {
    var next = self
    next.count += 1
    let weight = 1 / (next.count + Self.offset)
    next.averageError = (1 - weight) * averageError + weight * (target - min(1, acceptance))
    next.logStepSize = center - next.averageError * next.count.squareRoot() / regularisation
    let recent = pow(next.count, -Self.forgetting)
    next.averageLogStepSize = (1 - recent) * averageLogStepSize + recent * next.logStepSize
    return next
  }
}

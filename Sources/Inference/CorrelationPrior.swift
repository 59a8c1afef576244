import Foundation

/// The prior of the correlation of random intercept and random effect: LKJ, which for two terms has
/// the density ∝ (1 − ρ²)^(η − 1) (Lewandowski, Kurowicka & Joe 2009).
public struct CorrelationPrior: Sendable, Equatable {
  /// The shape η > 0: 1 is uniform, more pulls towards independence.
  public let eta: Double
  private let logConstant: Double

  /// An LKJ prior.
  public init(eta: Double) {
    precondition(eta > 0, "LKJ with shape \(eta)")
    self.eta = eta
    let half: Double = lgamma(eta)
    let whole: Double = lgamma(2 * eta)
    let power: Double = 2 * eta - 1
    logConstant = whole - 2 * half - power * log(2)
  }

  /// The log density at a correlation and its derivative.
  ///
  /// At ±1 they are those of a correlation that differs from it by less than rounding.
  public func logDensity(_ correlation: Double) -> (value: Double, slope: Double) {
    let rest = max((1 - correlation) * (1 + correlation), 1e-18)
    return (logConstant + (eta - 1) * log(rest), -2 * (eta - 1) * correlation / rest)
  }
}

import Foundation
public import Numerics

/// The maximum of the restricted likelihood (or of the likelihood) with respect to the variances.
public struct VarianceEstimate: Sendable, Equatable {
  /// σ, the τs and their correlation at the maximum; a τ on the boundary is exactly 0, a correlation
  /// there ±1.
  public let variances: Variances
  /// The maximal log-likelihood.
  public let logLikelihood: Double
  /// Whether the covariance of the random terms is singular: a diagonal entry of its factor, relative
  /// to σ, is below 1e-4, as lme4's `isSingular`.
  public let isSingular: Bool

  /// A maximum.
  public init(variances: Variances, logLikelihood: Double, isSingular: Bool) {
    self.variances = variances
    self.logLikelihood = logLikelihood
    self.isSingular = isSingular
  }
}

/// Maximises a flat-prior density over the factor θ = Λ/σ of the random terms' covariance, σ being
/// profiled out (article Formulas).
///
/// There can be several maxima. The global one is sought from the peaks of a grid, the boundary
/// included, by Newton's method with exact derivatives. A maximum on the boundary has a τ of exactly 0
/// (or a correlation of ±1).
public struct VarianceMaximiser {
  /// The density that is maximised.
  public let density: MarginalDensity
  let q: Int
  /// n − p for the restricted likelihood, n for the likelihood.
  let residualCount: Double
  /// A rough size of σ, at which the density is evaluated so that no digits are lost.
  let unit: Double
  let information: VarianceInformation

  /// A maximiser of a model without proper priors.
  public init(_ model: MarginalModel) {
    density = MarginalDensity(model)
    information = VarianceInformation(density)
    q = density.q
    let coefficients = model.treatment == .profiled ? 0 : model.coefficientCount
    residualCount = Double(model.statistics.rows - coefficients)
    let spread = (model.outcomeSquared / Double(model.statistics.rows)).squareRoot()
    unit = spread > 0 && spread.isFinite ? spread : 1
  }

  /// The global maximum.
  ///
  /// Throws where no degree of freedom is left for σ, or the outcome is fitted exactly.
  public func maximum() throws(NumericalError) -> VarianceEstimate {
    guard residualCount > 0, density.model.statistics.rows > density.model.coefficientCount else {
      throw .library("as many coefficients as participants: σ cannot be estimated")
    }
    var best = try profile(Triangle())
    if q > 0 {
      for start in try starts() {
        let found = try ascend(from: start)
        // A tie to rounding goes to zero.
        if found.value > best.value + 1e-13 * (1 + abs(best.value)) { best = found }
      }
    }
    return estimate(best)
  }

  private func estimate(_ best: Profile) -> VarianceEstimate {
    let theta = best.theta
    let second = (theta.c * theta.c + theta.b * theta.b).squareRoot()
    let tau = [theta.a, second].prefix(q).map { $0 * best.sigma }
    let correlation = second > 0 && theta.a > 0 ? theta.c / second : 0
    return VarianceEstimate(
      variances: Variances(
        sigma: best.sigma, tau: tau,
        correlation: density.model.terms.isCorrelated ? correlation : 0),
      logLikelihood: best.value,
      isSingular: [theta.a, theta.b].prefix(q).contains { $0 < 1e-4 })
  }

  /// The log-likelihood at ratios θ, maximised over σ.
  struct Profile {
    var theta: Triangle
    var sigma: Double
    var value: Double
  }

  /// The profile at ratios τ/σ of independent terms.
  func profile(_ ratios: [Double]) throws(NumericalError) -> Profile {
    try profile(Triangle(a: ratios.first ?? 0, b: ratios.count == 2 ? ratios[1] : 0))
  }

  func profile(_ theta: Triangle) throws(NumericalError) -> Profile {
    density.setScale(theta, unit: unit)
    let value = density.evaluate(sigma: unit)
    let quadratic = density.quadraticAtMode
    // What is left of n squares when all are explained is rounding.
    guard value > -.infinity, quadratic > 1e-13 * Double(density.model.statistics.rows) else {
      throw .library("the model fits the outcome exactly")
    }
    let scale = (quadratic / residualCount).squareRoot()
    return Profile(
      theta: theta, sigma: scale * unit,
      value: value + 0.5 * quadratic - residualCount * (log(scale) + 0.5))
  }
}

import Foundation
public import Numerics

extension VarianceMaximiser {
  /// The profile-likelihood interval of one random term's SD.
  ///
  /// It has the values at which twice the fall of the (restricted) log-likelihood, maximised over the
  /// other variances, is below the χ² quantile with one degree of freedom. The upper limit is infinite
  /// where the likelihood never falls so far.
  public func interval(
    ofTerm term: Int, around estimate: VarianceEstimate, level: Double
  ) throws(NumericalError) -> (lower: Double, upper: Double) {
    let fall = Distributions.chiSquaredQuantile(level, df: 1) / 2
    let target = estimate.logLikelihood - fall
    let center = estimate.variances.tau[term]
    func excess(_ tau: Double) -> Double {
      ((try? profile(term: term, at: tau, near: estimate)) ?? -.infinity) - target
    }
    var lower = 0.0
    if center > 0, excess(0) < 0 {
      lower = try Minimiser.root(between: 0, and: center, tolerance: 1e-8, excess)
    }
    var below = center
    var above = max(center * 1.5, 0.1 * estimate.variances.sigma)
    let limit = 1e4 * max(estimate.variances.sigma, center)
    while excess(above) > 0 {
      below = above
      above *= 2
      if above > limit { return (lower, .infinity) }
    }
    return (
      lower, try Minimiser.root(between: below, and: above, tolerance: 1e-8, excess)
    )
  }

  /// The log-likelihood at a value of one τ, maximised over σ and the other τ.
  private func profile(
    term: Int, at tau: Double, near estimate: VarianceEstimate
  ) throws(NumericalError) -> Double {
    let unit = estimate.variances.sigma
    var best = try maximum(from: [0], at: tau, of: term, unit)
    guard q == 2 else { return best }
    // From zero a gradient method would not move, since the likelihood is even in τ; and there can
    // be two maxima, one of them on the boundary, which comes first.
    let starts = [estimate.variances.tau[1 - term] / unit, 0.05, 0.5, 3].filter { $0 > 0 }
    for start in starts {
      best = max(best, try maximum(from: [0, start], at: tau, of: term, unit))
    }
    return best
  }

  /// The maximum over log σ and, where `start` has a second coordinate, the other τ, both in units of
  /// the estimate of σ; the other τ is 0 else.
  private func maximum(
    from start: [Double], at tau: Double, of term: Int, _ unit: Double
  ) throws(NumericalError) -> Double {
    let density = density
    let found = try Minimiser.bfgs(from: start, step: 0.05, tolerance: 1e-6) { x, gradient in
      var at = Variances(
        sigma: unit * exp(x[0]), tau: [Double](repeating: 0, count: density.q))
      at.tau[term] = tau
      if x.count == 2 { at.tau[1 - term] = unit * abs(x[1]) }
      let value = density.evaluate(at, gradient: true)
      gradient[0] = -density.gradientSigma * at.sigma
      if x.count == 2 {
        gradient[1] = (x[1] < 0 ? unit : -unit) * density.gradientTau[1 - term]
      }
      return value > -.infinity ? -value : .nan
    }
    return -found.value
  }
}

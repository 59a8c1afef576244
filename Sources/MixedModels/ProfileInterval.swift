import Foundation
public import Numerics

extension VarianceMaximiser {
  /// The profile-likelihood interval of one random term's SD: the values at which twice the fall of
  /// the (restricted) log-likelihood, maximised over the other variances, is below the χ² quantile
  /// with one degree of freedom.
  ///
  /// The upper limit is infinite where the likelihood never falls so far.
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

  /// The log-likelihood at a value of one τ, maximised over the logarithm of σ and the other τ.
  private func profile(
    term: Int, at tau: Double, near estimate: VarianceEstimate
  ) throws(NumericalError) -> Double {
    let others = (0..<q).filter { $0 != term }
    // From zero a gradient method would not move, since the likelihood is even in τ.
    let start =
      [log(estimate.variances.sigma)]
      + others.map { max(estimate.variances.tau[$0], 0.1 * estimate.variances.sigma) }
    let density = density
    func variances(_ x: [Double]) -> Variances {
      var all = estimate.variances.tau
      all[term] = tau
      for (i, other) in others.enumerated() { all[other] = abs(x[i + 1]) }
      return Variances(sigma: exp(x[0]), tau: all)
    }
    let found = try Minimiser.bfgs(from: start, step: 0.05, tolerance: 1e-6) { x, gradient in
      let at = variances(x)
      let value = density.evaluate(at, gradient: true)
      gradient[0] = -density.gradientSigma * at.sigma
      for (i, other) in others.enumerated() {
        gradient[i + 1] = (x[i + 1] < 0 ? 1 : -1) * density.gradientTau[other]
      }
      return value > -.infinity ? -value : .nan
    }
    let onBoundary = others.isEmpty ? -Double.infinity : try boundary(term, tau, estimate)
    return max(-found.value, onBoundary)
  }

  /// The same with the other τ at zero, where its maximum may lie.
  private func boundary(
    _ term: Int, _ tau: Double, _ estimate: VarianceEstimate
  ) throws(NumericalError) -> Double {
    let density = density
    var all = [Double](repeating: 0, count: q)
    all[term] = tau
    let found = try Minimiser.bfgs(
      from: [log(estimate.variances.sigma)], step: 0.05, tolerance: 1e-6
    ) { x, gradient in
      let sigma = exp(x[0])
      let value = density.evaluate(Variances(sigma: sigma, tau: all), gradient: true)
      gradient[0] = -density.gradientSigma * sigma
      return value > -.infinity ? -value : .nan
    }
    return -found.value
  }
}

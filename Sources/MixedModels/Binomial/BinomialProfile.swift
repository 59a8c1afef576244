public import Numerics

/// Profile-likelihood intervals of a binomial joint model, as `confint(glmer, method = "profile")`:
/// the values at which twice the fall of the log-likelihood, maximised over everything else, is below
/// the χ² quantile with one degree of freedom.
public struct BinomialProfile {
  private let fit: BinomialFit
  private let fall: Double

  /// Profiles of a fit at a level.
  public init(_ fit: BinomialFit, level: Double) {
    self.fit = fit
    fall = Distributions.chiSquaredQuantile(level, df: 1) / 2
  }

  /// The interval of a coefficient; nil where it has no estimate, a limit infinite where the likelihood
  /// never falls so far.
  public func interval(
    of role: FixedRole
  ) throws(NumericalError) -> (lower: Double, upper: Double)? {
    let problem = fit.problem
    guard let column = problem.matrix.roles.firstIndex(of: role), problem.isReported[column],
      let place = fit.fixed.firstIndex(where: { $0.role == role })
    else { return nil }
    let scale = problem.scales[column]
    let error = fit.covariance[place, place].squareRoot() * scale
    guard error.isFinite, error > 0 else { return nil }
    let likelihood = try BinomialLikelihood(problem, quadraturePoints: fit.quadraturePoints)
    let center = fit.maximum.position[column]
    let lower = try limit(
      likelihood, fit.maximum.position, column, from: center, step: -1.5 * error, cap: 200)
    let upper = try limit(
      likelihood, fit.maximum.position, column, from: center, step: 1.5 * error, cap: 200)
    return (lower / scale, upper / scale)
  }

  /// The interval of a random term's SD, the intercept being term 0 where the model has one.
  public func interval(
    ofTerm term: Int
  ) throws(NumericalError) -> (lower: Double, upper: Double) {
    let problem = fit.problem
    let p = problem.matrix.roles.count
    var coordinates = problem.coordinates
    var position = fit.maximum.position
    var place = p + term
    if coordinates == .correlated {
      place = p
      if term == 1 {
        coordinates = .correlatedEffectFirst
        position.replaceSubrange(p..., with: effectFirst(fit.variances))
      }
    }
    position[place] = abs(position[place])
    let likelihood = try BinomialLikelihood(
      problem, quadraturePoints: fit.quadraturePoints, coordinates: coordinates)
    let center = position[place]
    let upper = try limit(
      likelihood, position, place, from: center, step: max(center, 0.3) / 2, cap: 100)
    guard center > 0, try excess(likelihood, position, place, at: 0) > 0 else {
      return (0, upper)
    }
    return (try root(likelihood, position, place, between: 0, and: center), upper)
  }

  /// Λ with the effect first.
  private func effectFirst(_ variances: Variances) -> [Double] {
    let (first, second) = (variances.tau[0], variances.tau[1])
    let slope = variances.correlation * first
    return [second, slope, max(first * first - slope * slope, 0).squareRoot()]
  }

  /// How far the profile at a value lies above the target.
  private func excess(
    _ likelihood: BinomialLikelihood, _ position: [Double], _ place: Int, at value: Double
  ) throws(NumericalError) -> Double {
    var from = position
    from[place] = value
    var isFree = [Bool](repeating: true, count: position.count)
    isFree[place] = false
    var maximiser = BinomialMaximiser(likelihood: likelihood)
    let found = try maximiser.profile(near: from, free: isFree)
    return found.value - fit.maximum.value - fall
  }

  /// The value beyond `center`, in the direction of the step, at which the profile meets the target.
  private func limit(
    _ likelihood: BinomialLikelihood, _ position: [Double], _ place: Int, from center: Double,
    step: Double, cap: Double
  ) throws(NumericalError) -> Double {
    var inner = center
    var length = step
    while abs(inner + length - center) < cap {
      let outer = inner + length
      if try excess(likelihood, position, place, at: outer) > 0 {
        return try root(likelihood, position, place, between: inner, and: outer)
      }
      inner = outer
      length *= 1.5
    }
    return step < 0 ? -.infinity : .infinity
  }

  private func root(
    _ likelihood: BinomialLikelihood, _ position: [Double], _ place: Int, between a: Double,
    and b: Double
  ) throws(NumericalError) -> Double {
    try Minimiser.root(between: min(a, b), and: max(a, b), tolerance: 1e-6) { value in
      (try? excess(likelihood, position, place, at: value)) ?? .nan
    }
  }
}

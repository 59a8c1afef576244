/// How the covariance of a trial's random terms is coordinated: b = Λ(θ) u with u standard normal.
///
/// All that a cell needs of Λ is Λ'z, one pair of numbers for either arm; models with fewer than two
/// random terms have zeros in it.
enum RandomCoordinates: Sendable, Equatable {
  /// No random terms.
  case none
  /// θ = τ0.
  case intercept
  /// θ = τ1.
  case effect
  /// θ = (τ0, τ1).
  case independent
  /// θ = the lower triangle (λ00, λ10, λ11) of Λ, intercept first.
  case correlated
  /// The same with the effect first: its SD is then a coordinate, for its profile.
  case correlatedEffectFirst

  init(_ terms: ModelTerms) {
    switch (terms.randomIntercept, terms.randomEffect) {
    case (false, false): self = .none
    case (true, false): self = .intercept
    case (false, true): self = .effect
    case (true, true): self = terms.isCorrelated ? .correlated : .independent
    }
  }

  /// The number of coordinates θ.
  var count: Int {
    switch self {
    case .none: 0
    case .intercept, .effect: 1
    case .independent: 2
    case .correlated, .correlatedEffectFirst: 3
    }
  }

  /// The number q of random terms.
  var terms: Int { min(count, 2) }

  /// Λ'z of one arm.
  struct Loading { var first = 0.0, second = 0.0 }

  /// Λ'z of the control arm, z = (1, 0), and of the active one, z = (1, 1).
  func loadings(_ theta: [Double]) -> (control: Loading, active: Loading) {
    switch self {
    case .none: (Loading(), Loading())
    case .intercept: (Loading(first: theta[0]), Loading(first: theta[0]))
    case .effect: (Loading(), Loading(first: theta[0]))
    case .independent: (Loading(first: theta[0]), Loading(first: theta[0], second: theta[1]))
    case .correlated:
      (Loading(first: theta[0]), Loading(first: theta[0] + theta[1], second: theta[2]))
    case .correlatedEffectFirst:
      (
        Loading(first: theta[1], second: theta[2]),
        Loading(first: theta[0] + theta[1], second: theta[2])
      )
    }
  }

  /// The slope in θ from the slopes in the loadings of either arm.
  func gradient(_ control: Loading, _ active: Loading, into slope: inout [Double], at place: Int) {
    switch self {
    case .none: break
    case .intercept: slope[place] += control.first + active.first
    case .effect: slope[place] += active.first
    case .independent:
      slope[place] += control.first + active.first
      slope[place + 1] += active.second
    case .correlated:
      slope[place] += control.first + active.first
      slope[place + 1] += active.first
      slope[place + 2] += active.second
    case .correlatedEffectFirst:
      slope[place] += active.first
      slope[place + 1] += control.first + active.first
      slope[place + 2] += control.second + active.second
    }
  }

  /// What a unit of the i-th coordinate adds to the loadings of either arm, which are linear in θ.
  func loadingMove(_ i: Int) -> (Loading, Loading) {
    var unit = [Double](repeating: 0, count: count)
    unit[i] = 1
    let moved = loadings(unit)
    return (moved.control, moved.active)
  }

  /// The SDs of the random terms, intercept first, and their correlation.
  func variances(_ theta: [Double]) -> Variances {
    switch self {
    case .none: return Variances(sigma: 1, tau: [])
    case .intercept, .effect, .independent: return Variances(sigma: 1, tau: theta.map(abs))
    case .correlated, .correlatedEffectFirst:
      let other = (theta[1] * theta[1] + theta[2] * theta[2]).squareRoot()
      let product = abs(theta[0]) * other
      let sign: Double = theta[0] < 0 ? -1 : 1
      let correlation = product > 0 ? sign * theta[1] / other : 0
      return Variances(
        sigma: 1, tau: self == .correlated ? [abs(theta[0]), other] : [other, abs(theta[0])],
        correlation: correlation)
    }
  }

  /// Λ u, intercept first.
  func effects(_ theta: [Double], _ u: (Double, Double)) -> [Double] {
    switch self {
    case .none: []
    case .intercept, .effect: [theta[0] * u.0]
    case .independent: [theta[0] * u.0, theta[1] * u.1]
    case .correlated: [theta[0] * u.0, theta[1] * u.0 + theta[2] * u.1]
    case .correlatedEffectFirst: [theta[1] * u.0 + theta[2] * u.1, theta[0] * u.0]
    }
  }
}

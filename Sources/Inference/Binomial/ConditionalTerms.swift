import Foundation

/// The random term of one trial as the map of coordinates makes it: v = τ r / (1 + τ²A) + z / √(1 + τ²A),
/// in units of τ.
struct ConditionalTerm {
  let tau: Double
  let information: Double
  let pull: Double
  let z: Double
  /// 1 + τ²A.
  let precision: Double
  /// The random term in units of τ.
  let v: Double

  @inline(__always)
  init(tau: Double, information: Double, pull: Double, z: Double) {
    (self.tau, self.information, self.pull, self.z) = (tau, information, pull, z)
    precision = 1 + tau * tau * information
    v = tau * pull / precision + z / precision.squareRoot()
  }

  /// log dv/dz.
  var logJacobian: Double { -0.5 * log(precision) }

  /// From the slope in v those in z, r and τ; that of the Jacobian in τ is included.
  @inline(__always)
  func pullBack(_ slope: Double) -> (z: Double, pull: Double, tau: Double) {
    let root = precision.squareRoot()
    let inPrecision =
      -slope * (tau * pull / precision + 0.5 * z / root) / precision - 0.5 / precision
    return (
      slope / root, slope * tau / precision,
      slope * pull / precision + inPrecision * 2 * tau * information
    )
  }
}

/// The random intercept and effect of one trial as the map of coordinates makes them, b = L v: the
/// intercept's v first, the other integrated out, then the other given it.
struct ConditionalPair {
  let factor: TrialFactor
  let information: (Double, Double, Double)
  let pull: (Double, Double)
  let z: (Double, Double)
  /// The element of L'AL that ties both v.
  private let coupling: Double
  /// The conditional precisions of both v.
  private let precision: (Double, Double)
  private let numerator: (Double, Double)
  /// The standardised random terms.
  let v: (Double, Double)

  @inline(__always)
  init(
    factor: TrialFactor, information: (Double, Double, Double), pull: (Double, Double),
    z: (Double, Double)
  ) {
    (self.factor, self.information, self.pull, self.z) = (factor, information, pull, z)
    let (a, c, d) = (factor.intercept, factor.cross, factor.effect)
    let image = (
      a * information.0 + c * information.1, a * information.1 + c * information.2
    )
    coupling = d * image.1
    let second = 1 + d * d * information.2
    let first = 1 + a * image.0 + c * image.1 - coupling * coupling / second
    precision = (first, second)
    let top = a * pull.0 + c * pull.1 - coupling * d * pull.1 / second
    let intercept = top / first + z.0 / first.squareRoot()
    let bottom = d * pull.1 - coupling * intercept
    numerator = (top, bottom)
    v = (intercept, bottom / second + z.1 / second.squareRoot())
  }

  /// log |dv/dz|.
  var logJacobian: Double { -0.5 * log(precision.0 * precision.1) }

  /// From the slopes in v those in z, r and L; that of the Jacobian in L is included.
  @inline(__always)
  func pullBack(
    _ slope: (Double, Double)
  ) -> (z: (Double, Double), pull: (Double, Double), factor: TrialFactor) {
    let (first, second) = precision
    let roots = (first.squareRoot(), second.squareRoot())
    // The second given the first.
    let bottom = slope.1 / second
    var inSecond =
      -slope.1 * (numerator.1 / second + 0.5 * z.1 / roots.1) / second - 0.5 / second
    var inCoupling = -v.0 * bottom
    let intercept = slope.0 - coupling * bottom
    // The first.
    let top = intercept / first
    let inFirst =
      -intercept * (numerator.0 / first + 0.5 * z.0 / roots.0) / first - 0.5 / first
    let (a, c, d) = (factor.intercept, factor.cross, factor.effect)
    let scaled = d * pull.1
    inCoupling -= top * scaled / second + inFirst * 2 * coupling / second
    inSecond += (top * coupling * scaled + inFirst * coupling * coupling) / (second * second)
    let inScaled = (top, bottom - top * coupling / second)
    let image = (
      a * information.0 + c * information.1, a * information.1 + c * information.2
    )
    return (
      (intercept / roots.0, slope.1 / roots.1),
      (inScaled.0 * a, inScaled.0 * c + inScaled.1 * d),
      TrialFactor(
        intercept: inScaled.0 * pull.0 + inFirst * 2 * image.0 + inCoupling * d * information.1,
        cross: inScaled.0 * pull.1 + inFirst * 2 * image.1 + inCoupling * d * information.2,
        effect: inScaled.1 * pull.1 + inSecond * 2 * d * information.2 + inCoupling * image.1)
    )
  }
}

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

/// The random intercept and effect of one trial as the map of coordinates makes them: the intercept first,
/// the effect integrated out, then the effect given the intercept.
struct ConditionalPair {
  let tau: (Double, Double)
  let information: (Double, Double, Double)
  let pull: (Double, Double)
  let z: (Double, Double)
  /// τ0 τ1 A01.
  private let coupling: Double
  /// The conditional precisions of both, in units of the SDs.
  private let precision: (Double, Double)
  private let numerator: (Double, Double)
  /// The random terms in units of their SDs.
  let v: (Double, Double)

  @inline(__always)
  init(
    tau: (Double, Double), information: (Double, Double, Double), pull: (Double, Double),
    z: (Double, Double)
  ) {
    (self.tau, self.information, self.pull, self.z) = (tau, information, pull, z)
    coupling = tau.0 * tau.1 * information.1
    let second = 1 + tau.1 * tau.1 * information.2
    let first = 1 + tau.0 * tau.0 * information.0 - coupling * coupling / second
    precision = (first, second)
    let top = tau.0 * pull.0 - coupling * tau.1 * pull.1 / second
    let intercept = top / first + z.0 / first.squareRoot()
    let bottom = tau.1 * pull.1 - coupling * intercept
    numerator = (top, bottom)
    v = (intercept, bottom / second + z.1 / second.squareRoot())
  }

  /// log |dv/dz|.
  var logJacobian: Double { -0.5 * log(precision.0 * precision.1) }

  /// From the slopes in v those in z, r and τ; that of the Jacobian in τ is included.
  @inline(__always)
  func pullBack(
    _ slope: (Double, Double)
  ) -> (z: (Double, Double), pull: (Double, Double), tau: (Double, Double)) {
    let (first, second) = precision
    let roots = (first.squareRoot(), second.squareRoot())
    // The effect given the intercept.
    let bottom = slope.1 / second
    var inSecond =
      -slope.1 * (numerator.1 / second + 0.5 * z.1 / roots.1) / second - 0.5 / second
    var inCoupling = -v.0 * bottom
    let intercept = slope.0 - coupling * bottom
    // The intercept.
    let top = intercept / first
    let inFirst =
      -intercept * (numerator.0 / first + 0.5 * z.0 / roots.0) / first - 0.5 / first
    let scaled = tau.1 * pull.1
    inCoupling -= top * scaled / second + inFirst * 2 * coupling / second
    inSecond += (top * coupling * scaled + inFirst * coupling * coupling) / (second * second)
    let inScaled = (top, bottom - top * coupling / second)
    return (
      (intercept / roots.0, slope.1 / roots.1),
      (inScaled.0 * tau.0, inScaled.1 * tau.1),
      (
        inScaled.0 * pull.0 + inFirst * 2 * tau.0 * information.0
          + inCoupling * tau.1 * information.1,
        inScaled.1 * pull.1 + inSecond * 2 * tau.1 * information.2
          + inCoupling * tau.0 * information.1
      )
    )
  }
}

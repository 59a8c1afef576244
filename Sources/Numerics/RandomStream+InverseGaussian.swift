import Foundation

extension RandomStream {
  /// A generalised inverse Gaussian number: density ∝ x^(p − 1) exp(−(a x + b / x) / 2), a and b
  /// positive, any p (Devroye 2014, Statistics and Computing 24:239-246).
  ///
  /// Rejection from a hat of two exponentials and a constant around the mode of log x; the rate of
  /// acceptance has a bound that holds for all parameters, so that neither large |p| (thousands of
  /// participants) nor √(ab) near zero (hardly any heterogeneity) is slow.
  public mutating func generalizedInverseGaussian(p: Double, a: Double, b: Double) -> Double {
    precondition(a > 0 && b > 0, "generalised inverse Gaussian with a \(a) and b \(b)")
    // √a √b: the product itself may leave the range of doubles.
    let omega = a.squareRoot() * b.squareRoot()
    let hat = LogInverseGaussianHat(order: abs(p), omega: omega)
    let centred = hat.draw(&self) + asinh(abs(p) / omega)
    return exp((p < 0 ? -centred : centred) + 0.5 * (log(b) - log(a)))
  }

  /// An inverse Gaussian number (Michael, Schucany & Haas 1976); mean and shape positive.
  public mutating func inverseGaussian(mean: Double, shape: Double) -> Double {
    precondition(mean > 0 && shape > 0, "inverse Gaussian with mean \(mean), shape \(shape)")
    let z = normal()
    let w = 0.5 * mean / shape * z * z
    // The smaller root, as the mean over the larger one: no digits are lost.
    let x = mean / (1 + w + (w * (2 + w)).squareRoot())
    return uniform() * (mean + x) <= mean ? x : mean * (mean / x)
  }
}

/// The hat over the density exp(ψ(x)) of log of a generalised inverse Gaussian about its mode.
private struct LogInverseGaussianHat {
  let alpha: Double
  let order: Double
  /// Where the hat touches: above and below the mode.
  let above: Double
  let below: Double
  /// −ψ and |ψ'| there.
  let depthAbove: Double
  let slopeAbove: Double
  let depthBelow: Double
  let slopeBelow: Double

  init(order: Double, omega: Double) {
    self.order = order
    alpha = omega * (omega / (hypot(omega, order) + order))
    above = Self.above(alpha, order)
    below = Self.below(alpha, order)
    depthAbove = -Self.exponent(above, alpha, order)
    slopeAbove = -Self.slope(above, alpha, order)
    depthBelow = -Self.exponent(-below, alpha, order)
    slopeBelow = Self.slope(-below, alpha, order)
  }

  /// ψ(x) = −α (cosh x − 1) − λ (eˣ − x − 1).
  private static func exponent(_ x: Double, _ alpha: Double, _ order: Double) -> Double {
    let half = sinh(0.5 * x)
    return -2 * alpha * half * half - order * (expm1(x) - x)
  }

  private static func slope(_ x: Double, _ alpha: Double, _ order: Double) -> Double {
    -alpha * sinh(x) - order * expm1(x)
  }

  /// Devroye's t.
  private static func above(_ alpha: Double, _ order: Double) -> Double {
    let depth = -exponent(1, alpha, order)
    if depth > 2 { return (2 / (alpha + order)).squareRoot() }
    return depth < 0.5 ? log(4 / (alpha + 2 * order)) : 1
  }

  /// Devroye's s.
  private static func below(_ alpha: Double, _ order: Double) -> Double {
    let depth = -exponent(-1, alpha, order)
    if depth > 2 { return (4 / (alpha * cosh(1) + order)).squareRoot() }
    guard depth < 0.5 else { return 1 }
    let inverse = 1 / alpha
    return min(1 / order, log1p(inverse + (inverse * inverse + 2 * inverse).squareRoot()))
  }

  func draw(_ stream: inout RandomStream) -> Double {
    let widthBelow = 1 / slopeBelow
    let widthAbove = 1 / slopeAbove
    let right = above - widthAbove * depthAbove
    let left = below - widthBelow * depthBelow
    let middle = left + right
    let total = widthBelow + middle + widthAbove
    while true {
      let part = stream.uniform() * total
      let x: Double
      let hat: Double
      if part < middle {
        x = -left + middle * stream.uniform()
        hat = 0
      } else if part < middle + widthAbove {
        x = right + widthAbove * stream.exponential()
        hat = -depthAbove - slopeAbove * (x - above)
      } else {
        x = -left - widthBelow * stream.exponential()
        hat = -depthBelow + slopeBelow * (x + below)
      }
      if hat - stream.exponential() <= Self.exponent(x, alpha, order) { return x }
    }
  }
}

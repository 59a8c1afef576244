import Foundation

extension RandomStream {
  /// A gamma number with the given shape and scale, both > 0 (Marsaglia & Tsang 2000).
  public mutating func gamma(shape: Double, scale: Double = 1) -> Double {
    precondition(shape > 0 && scale > 0, "gamma with shape \(shape) and scale \(scale)")
    // Below 1 the density has a pole; G(a) = G(a + 1) U^(1/a), kept from underflow as logarithms.
    guard shape >= 1 else {
      return scale * exp(log(gamma(shape: shape + 1)) - exponential() / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return scale * d * v }
    }
  }

  /// A normal number conditioned to lie in [`lower`, `upper`], `lower` < `upper` (Robert 1995).
  public mutating func truncatedNormal(
    mean: Double = 0, sd: Double = 1, lower: Double, upper: Double = .infinity
  ) -> Double {
    precondition(sd > 0 && lower < upper, "normal with SD \(sd) in [\(lower), \(upper)]")
    let a = (lower - mean) / sd
    let b = (upper - mean) / sd
    // The side with more mass is put to the right of zero; −x is as good as x.
    let z = a + b >= 0 ? standardTruncated(a, b) : -standardTruncated(-b, -a)
    // Rounding may carry a draw over its own limit.
    return min(max(mean + sd * z, lower), upper)
  }

  /// A standard normal number in [a, b], a + b ≥ 0.
  private mutating func standardTruncated(_ a: Double, _ b: Double) -> Double {
    if a <= 0 {
      // The interval holds the mode; a plain normal lands in it with a probability of 0.4 or more
      // once it is √(2π) wide, and below that the flat proposal is accepted as often.
      return b - a > (2 * Double.pi).squareRoot()
        ? plainNormal(in: a, b) : flatProposal(a, b, modeSquared: 0)
    }
    let rate = (a + (a * a + 4).squareRoot()) / 2
    let turn = a + exp((a * a - a * (a * a + 4).squareRoot()) / 4 + 0.5) / rate
    return b > turn ? exponentialProposal(a, b, rate) : flatProposal(a, b, modeSquared: a * a)
  }

  private mutating func plainNormal(in a: Double, _ b: Double) -> Double {
    while true {
      let z = normal()
      if z >= a && z <= b { return z }
    }
  }

  private mutating func flatProposal(_ a: Double, _ b: Double, modeSquared: Double) -> Double {
    while true {
      let z = a + (b - a) * uniform()
      if 2 * exponential() >= z * z - modeSquared { return z }
    }
  }

  private mutating func exponentialProposal(_ a: Double, _ b: Double, _ rate: Double) -> Double {
    while true {
      let z = a + exponential() / rate
      if z <= b && 2 * exponential() >= (z - rate) * (z - rate) { return z }
    }
  }
}

import Foundation

extension RandomStream {
  /// A Pólya-Gamma number PG(count, tilt): the sum of `count` ≥ 0 independent PG(1, tilt), which has the
  /// Laplace transform cosh(c/2)^m / cosh(√(c²/4 + s/2))^m (Polson, Scott & Windle 2013, JASA 108:1339).
  ///
  /// Up to `directCount` such numbers are drawn one by one and exactly (their algorithm, after Devroye
  /// 2009); more of them in a time that does not depend on the count, from a sum of gamma numbers with a
  /// tail that has the right first three cumulants: the distribution function is off by less than 10⁻¹⁰,
  /// so that it would take 10¹⁹ draws to see it.
  public mutating func polyaGamma(count: Int, tilt: Double) -> Double {
    precondition(count >= 0 && tilt.isFinite, "Pólya-Gamma with \(count) and tilt \(tilt)")
    let tilt = abs(tilt)
    let size = Double(count)
    if tilt > 40 + log(max(size, 1)) {
      // The Laplace transform is that of an inverse Gaussian times 1 + O(m exp(−c)).
      return count == 0 ? 0 : inverseGaussian(mean: size / (2 * tilt), shape: size * size / 4)
    }
    guard count <= PolyaGammaSeries.directCount else {
      return PolyaGammaSeries(tilt: tilt).draw(count: size, &self)
    }
    let one = PolyaGammaUnit(tilt: tilt)
    var sum = 0.0
    for _ in 0..<count { sum += one.draw(&self) }
    return sum
  }
}

/// PG(1, c) = X / 4, X having the density Σ_n (−1)ⁿ aₙ(x) cosh(z) exp(−z²x/2), z = c/2: rejection from a
/// hat that is an inverse Gaussian below t and an exponential above it (Polson, Scott & Windle 2013, §4).
private struct PolyaGammaUnit {
  let z: Double
  /// The rate of the exponential.
  let rate: Double
  /// The probability that a proposal comes from it.
  let above: Double

  private static let turn = 0.64
  /// 1 − aₙ's share that a first comparison could take away: aₙ₊₁ / aₙ < 0.0058 on both sides of t.
  private static let sure = 0.994

  init(tilt: Double) {
    z = tilt / 2
    rate = Double.pi * Double.pi / 8 + z * z / 2
    let (root, turn) = (Self.turn.squareRoot(), Self.turn)
    let right = Double.pi / (2 * rate) * exp(-rate * turn)
    // exp(−z) times the distribution function of the inverse Gaussian with mean 1/z and shape 1 at t.
    let left =
      exp(-z) * erfc((1 - turn * z) / root / 2.squareRoot())
      + exp(z) * erfc((1 + turn * z) / root / 2.squareRoot())
    above = right / (right + left)
  }

  func draw(_ stream: inout RandomStream) -> Double {
    while true {
      let isAbove = stream.uniform() < above
      let x =
        isAbove
        ? Self.turn + stream.exponential() / rate : truncatedInverseGaussian(&stream)
      let level = stream.uniform()
      if level < Self.sure || Self.accepts(level, x) { return x / 4 }
    }
  }

  /// Whether level × a₀ lies below the alternating series, of which every partial sum is a bound.
  private static func accepts(_ level: Double, _ x: Double) -> Bool {
    let ratio = exp(x > turn ? -Double.pi * Double.pi * x : -4 / x)
    var sum = 1.0
    var power = 1.0
    var n = 1.0
    while true {
      // ratio^(n (n + 1) / 2)
      power *= pow(ratio, n)
      sum -= (2 * n + 1) * power
      if level <= sum { return true }
      power *= pow(ratio, n + 1)
      sum += (2 * n + 3) * power
      if level > sum { return false }
      n += 2
    }
  }

  /// An inverse Gaussian number with mean 1/z and shape 1, conditioned to be at most t.
  private func truncatedInverseGaussian(_ stream: inout RandomStream) -> Double {
    let turn = Self.turn
    while true {
      if z * turn >= 1 {
        let x = stream.inverseGaussian(mean: 1 / z, shape: 1)
        if x <= turn { return x }
        continue
      }
      // 1 / x is a squared normal number beyond a limit, by an exponential hat.
      let first = stream.exponential()
      guard first * first <= 2 * stream.exponential() / turn else { continue }
      let root = 1 + turn * first
      let x = turn / (root * root)
      if z == 0 || stream.exponential() >= 0.5 * z * z * x { return x }
    }
  }
}

/// PG(m, c) = Σ_k g_k / (2π² (k − ½)² + c²/2), g_k ~ gamma(m): the first terms as they are, the rest of the
/// series as a shifted gamma number with the same mean, variance and third cumulant.
struct PolyaGammaSeries {
  let tilt: Double
  /// The number of terms that are drawn as they are.
  let terms: Int

  /// The largest count that is drawn as a sum of PG(1, c).
  static let directCount = 8

  /// The first 8 + c terms: those whose weights are all alike where the tilt is large are among them.
  init(tilt: Double) {
    self.init(tilt: tilt, terms: 8 + Int(tilt.rounded(.up)))
  }

  init(tilt: Double, terms: Int) {
    self.tilt = tilt
    self.terms = terms
  }

  /// The weight of g_k, k = 1, 2, ….
  func weight(_ k: Int) -> Double {
    let place = Double.pi * (Double(k) - 0.5)
    return 1 / (2 * place * place + tilt * tilt / 2)
  }

  /// The rest of the series for m = 1: shape and scale of the gamma number, and its shift.
  struct Tail {
    var shape: Double
    var scale: Double
    var shift: Double

    init(cumulants: (Double, Double, Double)) {
      scale = cumulants.2 / (2 * cumulants.1)
      shape = cumulants.1 / (scale * scale)
      shift = cumulants.0 - shape * scale
    }
  }

  /// The tail that goes with the terms.
  var tail: Tail {
    var rest = Self.cumulants(tilt: tilt)
    for k in 1...max(terms, 1) where k <= terms {
      let weight = weight(k)
      rest.0 -= weight
      rest.1 -= weight * weight
      rest.2 -= 2 * weight * weight * weight
    }
    return Tail(cumulants: rest)
  }

  func draw(count: Double, _ stream: inout RandomStream) -> Double {
    var sum = 0.0
    for k in 1...max(terms, 1) where k <= terms {
      sum += weight(k) * stream.gamma(shape: count)
    }
    let tail = tail
    return sum + count * tail.shift
      + stream.gamma(shape: count * tail.shape, scale: tail.scale)
  }

  /// The first three cumulants of PG(1, c): tanh(x) / 4x, x = c/2, and twice −½ its derivative in x².
  static func cumulants(tilt: Double) -> (Double, Double, Double) {
    let x = tilt / 2
    let y = x * x
    let mean = x > 0 ? tanh(x) / (4 * x) : 0.25
    guard x > 0.07 else {
      // By the series of tanh(x) / x, since the closed forms lose their digits.
      let slope =
        1 / 3.0 - y * (4 / 15.0 - y * (17 / 105.0 - y * (248 / 2835.0 - y * (1382 / 31185.0))))
      let bend =
        4 / 15.0
        - y * (34 / 105.0 - y * (248 / 945.0 - y * (5528 / 31185.0 - y * (43688 / 405405.0))))
      return (mean, slope / 8, bend / 16)
    }
    let t = tanh(x)
    let rest = x / (cosh(x) * cosh(x))
    return (
      mean, (t - rest) / (16 * x * y), (3 * (t - rest) - 2 * x * rest * t) / (64 * x * y * y)
    )
  }
}

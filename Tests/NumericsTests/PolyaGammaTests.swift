import Foundation
import TestSupport
import Testing

@testable import Numerics

/// Seeds are fixed; the rates say how often a correct generator would fail for a seed chosen at random.
@Suite("Pólya-Gamma numbers")
struct PolyaGammaTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let count: Int
    let tilt: Double
    var testDescription: String { "PG(\(count), \(tilt))" }
  }

  // Both sides of every change of algorithm: z = 1/t at a tilt of 3.125, the count of 8, the tilt of
  // 40 + log(count).
  static let cases = [
    Case(count: 1, tilt: 0), Case(count: 1, tilt: 0.01), Case(count: 1, tilt: -2),
    Case(count: 1, tilt: 3.1), Case(count: 1, tilt: 3.2), Case(count: 1, tilt: 12),
    Case(count: 1, tilt: 39), Case(count: 1, tilt: 41), Case(count: 3, tilt: 0.5),
    Case(count: 8, tilt: 1), Case(count: 9, tilt: 0), Case(count: 9, tilt: 0.1),
    Case(count: 9, tilt: 1), Case(count: 9, tilt: 7), Case(count: 50, tilt: 2.2),
    Case(count: 50, tilt: 43), Case(count: 50, tilt: 44), Case(count: 2000, tilt: -4),
    Case(count: 1_000_000, tilt: 0.3),
  ]

  private static func draws(_ test: Case, _ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: "polya gamma")
    return (0..<count).map { _ in stream.polyaGamma(count: test.count, tilt: test.tilt) }
  }

  /// log of the Laplace transform (cosh(c/2) / cosh(√(c²/4 + s/2)))^m.
  private static func logTransform(_ test: Case, _ s: Double) -> Double {
    func logCosh(_ x: Double) -> Double { x + log1p(exp(-2 * x)) - log(2) }
    let x = abs(test.tilt) / 2
    return Double(test.count) * (logCosh(x) - logCosh((x * x + s / 2).squareRoot()))
  }

  /// Mean and variance by the series of PG(1, c) over all its terms, the rest as an integral.
  private static func moments(_ tilt: Double) -> (mean: Double, variance: Double) {
    let last = 20_000
    let ratio = abs(tilt) / (2 * Double.pi * Double(last))
    let arc = ratio > 0 ? atan(ratio) / ratio : 1
    var (mean, variance) = (arc / (2 * Double.pi * Double.pi * Double(last)), 0.0)
    for k in (1...last).reversed() {
      let place = Double.pi * (Double(k) - 0.5)
      let weight = 1 / (2 * place * place + tilt * tilt / 2)
      mean += weight
      variance += weight * weight
    }
    return (mean, variance)
  }

  // Mean and variance of 10⁵ draws within 4.5 standard errors (that of the variance from the fourth
  // moment of the draws): 2 × 19 comparisons, 2.6e-4.
  @Test(arguments: cases)
  func meanAndVariance(of test: Case) {
    let n = 100_000
    let draws = Self.draws(test, n, seed: 1)
    let size = Double(test.count)
    let exact = Self.moments(test.tilt)
    let (mean, variance) = (size * exact.mean, size * exact.variance)
    let error = (variance / Double(n)).squareRoot()
    #expect(abs(draws.reduce(0, +) / Double(n) - mean) < 4.5 * error)
    let squares = draws.map { ($0 - mean) * ($0 - mean) / variance }
    let average = squares.reduce(0, +) / Double(n)
    let spread = squares.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(n)
    #expect(abs(average - 1) < 4.5 * (spread / Double(n)).squareRoot())
  }

  // E exp(−s X) at s of ½, 1 and 2 over the SD and the mean, 6 × 19 comparisons at 4.5 standard
  // errors, 8e-4. The exponent is taken about the mean.
  @Test(arguments: cases)
  func laplaceTransform(of test: Case) {
    let n = 100_000
    let draws = Self.draws(test, n, seed: 2)
    let exact = Self.moments(test.tilt)
    let mean = Double(test.count) * exact.mean
    let sd = (Double(test.count) * exact.variance).squareRoot()
    for unit in [mean, sd] {
      for s in [0.5 / unit, 1 / unit, 2 / unit] {
        let values = draws.map { exp(-s * ($0 - mean)) }
        let average = values.reduce(0, +) / Double(n)
        let variance = exp(Self.logTransform(test, 2 * s) + 2 * s * mean)
        let expected = exp(Self.logTransform(test, s) + s * mean)
        let error = ((variance - expected * expected) / Double(n)).squareRoot()
        #expect(abs(average - expected) < 4.5 * error, "s = \(s)")
      }
    }
  }

  /// The distribution function of PG(m, c) at a place, by the inverse Fourier transform of its
  /// characteristic function (Gil-Pelaez 1951), in units of the SD about the mean; trapezoidal rule.
  private static func distribution(_ test: Case, at places: [Double]) -> [Double] {
    let exact = moments(test.tilt)
    let size = Double(test.count)
    let (mean, sd) = (size * exact.mean, (size * exact.variance).squareRoot())
    let step = 0.02
    var sums = [Double](repeating: 0, count: places.count)
    for i in 0..<20_000 {
      let u = (Double(i) + 0.5) * step
      let phi = Complex.logTransform(count: size, tilt: test.tilt, at: u / sd)
      let (modulus, phase) = (exp(phi.real), phi.imaginary - u * mean / sd)
      if modulus < 1e-14 { break }
      for j in places.indices { sums[j] += modulus * sin(phase - u * places[j]) / u }
    }
    return sums.map { 0.5 - $0 * step / Double.pi }
  }

  // √n D > 2.5 in 7.5e-6 of samples, so 1.4e-4 over all cases; the distribution function is had at 2000
  // places, between which it grows by less than 0.01.
  @Test(arguments: cases)
  func kolmogorovSmirnov(of test: Case) {
    let n = 50_000
    let exact = Self.moments(test.tilt)
    let size = Double(test.count)
    let (mean, sd) = (size * exact.mean, (size * exact.variance).squareRoot())
    let draws = Self.draws(test, n, seed: 3).map { ($0 - mean) / sd }.sorted()
    let places = stride(from: 25, to: n, by: 50).map { $0 }
    let known = Self.distribution(test, at: places.map { draws[$0] })
    var distance = 0.0
    for (place, value) in zip(places, known) {
      distance = max(distance, abs((Double(place) + 0.5) / Double(n) - value))
    }
    #expect(distance * Double(n).squareRoot() < 2.5)
  }

  // |F − F'| ≤ ∫ |φ − φ'| / |t| dt / 2π, the smoothing inequality; φ' is that of the terms and the tail
  // that are drawn. Rounding leaves some 1e-16 × count of it.
  @Test(
    "The series is as good as exact",
    arguments: [9, 20, 100, 1000], [0, 0.01, 0.13, 0.15, 2, 5, 10, 20, 40] as [Double])
  func seriesError(count: Int, tilt: Double) {
    let series = PolyaGammaSeries(tilt: tilt)
    let (m, tail) = (Double(count), series.tail)
    #expect(tail.shape > 0 && tail.scale > 0 && tail.shift > 0)
    let sd = (m * Self.moments(tilt).variance).squareRoot()
    var bound = 0.0
    for i in 0..<4000 {
      let t = exp(-9 + 0.005 * Double(i)) / sd
      let exact = Complex.logTransform(count: m, tilt: tilt, at: t)
      var ours = Complex(real: 0, imaginary: m * tail.shift * t)
      for k in 1...series.terms { ours.addGamma(shape: m, scale: series.weight(k), at: t) }
      ours.addGamma(shape: m * tail.shape, scale: tail.scale, at: t)
      bound += 0.005 * exact.exponentialDistance(to: ours) / Double.pi
    }
    #expect(bound < 1e-10)
  }

  // A sum of 9 by the series against 9 single ones: two samples of 40,000, √(n/2) D > 2.2 in 1.2e-4.
  @Test func seriesAgreesWithSums() {
    let n = 40_000
    var stream = RandomStream(seed: 4, purpose: "polya gamma")
    let tilt = 1.7
    let one = (0..<n).map { _ in stream.polyaGamma(count: 9, tilt: tilt) }.sorted()
    let other = (0..<n).map { _ in
      (0..<9).reduce(0) { sum, _ in sum + stream.polyaGamma(count: 1, tilt: tilt) }
    }.sorted()
    var (i, j, distance) = (0, 0, 0)
    while i < n && j < n {
      if one[i] < other[j] { i += 1 } else { j += 1 }
      distance = max(distance, abs(i - j))
    }
    #expect(Double(distance) / Double(n) * (Double(n) / 2).squareRoot() < 2.2)
  }

  @Test func degenerate() {
    var stream = RandomStream(seed: 5, purpose: "polya gamma")
    #expect(stream.polyaGamma(count: 0, tilt: 1) == 0)
    #expect(stream.polyaGamma(count: 0, tilt: 100) == 0)
    for count in [1, 7, 9, 100_000] {
      for tilt in [0, 1e-300, 1e-9, 20, 60, 700, 1e5] {
        let x = stream.polyaGamma(count: count, tilt: tilt)
        #expect(x > 0 && x.isFinite, "PG(\(count), \(tilt)) gave \(x)")
      }
    }
  }

  @Test func signOfTheTiltDoesNotMatter() {
    for count in [1, 20] {
      let plus = Self.draws(Case(count: count, tilt: 1.3), 50, seed: 6)
      #expect(plus == Self.draws(Case(count: count, tilt: -1.3), 50, seed: 6))
    }
  }

  // κ1 = tanh(c/2) / 2c and κ2 against sums over the series' terms, whose rest is below 1e-14; κ3 too.
  @Test(arguments: [0, 1e-4, 0.1, 0.139, 0.141, 0.5, 3, 30] as [Double])
  func cumulants(tilt: Double) {
    let found = PolyaGammaSeries.cumulants(tilt: tilt)
    let exact = Self.moments(tilt)
    #expect(close(found.0, exact.mean, relative: 1e-12))
    #expect(close(found.1, exact.variance, relative: 1e-11))
    let third = (1...2000).reversed().reduce(0.0) { sum, k in
      let weight = PolyaGammaSeries(tilt: tilt).weight(k)
      return sum + 2 * weight * weight * weight
    }
    #expect(close(found.2, third, relative: 2e-10))
  }
}

/// What the tests need of complex numbers.
private struct Complex {
  var real: Double
  var imaginary: Double

  /// log E exp(i t X) of X ~ PG(m, c): the Laplace transform at s = −i t.
  static func logTransform(count: Double, tilt: Double, at t: Double) -> Complex {
    let x = abs(tilt) / 2
    // √(x² − i t / 2)
    let modulus = hypot(x * x, t / 2).squareRoot()
    let angle = -0.5 * atan2(t / 2, x * x)
    let root = Complex(real: modulus * cos(angle), imaginary: modulus * sin(angle))
    let top = logCosh(Complex(real: x, imaginary: 0))
    let bottom = logCosh(root)
    return Complex(
      real: count * (top.real - bottom.real), imaginary: count * (top.imaginary - bottom.imaginary))
  }

  /// log cosh z = z + log(1 + exp(−2z)) − log 2, a branch that is smooth where Re z ≥ 0.
  private static func logCosh(_ z: Complex) -> Complex {
    let size = exp(-2 * z.real)
    let (a, b) = (1 + size * cos(2 * z.imaginary), -size * sin(2 * z.imaginary))
    return Complex(
      real: z.real + log(hypot(a, b)) - log(2), imaginary: z.imaginary + atan2(b, a))
  }

  /// Adds log E exp(i t G) of a gamma number.
  mutating func addGamma(shape: Double, scale: Double, at t: Double) {
    real -= shape * 0.5 * log1p(scale * t * (scale * t))
    imaginary += shape * atan(scale * t)
  }

  /// |exp(self) − exp(other)|.
  func exponentialDistance(to other: Complex) -> Double {
    let (p, q) = (exp(real), exp(other.real))
    let half = sin(0.5 * (imaginary - other.imaginary))
    return ((p - q) * (p - q) + 4 * p * q * half * half).squareRoot()
  }
}

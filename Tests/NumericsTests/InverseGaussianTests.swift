import Foundation
import Testing

@testable import Numerics

/// Seeds are fixed; the rates say how often a correct generator would fail for a seed chosen at
/// random.
@Suite("Generalised inverse Gaussian numbers")
struct InverseGaussianTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let p: Double
    let a: Double
    let b: Double
    var testDescription: String { "p \(p), a \(a), b \(b)" }
  }

  // Orders of σ² with few and many rows, of τ² with two to eight trials, and √(ab) from next to
  // nothing to large.
  static let cases = [
    Case(p: -0.5, a: 1, b: 1), Case(p: -1.5, a: 4, b: 1e-6), Case(p: -3.5, a: 0.01, b: 30),
    Case(p: 0, a: 2, b: 0.5), Case(p: 0.5, a: 1, b: 3), Case(p: 2, a: 1e-8, b: 1e-8),
    Case(p: -219.5, a: 0.002, b: 14_000), Case(p: -5e5, a: 1, b: 1e6), Case(p: 3, a: 100, b: 100),
    Case(p: -0.5, a: 1, b: 1e-12),
  ]

  // The distribution function of log x by the trapezoidal rule. √n D > 2.5 in 7.5e-6 of samples, so
  // 7.5e-5 over all cases.
  @Test(arguments: cases)
  func distribution(of test: Case) {
    let exponent = { (u: Double) in test.p * u - 0.5 * (test.a * exp(u) + test.b * exp(-u)) }
    let mode = Self.logMode(test)
    let curvature = 0.5 * (test.a * exp(mode) + test.b * exp(-mode))
    let step = min(1 / curvature.squareRoot(), 1) / 100
    let top = exponent(mode)
    var below = 0
    while exponent(mode - Double(below) * step) > top - 40 { below += 1 }
    var above = 0
    while exponent(mode + Double(above) * step) > top - 40 { above += 1 }
    let grid = (-below...above).map { mode + step * Double($0) }
    var sums = [0.0]
    for (left, right) in zip(grid, grid.dropFirst()) {
      sums.append(sums[sums.count - 1] + exp(exponent(left) - top) + exp(exponent(right) - top))
    }
    let total = sums[sums.count - 1]
    var stream = RandomStream(seed: 5, purpose: "inverse gaussian")
    let n = 50_000
    let draws = (0..<n).map { _ in
      log(stream.generalizedInverseGaussian(p: test.p, a: test.a, b: test.b))
    }
    var distance = 0.0
    for (i, u) in draws.sorted().enumerated() {
      let place = min(max((u - grid[0]) / step, 0), Double(grid.count - 1))
      let cell = min(Int(place), grid.count - 2)
      let rest = place - Double(cell)
      let cdf = (sums[cell] + rest * (sums[cell + 1] - sums[cell])) / total
      distance = max(distance, cdf - Double(i) / Double(n), Double(i + 1) / Double(n) - cdf)
    }
    #expect(distance * Double(n).squareRoot() < 2.5)
  }

  /// Where p u − (a eᵘ + b e⁻ᵘ)/2 is largest.
  private static func logMode(_ test: Case) -> Double {
    let root = (test.p * test.p + test.a * test.b).squareRoot()
    return test.p >= 0 ? log((test.p + root) / test.a) : log(test.b / (root - test.p))
  }

  // p = −1/2 is the inverse Gaussian with mean √(b/a) and variance mean³ / b: the mean of 10⁵ draws
  // within 4.5 standard errors, 7e-6.
  @Test func inverseGaussianMoments() {
    var stream = RandomStream(seed: 6, purpose: "inverse gaussian")
    let n = 100_000
    let (a, b) = (2.0, 3.0)
    var sum = 0.0
    for _ in 0..<n { sum += stream.generalizedInverseGaussian(p: -0.5, a: a, b: b) }
    let mean = (b / a).squareRoot()
    let error = (mean * mean * mean / b / Double(n)).squareRoot()
    #expect(abs(sum / Double(n) - mean) < 4.5 * error)
  }

  // 1/x has −p with a and b exchanged: the same numbers by the same seed.
  @Test func reciprocal() {
    var one = RandomStream(seed: 7, purpose: "inverse gaussian")
    var other = RandomStream(seed: 7, purpose: "inverse gaussian")
    for _ in 0..<100 {
      let x = one.generalizedInverseGaussian(p: -1.5, a: 2, b: 0.7)
      let y = other.generalizedInverseGaussian(p: 1.5, a: 0.7, b: 2)
      #expect(abs(x * y - 1) < 1e-14)
    }
  }

  @Test func extremesStayFiniteAndPositive() {
    var stream = RandomStream(seed: 8, purpose: "inverse gaussian")
    for test in [
      Case(p: -1.5, a: 1e-12, b: 1e-200), Case(p: -1.5, a: 1e12, b: 1e-200),
      Case(p: -0.5, a: 1, b: 1e-240), Case(p: -5e7, a: 1e-6, b: 1e14), Case(p: 0, a: 1, b: 1e-100),
    ] {
      for _ in 0..<1000 {
        let x = stream.generalizedInverseGaussian(p: test.p, a: test.a, b: test.b)
        #expect(x > 0 && x.isFinite)
      }
    }
  }
}

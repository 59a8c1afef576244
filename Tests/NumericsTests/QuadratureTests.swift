import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct QuadratureTests {
  /// ∫ x^degree over [−1, 1] and over exp(−x²).
  static func legendreMoment(_ degree: Int) -> Double {
    degree % 2 == 0 ? 2 / Double(degree + 1) : 0
  }

  static func hermiteMoment(_ degree: Int) -> Double {
    degree % 2 == 0 ? tgamma(Double(degree + 1) / 2) : 0
  }

  /// The errors at degree 2n: (n!)⁴ 2^(2n + 1) / ((2n + 1) (2n)!²) and n! √π / 2ⁿ.
  static func errorsAtEvenDegree(_ points: Int) -> (legendre: Double, hermite: Double) {
    let n = Double(points)
    let logFactorial: Double = lgamma(n + 1)
    let logDoubleFactorial: Double = lgamma(2 * n + 1)
    let logLegendre =
      4 * logFactorial + (2 * n + 1) * log(2) - log(2 * n + 1) - 2 * logDoubleFactorial
    return (exp(logLegendre), exp(logFactorial - n * log(2)) * Double.pi.squareRoot())
  }

  static func sum(_ rule: QuadratureRule, _ f: (Double) -> Double) -> Double {
    zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * f($1.0) }
  }

  // Exact up to degree 2n − 1, and not at 2n: the rule has no node to spare.
  @Test(arguments: [1, 2, 3, 5, 8, 20]) func degreeOfExactness(points: Int) throws {
    let legendre = try QuadratureRule.gaussLegendre(points: points, from: -1, to: 1)
    let hermite = try QuadratureRule.gaussHermite(points: points)
    #expect(legendre.nodes.count == points)
    for degree in 0...(2 * points) {
      let isExact = degree < 2 * points
      let power = { (x: Double) in pow(x, Double(degree)) }
      let l = abs(Self.sum(legendre, power) - Self.legendreMoment(degree))
      let size = max(Self.hermiteMoment(degree - degree % 2), 1)
      let h = abs(Self.sum(hermite, power) - Self.hermiteMoment(degree)) / size
      #expect(l < 1e-13 || !isExact, "Legendre, degree \(degree)")
      #expect(h < 1e-12 || !isExact, "Hermite, degree \(degree)")
      guard !isExact else { continue }
      let errors = Self.errorsAtEvenDegree(points)
      #expect(close(l, errors.legendre, relative: 1e-3, absolute: 1e-14))
      #expect(close(h, errors.hermite / size, relative: 1e-3, absolute: 1e-12))
    }
  }

  @Test func shiftedInterval() throws {
    let rule = try QuadratureRule.gaussLegendre(points: 30, from: 2, to: 5)
    #expect(close(Self.sum(rule, exp), exp(5) - exp(2), relative: 1e-14))
    #expect(rule.nodes.allSatisfy { $0 > 2 && $0 < 5 })
  }

  @Test func noPointsAreRefused() {
    #expect(throws: NumericalError.self) {
      try QuadratureRule.gaussLegendre(points: 0, from: 0, to: 1)
    }
  }
}

import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct MinimiserTests {
  /// (1 − x)² + 100 (y − x²)², with its minimum 0 at (1, 1).
  static func rosenbrock(_ x: [Double], _ gradient: inout [Double]) -> Double {
    let curve = x[1] - x[0] * x[0]
    gradient[0] = -2 * (1 - x[0]) - 400 * x[0] * curve
    gradient[1] = 200 * curve
    return (1 - x[0]) * (1 - x[0]) + 100 * curve * curve
  }

  @Test func rosenbrock() throws {
    let found = try Minimiser.bfgs(
      from: [-1.2, 1], step: 0.1, tolerance: 1e-8, Self.rosenbrock)
    #expect(abs(found.position[0] - 1) < 1e-7)
    #expect(abs(found.position[1] - 1) < 1e-7)
    #expect(found.value < 1e-14)
  }

  // Σ i (x_i − 1/i)² over scales that differ by a factor of ten thousand.
  @Test func unequalScales() throws {
    let weights = [1e-2, 1, 10, 100]
    let found = try Minimiser.bfgs(
      from: [0, 0, 0, 0], step: 0.1, tolerance: 1e-9
    ) { x, gradient in
      for i in 0..<4 { gradient[i] = 2 * weights[i] * (x[i] - Double(i + 1)) }
      return zip(weights, 1...4).enumerated().reduce(0) {
        let distance = x[$1.offset] - Double($1.element.1)
        return $0 + $1.element.0 * distance * distance
      }
    }
    for (i, x) in found.position.enumerated() { #expect(abs(x - Double(i + 1)) < 1e-6) }
  }

  // x − log x is not a number below zero; its minimum is at 1.
  @Test func edgeOfTheDomain() throws {
    let found = try Minimiser.bfgs(from: [0.01], step: 5, tolerance: 1e-8) { x, gradient in
      gradient[0] = 1 - 1 / x[0]
      return x[0] > 0 ? x[0] - log(x[0]) : .nan
    }
    #expect(abs(found.position[0] - 1) < 1e-7)
  }

  // Where no step improves the search ends at once, and does not try again.
  @Test func endsWhereNothingImproves() throws {
    let found = try Minimiser.bfgs(from: [3], step: 0.1, tolerance: 0) { x, gradient in
      gradient[0] = 2 * (x[0] - 1)
      return (x[0] - 1) * (x[0] - 1) + 5
    }
    #expect(abs(found.position[0] - 1) < 1e-7)
    #expect(found.evaluations < 100)
    #expect(throws: NumericalError.self) {
      try Minimiser.bfgs(from: [0], step: 1, tolerance: 1e-8) { _, gradient in
        gradient[0] = 1
        return .nan
      }
    }
  }

  // Kepler's equation x − 0.8 sin x = 1, and cos x = x at the Dottie number (OEIS A003957).
  @Test func roots() throws {
    let dottie = try Minimiser.root(between: 0, and: 2, tolerance: 1e-15) { cos($0) - $0 }
    #expect(close(dottie, 0.739_085_133_215_160_6, relative: 1e-15))
    let kepler = try Minimiser.root(between: 0, and: 3, tolerance: 1e-13) { $0 - 0.8 * sin($0) - 1 }
    #expect(abs(kepler - 0.8 * sin(kepler) - 1) < 1e-12)
    let ends = try Minimiser.root(between: 0, and: 1, tolerance: 1e-12) { $0 }
    #expect(ends == 0)
    // A root of order three, where Newton's method would crawl.
    let flat = try Minimiser.root(between: -1, and: 2, tolerance: 1e-6) { pow($0 - 0.5, 3) }
    #expect(abs(flat - 0.5) < 1e-5)
  }

  @Test func rootsThatAreRefused() {
    #expect(throws: NumericalError.self) {
      try Minimiser.root(between: 1, and: 2, tolerance: 1e-8) { $0 * $0 }
    }
    #expect(throws: NumericalError.self) {
      try Minimiser.root(between: -1, and: 2, tolerance: 1e-8) { $0 > 0.1 ? .nan : $0 }
    }
    // Signs differ, but between the ends the function is not a number.
    #expect(throws: NumericalError.self) {
      try Minimiser.root(between: -1, and: 2, tolerance: 1e-8) { abs($0) < 0.9 ? .nan : $0 }
    }
  }
}

import Foundation
import Testing

@testable import Inference

/// The maps from the real line to a standard deviation.
@Suite("Coordinates of the variances")
struct VarianceCoordinateTests {
  static let coordinates: [VarianceCoordinate] = [
    .logarithm(reference: 2, unit: 0.3), .halfNormal(scale: 0.7), .exponential(scale: 0.7),
    .lomax(scale: 2, shape: 4), .lomax(scale: 0.5, shape: 1), .bounded(lower: 0.1, upper: 3),
    .bounded(lower: -1, upper: 1),
  ]

  // Central differences with a step of 1e-5: relative error about 1e-9 of the derivative, and
  // rounding of 1e-10.
  @Test("Slopes are derivatives", arguments: coordinates)
  func slopes(coordinate: VarianceCoordinate) {
    for u in [-6.0, -2.1, -0.3, 0, 0.4, 1.9, 5.5] {
      let image = coordinate.image(u)
      let above = coordinate.image(u + 1e-5)
      let below = coordinate.image(u - 1e-5)
      let slope = (above.value - below.value) / 2e-5
      #expect(abs(image.slope - slope) < 1e-7 * abs(image.slope) + 1e-10, "at \(u)")
      #expect(abs(exp(image.logJacobian) - image.slope) < 1e-9 * image.slope, "at \(u)")
      let logSlope = (above.logJacobian - below.logJacobian) / 2e-5
      #expect(abs(image.logJacobianSlope - logSlope) < 1e-6, "at \(u)")
    }
  }

  @Test("Positions are inverse", arguments: coordinates)
  func positions(coordinate: VarianceCoordinate) {
    for u in [-5.0, -2.1, -0.3, 0, 0.4, 1.9, 4.5] {
      #expect(abs(coordinate.position(of: coordinate.image(u).value) - u) < 1e-7, "at \(u)")
    }
  }

  // Distribution functions: P(τ ≤ image(u)) = Φ(u) under the coordinate's own family.
  @Test("Quantiles of Φ(u)")
  func quantiles() {
    for u in [-3.0, -0.5, 0, 1, 4] {
      let p = 0.5 * erfc(-u / 2.squareRoot())
      let exponential = VarianceCoordinate.exponential(scale: 0.7).image(u).value
      #expect(abs(1 - exp(-exponential / 0.7) - p) < 1e-13)
      let lomax = VarianceCoordinate.lomax(scale: 2, shape: 3).image(u).value
      #expect(abs(1 - pow(1 + lomax / 2, -3) - p) < 1e-13)
      let halfNormal = VarianceCoordinate.halfNormal(scale: 1.5).image(u).value
      #expect(abs(erf(halfNormal / 1.5 / 2.squareRoot()) - p) < 1e-13)
    }
  }

  // The two formulas of log Q(u) meet at 25, one ulp of u apart, to their own 1e-10.
  @Test("Far tails are finite and continuous")
  func tails() {
    for coordinate in [VarianceCoordinate.exponential(scale: 1), .lomax(scale: 1, shape: 4)] {
      let below = coordinate.image(25.0.nextDown)
      let above = coordinate.image(25)
      #expect(abs(above.value / below.value - 1) < 1e-9)
      #expect(abs(above.logJacobian - below.logJacobian) < 1e-7)
      let far = coordinate.image(45)
      #expect(far.value.isFinite && far.slope.isFinite && far.logJacobian.isFinite)
      #expect(far.value > above.value)
    }
  }
}

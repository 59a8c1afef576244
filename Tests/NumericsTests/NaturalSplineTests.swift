import Foundation
import Testing

@testable import Numerics

@Suite("Natural spline")
struct NaturalSplineTests {
  static let sine = NaturalSpline(
    start: -.pi, spacing: .pi / 40, values: (0...80).map { sin(-.pi + .pi / 40 * Double($0)) })

  // The sine has no curvature at −π and π, so that the natural ends are right; the error of a cubic
  // spline is below 5/384 h⁴ max |f⁗|, of its derivative h³/24.
  @Test("Interpolates a smooth function to the order of a cubic")
  func accuracy() {
    let h = Double.pi / 40
    for x in stride(from: -3.1, through: 3.1, by: 0.0173) {
      let at = Self.sine.evaluate(x)
      #expect(abs(at.value - sin(x)) < 5 / 384 * h * h * h * h)
      #expect(abs(at.slope - cos(x)) < h * h * h / 24)
      #expect(abs(at.curvature + sin(x)) < h * h)
    }
  }

  @Test("Value, slope and curvature are continuous, also where it becomes straight")
  func continuity() {
    let spline = NaturalSpline(start: 1, spacing: 0.5, values: [0, 1, 0.5, 3, 3.2])
    for knot in [1, 1.5, 2, 2.5, 3] {
      let (below, above) = (spline.evaluate(knot - 1e-9), spline.evaluate(knot + 1e-9))
      #expect(abs(below.value - above.value) < 1e-7)
      #expect(abs(below.slope - above.slope) < 1e-6)
      #expect(abs(below.curvature - above.curvature) < 1e-5)
    }
    #expect(spline.evaluate(-7).curvature == 0)
    #expect(spline.evaluate(9).slope == spline.evaluate(3).slope)
  }

  @Test("Two values make a straight line")
  func straight() {
    let line = NaturalSpline(start: 0, spacing: 2, values: [1, 5])
    for x in [-3, 0, 0.7, 2, 11] { #expect(abs(line.evaluate(x).value - (1 + 2 * x)) < 1e-14) }
  }

  @Test("The inverse of an increasing spline, inside and beyond its knots")
  func inverse() {
    let spline = NaturalSpline(
      start: -3, spacing: 0.5, values: (0...12).map { tanh(-3 + 0.5 * Double($0)) })
    #expect(spline.isIncreasing)
    for x in [-9, -3, -2.9, -0.2, 0.01, 1.77, 3, 20] {
      #expect(abs(spline.inverse(spline.evaluate(x).value) - x) < 1e-9)
    }
  }

  @Test("A dip between rising knots is seen")
  func dip() {
    #expect(!Self.sine.isIncreasing)
    #expect(!NaturalSpline(start: 0, spacing: 1, values: [0, 10, 10.01, 20]).isIncreasing)
  }
}

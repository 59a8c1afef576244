import Foundation
import Testing

@testable import Sampling

@Suite("Leapfrog")
struct LeapfrogTests {
  private let target = NormalTarget(means: [0, 0, 0], scales: [1, 2, 0.5])
  private let inverseMetric = [1.3, 0.7, 0.2]

  private func start(_ density: any LogDensity) -> PhasePoint {
    var point = PhasePoint(dimension: 3)
    point.position = [0.7, -1.1, 0.3]
    point.momentum = [0.4, 0.9, -1.2]
    point.evaluate(density)
    return point
  }

  // On a harmonic oscillator of frequency w the steps e trace q cos(n a) + r sin(n a) with
  // cos a = 1 - e^2 w^2 / 2.
  @Test func oscillatorFollowsItsDiscreteSolution() {
    let oscillator = NormalTarget(means: [0], scales: [2])
    let (metric, step) = (0.8, 0.9)
    var point = PhasePoint(dimension: 1)
    point.position = [1.5]
    point.evaluate(oscillator)
    let angle = acos(1 - step * step * metric / 4 / 2)
    for n in 1...200 {
      Leapfrog.step(&point, density: oscillator, inverseMetric: [metric], stepSize: step)
      // Errors of rounding grow linearly: 200 steps of a few ulps.
      #expect(abs(point.position[0] - 1.5 * cos(Double(n) * angle)) < 1e-12)
    }
  }

  @Test func stepsBackLeadBack() {
    let begin = start(target)
    var point = begin
    for _ in 0..<50 {
      Leapfrog.step(&point, density: target, inverseMetric: inverseMetric, stepSize: 0.3)
    }
    #expect(abs(point.position[0] - begin.position[0]) > 0.01)
    for _ in 0..<50 {
      Leapfrog.step(&point, density: target, inverseMetric: inverseMetric, stepSize: -0.3)
    }
    for i in 0..<3 {
      #expect(abs(point.position[i] - begin.position[i]) < 1e-12)
      #expect(abs(point.momentum[i] - begin.momentum[i]) < 1e-12)
    }
  }

  @Test func energyErrorIsOfSecondOrder() {
    func worstError(_ step: Double) -> Double {
      var point = start(target)
      let initial = point.energy(inverseMetric: inverseMetric)
      var worst = 0.0
      for _ in 0..<Int(4 / step) {
        Leapfrog.step(&point, density: target, inverseMetric: inverseMetric, stepSize: step)
        worst = max(worst, abs(point.energy(inverseMetric: inverseMetric) - initial))
      }
      return worst
    }
    let ratio = worstError(0.02) / worstError(0.01)
    #expect(ratio > 3.9 && ratio < 4.1)
  }

  // The determinant of the map (q, p) -> (q', p') by central differences is 1.
  @Test func stepKeepsVolume() {
    let density = LogGammaTarget(shape: 2)
    func image(_ q: Double, _ p: Double) -> (Double, Double) {
      var point = PhasePoint(dimension: 1)
      (point.position, point.momentum) = ([q], [p])
      point.evaluate(density)
      Leapfrog.step(&point, density: density, inverseMetric: [0.6], stepSize: 0.4)
      return (point.position[0], point.momentum[0])
    }
    let h = 1e-5
    let (right, left) = (image(0.3 + h, -0.8), image(0.3 - h, -0.8))
    let (up, down) = (image(0.3, -0.8 + h), image(0.3, -0.8 - h))
    let determinant =
      ((right.0 - left.0) * (up.1 - down.1) - (right.1 - left.1) * (up.0 - down.0)) / (4 * h * h)
    // Central differences of step 1e-5: truncation and rounding near 1e-10.
    #expect(abs(determinant - 1) < 1e-8)
  }

  @Test func outsideTheSupportTheEnergyIsInfinite() {
    let density = ExponentialTarget()
    var point = PhasePoint(dimension: 1)
    (point.position, point.momentum) = ([0.1], [-5])
    point.evaluate(density)
    #expect(point.energy(inverseMetric: [1]).isFinite)
    Leapfrog.step(&point, density: density, inverseMetric: [1], stepSize: 1)
    #expect(point.energy(inverseMetric: [1]) == .infinity)
    for value in [Double.nan, .infinity] {
      point.evaluate(RuleTarget { _ in (value, 0) })
      #expect(point.logDensity == -.infinity)
    }
  }
}

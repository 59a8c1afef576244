import Foundation
import TestSupport
import Testing

@testable import Sampling

@Suite("Adaptation")
struct AdaptationTests {
  // Three updates from step size 0.5 at target 0.8, worked out from the recursion of Hoffman &
  // Gelman (2014) with gamma 0.05, t0 10, kappa 0.75 in a few lines of Python: error, step, average.
  @Test func dualAveragingFollowsItsRecursion() {
    var state = DualAveraging(stepSize: 0.5, target: 0.8, regularisation: 0.05)
    #expect(close(state.stepSize, 0.5, relative: 1e-15))
    #expect(close(state.averagedStepSize, 0.5, relative: 1e-15))
    let steps = [
      (0.5, (0.0272727272727273, 2.89789139392405, 2.89789139392405)),
      (1.3, (0.00833333333333334, 3.95007928964173, 3.48393770186242)),
      (0.6, (0.0230769230769231, 2.24797508189181, 2.87472748208708)),
    ]
    for (acceptance, expected) in steps {
      state = state.updated(acceptance: acceptance)
      #expect(abs(state.averageError - expected.0) < 1e-15)
      #expect(close(state.stepSize, expected.1, relative: 1e-13))
      #expect(close(state.averagedStepSize, expected.2, relative: 1e-13))
    }
  }

  @Test func stepSizeFallsWhileAcceptanceIsLowAndRisesWhileItIsHigh() {
    var (low, high) = (
      DualAveraging(stepSize: 1, target: 0.8, regularisation: 0.05),
      DualAveraging(stepSize: 1, target: 0.8, regularisation: 0.05)
    )
    for _ in 0..<50 {
      let (before, after) = (low.updated(acceptance: 0.1), high.updated(acceptance: 1))
      if low.count > 0 {
        #expect(before.stepSize < low.stepSize && after.stepSize > high.stepSize)
      }
      (low, high) = (before, after)
    }
  }

  // Variance of 1, 2, 3, 6 is 14/3, with weight 4 against 5 for 0.001; of one value 0.
  @Test func metricIsTheShrunkVariance() {
    var estimate = MetricEstimate(dimension: 2)
    for value in [1.0, 2, 3, 6] {
      estimate.advance()
      estimate.add(value, coordinate: 0)
      estimate.add(1e6 + 10 * value, coordinate: 1)
    }
    let metric = estimate.regularised
    #expect(close(metric[0], (4 * 14.0 / 3 + 0.005) / 9, relative: 1e-14))
    // A million takes six digits and more of a square.
    #expect(close(metric[1], (400 * 14.0 / 3 + 0.005) / 9, relative: 1e-9))
    var single = MetricEstimate(dimension: 1)
    single.advance()
    single.add(7, coordinate: 0)
    #expect(close(single.regularised[0], 0.005 / 6, relative: 1e-14))
  }

  /// Stan's schedule as its counters run it (windowed_adaptation.hpp): the iterations at whose end
  /// the metric changes, and those that enter a window.
  private func stanSchedule(_ iterations: Int) -> (updates: [Int], inside: [Int]) {
    guard iterations >= 20 else { return ([], []) }
    var (initial, term, base) = (75, 50, 25)
    if initial + base + term > iterations {
      initial = Int(0.15 * Double(iterations))
      term = Int(0.1 * Double(iterations))
      base = iterations - (initial + term)
    }
    var (size, next) = (base, initial + base - 1)
    var (updates, inside): ([Int], [Int]) = ([], [])
    for counter in 0..<iterations {
      if counter >= initial && counter < iterations - term { inside.append(counter) }
      guard counter == next else { continue }
      updates.append(counter)
      if next == iterations - term - 1 { continue }
      size *= 2
      next = counter + size
      if next == iterations - term - 1 { continue }
      if next + 2 * size >= iterations - term { next = iterations - term - 1 }
    }
    return (updates, inside)
  }

  @Test func windowsOfAThousandIterations() {
    let ends = Warmup.stages(iterations: 1000).filter(\.adaptsMetric).map(\.iterations.upperBound)
    #expect(ends == [100, 150, 250, 450, 950])
  }

  @Test func windowsAreThoseOfStanAtEveryLength() {
    // All short lengths, and those around which a window just fits.
    let lengths = [0...310, 495...505, 895...905, 995...1005, 1695...1705, 2000...2000]
    for iterations in lengths.joined() {
      let stages = Warmup.stages(iterations: iterations)
      #expect(stages.flatMap { Array($0.iterations) } == Array(0..<iterations))
      let windows = stages.filter(\.adaptsMetric)
      let stan = stanSchedule(iterations)
      #expect(windows.map { $0.iterations.upperBound - 1 } == stan.updates, "\(iterations)")
      #expect(windows.flatMap { Array($0.iterations) } == stan.inside, "\(iterations)")
    }
  }
}

import Foundation
import TestSupport
import Testing

@testable import Figures

@Suite("Densities, histograms and autocorrelations")
struct DensityTests {
  /// Normal quantiles at (i − ½)/n: a sample without noise.
  private let sample: [Double] = (1...999).map { i -> Double in
    let p = (Double(i) - 0.5) / 999
    // Acklam's lower region is not needed for a test of a density: bisection of erfc.
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private func integral(_ density: Density) -> Double {
    var sum = 0.0
    for i in density.at.indices.dropFirst() {
      let width = density.at[i] - density.at[i - 1]
      sum += width * (density.values[i] + density.values[i - 1]) / 2
    }
    return sum
  }

  @Test("The density of normal draws is that of the normal distribution, widened by the kernel")
  func normal() throws {
    let density = try #require(Density(of: sample))
    #expect(close(integral(density), 1, relative: 0.01))
    let width = 0.9 * min(1.0, 1.349 / 1.34) * pow(999, -0.2)
    let spread = (1 + width * width).squareRoot()
    for (x, value) in zip(density.at, density.values) {
      let wanted = exp(-x * x / 2 / spread / spread) / (spread * (2 * Double.pi).squareRoot())
      #expect(abs(value - wanted) < 0.004)
    }
  }

  @Test("Draws above zero keep their density down to zero")
  func floor() throws {
    let density = try #require(Density(of: sample.map(abs), floor: 0))
    #expect(density.at[0] == 0)
    #expect(close(integral(density), 1, relative: 0.01))
    #expect(abs(density.values[0] - 0.798) < 0.03)
  }

  @Test("What does not vary has no density")
  func degenerate() {
    #expect(Density(of: []) == nil && Density(of: [1, 1, 1]) == nil)
    #expect(Density(of: [.nan, 1]) == nil)
    #expect(autocorrelations([2, 2, 2], lags: 2) == nil)
  }

  @Test("Histograms count every draw once, the upper end included")
  func histogram() {
    let histogram = Histogram([0, 0.5, 1, 1.5, 2, 3, .nan], from: 0, to: 2, bins: 2)
    #expect(histogram.counts == [2, 3] && histogram.edges == [0, 1, 2])
  }

  /// x = 1, 2, 3, 4: deviations ∓1.5, ∓0.5; lag 1: (0.75 − 0.25 + 0.75)/5.
  @Test("Autocorrelations by hand")
  func autocorrelation() throws {
    let found = try #require(autocorrelations([1, 2, 3, 4], lags: 10))
    #expect(zip(found, [1, 0.25, -0.3, -0.45]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("Labels are kept apart, within their limits")
  func spreading() {
    let places = spread([5, 5, 5, 50], apart: 10, within: 0...60)
    #expect(places == [5, 15, 25, 50])
    let low = spread([58, 59, 60], apart: 10, within: 0...60)
    #expect(low == [40, 50, 60])
  }
}

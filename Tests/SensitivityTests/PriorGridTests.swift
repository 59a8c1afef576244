import Foundation
import Inference
import Testing

@testable import Sensitivity

/// The priors of the grid.
@Suite("Grid of priors") struct PriorGridTests {
  @Test("Twelve priors, three medians a form")
  func medians() throws {
    let grid = try #require(PriorGrid(around: .halfNormal(scale: 2)))
    #expect(grid.entries.count == 12)
    // Φ⁻¹(¾), the median of a standard half-normal.
    let median = 2 * 0.674489750196082
    for entry in grid.entries where entry.shape != .uniform {
      #expect(abs(entry.prior.cumulative(entry.factor * median) - 0.5) < 1e-12)
    }
    #expect(grid.entries[1].prior == .halfNormal(scale: 2))
    for entry in grid.entries where entry.shape == .uniform {
      #expect(entry.prior == .uniform(lower: 0, upper: 8 * entry.factor))
    }
  }

  @Test(
    "Any prior with a positive median has a grid about it",
    arguments: [
      HeterogeneityPrior.logNormal(meanlog: -1, sdlog: 0.7), .halfCauchy(scale: 0.3),
      .lomax(shape: 0.5, scale: 1), .fixed(0.8), .logT(df: 3, location: 0, scale: 1),
    ])
  func others(prior: HeterogeneityPrior) throws {
    let grid = try #require(PriorGrid(around: prior))
    let median = prior.quantile(0.5)
    #expect(
      grid.entries.filter { $0.factor == 1 && $0.shape != .uniform }.allSatisfy {
        abs($0.prior.quantile(0.5) / median - 1) < 1e-9
      })
  }

  @Test("A heterogeneity of zero leaves nothing to vary")
  func zero() {
    #expect(PriorGrid(around: .fixed(0)) == nil)
  }
}

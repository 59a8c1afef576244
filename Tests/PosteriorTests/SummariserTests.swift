import Foundation
import TestSupport
import Testing

@testable import Posterior

@Suite("Posterior summaries")
struct SummariserTests {
  private func draws(iterations: Int) -> Draws {
    var draws = Draws(names: ["a", "b", "fixed", "broken"], chains: 2, iterations: iterations)
    for chain in 0..<2 {
      for t in 0..<iterations {
        let u = (Double(chain * iterations + t + 1) * 0.618_034).truncatingRemainder(dividingBy: 1)
        draws[variable: 0, chain: chain, iteration: t] = u
        draws[variable: 1, chain: chain, iteration: t] = 10 - 2 * u
        draws[variable: 2, chain: chain, iteration: t] = 0.5
        draws[variable: 3, chain: chain, iteration: t] = t == 3 ? .nan : u
      }
    }
    return draws
  }

  @Test(arguments: [8, 9, 200])
  func figuresAreThoseOfTheParts(iterations: Int) throws {
    let draws = draws(iterations: iterations)
    let summaries = draws.summaries(level: 0.9)
    #expect(summaries.count == 4)
    let parts = OrderedChains(ChainValues(draws, variable: 0))
    let scores = NormalScores(count: parts.splitCount)
    let a = summaries[0]
    #expect(a.mean == parts.mean && a.sd == parts.standardDeviation)
    #expect(a.median == parts.quantile(0.5))
    #expect(a.central == .central(sorted: parts.sorted, level: 0.9))
    #expect(a.shortest == .shortest(sorted: parts.sorted, level: 0.9))
    #expect(a.rhat == parts.rhat(scores) && a.essBulk == parts.essBulk(scores))
    #expect(a.essTail == parts.essTail && a.mcseMean == parts.mcseMean)
    #expect(a.rhat != nil && a.essBulk != nil)
  }

  @Test func constantAndBrokenDraws() {
    let summaries = draws(iterations: 50).summaries(level: 0.95)
    let (constant, broken) = (summaries[2], summaries[3])
    #expect(constant.mean == 0.5 && constant.sd == 0 && constant.median == 0.5)
    #expect(constant.central == Interval(lower: 0.5, upper: 0.5))
    #expect(broken.mean.isNaN && broken.sd.isNaN && broken.median.isNaN)
    #expect(broken.shortest.lower.isNaN && broken.central.upper.isNaN)
    for summary in [constant, broken] {
      let figures = [summary.mcseMean, summary.rhat, summary.essBulk, summary.essTail]
      #expect(figures.allSatisfy { $0 == nil })
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5])
  func veryShortChainsHaveNoEffectiveSize(iterations: Int) {
    let summary = draws(iterations: iterations).summaries(level: 0.95)[0]
    #expect(summary.essBulk == nil && summary.essTail == nil && summary.mcseMean == nil)
    #expect((summary.rhat == nil) == (iterations < 4))
    #expect(summary.mean > 0 && summary.mean < 1)
  }

  @Test func swappingTheSignMirrorsTheSummary() throws {
    let summaries = draws(iterations: 200).summaries(level: 0.95)
    let (a, b) = (summaries[0], summaries[1])
    #expect(close(b.mean, 10 - 2 * a.mean, relative: 1e-14))
    #expect(close(b.sd, 2 * a.sd, relative: 1e-12))
    #expect(close(b.central.lower, 10 - 2 * a.central.upper, relative: 1e-12))
    #expect(
      close(
        b.shortest.upper - b.shortest.lower, 2 * (a.shortest.upper - a.shortest.lower),
        relative: 1e-12))
    #expect(close(try #require(b.rhat), try #require(a.rhat), relative: 1e-12))
    #expect(close(try #require(b.essBulk), try #require(a.essBulk), relative: 1e-12))
  }
}

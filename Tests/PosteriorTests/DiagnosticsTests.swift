import Foundation
import Numerics
import TestSupport
import Testing

@testable import Posterior

/// 50 draws of four chains in closed form.
private func closedForm(_ t: Int, _ c: Int) -> Double {
  let remainder: Int = (31 * t * t + 17 * t * c * c + 7 * c) % 101
  return Double(remainder) / 101 + 0.3 * sin(0.2 * Double(t) + Double(c))
}

/// A few thousand numbers that look random, by a rule that needs no generator.
private func scrambled(_ count: Int, _ multiplier: Double) -> [Double] {
  (1...count).map { (Double($0) * multiplier).truncatingRemainder(dividingBy: 1) }
}

@Suite("Diagnostics of draws")
struct DiagnosticsTests {
  private func closedFormChains(_ iterations: Int) -> OrderedChains {
    OrderedChains(
      ChainValues((1...4).map { c in (1...iterations).map { t in closedForm(t, c) } }))
  }

  // R's posterior; ess_sd is that of |x - mean| there up to version 1.4 and of the square since.
  @Test func closedFormDraws() throws {
    let draws = closedFormChains(50)
    let scores = NormalScores(count: draws.splitCount)
    let center = draws.mean
    let squares = draws.chains.map { ($0 - center) * ($0 - center) }
    let expected: [(Double?, Double)] = [
      (draws.rhat(scores), 1.009_787_851_65), (draws.rhatBasic, 1.009_178_281_39),
      (draws.essBulk(scores), 68.015_318_274_3), (draws.essTail, 113.373_796_024),
      (draws.essMean, 67.204_920_366_3), (EffectiveSampleSize.of(squares.split), 175.608_886_138),
      (draws.essQuantile(0.5), 85.644_589_502_5), (draws.mcseMean, 0.045_278_614_704_3),
      (draws.mcseSD, 0.015_352_758_171_7), (draws.mcseQuantile(0.5), 0.055_291_365_517_5),
      (draws.mcseQuantile(0.05), 0.064_356_435_643_6),
    ]
    for (ours, theirs) in expected {
      #expect(close(try #require(ours), theirs, relative: 1e-10), "\(ours ?? .nan), \(theirs)")
    }
    // Printed with three decimals.
    #expect(abs(try #require(draws.essSD) - 186.324) < 5e-4)
  }

  @Test func oddNumberOfDrawsLosesTheMiddleOnes() throws {
    let draws = closedFormChains(49)
    let scores = NormalScores(count: draws.splitCount)
    #expect(close(try #require(draws.rhat(scores)), 1.014_781_618_41, relative: 1e-10))
    #expect(close(try #require(draws.essBulk(scores)), 67.042_124_929_6, relative: 1e-10))
  }

  @Test func ranksDoNotSeeIncreasingTransformations() throws {
    let draws = closedFormChains(50)
    let bent = OrderedChains(draws.chains.map { exp(3 * $0) })
    let scores = NormalScores(count: draws.splitCount)
    #expect(draws.essBulk(scores) == bent.essBulk(scores))
    #expect(draws.rankNormalized(scores) == bent.rankNormalized(scores))
    // Quantiles are interpolated between draws, so their indicators are the same as well.
    #expect(draws.essTail == bent.essTail)
  }

  @Test func locationAndScaleDoNotMatter() throws {
    let draws = closedFormChains(50)
    let moved = OrderedChains(draws.chains.map { 1000 - 7 * $0 })
    let scores = NormalScores(count: draws.splitCount)
    let pairs = [
      (draws.rhat(scores), moved.rhat(scores)), (draws.rhatBasic, moved.rhatBasic),
      (draws.essBulk(scores), moved.essBulk(scores)), (draws.essMean, moved.essMean),
      (draws.essSD, moved.essSD), (draws.mcseMean.map { 7 * $0 }, moved.mcseMean),
      (draws.mcseSD.map { 7 * $0 }, moved.mcseSD),
    ]
    // 1000 takes three of sixteen digits.
    for (a, b) in pairs { #expect(close(try #require(a), try #require(b), relative: 1e-11)) }
  }

  @Test func orderOfChainsAndDirectionOfTimeDoNotMatter() throws {
    let draws = closedFormChains(50).chains
    let rows = (0..<4).map { Array(draws.values[($0 * 50)..<($0 * 50 + 50)]) }
    let other = ChainValues([rows[2], rows[0], rows[3], rows[1]].map { $0.reversed() })
    let (a, b) = (OrderedChains(draws), OrderedChains(other))
    let scores = NormalScores(count: a.splitCount)
    #expect(close(try #require(a.rhat(scores)), try #require(b.rhat(scores)), relative: 1e-13))
    #expect(
      close(try #require(a.essBulk(scores)), try #require(b.essBulk(scores)), relative: 1e-12))
    #expect(close(try #require(a.essTail), try #require(b.essTail), relative: 1e-12))
  }

  @Test func undefinedForConstantOrNonFiniteDraws() {
    for broken in [Double.nan, .infinity, -.infinity, 0.25] {
      var values = [Double](repeating: 0.25, count: 40)
      values[17] = broken
      let draws = OrderedChains(ChainValues(values: values, chains: 4))
      let scores = NormalScores(count: draws.splitCount)
      let figures = [
        draws.rhat(scores), draws.rhatBasic, draws.essBulk(scores), draws.essTail, draws.essMean,
        draws.essSD, draws.mcseMean, draws.mcseSD, draws.mcseQuantile(0.5),
      ]
      #expect(figures.allSatisfy { $0 == nil })
      #expect(draws.isFinite == broken.isFinite)
      #expect(draws.isConstant == broken.isFinite)
    }
  }

  @Test func constantChainsAtDifferentPlacesHaveAnInfiniteRhat() {
    let apart = ChainValues([[1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2, 2, 2]])
    #expect(PotentialScaleReduction.basic(apart) == .infinity)
  }

  // Chains that jump from side to side: R's posterior 1.4.0 bounds the size at n log10(n) and, where
  // neighbouring autocorrelations have no positive sum, says n / 2.
  @Test func antitheticChainsAreBounded() throws {
    let jumps = scrambled(400, 0.618_034).enumerated().map {
      ($0.offset % 2 == 0 ? 1 : -1) * (1 + $0.element)
    }
    let bounded = try #require(EffectiveSampleSize.of(ChainValues(values: jumps, chains: 4)))
    #expect(close(bounded, 400 * log10(400), relative: 1e-12))
    let regular = (0..<400).map { Double($0 % 2) + 1e-3 * sin(Double($0)) }
    let ess = try #require(EffectiveSampleSize.of(ChainValues(values: regular, chains: 4)))
    #expect(close(ess, 200, relative: 1e-12))
  }

  @Test(arguments: [1, 2, 3, 7, 8, 9, 64, 1001])
  func autocovarianceIsItsDefinition(iterations: Int) {
    let chains = ChainValues([
      scrambled(iterations, 0.618_034), scrambled(iterations, 0.414_214).map { 5 + 3 * $0 },
    ])
    let centered = CenteredChains(chains)
    for lag in [0, 1, 2, 5, iterations - 1] where lag < iterations {
      var total = 0.0
      for chain in 0..<2 {
        let row = Array(chains.values[(chain * iterations)..<((chain + 1) * iterations)])
        let mean = row.reduce(0, +) / Double(iterations)
        for t in 0..<(iterations - lag) { total += (row[t] - mean) * (row[t + lag] - mean) }
      }
      let expected = total / Double(2 * iterations)
      // Sums of at most 1001 terms below 3: rounding far below 1e-12.
      #expect(abs(centered.autocovariance(lag: lag) - expected) < 1e-12)
    }
  }

  @Test func radixOrderIsTheOrderOfValues() {
    var values = scrambled(3000, 0.618_034).map { ($0 - 0.5) * 1e3 }
    values += [0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e308, -1e308, 7, 7, 7]
    values += scrambled(50, 0.3).map { ($0 * 4).rounded() }
    let order = ascendingOrder(values).map { Int($0) }
    #expect(order.sorted() == Array(values.indices))
    #expect(order.map { values[$0] } == values.sorted())
    #expect(order.filter { values[$0] == 7 } == values.indices.filter { values[$0] == 7 })
    #expect(ascendingOrder([]).isEmpty)
    #expect(ascendingOrder([3]) == [0])
  }

  @Test func foldedRanksAreThoseOfTheDistances() {
    // Ties within and across the sides of the median, and an odd number of iterations.
    for iterations in [10, 11, 20] {
      let raw = scrambled(4 * iterations, 0.618_034).map { ($0 * 12).rounded() }
      let draws = OrderedChains(ChainValues(values: raw, chains: 4))
      let scores = NormalScores(count: draws.splitCount)
      let center = draws.quantile(0.5)
      let direct = OrderedChains(draws.chains.map { abs($0 - center) })
      #expect(draws.foldedRankNormalized(scores) == direct.rankNormalized(scores))
    }
  }

  // The scores of 1 ... 5: Phi^-1 of (r - 0.375) / 5.25, by R's qnorm.
  @Test func normalScoresAreBloms() {
    let scores = NormalScores(count: 5)
    let expected = [-1.179_761_117_611_86, -0.497_200_570_681_554, 0, 0.497_200_570_681_554]
    for (rank, score) in expected.enumerated() {
      #expect(abs(scores.score(first: rank, last: rank + 1) - score) < 1e-13)
    }
    // Equal draws at ranks 2 and 3 share the score of 2.5: qnorm(2.125 / 5.25).
    #expect(abs(scores.score(first: 1, last: 3) - -0.241_040_393_886_027) < 1e-13)
  }

  @Test func splittingDropsTheMiddle() {
    let odd = ChainValues([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]).split
    #expect(odd == ChainValues([[1, 2], [4, 5], [6, 7], [9, 10]]))
    let even = ChainValues([[1, 2, 3, 4]]).split
    #expect(even == ChainValues([[1, 2], [3, 4]]))
  }

  @Test func energyFractionOfSimpleSequences() throws {
    // Alternating 0, 1 with n = 10: nine changes of 1 over 10, and a variance of 10/4/9.
    let alternating = (0..<10).map { Double($0 % 2) }
    let value = try #require(EnergyDiagnostics.missingInformation(alternating))
    #expect(close(value, 0.9 / (2.5 / 9), relative: 1e-14))
    #expect(EnergyDiagnostics.missingInformation([1, 1, 1]) == nil)
    #expect(EnergyDiagnostics.missingInformation([1]) == nil)
    #expect(EnergyDiagnostics.missingInformation([]) == nil)
    #expect(EnergyDiagnostics.missingInformation([1, .infinity, 2]) == nil)
  }
}

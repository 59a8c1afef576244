import Foundation
import Testing

@testable import Numerics

/// The seeds are fixed, so a test either always passes or always fails; the false-alarm rates say
/// how often a correct generator would fail for a seed chosen at random.
@Suite("Random streams")
struct RandomStreamTests {
  /// The largest distance between the empirical distribution of values and a CDF, times √n.
  private func kolmogorov(_ values: [Double], _ cdf: (Double) -> Double) -> Double {
    let n = Double(values.count)
    var distance = 0.0
    for (i, value) in values.sorted().enumerated() {
      let p = cdf(value)
      distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
    }
    return distance * n.squareRoot()
  }

  /// P(√n D > 2.5) = 2 exp(−2 · 2.5²) = 7.5e-6 for a correct generator (Kolmogorov's limit).
  private let kolmogorovBound = 2.5

  // First outputs of the authors' C code from the state 1, 2, 3, 4 (as in the tests of rand_xoshiro).
  @Test func matchesTheReferenceGenerator() {
    var stream = RandomStream(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
      9_228_616_714_210_784_205, 9_973_669_472_204_895_162, 14_011_001_112_246_962_877,
      12_406_186_145_184_390_807, 15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
    ]
    for word in expected { #expect(stream.next() == word) }
  }

  // Five outputs from the seed 1234567, as published with the algorithm on rosettacode.org.
  @Test func splitMixMatchesItsReference() {
    var source = SplitMix64(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for word in expected { #expect(source.next() == word) }
  }

  // FNV-1a test vector of its authors: "foobar" -> 85944171f73967e8.
  @Test func purposeIsTheHashOfItsName() {
    let purpose: StreamPurpose = "foobar"
    #expect(purpose.number == 0x8594_4171_f739_67e8)
  }

  @Test func sameNameSameStreamOtherNameOther() {
    func first(_ seed: UInt64, _ purpose: StreamPurpose, _ index: Int, _ part: Int) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: purpose, index: index, part: part)
      return stream.next()
    }
    #expect(first(1, "a", 0, 0) == first(1, "a", 0, 0))
    var starts = Set<UInt64>()
    for seed in 0..<8 as Range<UInt64> {
      for purpose in ["a", "b"] as [StreamPurpose] {
        for index in -2..<6 {
          for part in 0..<4 { starts.insert(first(seed, purpose, index, part)) }
        }
      }
    }
    #expect(starts.count == 8 * 2 * 8 * 4)
  }

  // Sums of products of standardised pairs: |z| > 4.5 once in 150,000 correct generators.
  @Test func neighbouringStreamsAreUncorrelated() {
    let n = 20_000
    for index in 0..<4 {
      var left = RandomStream(seed: 1, purpose: "chain", index: index)
      var right = RandomStream(seed: 1, purpose: "chain", index: index + 1)
      var sum = 0.0
      for _ in 0..<n { sum += left.normal() * right.normal() }
      #expect(abs(sum) / Double(n).squareRoot() < 4.5)
    }
  }

  @Test func uniformStaysInsideItsIntervalAndIsFlat() {
    var stream = RandomStream(seed: 3, purpose: "test")
    let values = (0..<20_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(kolmogorov(values) { $0 } < kolmogorovBound)
  }

  @Test func normalFollowsItsDistribution() {
    var stream = RandomStream(seed: 4, purpose: "test")
    let values = (0..<50_000).map { _ in stream.normal() }
    #expect(kolmogorov(values, Distributions.normalCDF) < kolmogorovBound)
    // Moments 2 and 4 within 4.5 standard errors, √(2/n) and √(96/n): 7e-6 each.
    let n = Double(values.count)
    let second = values.reduce(0) { $0 + $1 * $1 } / n
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
    #expect(abs(second - 1) < 4.5 * (2 / n).squareRoot())
    #expect(abs(fourth - 3) < 4.5 * (96 / n).squareRoot())
  }

  // The tail's own code runs for 2.6 of 10,000 draws: here it is called by itself.
  @Test func tailOfTheZigguratIsTheNormalTail() {
    var stream = RandomStream(seed: 5, purpose: "test")
    let start = ZigguratLayer.tailStart
    let mass = 1 - Distributions.normalCDF(start)
    let values = (0..<5000).map { i in
      abs(stream.normalAtEdge(0, i % 2 == 0 ? 1 << 53 - 1 : -(1 << 53)))
    }
    #expect(values.allSatisfy { $0 >= start })
    let distance = kolmogorov(values) {
      1 - Distributions.normalCDF(-$0) / mass
    }
    #expect(distance < kolmogorovBound)
  }

  @Test func zigguratLayersHaveEqualAreaAndCloseAtTheTop() {
    let layers = ZigguratLayer.all
    #expect(layers.count == 256)
    for layer in layers.dropFirst() {
      let area = layer.scale * 0x1p53 * (layer.ceiling - layer.floor)
      // The top layer takes the rounding of the tail's start, 16 digits through 255 steps.
      #expect(abs(area / ZigguratLayer.area - 1) < 1e-9)
    }
    #expect(layers.last?.ceiling == 1)
  }

  @Test func exponentialFollowsItsDistribution() {
    var stream = RandomStream(seed: 6, purpose: "test")
    let values = (0..<20_000).map { _ in stream.exponential() }
    #expect(kolmogorov(values) { 1 - exp(-$0) } < kolmogorovBound)
  }

  @Test(arguments: [0.05, 0.5, 1, 2.5, 40])
  func gammaFollowsItsDistribution(shape: Double) {
    var stream = RandomStream(seed: 7, purpose: "test")
    let values = (0..<10_000).map { _ in stream.gamma(shape: shape, scale: 3) }
    // χ² with df = 2a is a gamma with shape a and scale 2.
    let distance = kolmogorov(values) {
      1 - exp(Distributions.logChiSquaredUpperTail($0 * 2 / 3, df: 2 * shape))
    }
    #expect(distance < kolmogorovBound)
  }

  @Test(
    arguments: [
      [0, Double.infinity], [-0.5, .infinity], [2, .infinity], [6, .infinity], [-1, 0.2], [-3, 4],
      [1, 1.1], [3, 9], [-.infinity, -1.5], [-9, -8.5], [-.infinity, .infinity],
    ] as [[Double]])
  func truncatedNormalFollowsItsDistribution(limits: [Double]) {
    let (lower, upper) = (limits[0], limits[1])
    var stream = RandomStream(seed: 8, purpose: "test")
    let values = (0..<5000).map { _ in
      stream.truncatedNormal(mean: 10, sd: 2, lower: 10 + 2 * lower, upper: 10 + 2 * upper)
    }
    #expect(values.allSatisfy { $0 >= 10 + 2 * lower && $0 <= 10 + 2 * upper })
    // Probabilities from the side of the nearer tail, where differences keep their digits.
    let sign = lower + upper > 0 ? -1.0 : 1
    let low = Distributions.normalCDF(sign * lower)
    let high = Distributions.normalCDF(sign * upper)
    let distance = kolmogorov(values) {
      (Distributions.normalCDF(sign * ($0 - 10) / 2) - low) / (high - low)
    }
    #expect(distance < kolmogorovBound)
  }

  // χ² with 5 and 1023 df; its normal deviate beyond 4.5 once in 300,000.
  @Test(arguments: [6, 1024])
  func integersAreEquallyLikely(bound: Int) {
    var stream = RandomStream(seed: 9, purpose: "test")
    var counts = [Int](repeating: 0, count: bound)
    let n = 40 * bound + 10_000
    for _ in 0..<n { counts[stream.integer(below: bound)] += 1 }
    let expected = Double(n) / Double(bound)
    let statistic = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
    let limit = exp(Distributions.logChiSquaredUpperTail(statistic, df: Double(bound - 1)))
    #expect(limit > 3.4e-6)
  }

  // Eight words for every three integers below 3 · 2⁶¹: without rejection the third would come
  // with probability 1/4 in place of 1/3.
  @Test func largeBoundsAreUnbiased() {
    var stream = RandomStream(seed: 10, purpose: "test")
    var third = 0
    let n = 10_000
    for _ in 0..<n where stream.integer(below: 3 << 61) % 3 == 2 { third += 1 }
    // A binomial share of 1/3 within 4.5 standard errors: false alarm 7e-6.
    let share = Double(third) / Double(n)
    #expect(abs(share - 1.0 / 3) < 4.5 * (2.0 / 9 / Double(n)).squareRoot())
  }

  // All 24 orders of four elements; χ² with 23 df, false alarm 3.4e-6.
  @Test func everyOrderIsEquallyLikely() {
    var stream = RandomStream(seed: 11, purpose: "test")
    var counts: [[Int]: Int] = [:]
    let n = 12_000
    for _ in 0..<n {
      var order = [0, 1, 2, 3]
      stream.shuffle(&order)
      counts[order, default: 0] += 1
    }
    #expect(counts.count == 24)
    let statistic = counts.values.reduce(0) { $0 + pow(Double($1) - 500, 2) / 500 }
    #expect(exp(Distributions.logChiSquaredUpperTail(statistic, df: 23)) > 3.4e-6)
  }
}

import Foundation
import Testing

@testable import Posterior

@Suite("Verdict of convergence")
struct ConvergenceTests {
  private func summary(
    sd: Double = 1, mean: Double = 0, rhat: Double? = 1.001, bulk: Double? = 900,
    tail: Double? = 800
  ) -> PosteriorSummary {
    PosteriorSummary(
      mean: mean, sd: sd, median: mean, central: Interval(lower: -2, upper: 2),
      shortest: Interval(lower: -2, upper: 2), mcseMean: 0.01, rhat: rhat, essBulk: bulk,
      essTail: tail)
  }

  /// A chain whose energies change by 1, −1 (fraction near 4) or drift slowly (fraction near 0).
  private func record(slow: Bool = false, divergent: Int = 0, depth: Int = 3) -> SamplerRecord {
    var record = SamplerRecord()
    record.energy = (0..<100).map { slow ? Double($0) : Double($0 % 2) }
    record.leapfrogSteps = [Int](repeating: 7, count: 100)
    record.treeDepth = [Int](repeating: depth, count: 100)
    record.divergent = (0..<100).map { $0 < divergent }
    return record
  }

  private func verdict(
    _ parameters: [(name: String, summary: PosteriorSummary)], _ records: [SamplerRecord]
  ) -> Convergence {
    Convergence(parameters: parameters, records: records, chains: 4, maxTreeDepth: 10)
  }

  @Test func goodChainsHaveNoProblem() {
    let result = verdict(
      [("a", summary()), ("b", summary(rhat: 1.01, bulk: 400, tail: 400))], [record(), record()])
    #expect(result.converged)
    #expect(result.maxRhat == 1.01)
    #expect(result.minEssBulk == 400)
    #expect(result.minEssTail == 400)
    #expect(result.divergences == 0)
    #expect(result.maxTreeDepthHits == 0)
  }

  @Test func everyLimitNamesTheParameterOrChain() {
    let result = verdict(
      [
        ("a", summary(rhat: 1.0123)), ("b", summary(bulk: 399.94)), ("c", summary(tail: 12)),
        ("d", summary(mean: .nan)), ("e", summary(rhat: .infinity)),
        ("f", summary(rhat: nil, bulk: nil, tail: nil)),
      ], [record(divergent: 2), record(slow: true), record(divergent: 1)])
    let words = result.problems.map(\.description)
    #expect(
      words.prefix(7) == [
        "R-hat of a is 1.0123, above 1.01", "bulk ESS of b is 399.9, below 400",
        "tail ESS of c is 12.0, below 400", "some draws of d are not finite",
        "R-hat of e has no finite value", "too few draws of f to judge", "3 divergent transitions",
      ])
    #expect(words.count == 8)
    #expect(words.last?.hasPrefix("E-BFMI of chain 2 is 0.001") == true)
    #expect(!result.converged)
    #expect(result.divergences == 3)
  }

  @Test func constantParametersDoNotCount() {
    let constant = summary(sd: 0, mean: 2, rhat: nil, bulk: nil, tail: nil)
    let result = verdict([("fixed", constant), ("a", summary())], [record()])
    #expect(result.converged)
    #expect(result.maxRhat == 1.001)
    #expect(verdict([("fixed", constant)], [record()]).maxRhat == nil)
  }

  @Test func treeDepthWarnsAlone() {
    let result = verdict([("a", summary())], [record(depth: 10), record()])
    #expect(result.converged)
    #expect(result.maxTreeDepthHits == 100)
  }

  @Test func chainsWithoutLeapfrogStepsHaveNoEnergyFraction() {
    var gibbs = record(slow: true, depth: 10)
    gibbs.leapfrogSteps = [Int](repeating: 0, count: 100)
    let result = verdict([("a", summary())], [gibbs, gibbs])
    #expect(result.converged)
    #expect(result.minEnergyFraction == nil)
    #expect(result.maxTreeDepthHits == 0)
  }

  @Test func furtherProblemsCanBeAdded() {
    var result = verdict([("a", summary())], [record()])
    result.problems.append(.other("round 2: 1 divergent transition"))
    #expect(!result.converged)
    #expect(result.problems.map(\.description) == ["round 2: 1 divergent transition"])
  }
}

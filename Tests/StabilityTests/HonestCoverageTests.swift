import Designs
import Inference
import Posterior
import Subgroups
import Testing
import Trees

@testable import Stability

/// How often intervals hold the effect where there are no subgroups.
///
/// The effect is 0.5 in every leaf of any tree. Here every tree has one split, the best of three variables
/// (alpha 1), and the interval is that of its first leaf.
@Suite struct HonestCoverageTests {
  static let replicates = 300

  static func plan() throws -> StabilityPlan {
    var plan = try ResamplerTests.plan()
    plan.analysis.growth.alpha = 1
    plan.analysis.growth.maxDepth = 2
    plan.analysis.growth.testParameters = .treatment
    plan.pairs = 1
    return plan
  }

  // At a coverage of 95 %, 300 replicates cover fewer than 269 times but for one seed in 18,000 (R:
  // pbinom(268, 300, 0.95) is 5.4e-5); the seed is fixed. Intervals on the data that the tree was grown
  // on fail the same bound.
  @Test func honestIntervalsCoverAndOthersDoNot() throws {
    let plan = try Self.plan()
    var (honest, searched, splits) = (0, 0, 0)
    for replicate in 0..<Self.replicates {
      let design = SimulatedTrials().design(replicate)
      let tree = try HonestTree(design, plan)
      if tree.leaves.count == 2 { splits += 1 }
      // A leaf with few participants in the estimating half may have no estimate: not covered.
      if tree.leaves[0].effect?.interval?.contains(0.5) ?? false { honest += 1 }
      let analysis = try analyse(design, plan.analysis, in: AnalysisEnvironment())
      guard case .likelihood(let result) = analysis.runs[0].fit else { continue }
      if try #require(result.subgroups[0].effect.interval).contains(0.5) { searched += 1 }
    }
    #expect(splits == Self.replicates)
    #expect(honest >= 269, "honest: \(honest) of \(Self.replicates)")
    #expect(searched < 269, "on the same data: \(searched) of \(Self.replicates)")
  }

  /// What the search exaggerates is nearly all of it where there is nothing to be found: the corrected
  /// effects of 40 data sets are, on average over leaves, at most half as far from the overall effect.
  @Test func correctionTakesAwayWhatTheSearchAdds() throws {
    var plan = try Self.plan()
    plan.pairs = 10
    plan.analysis.threads = 2
    var (before, after) = (0.0, 0.0)
    for replicate in 0..<40 {
      let design = SimulatedTrials().design(replicate, seed: 12)
      let result = try stability(of: design, plan, in: AnalysisEnvironment())
      for subgroup in result.subgroups {
        let effect = try #require(subgroup.effect?.estimate)
        let corrected = try #require(subgroup.corrected?.estimate)
        let overall = try #require(result.overall?.estimate)
        before += abs(effect - overall)
        after += abs(corrected - overall)
      }
    }
    #expect(after < before / 2)
  }
}

extension Interval {
  fileprivate func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Testing
import Trees

@testable import Evidence

/// The mean Bayes factor over candidate splits of binomial models.
@Suite struct BinomialCandidateTests {
  private func run(_ data: SmallTrials, _ method: Subgroups.Method) throws -> RunModel {
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.growth.minSize = 10
    return RunModel(data.design, data.tree(), method, plan, try data.priors)
  }

  /// Effects as covariates are the effects of leaves: the split that was chosen has the Bayes factors of its own.
  ///
  /// The rough rule of the candidates has three digits.
  @Test(arguments: [Subgroups.Method.metamobSI, .metamobRI, .rp, .mobSI])
  func chosenSplit(method: Subgroups.Method) throws {
    for (leaves, seed) in [(2, 41), (3, 42)] {
      let data = SmallTrials(
        family: .binomial, trials: 3, leaves: leaves, size: 5, covariates: leaves - 2,
        seed: UInt64(seed))
      let model = try run(data, method)
      let weighing = SplitWeighing(model: model, scale: 1, variables: nil)
      // The lowest split has no split below it, whose leaves would have intercepts of their own.
      let node = try #require(model.tree.innerNodes.last)
      let own = try #require(weighing.splits().last?.logBayesFactors)
      var side = [Int32](repeating: 0, count: data.design.rows)
      for row in model.tree.node(node.children[1]).rows { side[Int(row)] = 1 }
      let candidates = try #require(BinomialCandidates(model, node, scales: weighing.scales))
      let found = try #require(candidates.logBayesFactors(side, children: 2))
      for (a, b) in zip(found, own) { #expect(abs(a - b) < 5e-3, "\(method) \(a) \(b)") }
    }
  }

  /// Effects are equal, and the event is much likelier in one leaf than in the other: the mean over all candidates
  /// exceeds c in at most 1/c of data sets.
  ///
  /// A share of exactly 1/c would be exceeded by three binomial SDs in one seed of 700; the seed is fixed.
  @Test func rarelyFavoursADifferenceThatIsNotThere() throws {
    let base = SmallTrials(family: .binomial, trials: 2, leaves: 2, size: 6)
    var stream = RandomStream(seed: 13, purpose: "binomial candidates")
    let count = 40
    var factors: [Double] = []
    for _ in 0..<count {
      let mean = stream.normal()
      let tau = 0.5 * abs(stream.normal())
      let shifts = (0..<2).map { _ in tau * stream.normal() }
      let outcome = base.design.outcome.indices.map { row -> Double in
        let trial = Int(base.design.trial[row])
        let odds =
          (base.leaf[row] == 0 ? -2.0 : 2) + (mean + shifts[trial]) * Double(base.design.arm[row])
        return stream.uniform() < 1 / (1 + exp(-odds)) ? 1 : 0
      }
      var data = base
      data.design = base.design.withOutcome(outcome)
      let model = try run(data, .metamobSI)
      let found = SplitWeighing(
        model: model, scale: 1, variables: SortedVariables(data.design)
      ).splits()[0]
      let averaged = try #require(found.averaged)
      #expect(averaged.variables == 3 && averaged.splits > 5)
      factors.append(exp(averaged.logBayesFactors[2]))
    }
    for limit in [1.5, 3, 10] {
      let share = 1 / limit
      let most = share + 3 * (share * (1 - share) / Double(count)).squareRoot()
      #expect(Double(factors.count { $0 > limit }) / Double(count) < most, "\(factors)")
    }
  }
}

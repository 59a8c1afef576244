import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Testing
import Trees

@testable import Evidence

/// Four variances: random intercepts and effects with a correlation, against the definition.
@Suite struct CorrelatedEvidenceTests {
  /// A rule of five digits, and a grid of the definition of about four.
  @Test func agreesWithDenseMatrices() throws {
    let data = SmallTrials(trials: 2, leaves: 2, size: 1, seed: 5)
    var plan = AnalysisPlan(priors: try PriorSet.weaklyInformative())
    plan.isCorrelated = true
    let priors = try data.priors
    let run = RunModel(data.design, data.tree(), .metamobRI, plan, priors)
    let scale = OutcomeScale(data.design)
    func value(_ rows: [Int32], difference: Double? = nil) throws -> Double {
      var dense = DenseLikelihood(
        data.design.restricted(to: rows), leaf: rows.map { data.leaf[Int($0)] }, leaves: 2,
        .metamobRI, unit: scale.withinArmSD, center: scale.outcomeMean, spread: scale.outcomeSD)
      dense.correlation = priors.correlation
      if let difference { dense.suppose([0, 1], difference: difference) }
      return try dense.value()
    }
    let rows = (0..<Int32(data.design.rows)).map { $0 }
    let whole = try value(rows)
    #expect(abs(try #require(MarginalLikelihood(model: run).value(of: rows)) - whole) < 3e-4)
    let splits = SplitWeighing(model: run, scale: run.splitScale, variables: nil).splits()
    let factor = try #require(splits.first?.logBayesFactors)[1]
    let exact = try value(rows, difference: run.splitScale) - value(rows, difference: 0)
    #expect(abs(factor - exact) < 3e-4, "\(factor) \(exact)")
    let kept = rows.filter {
      data.design.trial[Int($0)] != 0 || data.design.arm[Int($0)] == 0
    }
    let trial = try #require(TrialPrediction(run)?.trials.first?.elpd)
    #expect(abs(trial - (whole - (try value(kept)))) < 6e-4)
  }
}

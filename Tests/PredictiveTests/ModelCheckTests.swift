import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Sampling
import Testing

@testable import Predictive

/// The checks of models that were fitted, with parameters that are not known.
@Suite("Checks of fitted models") struct ModelCheckTests {
  private static func checks(
    _ model: KnownModel, _ data: (design: Design, leaf: [Int32])
  ) throws -> PredictiveChecks {
    let priors = try ResolvedPriors(.weaklyInformative(), for: data.design)
    let statistics = ModelStatistics(data.design, leaf: data.leaf, leaves: model.leaves)
    let posterior = try GaussianPosterior(
      MarginalModel(statistics, KnownModel.terms, .integrated(priors.coefficients)),
      VariancePriors(priors, KnownModel.terms),
      plan: SamplerPlan(chains: 1, warmup: 150, draws: 500, seed: 2))
    return try #require(
      PredictiveChecks(data.design, model.models(data.leaf, posterior), seed: 3))
  }

  // At most 5% of the data sets of the model have a check below the threshold; more than 23 of 200 then
  // have a probability below 1e-4. The p-values of each arm's SD, the least tied to the fit, are below 0.05
  // in at most about 5%: more than 40 of 400 in less than 1e-4.
  @Test("Data of the model are rarely missed")
  func falseAlarms() throws {
    let model = KnownModel(size: 15)
    var (alarms, small) = (0, 0)
    for set in 0..<200 {
      let found = try Self.checks(model, model.design(seed: UInt64(set)))
      if found.checks.contains(where: { $0.pValue <= found.threshold }) { alarms += 1 }
      small += found.checks.count {
        $0.statistic == .sd && $0.trial == nil && $0.pValue < 0.05
      }
    }
    #expect(alarms <= 23)
    #expect(small <= 40)
  }

  @Test("A floor and unequal SDs of the arms are found in data that were fitted")
  func wrongModels() throws {
    let model = KnownModel(size: 40, center: 4)
    for seed in 1...5 as ClosedRange<UInt64> {
      let floor = model.design(seed: seed) { eta, _, stream in
        stream.uniform() < 0.2 ? 0 : max(0, (eta + 2 + 1.5 * stream.normal()).rounded())
      }
      let first = try Self.checks(model, floor)
      #expect(first.missed.contains { $0.statistic == .floor && $0.trial == nil })
      let spread = model.design(seed: seed) { eta, isActive, stream in
        eta + (isActive ? 3 : 1.4) * stream.normal()
      }
      let second = try Self.checks(model, spread)
      for arm in 0...1 {
        #expect(
          second.missed.contains {
            $0.statistic == .sd && $0.trial == nil && $0.arm == arm
          })
      }
    }
  }
}

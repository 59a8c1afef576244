import Designs
import MixedModels
import Numerics

@testable import Inference

/// Random data of a small meta-analysis with priors on its scale.
struct SampleTrials {
  let design: Design
  let leaf: [Int32]
  let leaves: Int

  /// Trials with one to a dozen participants a cell, leaf and arm; the seed determines the data.
  ///
  /// `oneArm`: the last trial has participants of the active arm alone, in the first leaf.
  init(
    trials: Int = 4, leaves: Int = 2, size: Int = 5, covariates: Int = 0, weighted: Bool = false,
    oneArm: Bool = false, heterogeneity: Double = 0.8, correlation: Double = 0, seed: UInt64 = 1
  ) {
    var stream = RandomStream(seed: seed, purpose: "sample trials")
    var trial: [Int32] = []
    var arm: [UInt8] = []
    var leaf: [Int32] = []
    var outcome: [Double] = []
    var columns = [[Double]](repeating: [], count: covariates)
    for k in 0..<trials {
      let intercept = stream.normal()
      let rest = (1 - correlation * correlation).squareRoot()
      let effect = heterogeneity * (correlation * intercept + rest * stream.normal())
      for j in 0..<leaves {
        for t in 0..<2 {
          if oneArm, k == trials - 1, j > 0 || t == 0 { continue }
          for _ in 0..<(size + (2 * k + 3 * j + t) % 4) {
            var y = 20 + 0.7 * intercept + (Double(j) - 0.5 + effect) * Double(t) + stream.normal()
            for c in columns.indices {
              let x = 2 + stream.normal()
              columns[c].append(x)
              y += 0.4 * x
            }
            trial.append(Int32(k))
            arm.append(UInt8(t))
            leaf.append(Int32(j))
            outcome.append(y)
          }
        }
      }
    }
    self.leaf = leaf
    self.leaves = leaves
    design = Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .gaussian, outcome: outcome,
      weights: weighted ? outcome.indices.map { 0.5 + Double($0 % 3) } : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0..<trials).map { "T\($0)" }, trial: trial,
      covariates: Covariates(names: columns.indices.map { "x\($0)" }, columns: columns),
      exclusions: Exclusions(rows: outcome.count, used: outcome.count, counts: []))
  }

  var statistics: ModelStatistics { ModelStatistics(design, leaf: leaf, leaves: leaves) }

  /// The coefficients' priors: weak, or flat.
  func coefficients(flat: Bool = false) -> CoefficientPrior {
    let wide = CoefficientPrior.Normal(mean: 20, sd: flat ? .infinity : 20)
    let effect = CoefficientPrior.Normal(mean: 0, sd: flat ? .infinity : 3)
    return CoefficientPrior(
      intercept: wide, effect: effect,
      coefficients: design.covariates.columns.map { _ in effect })
  }

  func model(_ terms: ModelTerms, flat: Bool = false) -> MarginalModel {
    MarginalModel(statistics, terms, .integrated(coefficients(flat: flat)))
  }
}

extension VariancePriors {
  /// Priors of a model's variances by themselves.
  init(
    sigma: HeterogeneityPrior = .halfNormal(scale: 2.5), _ tau: [HeterogeneityPrior],
    eta: Double? = nil
  ) {
    self.init(
      components: [sigma] + tau, residualScale: 1,
      correlation: eta.map { CorrelationPrior(eta: $0) })
  }
}

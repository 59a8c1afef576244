import Designs
import Foundation
import Numerics

/// Trials with candidate modifiers by chance, the first of which may modify the effect.
struct FoldedTrials {
  var family = Family.gaussian
  var trials = 4
  var perTrial = 60
  /// What the effect of 0.5 rises by where the first variable is above 0.
  var modification = 0.0
  /// The SD of the trials' effects.
  var tau = 0.0
  var covariates = 0
  var weighted = false

  func design(_ replicate: Int) -> Design {
    var stream = RandomStream(seed: 17, purpose: "cross-validation tests", index: replicate)
    let rows = trials * perTrial
    let values = (0..<2).map { _ in (0..<rows).map { _ in stream.normal() } }
    let columns = (0..<covariates).map { _ in (0..<rows).map { _ in stream.normal() } }
    let deviations = (0..<trials).map { _ in tau * stream.normal() }
    let outcome = (0..<rows).map { row -> Double in
      let trial = row / perTrial
      let effect = 0.5 + deviations[trial] + (values[0][row] > 0 ? modification : 0)
      var eta = 0.3 * Double(trial) + (row % 2 == 1 ? effect : 0)
      for column in columns { eta += 0.4 * column[row] }
      let noise = stream.normal()
      guard family == .binomial else { return eta + noise }
      return Distributions.normalCDF(noise) < 1 / (1 + exp(0.5 - eta)) ? 1 : 0
    }
    return Design(
      formula: "y ~ t | trial | z1 + z2", outcomeName: "y", family: family,
      event: family == .binomial ? "1" : nil, outcome: outcome,
      weights: weighted ? (0..<rows).map { 1 + Double($0 % 2) } : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: (0..<rows).map { UInt8($0 % 2) }, trialName: "trial",
      trials: (0..<trials).map { "T\($0 + 1)" }, trial: (0..<rows).map { Int32($0 / perTrial) },
      covariates: Covariates(names: columns.indices.map { "x\($0)" }, columns: columns),
      partitioning: values.enumerated().map {
        PartitioningVariable(name: "z\($0 + 1)", values: .numeric($1))
      }, exclusions: Exclusions(rows: rows, used: rows, counts: []))
  }
}

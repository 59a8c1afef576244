import Designs
import Numerics

/// Trials of a continuous outcome with candidate modifiers by chance.
struct SimulatedTrials {
  var trials = 4
  var perTrial = 60
  /// What the effect of 0.5 rises by where the first variable is above 0.
  var modification = 0.0
  /// The SD of the trials' effects.
  var tau = 0.0
  var variables = 3

  func design(_ replicate: Int, seed: UInt64 = 11) -> Design {
    var stream = RandomStream(seed: seed, purpose: "stability tests", index: replicate)
    let rows = trials * perTrial
    let values = (0..<variables).map { _ in (0..<rows).map { _ in stream.normal() } }
    let deviations = (0..<trials).map { _ in tau * stream.normal() }
    let outcome = (0..<rows).map { row -> Double in
      let trial = row / perTrial
      let effect = 0.5 + deviations[trial] + (values[0][row] > 0 ? modification : 0)
      return 0.3 * Double(trial) + (row % 2 == 1 ? effect : 0) + stream.normal()
    }
    return Design(
      formula: "y ~ t | trial | z1 + z2 + z3", outcomeName: "y", family: .gaussian,
      outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: (0..<rows).map { UInt8($0 % 2) }, trialName: "trial",
      trials: (0..<trials).map { "T\($0 + 1)" }, trial: (0..<rows).map { Int32($0 / perTrial) },
      partitioning: values.enumerated().map {
        PartitioningVariable(name: "z\($0 + 1)", values: .numeric($1))
      }, exclusions: Exclusions(rows: rows, used: rows, counts: []))
  }
}

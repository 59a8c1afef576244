import Designs
import Foundation
import MixedModels
import Numerics
import Tables
import TestSupport

/// What is missing for a benchmark.
struct Missing: Error {
  let what: String
}

/// The reference data set of a name, as the program reads it.
func referenceDesign(_ name: String) throws -> Design {
  guard let data = ReferenceData(named: name) else { throw Missing(what: name) }
  let text = try DelimitedText(InputFile(reading: data.file.path))
  let options = DesignOptions(orders: try data.orders.map { try LevelOrder(parsing: $0) })
  return try DesignBuilder(
    text, formula: Formula(parsing: data.formula), options: options
  ).design()
}

/// A simulated meta-analysis with given subgroups, for the joint models.
struct SimulatedTrials {
  let design: Design
  /// The leaf of each row.
  let leaf: [Int32]
  let leaves: Int

  /// `rows` participants spread evenly over trials and leaves; τ0 = 1, τ1 = 0.4, σ = 2.
  init(rows n: Int, trials: Int, leaves: Int, seed: UInt64 = 1) {
    var stream = RandomStream(seed: seed, purpose: "benchmark")
    let intercepts = (0..<trials).map { _ in stream.normal() }
    let effects = (0..<trials).map { _ in 0.4 * stream.normal() }
    let trial = (0..<n).map { $0 % trials }
    let leaf = (0..<n).map { _ in stream.integer(below: leaves) }
    let arm = (0..<n).map { _ in stream.integer(below: 2) }
    let outcome = (0..<n).map { i in
      let effect = effects[trial[i]] - 0.5 * Double(leaf[i])
      return intercepts[trial[i]] + effect * Double(arm[i]) + 2 * stream.normal()
    }
    design = Design(
      formula: "y ~ t | trial", outcomeName: "y", family: .gaussian, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: arm.map { UInt8($0) }, trialName: "trial", trials: (1...trials).map { "T\($0)" },
      trial: trial.map { Int32($0) }, exclusions: Exclusions(rows: n, used: n, counts: []))
    self.leaf = leaf.map { Int32($0) }
    self.leaves = leaves
  }

  var statistics: ModelStatistics { ModelStatistics(design, leaf: leaf, leaves: leaves) }
}

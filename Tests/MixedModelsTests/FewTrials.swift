import Designs
import Foundation
import MixedModels
import TestSupport

/// The data `few-trials` in the leaves of its metamob-ri tree.
enum FewTrials {
  static func statistics(weighted: Bool = false) throws -> ModelStatistics {
    guard let table = FigureTable("few-trials/data.csv") else {
      throw CocoaError(.fileNoSuchFile)
    }
    let (trial, trials) = table.codes("trial")
    let (x1, x2) = (table.numbers("x1"), table.numbers("x2"))
    let leaf = (0..<table.rows).map { (row: Int) -> Int32 in
      if x1[row] > 0.279 { return 2 }
      return x2[row] > -0.257 ? 1 : 0
    }
    let weights = (1...table.rows).map { (i: Int) -> Double in 0.5 + Double(7 * i % 11) / 5 }
    let design = Design(
      formula: "", outcomeName: "y", family: .gaussian, outcome: table.numbers("y"),
      weights: weighted ? weights : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: table.numbers("treat").map { UInt8($0) }, trialName: "trial", trials: trials,
      trial: trial, exclusions: Exclusions(rows: table.rows, used: table.rows, counts: []))
    return ModelStatistics(design, leaf: leaf, leaves: 3)
  }
}

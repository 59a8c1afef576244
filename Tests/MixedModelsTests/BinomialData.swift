import Designs
import Foundation

@testable import MixedModels

/// Binary data of a meta-analysis for tests.
struct BinomialData {
  var trial: [Int32]
  var arm: [UInt8]
  var leaf: [Int32]
  var outcome: [Double]
  var weights: [Double]?
  var covariates: [[Double]] = []
  var trials: Int
  var leaves: Int

  /// 200 rows made by formulas, as R has them for the golden figures:
  /// five trials, three leaves, one covariate of 17 values, weights 1, 2 and 3.
  static let example: BinomialData = {
    let order: [Int32] = [0, 1, 2, 3, 4, 0, 1, 2, 0, 1]
    let index = Array(0..<200)
    let trial = index.map { order[($0 * 7 + $0 / 10) % 10] }
    let arm = index.map { UInt8(($0 / 2) % 2) }
    let leaf = index.map { Int32((7 * $0 + $0 / 5) % 3) }
    let x = index.map { Double((31 * $0) % 17) / 17 * 4 + 30 }
    let u0 = [0.9, -0.8, 0.4, -0.6, 0.3]
    let u1 = [0.9, -1.1, 0.3, 0.7, -0.6]
    let outcome = index.map { i -> Double in
      let uniform = Double((7919 * i * i * i + 104_729 * i) % 10_007) / 10_007
      let k = Int(trial[i])
      let effect = 0.4 + u1[k] + (leaf[i] == 1 ? 0.7 : 0)
      let eta = -0.3 + u0[k] + Double(arm[i]) * effect + 0.15 * (x[i] - 32)
      return uniform < 1 / (1 + exp(-eta)) ? 1 : 0
    }
    return BinomialData(
      trial: trial, arm: arm, leaf: leaf, outcome: outcome,
      weights: index.map { Double(1 + ($0 * $0) % 3) }, covariates: [x], trials: 5, leaves: 3)
  }()

  /// Rows from a table of cells: trial, leaf, arm, participants, events.
  init(cells: [(trial: Int, leaf: Int, arm: Int, count: Int, events: Int)]) {
    trial = []
    arm = []
    leaf = []
    outcome = []
    for cell in cells {
      for i in 0..<cell.count {
        trial.append(Int32(cell.trial))
        arm.append(UInt8(cell.arm))
        leaf.append(Int32(cell.leaf))
        outcome.append(i < cell.events ? 1 : 0)
      }
    }
    trials = (cells.map(\.trial).max() ?? -1) + 1
    leaves = (cells.map(\.leaf).max() ?? -1) + 1
  }

  init(
    trial: [Int32], arm: [UInt8], leaf: [Int32], outcome: [Double], weights: [Double]? = nil,
    covariates: [[Double]] = [], trials: Int, leaves: Int
  ) {
    self.trial = trial
    self.arm = arm
    self.leaf = leaf
    self.outcome = outcome
    self.weights = weights
    self.covariates = covariates
    self.trials = trials
    self.leaves = leaves
  }

  /// The rows in another order, or some of them more than once.
  func rows(_ order: [Int]) -> BinomialData {
    BinomialData(
      trial: order.map { trial[$0] }, arm: order.map { arm[$0] }, leaf: order.map { leaf[$0] },
      outcome: order.map { outcome[$0] }, weights: weights.map { w in order.map { w[$0] } },
      covariates: covariates.map { x in order.map { x[$0] } }, trials: trials, leaves: leaves)
  }

  func design(weighted: Bool = false, covariates used: Bool = false) -> Design {
    Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .binomial, event: "1",
      outcome: outcome, weights: weighted ? weights : nil,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0..<trials).map { "T\($0)" }, trial: trial,
      covariates: used
        ? Covariates(names: covariates.indices.map { "x\($0)" }, columns: covariates) : .none,
      exclusions: Exclusions(rows: outcome.count, used: outcome.count, counts: []))
  }

  func statistics(weighted: Bool = false, covariates: Bool = false) -> BinomialStatistics {
    BinomialStatistics(
      design(weighted: weighted, covariates: covariates), leaf: leaf, leaves: leaves)
  }
}

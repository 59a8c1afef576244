import Designs
import Foundation
import MixedModels
import Numerics

/// Random data of a meta-analysis for tests: small enough for dense matrices.
struct SampleData {
  var trial: [Int32]
  var arm: [UInt8]
  var leaf: [Int32]
  var covariates: [[Double]] = []
  var outcome: [Double]
  /// Case weights.
  var weights: [Double]?

  /// How participants fall into trials, leaves and arms.
  enum Shape: CaseIterable {
    /// Every trial has both arms in every leaf, of unequal size.
    case complete
    /// A leaf absent from a trial, a trial with one arm, a leaf with one arm in a trial, a cell of one
    /// participant.
    case ragged
    /// Two trials, one leaf, seven participants.
    case tiny
  }

  let trials: Int
  let leaves: Int

  /// Given data.
  init(
    trial: [Int32], arm: [UInt8], leaf: [Int32], covariates: [[Double]] = [], outcome: [Double],
    trials: Int, leaves: Int
  ) {
    self.trial = trial
    self.arm = arm
    self.leaf = leaf
    self.covariates = covariates
    self.outcome = outcome
    self.trials = trials
    self.leaves = leaves
  }

  /// A data set of a shape; the seed determines it.
  init(_ shape: Shape, covariates: Int = 0, seed: UInt64 = 1) {
    var stream = RandomStream(seed: seed, purpose: "sample data")
    var rows: [(trial: Int, leaf: Int, arm: Int)] = []
    func add(_ n: Int, _ trial: Int, _ leaf: Int, _ arm: Int) {
      rows += [(Int, Int, Int)](repeating: (trial, leaf, arm), count: n)
    }
    switch shape {
    case .complete:
      for k in 0..<4 {
        for j in 0..<3 { for t in 0..<2 { add(1 + (2 * k + j + 2 * t) % 5, k, j, t) } }
      }
      (trials, leaves) = (4, 3)
    case .ragged:
      add(5, 0, 0, 0)
      add(4, 0, 0, 1)
      add(3, 0, 1, 1)
      add(6, 1, 0, 1)
      add(2, 1, 1, 1)
      add(1, 2, 1, 0)
      add(4, 2, 0, 0)
      add(7, 2, 0, 1)
      add(5, 3, 1, 0)
      add(8, 3, 1, 1)
      (trials, leaves) = (4, 2)
    case .tiny:
      add(2, 0, 0, 0)
      add(2, 0, 0, 1)
      add(1, 1, 0, 0)
      add(2, 1, 0, 1)
      (trials, leaves) = (2, 1)
    }
    stream.shuffle(&rows)
    trial = rows.map { Int32($0.trial) }
    leaf = rows.map { Int32($0.leaf) }
    arm = rows.map { UInt8($0.arm) }
    var columns: [[Double]] = []
    for _ in 0..<covariates { columns.append(rows.map { _ in 2 + 3 * stream.normal() }) }
    self.covariates = columns
    let shifts = (0..<trials).map { _ in (0.8 * stream.normal(), 0.6 * stream.normal()) }
    var y: [Double] = []
    for (i, row) in rows.enumerated() {
      let shift = shifts[row.trial]
      let effect = 0.5 - Double(row.leaf) + shift.1
      let covariate = columns.enumerated().reduce(0) { $0 + 0.3 * Double($1.0 + 1) * $1.1[i] }
      y.append(20 + shift.0 + effect * Double(row.arm) + covariate + 1.2 * stream.normal())
    }
    outcome = y
  }

  var rows: Int { outcome.count }

  var design: Design {
    Design(
      formula: "y ~ t | trial | z", outcomeName: "y", family: .gaussian, outcome: outcome,
      weights: weights,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"), arm: arm,
      trialName: "trial", trials: (0..<trials).map { "T\($0)" }, trial: trial,
      covariates: Covariates(
        names: covariates.indices.map { "x\($0)" }, columns: covariates),
      exclusions: Exclusions(rows: rows, used: rows, counts: []))
  }

  var statistics: ModelStatistics { ModelStatistics(design, leaf: leaf, leaves: leaves) }
}

/// All eight combinations of intercepts and random terms.
let allTerms: [ModelTerms] = [Intercepts.perLeaf, .perLeafAndTrial].flatMap { intercepts in
  [(false, false), (true, false), (false, true), (true, true)].map {
    ModelTerms(intercepts: intercepts, randomIntercept: $0.0, randomEffect: $0.1)
  }
}

/// Those, intercepts of trials, and correlated random terms.
let everyTerms: [ModelTerms] =
  allTerms
  + [(false, false), (true, false), (false, true), (true, true)].map {
    ModelTerms(intercepts: .perTrial, randomIntercept: $0.0, randomEffect: $0.1)
  } + [Intercepts.perLeaf, .perTrial, .perLeafAndTrial].map { correlated($0) }

/// Correlated random intercepts and effects.
func correlated(_ intercepts: Intercepts) -> ModelTerms {
  ModelTerms(
    intercepts: intercepts, randomIntercept: true, randomEffect: true, isCorrelated: true)
}

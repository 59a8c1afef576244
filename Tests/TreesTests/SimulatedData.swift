import Designs
import TestSupport

@testable import Trees

/// Trials with a treatment effect that depends on two variables of five: numbers with ties, numbers
/// without, nominal levels, ordered levels, and a constant.
struct SimulatedData {
  var outcome: [Double]
  var arm: [UInt8]
  var trial: [Int32]
  var tied: [Double]
  var continuous: [Double]
  var nominal: [Int32]
  var ordered: [Int32]

  init(rows: Int, trials: Int = 4, seed: UInt64 = 1) {
    var generator = TestGenerator(seed: seed)
    trial = (0..<rows).map { _ in Int32.random(in: 0..<Int32(trials), using: &generator) }
    arm = (0..<rows).map { _ in UInt8.random(in: 0...1, using: &generator) }
    tied = (0..<rows).map { _ in Double(Int.random(in: 0..<24, using: &generator)) }
    continuous = (0..<rows).map { _ in Double.random(in: -2..<2, using: &generator) }
    nominal = (0..<rows).map { _ in Int32.random(in: 0..<4, using: &generator) }
    ordered = (0..<rows).map { _ in Int32.random(in: 0..<5, using: &generator) }
    outcome = []
    for i in 0..<rows {
      let effect = (tied[i] > 11 ? 2.0 : 0.0) + (nominal[i] == 2 && tied[i] > 11 ? 2.0 : 0.0)
      let noise = (0..<4).reduce(0.0) { sum, _ in
        sum + Double.random(in: -1..<1, using: &generator)
      }
      outcome.append(Double(trial[i]) / 2 + Double(arm[i]) * effect + noise)
    }
  }

  var variables: [PartitioningVariable] {
    [
      PartitioningVariable(name: "tied", values: .numeric(tied)),
      PartitioningVariable(name: "continuous", values: .numeric(continuous)),
      PartitioningVariable(
        name: "nominal", values: .nominal(codes: nominal, levels: ["a", "b", "c", "d"])),
      PartitioningVariable(
        name: "ordered", values: .ordered(codes: ordered, levels: ["1", "2", "3", "4", "5"])),
      PartitioningVariable(
        name: "constant", values: .numeric([Double](repeating: 3, count: outcome.count))),
    ]
  }

  var sorted: SortedVariables { SortedVariables(variables, rows: outcome.count) }

  /// Least squares with one intercept for each trial, or one for all.
  func model(stratified: Bool = true) -> LeastSquaresModel {
    LeastSquaresModel(outcome: outcome, arm: arm, trial: stratified ? trial : nil)
  }

  /// The data with its rows in another order: row i of the result is row `order[i]`.
  func reordered(_ order: [Int]) -> SimulatedData {
    var result = self
    result.outcome = order.map { outcome[$0] }
    result.arm = order.map { arm[$0] }
    result.trial = order.map { trial[$0] }
    result.tied = order.map { tied[$0] }
    result.continuous = order.map { continuous[$0] }
    result.nominal = order.map { nominal[$0] }
    result.ordered = order.map { ordered[$0] }
    return result
  }
}

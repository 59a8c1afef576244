public import Designs
import Foundation
import Numerics

/// Data of a scenario, drawn from its model at given parameters.
public struct SimulatedTrials: Sendable {
  /// The data as every analysis takes them.
  public let design: Design
  /// The subgroup of each row, counted from 0.
  public let leaf: [Int32]
  /// The scenario.
  public let scenario: Scenario
  private let layout: TrialLayout
  /// Of each group the number of rows, their mean, and the sum of squares about it.
  private var counts: [Double]
  private var means: [Double]
  private var squares = 0.0

  /// Draws outcomes.
  init(_ layout: TrialLayout, _ truth: JointParameters, _ stream: inout RandomStream) {
    self.layout = layout
    scenario = layout.scenario
    leaf = layout.leaf
    let predictors = layout.groups.map { layout.predictor($0, truth) }
    var outcome: [Double] = []
    outcome.reserveCapacity(layout.rows)
    for group in layout.group {
      switch scenario.family {
      case .gaussian: outcome.append(predictors[group] + truth.sigma * stream.normal())
      case .binomial:
        outcome.append(stream.uniform() < 1 / (1 + exp(-predictors[group])) ? 1 : 0)
      }
    }
    design = layout.design(outcome)
    counts = [Double](repeating: 0, count: layout.groups.count)
    means = counts
    for (row, group) in layout.group.enumerated() {
      counts[group] += 1
      means[group] += outcome[row]
    }
    for group in means.indices { means[group] /= max(counts[group], 1) }
    for (row, group) in layout.group.enumerated() {
      let deviation = outcome[row] - means[group]
      squares += deviation * deviation
    }
  }

  /// log p(y | parameters).
  public func logLikelihood(_ parameters: JointParameters) -> Double {
    switch scenario.family {
    case .gaussian:
      var sum = squares
      for (i, group) in layout.groups.enumerated() {
        let residual = means[i] - layout.predictor(group, parameters)
        sum += counts[i] * residual * residual
      }
      let rows = Double(layout.rows)
      return -rows * (log(parameters.sigma) + 0.5 * log(2 * Double.pi))
        - sum / (2 * parameters.sigma * parameters.sigma)
    case .binomial:
      var sum = 0.0
      for (i, group) in layout.groups.enumerated() {
        let predictor = layout.predictor(group, parameters)
        // log(1 + exp η) without overflow.
        let softplus = max(predictor, 0) + log1p(exp(-abs(predictor)))
        sum += counts[i] * (means[i] * predictor - softplus)
      }
      return sum
    }
  }
}

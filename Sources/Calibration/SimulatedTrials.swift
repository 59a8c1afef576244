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
  /// Of each group the number of rows and their mean; of each set of SDs the sum of squares about these.
  private var counts: [Double]
  private var means: [Double]
  private var squares: [Double]

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
      case .gaussian:
        let sigma = truth.sigma[scenario.set(of: layout.groups[group].leaf)]
        outcome.append(predictors[group] + sigma * stream.normal())
      case .binomial:
        outcome.append(stream.uniform() < 1 / (1 + exp(-predictors[group])) ? 1 : 0)
      }
    }
    design = layout.design(outcome)
    counts = [Double](repeating: 0, count: layout.groups.count)
    means = counts
    squares = [Double](repeating: 0, count: scenario.sets)
    for (row, group) in layout.group.enumerated() {
      counts[group] += 1
      means[group] += outcome[row]
    }
    for group in means.indices { means[group] /= max(counts[group], 1) }
    for (row, group) in layout.group.enumerated() {
      let deviation = outcome[row] - means[group]
      squares[scenario.set(of: layout.groups[group].leaf)] += deviation * deviation
    }
  }

  /// log p(y | parameters).
  public func logLikelihood(_ parameters: JointParameters) -> Double {
    switch scenario.family {
    case .gaussian:
      var sums = squares
      var rows = [Double](repeating: 0, count: sums.count)
      for (i, group) in layout.groups.enumerated() {
        let residual = means[i] - layout.predictor(group, parameters)
        let set = scenario.set(of: group.leaf)
        sums[set] += counts[i] * residual * residual
        rows[set] += counts[i]
      }
      return sums.indices.reduce(0) { total, set in
        let sigma = parameters.sigma[set]
        return total - rows[set] * (log(sigma) + 0.5 * log(2 * Double.pi))
          - sums[set] / (2 * sigma * sigma)
      }
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

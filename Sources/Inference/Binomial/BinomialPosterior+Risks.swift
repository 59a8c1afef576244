import Foundation
import MixedModels

extension BinomialPosterior {
  /// Draws of the risk difference in a leaf, active minus control arm.
  ///
  /// The model's risks of every participant of the leaf in either arm, at the own trial and covariates,
  /// averaged over the participants (by case weights): without covariates the average over the trials,
  /// weighted by their participants in the leaf.
  public func riskDifference(leaf: Int) -> [Double]? {
    let groups = groups(of: leaf)
    let total = groups.reduce(0) { $0 + $1.count }
    let count = chains * iterations
    var result = [Double](repeating: 0, count: count)
    guard total > 0, let effect = draws(of: .effect(leaf: leaf)) else { return result }
    var control = [Double](repeating: 0, count: count)
    for group in groups {
      for s in 0..<count { control[s] = 0 }
      for (draws, value) in terms(group, leaf) {
        for s in 0..<count { control[s] += value * draws[s] }
      }
      let random =
        terms.randomEffect ? trialEffect(group.trial, term: terms.randomTerms - 1) : nil
      let share = group.count / total
      for s in 0..<count {
        let active = control[s] + effect[s] + (random?[s] ?? 0)
        result[s] += share * (Self.risk(active) - Self.risk(control[s]))
      }
    }
    return result
  }

  private static func risk(_ eta: Double) -> Double { 1 / (1 + exp(-eta)) }

  /// Participants of a leaf who share trial and covariates.
  private struct Group: Hashable {
    let trial: Int
    let pattern: Int
    var count = 0.0
  }

  private func groups(of leaf: Int) -> [Group] {
    var groups: [Group] = []
    var places: [Group: Int] = [:]
    for cell in model.statistics.cells where cell.leaf == leaf {
      let key = Group(trial: cell.trial, pattern: cell.pattern)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(key)
      }
      groups[place].count += cell.count
    }
    return groups
  }

  /// What the linear predictor of the control arm is the sum of.
  private func terms(_ group: Group, _ leaf: Int) -> [(draws: [Double], value: Double)] {
    var result: [(draws: [Double], value: Double)] = []
    let intercepts: [FixedRole] = [
      .intercept(leaf: leaf, trial: nil), .intercept(leaf: leaf, trial: group.trial),
      .intercept(leaf: nil, trial: group.trial),
    ]
    for role in intercepts {
      if let draws = draws(of: role) { result.append((draws, 1)) }
    }
    for i in 0..<covariates {
      let value = model.statistics.patterns[group.pattern * covariates + i]
      if value != 0, let draws = draws(of: .covariate(i)) { result.append((draws, value)) }
    }
    if terms.randomIntercept { result.append((trialEffect(group.trial, term: 0), 1)) }
    return result
  }
}

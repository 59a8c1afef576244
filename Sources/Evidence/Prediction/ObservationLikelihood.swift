import Designs
import Foundation
import MixedModels
import Posterior
import Subgroups
import Trees

/// The log likelihoods of participants at every draw of a posterior, given leaf and trial effects.
///
/// Participants who differ in nothing that the model knows are one observation, so that a binomial outcome
/// without covariates has at most two a cell.
struct ObservationLikelihood: Sendable {
  /// Participants with the same linear predictor.
  struct Group: Sendable {
    let leaf: Int
    let trial: Int
    let isActive: Bool
    let covariates: [Double]
    /// Their distinct outcomes.
    var observations: [Observation]
  }

  /// Participants with the same outcome and weight.
  struct Observation: Sendable {
    let outcome: Double
    let weight: Double
    var participants: Int
  }

  private struct Key: Hashable {
    let cell: Int
    let covariates: [Double]
  }

  private struct Value: Hashable {
    let group: Int
    let outcome: Double
    let weight: Double
  }

  let groups: [Group]
  private let model: RunModel
  private let draws: Draws
  private let places: [String: Int]

  init(_ model: RunModel, _ draws: Draws) {
    self.model = model
    self.draws = draws
    places = Dictionary(
      draws.names.enumerated().map { ($0.element, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    let design = model.design
    let leaves = model.leaves.count
    var groups: [Group] = []
    var groupPlaces: [Key: Int] = [:]
    var valuePlaces: [Value: Int] = [:]
    for row in 0..<design.rows {
      let (leaf, trial) = (Int(model.codes[row]), Int(design.trial[row]))
      let isActive = design.arm[row] == 1
      let x = design.covariates.columns.map { $0[row] }
      let key = Key(cell: 2 * (trial * leaves + leaf) + (isActive ? 1 : 0), covariates: x)
      let group = groupPlaces[key] ?? groups.count
      if group == groups.count {
        groupPlaces[key] = group
        groups.append(
          Group(leaf: leaf, trial: trial, isActive: isActive, covariates: x, observations: []))
      }
      let weight = design.weights?[row] ?? 1
      let value = Value(group: group, outcome: design.outcome[row], weight: weight)
      if let place = valuePlaces[value] {
        groups[group].observations[place].participants += 1
      } else {
        valuePlaces[value] = groups[group].observations.count
        groups[group].observations.append(
          Observation(outcome: value.outcome, weight: weight, participants: 1))
      }
    }
    self.groups = groups
  }

  /// The log likelihoods of the observations of a group, one list of draws each.
  ///
  /// They are the row's own terms of the model's log likelihood: with a case weight w that of N(η, σ²/w), or w
  /// times that of one event.
  func values(of group: Group, _ body: (Observation, [Double]) -> Void) {
    let eta = linearPredictor(group)
    switch model.design.family {
    case .gaussian:
      let sigma = column("sigma", leaf: group.leaf)
      let logSigma = sigma.map { log($0) + 0.5 * log(2 * Double.pi) }
      for observation in group.observations {
        let half = 0.5 * log(observation.weight)
        body(
          observation,
          eta.indices.map { s in
            let z = (observation.outcome - eta[s]) / sigma[s]
            return half - logSigma[s] - 0.5 * observation.weight * z * z
          })
      }
    case .binomial:
      for observation in group.observations {
        let sign = observation.outcome > 0 ? -1.0 : 1.0
        body(
          observation,
          eta.map { -observation.weight * (max(sign * $0, 0) + log1p(exp(-abs($0)))) })
      }
    }
  }

  // MARK: Draws by name

  private func linearPredictor(_ group: Group) -> [Double] {
    var sum = [Double](repeating: 0, count: draws.count)
    for name in names(group) { add(name, times: 1, to: &sum) }
    for (i, x) in group.covariates.enumerated() where x != 0 {
      add(scoped("coef", group.leaf, i + 1), times: x, to: &sum)
    }
    return sum
  }

  /// The parameters that a participant's linear predictor is the sum of.
  private func names(_ group: Group) -> [String] {
    let terms = model.terms
    let node = model.leaves[group.leaf]
    let trial = group.trial + 1
    var names: [String] = []
    switch terms.intercepts {
    case .perLeaf: names.append("intercept_\(node)")
    case .perLeafAndTrial: names.append("intercept_\(node)_\(trial)")
    case .perTrial: names += ["trial_fixed_\(trial)", "intercept_\(node)"]
    }
    if terms.randomIntercept { names.append(scoped("trial_intercept", group.leaf, trial)) }
    guard group.isActive else { return names }
    names.append("effect_\(node)")
    if terms.randomEffect { names.append(scoped("trial_effect", group.leaf, trial)) }
    return names
  }

  /// A name that has the node in it where nodes have parameters of their own.
  private func scoped(_ kind: String, _ leaf: Int, _ index: Int? = nil) -> String {
    ([kind] + [model.isShared ? nil : model.leaves[leaf], index].compactMap { $0.map { "\($0)" } })
      .joined(separator: "_")
  }

  /// Adds the draws of a parameter; one that the model lacks, since others determine it, is zero.
  private func add(_ name: String, times factor: Double, to sum: inout [Double]) {
    guard let place = places[name] else { return }
    let values = draws.variable(place)
    for (s, value) in values.enumerated() { sum[s] += factor * value }
  }

  private func column(_ kind: String, leaf: Int) -> [Double] {
    places[scoped(kind, leaf)].map { Array(draws.variable($0)) }
      ?? [Double](repeating: 1, count: draws.count)
  }
}

public import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Trees

/// The smallest difference of effects that a test at a split of the participants in two halves would have
/// found with a power of 80 % (article NothingFound).
public struct DetectableDifference: Sendable, Equatable {
  /// The power.
  public static let power = 0.8

  /// On the scale of effects, positive.
  public let difference: Double
  /// The level of the two-sided test: alpha, divided by the number of variables where p-values are
  /// adjusted for it.
  public let level: Double

  /// The difference for a design under a plan; `sigma` is the residual SD of a model without subgroups, not
  /// used for a binomial outcome.
  ///
  /// Nil where no trial has both arms, or nothing is known of σ.
  public init?(_ design: Design, _ plan: AnalysisPlan, sigma: Double?) {
    let tests = plan.growth.bonferroni ? max(design.partitioning.count, 1) : 1
    level = plan.growth.alpha / Double(tests)
    guard let weight = Self.weight(design, sigma: sigma), level < 1 else { return nil }
    let quantiles =
      Distributions.normalUpperQuantile(level / 2) + Distributions.normalQuantile(Self.power)
    difference = quantiles * 2 / weight.squareRoot()
  }

  /// Σ over trials of the information on the effect: the inverse of the variance of a trial's own estimate.
  private static func weight(_ design: Design, sigma: Double?) -> Double? {
    var sizes = [Double](repeating: 0, count: 2 * design.trials.count)
    var events = sizes
    for row in 0..<design.rows {
      let place = 2 * Int(design.trial[row]) + Int(design.arm[row])
      let weight = design.weights?[row] ?? 1
      sizes[place] += weight
      events[place] += weight * design.outcome[row]
    }
    let weight = design.trials.indices.reduce(0.0) { sum, trial in
      let (control, active) = (sizes[2 * trial], sizes[2 * trial + 1])
      guard control > 0, active > 0 else { return sum }
      let product = control * active / (control + active)
      guard design.family == .binomial else {
        return sum + (sigma.map { product / ($0 * $0) } ?? 0)
      }
      let risk = (events[2 * trial] + events[2 * trial + 1]) / (control + active)
      return sum + product * risk * (1 - risk)
    }
    return weight > 0 && weight.isFinite ? weight : nil
  }
}

extension Run {
  /// What a tree without a split could have found; nil for others, and for pre-specified subgroups.
  public func detectableDifference(
    _ design: Design, _ plan: AnalysisPlan
  ) -> DetectableDifference? {
    guard design.subgroups == nil, tree.tree.leaves.count == 1 else { return nil }
    let sigma: Double? =
      switch fit {
      case .likelihood(let result): result.fit.estimate.variances.sigma
      case .bayesian(let result): result.sigma?.mean
      }
    return DetectableDifference(design, plan, sigma: sigma)
  }
}

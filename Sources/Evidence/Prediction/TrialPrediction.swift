import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Threads

/// How well a model predicts the active arm of each trial from its controls and all other trials, the tree being
/// given: log p(y) − log p(y without the active arm of k).
///
/// The whole trial would be judged by the prior of its intercepts.
public struct TrialPrediction: Sendable, Equatable {
  /// One trial.
  public struct Trial: Sendable, Equatable {
    /// The trial's code.
    public let trial: Int
    /// The number of participants in its active arm.
    public let active: Int
    /// The log predictive density of their outcomes; nil where it does not exist.
    public let elpd: Double?
  }

  /// The trials with an active arm.
  public let trials: [Trial]

  /// The sum over trials; nil where one lacks its figure.
  public var elpd: Double? {
    trials.reduce(0) { sum, trial in sum.flatMap { sum in trial.elpd.map { sum + $0 } } }
  }

  /// The standard error of the sum, √(K · variance of the terms); nil for fewer than ten trials, where it says
  /// nothing.
  public var standardError: Double? {
    let terms = trials.compactMap(\.elpd)
    guard terms.count == trials.count, terms.count >= 10 else { return nil }
    return (Double(terms.count) * variance(terms)).squareRoot()
  }
}

/// The marginal likelihood of a run's model on its data and on parts of them.
struct MarginalLikelihood: Sendable {
  let model: RunModel

  /// log p(y) of some rows; nil where it does not exist, or is more than quadrature can have.
  ///
  /// Where subgroups have variances of their own it is the sum over these; where their τ1 are pooled it is not
  /// had.
  func value(of rows: [Int32]) -> Double? {
    switch model.heterogeneity {
    case .shared: return joint(rows, model.ownTerms)
    case .perSubgroupPooled where model.terms.randomEffect && model.leaves.count > 1: return nil
    case .perSubgroup, .perSubgroupPooled:
      var sum = 0.0
      for leaf in model.leaves.indices {
        let own = rows.filter { model.codes[Int($0)] == leaf }
        guard !own.isEmpty else { continue }
        guard let value = joint(own, model.terms, alone: true) else { return nil }
        sum += value
      }
      return sum
    }
  }

  private func joint(_ rows: [Int32], _ terms: ModelTerms, alone: Bool = false) -> Double? {
    let design = model.design.restricted(to: rows)
    let codes = alone ? rows.map { _ in 0 } : rows.map { model.codes[Int($0)] }
    let leaves = alone ? 1 : model.leaves.count
    switch design.family {
    case .gaussian:
      let marginal = model.gaussian(
        ModelStatistics(design, leaf: codes, leaves: leaves), terms)
      guard isProper(marginal) else { return nil }
      let priors = model.variances(terms, of: design)
      return
        (try? VarianceQuadrature(marginal, priors, resolution: resolution(terms)))?
        .logMarginalLikelihood
    case .binomial:
      guard let marginal = model.binomial(design, codes, leaves: leaves, terms) else { return nil }
      return (try? BinomialQuadrature(marginal))?.logMarginalLikelihood
    }
  }

  /// As fine as the number of variances allows.
  private func resolution(_ terms: ModelTerms) -> VarianceQuadrature.Resolution {
    let count =
      1 + terms.randomTerms + (terms.isCorrelated ? 1 : 0) + (terms.poolsEffects ? 1 : 0)
    return count < 3 ? .fine : count < 4 ? .coarse : .medium
  }

  /// Whether no flat prior's constant is in the figure: else models of other rows have other constants.
  private func isProper(_ marginal: MarginalModel) -> Bool {
    let priors = model.priors.coefficients
    return priors.effect.precision > 0 && priors.intercept.precision > 0
      && priors.coefficients.allSatisfy { $0.precision > 0 }
  }
}

extension TrialPrediction {
  /// Leaves out the active arm of each trial in turn; nil where the model has no marginal likelihood.
  init?(_ model: RunModel) {
    let design = model.design
    let marginal = MarginalLikelihood(model: model)
    let rows = (0..<Int32(design.rows)).map { $0 }
    guard let all = marginal.value(of: rows) else { return nil }
    let trials = design.trials.indices.filter { trial in
      rows.contains { Int(design.trial[Int($0)]) == trial && design.arm[Int($0)] == 1 }
    }
    self.trials = concurrentMap(count: trials.count, threads: model.plan.threads) { place in
      let trial = trials[place]
      let kept = rows.filter {
        Int(design.trial[Int($0)]) != trial || design.arm[Int($0)] == 0
      }
      let rest = kept.isEmpty ? 0 : marginal.value(of: kept)
      return Trial(
        trial: trial, active: rows.count - kept.count, elpd: rest.map { all - $0 })
    }
  }
}

public import Designs
import Foundation
public import MixedModels
import Numerics

/// The outcome of a participant before any data: of the active arm of a new trial, with covariates at
/// their means.
///
/// Given the SDs it is normal, as all coefficients have normal priors; over the SDs it is a scale mixture,
/// by quadrature.
public struct PriorPredictive: Sendable {
  private let mean: Double
  private let variance: Double
  private let spreads: [HeterogeneityPrior]

  /// The outcome under priors; nil where a prior of a coefficient is flat, so that there is none.
  ///
  /// `terms` says which random terms the model has.
  public init?(_ priors: ResolvedPriors, _ design: Design, _ terms: ModelTerms) {
    guard design.family == .gaussian else { return nil }
    let coefficients = priors.coefficients
    var mean = coefficients.intercept.mean + coefficients.effect.mean
    var variance =
      coefficients.intercept.sd * coefficients.intercept.sd
      + coefficients.effect.sd * coefficients.effect.sd
    for (column, prior) in zip(design.covariates.columns, coefficients.coefficients) {
      let value = Numerics.mean(column)
      mean += value * prior.mean
      if value != 0 { variance += value * value * prior.sd * prior.sd }
    }
    guard variance.isFinite else { return nil }
    self.mean = mean
    self.variance = variance
    spreads = priors.tau(terms) + [priors.sigma]
  }

  /// P(lower ≤ outcome ≤ upper).
  public func probability(from lower: Double, to upper: Double) -> Double {
    let squares = spreads.map { prior in
      let nodes = PriorNodes(prior, step: 0.5)
      return zip(nodes.values, nodes.weights).filter { $0.1 > 1e-10 }
        .map { (square: $0 * $0, weight: $1) }
    }
    return probability(squares[...], variance, (lower - mean, upper - mean))
  }

  /// Over the SDs that are left, given the variance of all others.
  private func probability(
    _ rest: ArraySlice<[(square: Double, weight: Double)]>, _ variance: Double,
    _ limits: (lower: Double, upper: Double)
  ) -> Double {
    guard let next = rest.first else {
      let sd = variance.squareRoot()
      return Distributions.normalCDF(limits.upper / sd)
        - Distributions.normalCDF(limits.lower / sd)
    }
    return next.reduce(0) { sum, node in
      sum + node.weight * probability(rest.dropFirst(), variance + node.square, limits)
    }
  }
}

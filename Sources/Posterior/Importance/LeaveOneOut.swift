import Foundation
import Numerics

/// How well a model predicts one observation that it has not seen, from draws that have seen it: PSIS-LOO
/// (Vehtari, Gelman & Gabry 2017).
public struct LeaveOneOut: Sendable, Equatable {
  /// log p(yᵢ | y₋ᵢ): the expected log predictive density.
  public let elpd: Double
  /// log p(yᵢ | y): the same where the observation itself has been used.
  public let logDensity: Double
  /// The shape of the tail of the weights 1/p(yᵢ | θ); above 0.7 `elpd` cannot be relied on.
  public let paretoK: Double

  /// The prediction of an observation from its log likelihood at each draw.
  ///
  /// Weights are smoothed over a tail whose length follows from the effective number of draws of the
  /// likelihood. `relativeEfficiency` is that number over the actual one, where it is known already.
  public init(_ logLikelihoods: ChainValues, relativeEfficiency: Double? = nil) {
    let values = logLikelihoods.values
    let efficiency = relativeEfficiency ?? LeaveOneOut.relativeEfficiency(logLikelihoods)
    let weights = SmoothedWeights(logRatios: values.map { -$0 }, relativeEfficiency: efficiency)
    elpd = logSumExp(zip(values, weights.logarithms).map { $0 + $1 })
    logDensity = logSumExp(values) - log(Double(values.count))
    paretoK = weights.paretoK
  }

  /// The effective number of draws for the mean of the likelihood over the actual one; 1 where all are
  /// equal.
  public static func relativeEfficiency(_ logLikelihoods: ChainValues) -> Double {
    let top = logLikelihoods.values.max() ?? 0
    let likelihoods = logLikelihoods.map { exp($0 - top) }
    guard let effective = EffectiveSampleSize.of(likelihoods) else { return 1 }
    return effective / Double(likelihoods.count)
  }
}

/// Leave-one-out over all observations.
public struct LeaveOneOutSum: Sendable, Equatable {
  /// Σ log p(yᵢ | y₋ᵢ), in nats.
  public let elpd: Double
  /// Its standard error: √(n · variance of the terms); nil for one observation.
  public let standardError: Double?
  /// The effective number of parameters: Σ log p(yᵢ | y) − elpd.
  public let effectiveParameters: Double
  /// The number of observations whose Pareto k exceeds 0.7.
  public let unreliable: Int

  /// The sum over observations.
  public init(_ terms: [LeaveOneOut]) {
    elpd = terms.reduce(0) { $0 + $1.elpd }
    effectiveParameters = terms.reduce(0) { $0 + $1.logDensity - $1.elpd }
    unreliable = terms.count { $0.paretoK > 0.7 }
    standardError =
      terms.count > 1
      ? (Double(terms.count) * variance(terms.map(\.elpd))).squareRoot() : nil
  }
}

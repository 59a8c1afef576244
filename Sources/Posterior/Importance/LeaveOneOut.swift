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
    let (top, likelihoods) = LeaveOneOut.likelihoods(values)
    let efficiency =
      relativeEfficiency
      ?? LeaveOneOut.relativeEfficiency(likelihoods, chains: logLikelihoods.chains)
    var ratios = values
    for s in ratios.indices { ratios[s] = -values[s] }
    let weights = SmoothedWeights(logRatios: ratios, relativeEfficiency: efficiency)
    for s in ratios.indices { ratios[s] = values[s] + weights.logarithms[s] }
    elpd = logSumExp(ratios)
    var sum = 0.0
    for likelihood in likelihoods { sum += likelihood }
    logDensity = top + log(sum / Double(values.count))
    paretoK = weights.paretoK
  }

  /// The effective number of draws for the mean of the likelihood over the actual one; 1 where all are
  /// equal.
  public static func relativeEfficiency(_ logLikelihoods: ChainValues) -> Double {
    relativeEfficiency(
      likelihoods(logLikelihoods.values).values, chains: logLikelihoods.chains)
  }

  private static func relativeEfficiency(_ likelihoods: [Double], chains: Int) -> Double {
    let values = ChainValues(values: likelihoods, chains: chains)
    guard let effective = EffectiveSampleSize.of(values) else { return 1 }
    return effective / Double(likelihoods.count)
  }

  /// The likelihoods over the largest of them, and the logarithm of that.
  ///
  /// Loops of their own, since this is done for every participant.
  private static func likelihoods(_ logarithms: [Double]) -> (top: Double, values: [Double]) {
    var top = -Double.infinity
    for value in logarithms where value > top { top = value }
    var values = logarithms
    for s in values.indices { values[s] = exp(logarithms[s] - top) }
    return (top, values)
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

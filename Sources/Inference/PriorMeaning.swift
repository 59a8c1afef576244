import Foundation
public import Numerics

/// What a prior of the between-trial SD τ says of the trials: quantiles of τ, and how far the true
/// effects of trials lie from their mean.
///
/// A trial's effect given τ is normal about the mean with the SD τ; over the prior of τ its deviation
/// from the mean is a scale mixture of normal distributions (Röver et al. 2021, section 3). All numbers
/// are in the measure of the prior's own scale.
public struct PriorMeaning: Sendable, Equatable {
  /// The probabilities of the quantiles of τ that are reported.
  public static let probabilities = [0.025, 0.25, 0.5, 0.75, 0.95, 0.975]

  /// The prior of τ.
  public let prior: HeterogeneityPrior
  /// The quantiles of τ at `probabilities`.
  public let quantiles: [Double]
  /// Half the width of the range about the mean that holds 95 % of trial effects, τ at its median.
  public let rangeAtMedian: Double
  /// The same over all of the prior: the 97.5 % quantile of a trial's deviation from the mean.
  public let range: Double

  /// What a prior says.
  ///
  /// Throws where the quantile of the deviations is out of the range of numbers.
  public init(_ prior: HeterogeneityPrior) throws(NumericalError) {
    self.prior = prior
    quantiles = Self.probabilities.map(prior.quantile)
    rangeAtMedian = Distributions.normalQuantile(0.975) * prior.quantile(0.5)
    range = try EffectDeviation(prior).quantile(0.975)
  }

  /// The median of τ.
  public var median: Double { prior.quantile(0.5) }

  /// The probability that τ is in a class.
  public func probability(of range: HeterogeneityClass) -> Double {
    prior.cumulative(range.upper) - prior.cumulative(range.lower)
  }
}

/// A range of τ with the word that the literature has for it.
public struct HeterogeneityClass: Sendable, Equatable {
  /// The word.
  public let name: String
  /// τ is above it; below 0 where 0 is in the class.
  public let lower: Double
  /// τ is not above it.
  public let upper: Double

  /// Of log odds ratios (Spiegelhalter, Abrams & Myles 2004, section 5.7.3).
  public static let logOddsRatio = [
    HeterogeneityClass(name: "little", lower: -1, upper: 0.1),
    HeterogeneityClass(name: "reasonable", lower: 0.1, upper: 0.5),
    HeterogeneityClass(name: "fairly high", lower: 0.5, upper: 1),
    HeterogeneityClass(name: "fairly extreme", lower: 1, upper: .infinity),
  ]

  /// Of mean differences in multiples of the within-arm SD, whose double is the unit-information SD u:
  /// up to u/32, u/16, u/8 and u/4, and beyond.
  public static let meanDifference = [
    HeterogeneityClass(name: "small", lower: -1, upper: 1.0 / 16),
    HeterogeneityClass(name: "moderate", lower: 1.0 / 16, upper: 1.0 / 8),
    HeterogeneityClass(name: "substantial", lower: 1.0 / 8, upper: 1.0 / 4),
    HeterogeneityClass(name: "large", lower: 1.0 / 4, upper: 1.0 / 2),
    HeterogeneityClass(name: "very large", lower: 1.0 / 2, upper: .infinity),
  ]
}

/// The deviation of a trial's effect from the mean of effects, before any data.
struct EffectDeviation {
  private let nodes: PriorNodes

  init(_ prior: HeterogeneityPrior) {
    nodes = PriorNodes(prior, step: 1.0 / 16)
  }

  /// P(deviation ≤ x), for x > 0.
  func cumulative(_ x: Double) -> Double {
    nodes.mean { tau in
      tau > 0 ? Distributions.normalCDF(x / tau) : 1
    }
  }

  /// The quantile of a probability above one half; 0 where τ is known to be 0.
  func quantile(_ p: Double) throws(NumericalError) -> Double {
    guard nodes.values.contains(where: { $0 > 0 }) else { return 0 }
    // A median of 0 occurs where tiny numbers have no digits left.
    var upper = max(nodes.median, .leastNormalMagnitude)
    while cumulative(upper / 2) >= p, upper > .leastNormalMagnitude { upper /= 2 }
    while cumulative(upper) < p {
      upper *= 2
      guard upper.isFinite else { throw .notConverged("quantile of the effects of trials") }
    }
    return try Minimiser.root(between: upper / 2, and: upper, tolerance: 1e-13) {
      cumulative($0) - p
    }
  }
}

/// A prior of τ as quantiles at the points of a standard normal z with weights.
///
/// The trapezoidal rule in z, whose density and derivatives vanish at both ends, converges faster than
/// any power of its step for a smooth function of z, as quantiles are.
struct PriorNodes {
  /// The values of τ, ascending.
  let values: [Double]
  /// Their weights, which add up to 1.
  let weights: [Double]

  private static let reach = 8.25

  init(_ prior: HeterogeneityPrior, step: Double) {
    if let value = prior.fixedValue {
      (values, weights) = ([value], [1])
      return
    }
    let count = Int((Self.reach / step).rounded())
    let points = (-count...count).map { Double($0) * step }
    values = points.map {
      prior.quantile(lower: Distributions.normalCDF($0), upper: Distributions.normalCDF(-$0))
    }
    let densities = points.map { exp(-0.5 * $0 * $0) }
    let sum = densities.reduce(0, +)
    weights = densities.map { $0 / sum }
  }

  /// The median of τ.
  var median: Double { values[values.count / 2] }

  /// The mean of a function of τ.
  func mean(_ function: (Double) -> Double) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.1 * function($1.0) }
  }
}

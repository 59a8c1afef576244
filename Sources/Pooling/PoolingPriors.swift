public import Inference
public import MixedModels

/// The priors of the normal-normal hierarchical model.
public struct PoolingPriors: Sendable, Equatable {
  /// Of the overall mean μ; an infinite SD is the flat prior, whose density is 1.
  public let mean: CoefficientPrior.Normal
  /// Of the SD τ between studies; nil is the improper uniform prior, whose density is 1 on [0, ∞).
  public let heterogeneity: HeterogeneityPrior?

  /// Priors of mean and heterogeneity.
  public init(mean: CoefficientPrior.Normal, heterogeneity: HeterogeneityPrior?) {
    self.mean = mean
    self.heterogeneity = heterogeneity
  }

  /// Whether the mean has the flat prior.
  public var hasFlatMean: Bool { mean.sd.isInfinite }

  /// How the posterior density of τ falls for τ → ∞, with a number of studies.
  func tail(studies: Int) -> PosteriorTail {
    let prior = heterogeneity?.tail ?? PosteriorTail(power: 0)
    return prior.steeper(by: Double(hasFlatMean ? studies - 1 : studies))
  }
}

/// How a density falls for x → ∞: like x^−power, times (log x)^−(1 + df) where `logarithmicDF` is given.
struct PosteriorTail: Equatable {
  /// Infinite where the density falls faster than any power.
  var power: Double
  var logarithmicDF: Double?

  /// Whether the moment of an order exists; that of order 0 is the integral of the density itself.
  func hasMoment(_ order: Int) -> Bool {
    let excess = power - Double(order) - 1
    return excess > 0 || (excess == 0 && logarithmicDF != nil)
  }

  func steeper(by powers: Double) -> PosteriorTail {
    PosteriorTail(power: power + powers, logarithmicDF: logarithmicDF)
  }
}

extension HeterogeneityPrior {
  /// How the prior's density falls for τ → ∞.
  var tail: PosteriorTail {
    switch self {
    case .halfNormal, .exponential, .uniform, .halfLogistic, .logNormal, .fixed:
      PosteriorTail(power: .infinity)
    case .halfT(let df, _): PosteriorTail(power: df + 1)
    case .halfCauchy: PosteriorTail(power: 2)
    case .lomax(let shape, _): PosteriorTail(power: shape + 1)
    case .logT(let df, _, _): PosteriorTail(power: 1, logarithmicDF: df)
    }
  }
}

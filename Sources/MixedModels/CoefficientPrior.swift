/// How the coefficients leave the density of the variances.
public enum CoefficientTreatment: Sendable, Equatable {
  /// Integrated out under independent normal priors: the marginal posterior.
  case integrated(CoefficientPrior)
  /// Integrated out under a flat prior: the restricted likelihood.
  case restricted
  /// Set to their maximum: the profile likelihood.
  case profiled
}

/// Independent normal priors of the coefficients, on the outcome's scale.
public struct CoefficientPrior: Sendable, Equatable {
  /// A normal distribution; an infinite SD is the flat prior.
  public struct Normal: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// The standard deviation.
    public let sd: Double

    /// A normal distribution.
    public init(mean: Double, sd: Double) {
      self.mean = mean
      self.sd = sd
    }

    /// 1 / sd², 0 for the flat prior.
    public var precision: Double { 1 / (sd * sd) }
  }

  /// Of every intercept; what a leaf adds to intercepts of trials has this SD and the mean 0.
  public let intercept: Normal
  /// Of the treatment effect in every leaf.
  public let effect: Normal
  /// Of each covariate's coefficient.
  public let coefficients: [Normal]

  /// Priors of the three kinds of coefficients.
  public init(intercept: Normal, effect: Normal, coefficients: [Normal] = []) {
    self.intercept = intercept
    self.effect = effect
    self.coefficients = coefficients
  }

  /// No information on any coefficient.
  static func flat(covariates: Int) -> CoefficientPrior {
    let flat = Normal(mean: 0, sd: .infinity)
    return CoefficientPrior(
      intercept: flat, effect: flat,
      coefficients: [Normal](repeating: flat, count: covariates))
  }
}

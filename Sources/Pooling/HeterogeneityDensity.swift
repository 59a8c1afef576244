import Foundation
import Inference
import MixedModels

/// The unnormalised posterior density of u = log τ, in the measure of the standardised studies.
struct HeterogeneityDensity {
  let studies: StandardStudies
  let knowledge: MeanKnowledge
  let prior: HeterogeneityPrior?
  /// How the density of τ falls for τ → ∞.
  let tail: PosteriorTail
  private let logUnit: Double
  /// The logarithm of the prior's constant factor, where it is written in log τ.
  private let logConstant: Double

  /// The posterior under priors; with a known mean in place of its prior, if one is given.
  init(_ studies: StandardStudies, _ priors: PoolingPriors, knownMean: Double? = nil) {
    self.studies = studies
    prior = priors.heterogeneity
    logUnit = log(studies.unit)
    logConstant =
      switch priors.heterogeneity {
      case .logNormal(_, let s)?: -log(s) - 0.5 * log(2 * Double.pi)
      case .logT(let df, _, let s)?:
        lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * Double.pi) - log(s)
      default: 0
      }
    if let knownMean {
      knowledge = .known((knownMean - studies.shift) / studies.unit)
      tail = (prior?.tail ?? PosteriorTail(power: 0)).steeper(by: Double(studies.count))
    } else {
      knowledge = .prior(
        .init(
          mean: (priors.mean.mean - studies.shift) / studies.unit,
          sd: priors.mean.sd / studies.unit))
      tail = priors.tail(studies: studies.count)
    }
  }

  /// The values of u between which the prior has mass.
  var support: (lower: Double, upper: Double) {
    guard case .uniform(let lower, let upper)? = prior else { return (-.infinity, .infinity) }
    return (log(lower) - logUnit, log(upper) - logUnit)
  }

  /// A value of u near which the prior has much of its mass; nil where it has none such.
  var priorCenter: Double? {
    switch prior {
    case nil: nil
    case .logNormal(let m, _)?, .logT(_, let m, _)?: m - logUnit
    case let prior?: log(prior.typicalScale) - logUnit
    }
  }

  /// The model given u.
  func conditional(_ u: Double) -> ConditionalMean {
    ConditionalMean(studies, knowledge, squaredTau: exp(2 * u))
  }

  /// The log density of u, prior × likelihood.
  func logDensity(_ u: Double) -> Double {
    logPrior(u) + conditional(u).logLikelihood
  }

  /// The log prior density of u, that of τ times dτ/du.
  func logPrior(_ u: Double) -> Double {
    let logTau = u + logUnit
    switch prior {
    case nil: return logTau
    // Written in log τ, since τ itself is 0 in double precision where these still have mass.
    case .logNormal(let m, let s)?:
      let z = (logTau - m) / s
      return logConstant - 0.5 * z * z
    case .logT(let df, let m, let s)?:
      let z = (logTau - m) / s
      return logConstant - 0.5 * (df + 1) * log1p(z * z / df)
    case let prior?:
      // An end of a uniform prior may lie on either side of itself after exp(log(x)).
      if case .uniform(let lower, let upper) = prior { return logTau - log(upper - lower) }
      return prior.logDensity(exp(logTau)).value + logTau
    }
  }

  /// The derivative of the log posterior density of τ, by τ in standardised measure.
  func slope(tau: Double) -> Double {
    let scaled = tau * studies.unit
    var slope = 2 * tau * ConditionalMean(studies, knowledge, squaredTau: tau * tau).slope
    if let prior {
      if case .uniform = prior { return slope }
      slope += prior.logDensity(scaled).slope * studies.unit
    }
    return slope
  }
}

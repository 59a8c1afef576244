import Foundation
import MixedModels

/// What is known of the overall mean before the data.
enum MeanKnowledge: Equatable {
  /// A normal prior; an infinite SD is the flat one, of density 1.
  case prior(CoefficientPrior.Normal)
  /// The mean itself.
  case known(Double)
}

/// Everything that follows from one value of τ: the conditional posterior of μ is normal, and the
/// likelihood of τ is had in closed form.
struct ConditionalMean {
  /// The mean of μ given τ.
  let mean: Double
  /// The variance of μ given τ.
  let variance: Double
  /// log p(y | τ), with μ integrated out or known.
  let logLikelihood: Double
  /// Its derivative by τ².
  let slope: Double

  /// The model at a value of τ².
  init(_ studies: StandardStudies, _ knowledge: MeanKnowledge, squaredTau: Double) {
    var precision = 0.0
    var sum = 0.0
    var center = 0.0
    if case .prior(let prior) = knowledge, prior.sd.isFinite {
      precision = prior.precision
      center = prior.mean
      sum = precision * center
    }
    let priorPrecision = precision
    var logVariances = 0.0
    var weights = 0.0
    var squares = 0.0
    for i in studies.estimates.indices {
      let variance = studies.variances[i] + squaredTau
      let weight = 1 / variance
      precision += weight
      sum += weight * studies.estimates[i]
      logVariances += log(variance)
      weights += weight
      squares += weight * weight
    }
    var mean = sum / precision
    if case .known(let value) = knowledge { mean = value }
    var distance = priorPrecision * (mean - center) * (mean - center)
    var pull = 0.0
    for i in studies.estimates.indices {
      let weight = 1 / (studies.variances[i] + squaredTau)
      let residual = studies.estimates[i] - mean
      distance += weight * residual * residual
      pull += weight * weight * residual * residual
    }
    let constant = Double(studies.count) * log(2 * Double.pi)
    var value = -0.5 * (constant + logVariances + distance)
    var slope = 0.5 * (pull - weights)
    if case .prior(let prior) = knowledge {
      value -= 0.5 * log(precision)
      value += prior.sd.isFinite ? 0.5 * log(priorPrecision) : 0.5 * log(2 * Double.pi)
      slope += 0.5 * squares / precision
      variance = 1 / precision
    } else {
      variance = 0
    }
    self.mean = mean
    self.slope = slope
    logLikelihood = value
  }
}

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
    let sums = WeightSums(studies, squaredTau: squaredTau)
    var (center, priorPrecision) = (0.0, 0.0)
    if case .prior(let prior) = knowledge, prior.sd.isFinite {
      (center, priorPrecision) = (prior.mean, prior.precision)
    }
    let precision = priorPrecision + sums.weights
    var mean = (priorPrecision * center + sums.weighted) / precision
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
    var value = -0.5 * (constant + sums.logVariances + distance)
    var slope = 0.5 * (pull - sums.weights)
    var variance = 0.0
    if case .prior(let prior) = knowledge {
      value -= 0.5 * log(precision)
      value += prior.sd.isFinite ? 0.5 * log(priorPrecision) : 0.5 * log(2 * Double.pi)
      slope += 0.5 * sums.squares / precision
      variance = 1 / precision
    }
    self.mean = mean
    self.variance = variance
    self.slope = slope
    logLikelihood = value
  }
}

/// Sums over the studies with the weights 1/(s² + τ²).
private struct WeightSums {
  private(set) var weights = 0.0
  private(set) var squares = 0.0
  private(set) var weighted = 0.0
  private(set) var logVariances = 0.0

  init(_ studies: StandardStudies, squaredTau: Double) {
    for i in studies.estimates.indices {
      let variance = studies.variances[i] + squaredTau
      let weight = 1 / variance
      weights += weight
      squares += weight * weight
      weighted += weight * studies.estimates[i]
      logVariances += log(variance)
    }
  }
}

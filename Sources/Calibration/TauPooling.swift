import Foundation
import Inference
import Numerics

/// Hyperparameters of partially pooled τ1, drawn from their prior: τ_j = F⁻¹(Φ(√ρ g + √(1 − ρ) e_j)) with
/// F the prior of one τ1, g and e_j standard normal and ρ uniform (article PooledHeterogeneity of Inference).
///
/// Written apart from the code that is checked: F⁻¹ is here the quantile function of the prior.
struct TauPooling: Sendable {
  private let prior: HeterogeneityPrior
  private let level: Double
  private let own: Double

  init(_ prior: HeterogeneityPrior, _ stream: inout RandomStream) {
    self.prior = prior
    let rho = stream.uniform()
    level = rho.squareRoot() * stream.normal()
    own = (1 - rho).squareRoot()
  }

  /// The τ1 of a subgroup.
  func draw(_ stream: inout RandomStream) -> Double { value(stream.normal()) }

  /// The τ1 of a subgroup with the score e.
  ///
  /// Φ rounds to 1 at 8.3, within reach of the nodes below, so that the upper tail is told as well.
  private func value(_ e: Double) -> Double {
    let u = level + own * e
    return prior.quantile(
      lower: 0.5 * erfc(-u / 2.squareRoot()), upper: 0.5 * erfc(u / 2.squareRoot()))
  }

  /// Mean and SD of the distribution of τ1 over subgroups; under a prior without an SD median and
  /// interquartile range.
  var figures: [Double] {
    guard prior.standardDeviation != nil,
      let rule = try? QuadratureRule.gaussHermite(points: 24)
    else {
      let quartile = Distributions.normalQuantile(0.75)
      return [value(0), value(quartile) - value(-quartile)]
    }
    let values = rule.nodes.map { value(2.squareRoot() * $0) }
    let weights = rule.weights.map { $0 / Double.pi.squareRoot() }
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    return [mean, variance.squareRoot()]
  }
}

import Foundation
import MixedModels
import Numerics

/// E[b | coefficients, τ, y] of each trial, by adaptive Gauss-Hermite quadrature: the Rao-Blackwell
/// estimate of the trial effects, summed over draws.
struct BinomialTrialMeans {
  private let model: BinomialModel
  private let nodes: [Double]
  private let weights: [Double]
  private var odds: TrialOdds
  /// Σ over draws, K × q.
  private(set) var sums: [Double]

  init(_ model: BinomialModel) {
    self.model = model
    let q = model.terms.randomTerms
    let rule = try? QuadratureRule.gaussHermite(points: q == 2 ? 5 : 9)
    // The rule has the weight exp(−x²).
    nodes = rule?.nodes.map { 2.squareRoot() * $0 } ?? [0]
    weights = rule?.weights ?? [1]
    odds = TrialOdds(model)
    sums = [Double](repeating: 0, count: model.trials * q)
  }

  /// Adds the means at one draw: coefficients in the order of the roles, and the SDs with the correlation.
  mutating func add(_ values: [Double], _ deviations: [Double]) {
    let q = model.terms.randomTerms
    guard q > 0 else { return }
    odds.take { cell in
      let g = model.stratum[cell]
      var eta = g >= 0 ? values[model.common + g] : 0
      for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
        eta += model.entryValues[entry] * values[model.entryColumns[entry]]
      }
      return eta
    }
    let factor = TrialFactor(deviations, model.terms)
    for trial in 0..<model.trials {
      let mean = mean(trial, factor)
      if q == 2 {
        sums[2 * trial] += mean.0
        sums[2 * trial + 1] += mean.1
      } else {
        sums[trial] += model.terms.randomEffect ? mean.1 : mean.0
      }
    }
  }

  /// The slopes of log p(y_k, v), b = L v, and its curvatures.
  private struct Expansion {
    let slope: (Double, Double)
    let curvature: (Double, Double, Double)
  }

  private func expand(
    _ trial: Int, _ factor: TrialFactor, _ v: (Double, Double)
  ) -> Expansion {
    let b = factor.times(v)
    let control = odds.moments(trial, active: false, at: b.0)
    let active = odds.moments(trial, active: true, at: b.0 + b.1)
    let (first, cross, second) = (factor.intercept, factor.intercept + factor.cross, factor.effect)
    return Expansion(
      slope: (
        first * control.residual + cross * active.residual - v.0, second * active.residual - v.1
      ),
      curvature: (
        1 + first * first * control.weight + cross * cross * active.weight,
        cross * second * active.weight, 1 + second * second * active.weight
      ))
  }

  /// log p(y_k, v) but for a constant.
  private func density(
    _ trial: Int, _ factor: TrialFactor, _ v: (Double, Double)
  ) -> Double {
    let b = factor.times(v)
    return odds.logLikelihood(trial, active: false, at: b.0)
      + odds.logLikelihood(trial, active: true, at: b.0 + b.1) - 0.5 * (v.0 * v.0 + v.1 * v.1)
  }

  /// The mode of v by Newton's method: the density is log-concave with curvature of 1 and more, so steps
  /// of 2 and less lead there.
  private func mode(
    _ trial: Int, _ factor: TrialFactor
  ) -> (place: (Double, Double), expansion: Expansion) {
    var v = (0.0, 0.0)
    var found = expand(trial, factor, v)
    for _ in 0..<20 {
      let c = found.curvature
      let determinant = c.0 * c.2 - c.1 * c.1
      let step = (
        (c.2 * found.slope.0 - c.1 * found.slope.1) / determinant,
        (c.0 * found.slope.1 - c.1 * found.slope.0) / determinant
      )
      let longest = max(abs(step.0), abs(step.1))
      let length = min(1, 2 / max(longest, 1e-300))
      v.0 += length * step.0
      v.1 += length * step.1
      found = expand(trial, factor, v)
      if longest < 1e-6 { break }
    }
    return (v, found)
  }

  /// E[b] of one trial; a term that the model lacks has τ 0 and the mean 0.
  private func mean(_ trial: Int, _ factor: TrialFactor) -> (Double, Double) {
    let (v, top) = mode(trial, factor)
    let isKnown = (factor.intercept == 0 && factor.cross == 0, factor.effect == 0)
    // A root of the inverse curvature: the first term, then the second given the first.
    let second = 1 / top.curvature.2.squareRoot()
    let ratio = top.curvature.1 / top.curvature.2
    let first = 1 / (top.curvature.0 - ratio * top.curvature.1).squareRoot()
    let range0 = isKnown.0 ? 0..<1 : nodes.indices
    let range1 = isKnown.1 ? 0..<1 : nodes.indices
    let highest = density(trial, factor, v)
    var (total, sum0, sum1) = (0.0, 0.0, 0.0)
    for i in range0 {
      let x = isKnown.0 ? 0 : nodes[i]
      for j in range1 {
        let y = isKnown.1 ? 0 : nodes[j]
        let place = (v.0 + first * x, v.1 + second * y - ratio * first * x)
        let height = density(trial, factor, place) - highest + 0.5 * (x * x + y * y)
        let weight =
          (isKnown.0 ? 1 : weights[i]) * (isKnown.1 ? 1 : weights[j]) * exp(height)
        total += weight
        sum0 += weight * place.0
        sum1 += weight * place.1
      }
    }
    return factor.times((sum0 / total, sum1 / total))
  }
}

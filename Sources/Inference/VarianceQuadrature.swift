import Foundation
public import MixedModels
public import Numerics

/// The posterior of the variances by quadrature: a judge of the sampler that needs no seed, and the
/// marginal likelihood of the tree.
///
/// On the sampler's coordinates the density is smooth and decays like a normal, so the trapezoidal
/// rule converges faster than any power of its spacing.
public struct VarianceQuadrature: Sendable {
  /// The variances at the points of the rule.
  public let points: [Variances]
  /// The posterior weights of the points; they add up to 1.
  public let weights: [Double]
  /// log p(y): the integral over everything.
  public let logMarginalLikelihood: Double
  /// The posterior mass at the edge of the grid, a check of its extent.
  public let edgeMass: Double

  private static let spacing = 0.45
  private static let depth = 36.0

  /// Integrates over the variances of a model.
  ///
  /// Throws where the mode cannot be found, and for four variances and more (correlated random terms,
  /// pooled effects beside two random terms): such a grid would cost more than all the chains.
  public init(_ model: MarginalModel, _ priors: VariancePriors) throws(NumericalError) {
    guard priors.free.count < 4 else {
      throw .notConverged("quadrature over \(priors.free.count) dimensions")
    }
    let target = VarianceTarget(model, priors)
    let mode = try VarianceQuadrature.mode(target)
    let spread = VarianceQuadrature.spread(target, mode)
    let axes = mode.indices.map { VarianceQuadrature.axis($0, target, mode, spread[$0]) }
    var grid: [[Double]] = [[]]
    var onEdge = [false]
    for axis in axes {
      onEdge = onEdge.flatMap { edge in
        axis.indices.map { edge || $0 == 0 || $0 == axis.count - 1 }
      }
      grid = grid.flatMap { point in axis.map { point + [$0] } }
    }
    let logDensities = grid.map { target.value(at: $0) }
    let total = logSumExp(logDensities)
    let cell = zip(spread, axes).reduce(0.0) { sum, pair in
      pair.1.count > 1 ? sum + log(pair.1[1] - pair.1[0]) : sum
    }
    logMarginalLikelihood = total + cell
    // Points below e⁻³⁶ of the whole add nothing to sixteen digits.
    let kept = logDensities.indices.filter { logDensities[$0] > total - VarianceQuadrature.depth }
    points = kept.map { target.variances(at: grid[$0]) }
    let masses = kept.map { exp(logDensities[$0] - total) }
    let sum = masses.reduce(0, +)
    weights = masses.map { $0 / sum }
    edgeMass = grid.indices.reduce(0) {
      $0 + (onEdge[$1] && grid[$1].count > 0 ? exp(logDensities[$1] - total) : 0)
    }
  }

  private static func mode(_ target: VarianceTarget) throws(NumericalError) -> [Double] {
    let d = target.dimension
    guard d > 0 else { return [] }
    var start = [Double](repeating: 0, count: d)
    if target.value(at: start) == -.infinity { start = start.map { _ in 0.5 } }
    let found = try Minimiser.bfgs(from: start, step: 0.2, tolerance: 1e-5) { u, gradient in
      let value = target.evaluate(at: u, gradient: &gradient)
      for i in gradient.indices { gradient[i] = -gradient[i] }
      return value > -.infinity ? -value : .nan
    }
    guard found.value.isFinite else {
      throw .notConverged("mode of the variances' posterior")
    }
    return found.position
  }

  /// The conditional SD of each coordinate at the mode.
  private static func spread(_ target: VarianceTarget, _ mode: [Double]) -> [Double] {
    mode.indices.map { i in
      let step = 1e-3
      var gradient = mode
      var point = mode
      point[i] += step
      _ = target.evaluate(at: point, gradient: &gradient)
      let above = gradient[i]
      point[i] -= 2 * step
      _ = target.evaluate(at: point, gradient: &gradient)
      let curvature = (gradient[i] - above) / (2 * step)
      return curvature > 0.2 ? 1 / curvature.squareRoot() : 2
    }
  }

  /// Points along a coordinate, out to where the density has fallen by e⁻³⁶ on both sides.
  private static func axis(
    _ i: Int, _ target: VarianceTarget, _ mode: [Double], _ spread: Double
  ) -> [Double] {
    let top = target.value(at: mode)
    let step = spacing * spread
    func reach(_ direction: Double) -> Int {
      var point = mode
      for count in 1...200 {
        point[i] = mode[i] + direction * step * Double(count)
        if !(target.value(at: point) > top - depth) { return count + 1 }
      }
      return 200
    }
    let below = reach(-1)
    let above = reach(1)
    return (-below...above).map { mode[i] + step * Double($0) }
  }

  /// The posterior mean of every trial effect: E[b] over the points, K × q trial after trial.
  public func trialEffects(_ model: MarginalModel) -> [Double] {
    let density = MarginalDensity(model)
    var sums = [Double](repeating: 0, count: density.trialEffectCount)
    for (point, weight) in zip(points, weights) {
      _ = density.evaluate(point)
      density.addTrialEffects(weight, to: &sums)
    }
    return sums
  }
}

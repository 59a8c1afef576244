import Foundation
public import MixedModels
public import Numerics

/// The posterior of the variances by quadrature: a judge of the sampler that needs no seed, and the
/// marginal likelihood of the tree.
///
/// On the priors' coordinates the density is smooth and decays like a normal, so the trapezoidal
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

  /// How close the points are, and how far out they reach.
  public struct Resolution: Sendable, Equatable {
    /// The spacing in conditional SDs at the mode; the relative error is about exp(−2π²/spacing²).
    public let spacing: Double
    /// By how much the log density has fallen at the last points.
    public let depth: Double

    /// Sixteen digits, in up to three dimensions.
    public static let fine = Resolution(spacing: 0.45, depth: 36)
    /// Five digits, at a thirtieth of the cost in three dimensions.
    public static let coarse = Resolution(spacing: 0.75, depth: 20)
    /// Five digits of an integral with tails like a normal one's, at what four dimensions can bear: some 10,000
    /// points.
    public static let medium = Resolution(spacing: 1.1, depth: 16)
    /// Three digits: for averages over very many models.
    public static let rough = Resolution(spacing: 1.4, depth: 9)
  }

  /// The finest resolution that the number of a model's variances allows in some tenths of a second.
  public static func finest(_ priors: VariancePriors) -> Resolution {
    priors.free.count < 4 ? .fine : .medium
  }

  /// Integrates over the variances of a model.
  ///
  /// Throws where the mode cannot be found, and at the fine resolution for four variances and more
  /// (correlated random terms, pooled effects beside two random terms): such a grid would cost more than all
  /// the chains.
  public init(
    _ model: MarginalModel, _ priors: VariancePriors, resolution: Resolution = .fine
  ) throws(NumericalError) {
    guard priors.free.count < (resolution == .fine ? 4 : 5) else {
      throw .notConverged("quadrature over \(priors.free.count) dimensions")
    }
    let target = VarianceTarget(model, priors)
    let mode = try VarianceQuadrature.mode(target)
    let grid = PosteriorGrid(
      around: mode, spread: VarianceQuadrature.spread(target, mode), resolution
    ) { target.value(at: $0) }
    logMarginalLikelihood = grid.logIntegral
    points = grid.points.map { target.variances(at: $0) }
    weights = grid.weights
    edgeMass = grid.edgeMass
  }

  static func mode(_ target: VarianceTarget) throws(NumericalError) -> [Double] {
    let d = target.dimension
    guard d > 0 else { return [] }
    var start = [Double](repeating: 0, count: d)
    if target.value(at: start) == -.infinity { start = start.map { _ in 0.5 } }
    let height = target.value(at: start)
    // A first step that is too long for a steep density can end the search below its start.
    for step in [0.2, 0.02, 0.002] {
      let found = try Minimiser.bfgs(from: start, step: step, tolerance: 1e-5) { u, gradient in
        let value = target.evaluate(at: u, gradient: &gradient)
        for i in gradient.indices { gradient[i] = -gradient[i] }
        return value > -.infinity ? -value : .nan
      }
      if found.value.isFinite, -found.value >= height { return found.position }
    }
    throw .notConverged("mode of the variances' posterior")
  }

  /// The conditional SD of each coordinate at the mode.
  static func spread(_ target: VarianceTarget, _ mode: [Double]) -> [Double] {
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

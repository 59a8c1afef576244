import Foundation
import MixedModels
public import Numerics

/// The marginal likelihood of a binomial model: coefficients and trial effects by Laplace's approximation at
/// every point of a quadrature over the between-trial SDs (article BinomialMarginalLikelihood).
public struct BinomialQuadrature: Sendable {
  /// log p(y), of the outcomes in their order: no binomial coefficients.
  public let logMarginalLikelihood: Double
  /// The posterior mean of every τ, by the same approximation.
  public let meanDeviations: [Double]

  /// Where the between-trial SDs were, on the coordinates that they are integrated on, and the volume of a point:
  /// for other models with the same priors of them.
  public struct Rule: Sendable {
    let points: [[Double]]
    let logCell: Double
  }

  /// The points that have a share in the integral.
  public let rule: Rule

  /// Integrates a model's likelihood and prior under a supposition about effects.
  ///
  /// Throws where a mode cannot be found, for more than three SDs and correlations, for pooled effects, and
  /// where a leaf of the supposition has no effect. A rough rule has three digits.
  public init(
    _ model: BinomialModel, _ hypothesis: EffectHypothesis = .independent, isRough: Bool = false
  ) throws(NumericalError) {
    guard let problem = LaplaceProblem(model, hypothesis) else {
      throw .notConverged("marginal likelihood of this model")
    }
    let density = DeviationDensity(model, problem)
    let mode = try density.mode()
    let spread = mode.indices.map { density.spread($0, mode) }
    // The error of Laplace's approximation is larger than that of either rule.
    let grid = PosteriorGrid(
      around: mode, spread: spread, mode.count < 3 && !isRough ? .coarse : .rough
    ) { density.value(at: $0) }
    guard grid.logIntegral.isFinite else {
      throw .notConverged("quadrature over \(mode.count) dimensions")
    }
    logMarginalLikelihood = grid.logIntegral
    rule = Rule(points: grid.points, logCell: grid.logCell)
    meanDeviations = model.heterogeneity.indices.map { r in
      zip(grid.points, grid.weights).reduce(0) { $0 + density.deviations(at: $1.0)[r] * $1.1 }
    }
  }
}

extension BinomialQuadrature {
  /// log p(y) of a model by the points that were laid out for another one with the same random terms and priors of
  /// their SDs; nil where a mode is not found.
  public static func logMarginalLikelihood(of model: BinomialModel, by rule: Rule) -> Double? {
    guard let problem = LaplaceProblem(model, .independent) else { return nil }
    let density = DeviationDensity(model, problem)
    let value = logSumExp(rule.points.map { density.value(at: $0) }) + rule.logCell
    return value.isFinite ? value : nil
  }
}

/// The density of the between-trial SDs, and of their correlation, on unbounded coordinates.
private final class DeviationDensity {
  private let model: BinomialModel
  private let free: [Int]
  private let coordinates: [VarianceCoordinate]
  private var laplace: LaplaceMode

  init(_ model: BinomialModel, _ problem: LaplaceProblem) {
    self.model = model
    free = model.freeDeviations
    coordinates = model.deviationCoordinates
    laplace = LaplaceMode(problem)
  }

  /// The SDs, and after them the correlation where there is one.
  func deviations(at position: [Double]) -> [Double] {
    var values = model.heterogeneity.map { $0.fixedValue ?? 0 }
    if model.correlation != nil { values.append(0) }
    for (i, place) in free.enumerated() { values[place] = coordinates[i].image(position[i]).value }
    return values
  }

  /// The log density; −∞ where it has none.
  func value(at position: [Double]) -> Double {
    var value = 0.0
    for (i, place) in free.enumerated() {
      let image = coordinates[i].image(position[i])
      value += model.logPrior(ofDeviation: place, image.value).value + image.logJacobian
    }
    guard value > -.infinity else { return -.infinity }
    guard let integral = laplace.logIntegral(scale(deviations(at: position))) else {
      return -.infinity
    }
    let sum = value + integral
    return sum.isFinite ? sum : -.infinity
  }

  /// Λ, row after row.
  private func scale(_ values: [Double]) -> [Double] {
    switch model.terms.randomTerms {
    case 0: return []
    case 1: return [values[0]]
    default:
      let correlation = model.correlation == nil ? 0 : values[2]
      let rest = ((1 - correlation) * (1 + correlation)).squareRoot()
      return [values[0], 0, correlation * values[1], rest * values[1]]
    }
  }

  /// The mode, by BFGS with differences for slopes.
  func mode() throws(NumericalError) -> [Double] {
    let d = free.count
    guard d > 0 else { return [] }
    let step = 1e-4
    let found = try Minimiser.bfgs(
      from: [Double](repeating: 0, count: d), step: 0.3, tolerance: 1e-3
    ) { u, gradient in
      var point = u
      for i in 0..<d {
        point[i] = u[i] + step
        let above = self.value(at: point)
        point[i] = u[i] - step
        gradient[i] = (self.value(at: point) - above) / (2 * step)
        point[i] = u[i]
      }
      let value = self.value(at: u)
      return value > -.infinity ? -value : .nan
    }
    guard found.value.isFinite else { throw .notConverged("mode of the variances' posterior") }
    return found.position
  }

  /// The conditional SD of a coordinate at the mode.
  func spread(_ i: Int, _ mode: [Double]) -> Double {
    let step = 0.05
    var point = mode
    let middle = value(at: mode)
    point[i] = mode[i] + step
    let above = value(at: point)
    point[i] = mode[i] - step
    let below = value(at: point)
    let curvature = (2 * middle - above - below) / (step * step)
    return curvature > 0.2 ? 1 / curvature.squareRoot() : 2
  }
}

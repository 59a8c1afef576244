import Foundation
import MixedModels
import Testing

@testable import Inference

/// Coordinates on which the posterior of the variances is close to a standard normal one.
@Suite("Coordinates adapted to a posterior")
struct AdaptedCoordinateTests {
  private static let terms = ModelTerms(
    intercepts: .perLeaf, randomIntercept: true, randomEffect: true)

  /// Posteriors from nearly the prior's to one that a steep likelihood keeps away from τ1 = 0.
  private static let problems: [(String, MarginalModel, VariancePriors)] = [
    ("few", SampleTrials(trials: 3, size: 3).model(terms), halfNormal),
    ("homogeneous", SampleTrials(heterogeneity: 0).model(terms), halfNormal),
    (
      "heterogeneous", SampleTrials(trials: 6, size: 200, heterogeneity: 3).model(terms), halfNormal
    ),
    (
      "bounded", SampleTrials(size: 20).model(terms),
      VariancePriors([.uniform(lower: 0, upper: 3), .uniform(lower: 0.1, upper: 2)])
    ),
    (
      "vanishing at zero", SampleTrials(size: 20).model(terms),
      VariancePriors([.halfCauchy(scale: 1), .logNormal(meanlog: -1, sdlog: 0.8)])
    ),
  ]

  private static let halfNormal = VariancePriors([.halfNormal(scale: 1), .halfNormal(scale: 0.5)])

  // Coordinates are made from a grid of spacing 1.4; the posterior's own moments are those of a fine one.
  @Test("Mean, SD and correlations of the posterior", arguments: problems.indices)
  func moments(problem: Int) throws {
    let (name, model, priors) = Self.problems[problem]
    let coordinates = try #require(priors.adaptedCoordinates(model), "\(name)")
    let target = VarianceTarget(model, priors, coordinates)
    let grid = PosteriorGrid(
      around: [0, 0, 0], spread: [1, 1, 1], VarianceQuadrature.Resolution(spacing: 0.5, depth: 20)
    ) { target.value(at: $0) }
    #expect(grid.edgeMass < 1e-6, "\(name)")
    for i in 0..<3 {
      let (mean, sd) = grid.moments(i)
      #expect(abs(mean) < 0.05, "\(name), \(i)")
      #expect(abs(sd - 1) < 0.05, "\(name), \(i)")
    }
  }

  /// The largest slope of the log density within six SDs of its mode along a coordinate, in its SDs.
  private func steepest(_ target: VarianceTarget) throws -> Double {
    let mode = try VarianceQuadrature.mode(target)
    let spread = VarianceQuadrature.spread(target, mode)
    var largest = 0.0
    for i in mode.indices {
      for step in stride(from: -6, through: 6, by: 0.25) {
        var point = mode
        var gradient = mode
        point[i] += step * spread[i]
        _ = target.evaluate(at: point, gradient: &gradient)
        largest = max(largest, abs(gradient[i]) * spread[i])
      }
    }
    return largest
  }

  // A standard normal density has the slope 6 at its end. On the priors' own coordinates the likelihood
  // of six large heterogeneous trials is a wall of more than ten times that.
  @Test("No walls within six SDs", arguments: problems.indices)
  func walls(problem: Int) throws {
    let (name, model, priors) = Self.problems[problem]
    let coordinates = try #require(priors.adaptedCoordinates(model), "\(name)")
    #expect(try steepest(VarianceTarget(model, priors, coordinates)) < 12, "\(name)")
    if name == "heterogeneous" { #expect(try steepest(VarianceTarget(model, priors)) > 60) }
  }

  // Central differences with a step of 1e-5, knots and both straight ends among the points.
  @Test("Slopes are derivatives, positions inverse", arguments: problems.indices)
  func derivatives(problem: Int) throws {
    let (name, model, priors) = Self.problems[problem]
    for coordinate in try #require(priors.adaptedCoordinates(model), "\(name)") {
      for u in [-9.3, -4, -1.23, 0, 0.5, 2.71, 8.8] {
        let image = coordinate.image(u)
        let (below, above) = (coordinate.image(u - 1e-5), coordinate.image(u + 1e-5))
        let slope = (above.value - below.value) / 2e-5
        #expect(abs(image.slope - slope) < 1e-6 * image.slope + 1e-10, "\(name) at \(u)")
        #expect(abs(exp(image.logJacobian) / image.slope - 1) < 1e-9, "\(name) at \(u)")
        let logSlope = (above.logJacobian - below.logJacobian) / 2e-5
        #expect(abs(image.logJacobianSlope - logSlope) < 1e-4, "\(name) at \(u)")
        if abs(u) < 5 { #expect(abs(coordinate.position(of: image.value) - u) < 1e-6, "\(name)") }
      }
    }
  }

  @Test("Too many variances for a grid keep the priors' coordinates")
  func largeModels() {
    let correlated = ModelTerms(
      intercepts: .perLeaf, randomIntercept: true, randomEffect: true, isCorrelated: true)
    let priors = VariancePriors([.halfNormal(scale: 1), .halfNormal(scale: 1)], eta: 1)
    #expect(priors.adaptedCoordinates(SampleTrials().model(correlated)) == nil)
  }
}

extension PosteriorGrid {
  /// The mean and SD of a coordinate.
  fileprivate func moments(_ i: Int) -> (mean: Double, sd: Double) {
    let mean = zip(points, weights).reduce(0) { $0 + $1.0[i] * $1.1 }
    let square = zip(points, weights).reduce(0) { $0 + ($1.0[i] - mean) * ($1.0[i] - mean) * $1.1 }
    return (mean, square.squareRoot())
  }
}

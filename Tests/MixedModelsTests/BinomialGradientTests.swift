import Numerics
import TestSupport
import Testing

@testable import MixedModels

/// The gradient of the integrated likelihood against differences of its values.
@Suite struct BinomialGradientTests {
  static let cases: [(RandomCoordinates, Int)] = [
    (.intercept, 1), (.intercept, 7), (.effect, 1), (.effect, 4), (.independent, 1),
    (.independent, 5), (.correlated, 1), (.correlated, 4), (.correlatedEffectFirst, 1),
    (.correlatedEffectFirst, 3), (.none, 1),
  ]

  /// Central differences with step 1e-4 leave 1e-8 of their own.
  @Test(arguments: cases) func isThatOfTheValue(_ coordinates: RandomCoordinates, _ points: Int)
    throws
  {
    let problem = BinomialProblem(
      BinomialData.example.statistics(weighted: true, covariates: true),
      ModelTerms(intercepts: .perLeaf, randomIntercept: true, randomEffect: true))
    var likelihood = try BinomialLikelihood(
      problem, quadraturePoints: points, coordinates: coordinates)
    let x = (0..<likelihood.dimension).map { 0.4 - 0.13 * Double($0 * $0 % 7) }
    var gradient = [Double](repeating: 0, count: x.count)
    _ = likelihood.evaluate(x, gradient: &gradient)
    var none: [Double] = []
    for i in x.indices {
      var at = x
      at[i] += 1e-4
      let above = likelihood.evaluate(at, gradient: &none)
      at[i] -= 2e-4
      let below = likelihood.evaluate(at, gradient: &none)
      #expect(close(gradient[i], (above - below) / 2e-4, relative: 1e-6, absolute: 1e-6))
    }
  }
}

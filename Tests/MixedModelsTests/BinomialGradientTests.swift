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
    let x = (0..<likelihood.dimension).map { (i: Int) -> Double in 0.4 - 0.13 * Double(i * i % 7) }
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

/// The Hessian of the Laplace approximation against differences of its gradient.
@Suite struct BinomialHessianTests {
  static let all: [RandomCoordinates] = [
    .none, .intercept, .effect, .independent, .correlated, .correlatedEffectFirst,
  ]

  /// Differences with steps h and h/2, extrapolated.
  ///
  /// They leave rounding, 1e-14 / 1e-4 of values of some hundreds. Away from the maximum û is large and the plain differences are good to 1e-5 alone.
  @Test(arguments: all, [Intercepts.perLeaf, .perLeafAndTrial, .perTrial])
  func isThatOfTheGradient(_ coordinates: RandomCoordinates, _ intercepts: Intercepts) throws {
    let problem = BinomialProblem(
      BinomialData.example.statistics(weighted: true, covariates: true),
      ModelTerms(intercepts: intercepts, randomIntercept: true, randomEffect: true))
    var likelihood = try BinomialLikelihood(
      problem, quadraturePoints: 1, coordinates: coordinates)
    let x = (0..<likelihood.dimension).map { (i: Int) -> Double in 0.4 - 0.13 * Double(i * i % 7) }
    let exact = likelihood.hessian(x)
    let coarse = likelihood.differencedHessian(x, step: 2e-4)
    let fine = likelihood.differencedHessian(x, step: 1e-4)
    for (i, a) in exact.elements.enumerated() {
      let b = (4 * fine.elements[i] - coarse.elements[i]) / 3
      #expect(close(a, b, relative: 1e-6, absolute: 1e-6))
    }
  }
}

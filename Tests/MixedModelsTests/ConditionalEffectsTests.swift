import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

/// Draws of coefficients and trial effects against their exact normal distribution.
@Suite struct ConditionalEffectsTests {
  static let prior = CoefficientPrior(
    intercept: .init(mean: 18, sd: 6), effect: .init(mean: -0.4, sd: 1.5),
    coefficients: [.init(mean: 0.1, sd: 0.9)])
  static let draws = 20_000

  /// Draws, one list a quantity, on the outcome's scale.
  static func sample(_ model: MarginalModel, _ at: Variances, seed: UInt64) -> [[Double]] {
    let density = MarginalDensity(model)
    var stream = RandomStream(seed: seed, purpose: "draws")
    let count = density.valuesPerDraw
    var result = [[Double]](repeating: [], count: count)
    var values = [Double](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { values in
      for _ in 0..<draws {
        density.draw(at: at, into: values) { stream.normal() }
        for i in 0..<count { result[i].append(values[i]) }
      }
    }
    return result
  }

  // Means have the standard error s/√N, covariances √((s_ii s_jj + s_ij²)/N). About 4,400 figures in
  // all cases together at 5 standard errors: 0.3 % of seeds would raise an alarm.
  @Test(arguments: SampleData.Shape.allCases, [[0.6, 0.9], [0, 0.9], [0.6, 0], [0, 0]])
  func meanAndCovariance(shape: SampleData.Shape, tau: [Double]) throws {
    for (index, terms) in everyTerms.enumerated() {
      let data = SampleData(shape, covariates: 1, seed: 3)
      let model = MarginalModel(data.statistics, terms, .integrated(Self.prior))
      let at = Variances(sigma: 1.3, tau: Array(tau.prefix(terms.randomTerms)))
      let (mean, covariance) = try DenseModel(data, model).conditional(at)
      let sample = Self.sample(model, at, seed: UInt64(index))
      #expect(sample.count == mean.count)
      let n = Double(Self.draws)
      let centred = sample.enumerated().map { i, values in values.map { $0 - mean[i] } }
      for i in mean.indices {
        let average = centred[i].reduce(0, +) / n
        // A trial effect whose τ is 0 is exactly 0.
        #expect(
          abs(average) <= 5 * (covariance[i, i] / n).squareRoot() + 1e-12, "mean \(i), \(terms)")
        for j in 0...i {
          let found = dot(centred[i], centred[j]) / n
          let exact = covariance[i, j]
          let error = ((covariance[i, i] * covariance[j, j] + exact * exact) / n).squareRoot()
          #expect(abs(found - exact) <= 5 * error + 1e-12, "covariance \(i), \(j), \(terms)")
        }
      }
    }
  }

  @Test func flatCoefficients() throws {
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    let data = SampleData(.complete)
    let model = MarginalModel(
      data.statistics, stratified, .integrated(.init(intercept: flat, effect: flat)))
    let at = Variances(sigma: 1.3, tau: [0.4])
    let (mean, covariance) = try DenseModel(data, model).conditional(at)
    let n = Double(Self.draws)
    for (i, values) in Self.sample(model, at, seed: 9).enumerated() {
      let variance = covariance[i, i]
      #expect(abs(values.reduce(0, +) / n - mean[i]) < 5 * (variance / n).squareRoot())
      #expect(abs(Numerics.variance(values) - variance) < 5 * variance * (2 / n).squareRoot())
    }
  }

  // Σ over points of weight × E[b | variances, y].
  @Test func addedTrialEffects() {
    let data = SampleData(.ragged, covariates: 1)
    let model = MarginalModel(data.statistics, randomIntercept, .integrated(Self.prior))
    let density = MarginalDensity(model)
    var sums = [Double](repeating: 0, count: density.trialEffectCount)
    var expected = sums
    for (weight, tau) in [(0.3, [0.5, 0.2]), (0.7, [1.5, 0])] {
      let at = Variances(sigma: 1.1, tau: tau)
      _ = density.evaluate(at)
      density.addTrialEffects(weight, to: &sums)
      let modes = density.conditionalEffects(at: at).trialEffects.flatMap(\.self)
      for i in modes.indices { expected[i] += weight * modes[i] }
    }
    #expect(zip(sums, expected).allSatisfy { close($0, $1, relative: 1e-14) })
  }
}

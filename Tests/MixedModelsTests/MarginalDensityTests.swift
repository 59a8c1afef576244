import Foundation
import MixedModels
import TestSupport
import Testing

@Suite struct MarginalDensityTests {
  static let prior = CoefficientPrior(
    intercept: .init(mean: 1, sd: 4), effect: .init(mean: -0.2, sd: 0.7))

  /// Every combination of terms and treatment of the coefficients.
  static let models: [MarginalModel] = {
    let statistics = statistics(of: WorkedExample(), leaves: 2)
    let terms =
      [randomIntercept, stratified]
      + [(false, false), (true, false), (false, true)].map {
        ModelTerms(intercepts: .perLeaf, randomIntercept: $0.0, randomEffect: $0.1)
      } + [ModelTerms(intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: false)]
    let treatments: [CoefficientTreatment] = [.integrated(prior), .restricted, .profiled]
    return terms.flatMap { terms in
      treatments.map { MarginalModel(statistics, terms, $0) }
    }
  }()

  // Central differences of step 1e-5 err by about 1e-9 relative to the third derivative.
  @Test(arguments: models.indices, [0.0, 0.05, 0.8])
  func gradientIsThatOfTheValue(model: Int, tau: Double) {
    let density = MarginalDensity(Self.models[model])
    let q = Self.models[model].terms.randomTerms
    let at = Variances(sigma: 0.9, tau: (0..<q).map { tau * (1 + 0.3 * Double($0)) })
    _ = density.evaluate(at, gradient: true)
    let step = 1e-5
    let analytic = [density.gradientSigma] + density.gradientTau
    for coordinate in 0...q {
      var up = at
      var down = at
      if coordinate == 0 {
        up.sigma += step
        down.sigma -= step
      } else {
        // The density is even in τ, so its derivative at zero is zero.
        up.tau[coordinate - 1] += step
        down.tau[coordinate - 1] = abs(down.tau[coordinate - 1] - step)
      }
      let numeric = (density.evaluate(up) - density.evaluate(down)) / (2 * step)
      #expect(
        close(analytic[coordinate], numeric, relative: 1e-6, absolute: 1e-5),
        "coordinate \(coordinate) of \(Self.models[model].terms)")
    }
  }

  // A prior that is ten thousand outcome SDs wide is flat but for a constant.
  @Test func wideningThePriorGivesTheRestrictedLikelihood() {
    let statistics = statistics(of: WorkedExample(), leaves: 2)
    let wide = CoefficientPrior.Normal(mean: 0, sd: 1e4)
    for terms in [randomIntercept, stratified] {
      let posterior = MarginalDensity(
        MarginalModel(statistics, terms, .integrated(.init(intercept: wide, effect: wide))))
      let restricted = MarginalDensity(MarginalModel(statistics, terms, .restricted))
      let q = terms.randomTerms
      let points = [(0.7, 0.0), (0.9, 0.4), (1.4, 2.0)].map {
        Variances(sigma: $0.0, tau: [Double](repeating: $0.1, count: q))
      }
      let differences = points.map { posterior.evaluate($0) - restricted.evaluate($0) }
      #expect(close(differences[0], differences[1], relative: 1e-6))
      #expect(close(differences[0], differences[2], relative: 1e-6))
    }
  }

  @Test func impossibleVariancesHaveNoDensity() {
    let density = MarginalDensity(Self.models[0])
    #expect(density.evaluate(Variances(sigma: 0, tau: [1, 1])) == -.infinity)
    #expect(density.evaluate(Variances(sigma: 1, tau: [-1, 1])) == -.infinity)
    #expect(density.evaluate(Variances(sigma: .nan, tau: [1, 1])) == -.infinity)
  }
}

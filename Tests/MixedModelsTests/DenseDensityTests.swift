import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

@Suite struct DenseDensityTests {
  static let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)

  /// Proper, flat and partly flat priors.
  static func treatments(covariates: Int) -> [CoefficientTreatment] {
    let proper = (0..<covariates).map { CoefficientPrior.Normal(mean: 0.1 * Double($0), sd: 0.9) }
    let intercept = CoefficientPrior.Normal(mean: 18, sd: 6)
    let effect = CoefficientPrior.Normal(mean: -0.4, sd: 1.5)
    let flatCovariates = proper.map { _ in flat }
    return [
      .integrated(.init(intercept: intercept, effect: effect, coefficients: proper)),
      .integrated(.init(intercept: flat, effect: flat, coefficients: flatCovariates)),
      .integrated(.init(intercept: flat, effect: effect, coefficients: proper)),
      .integrated(.init(intercept: intercept, effect: flat, coefficients: proper)),
      .integrated(.init(intercept: intercept, effect: effect, coefficients: flatCovariates)),
      .restricted, .profiled,
    ]
  }

  /// Standard deviations from ordinary to extreme, τ = 0 among them.
  static func points(_ terms: ModelTerms, seed: UInt64) -> [Variances] {
    var stream = RandomStream(seed: seed, purpose: "variances")
    var result: [Variances] = []
    let q = terms.randomTerms
    for i in 0..<8 {
      let sigma = [exp(stream.normal()), exp(stream.normal()), 1e-2, 1e3, 1, 1, 0.5, 2][i]
      let tau = (0..<q).map { r in
        switch i {
        case 4: 0.0
        case 5: r == 0 ? 0 : 0.7
        case 6: r == 0 ? 1e3 : 0.1
        case 7: 1e-7
        default: exp(stream.normal())
        }
      }
      let correlation = [0.3, -0.8, 0.95, 0, 0.4, -0.4, 0.6, -1][i]
      result.append(
        Variances(sigma: sigma, tau: tau, correlation: terms.isCorrelated ? correlation : 0))
    }
    return result
  }

  // Two computations in double precision, which lose digits with τ²/σ²: at τ = 2000 σ half of them.
  @Test(arguments: SampleData.Shape.allCases, [0, 2])
  func densityIsThatOfTheMultivariateNormal(shape: SampleData.Shape, covariates: Int) throws {
    guard shape != .tiny || covariates == 0 else { return }
    for (index, terms) in everyTerms.enumerated() {
      let data = SampleData(shape, covariates: covariates, seed: UInt64(index))
      for treatment in Self.treatments(covariates: covariates) {
        let model = MarginalModel(data.statistics, terms, treatment)
        let dense = try DenseModel(data, model)
        let density = MarginalDensity(model)
        for at in Self.points(terms, seed: UInt64(index)) {
          let expected = try dense.logDensity(at)
          let isFar = (at.tau.max() ?? 0) > 100 * at.sigma
          #expect(
            close(density.evaluate(at), expected, relative: isFar ? 1e-8 : 1e-9, absolute: 1e-9),
            "\(terms), \(treatment), \(at)")
        }
      }
    }
  }

  @Test(arguments: SampleData.Shape.allCases, [0, 2])
  func modesAreTheExactMeans(shape: SampleData.Shape, covariates: Int) throws {
    guard shape != .tiny || covariates == 0 else { return }
    for (index, terms) in everyTerms.enumerated() {
      let data = SampleData(shape, covariates: covariates, seed: UInt64(20 + index))
      for treatment in Self.treatments(covariates: covariates).dropLast(2) {
        let model = MarginalModel(data.statistics, terms, treatment)
        let dense = try DenseModel(data, model)
        let density = MarginalDensity(model)
        for at in Self.points(terms, seed: 5) where at.sigma < 100 {
          let (mean, covariance) = try dense.conditional(at)
          let found = Self.onOutcomeScale(density.conditionalEffects(at: at), model)
          #expect(found.count == mean.count)
          for i in mean.indices {
            let sd = covariance[i, i].squareRoot()
            #expect(abs(found[i] - mean[i]) <= 1e-7 * sd + 1e-10 * abs(mean[i]))
          }
        }
      }
    }
  }

  /// Columns, stratified intercepts and trial effects in one list, intercepts with the origin.
  static func onOutcomeScale(_ effects: ConditionalEffects, _ model: MarginalModel) -> [Double] {
    let origin = model.statistics.origin
    let columns = zip(model.columns.roles, effects.columns).map { role, value in
      role.carriesOrigin(model.terms.intercepts) ? value + origin : value
    }
    return columns + effects.intercepts.map { $0 + origin } + effects.trialEffects.flatMap(\.self)
  }

  // Central differences of step h err by h² times a third derivative; Richardson's combination of
  // steps h and h/2 takes the leading term away. At τ = 2000 σ the values have too few digits.
  @Test(arguments: SampleData.Shape.allCases, [0, 2])
  func gradientIsThatOfTheValue(shape: SampleData.Shape, covariates: Int) {
    guard shape != .tiny || covariates == 0 else { return }
    for (index, terms) in everyTerms.enumerated() {
      let data = SampleData(shape, covariates: covariates, seed: UInt64(40 + index))
      for treatment in Self.treatments(covariates: covariates) {
        let density = MarginalDensity(MarginalModel(data.statistics, terms, treatment))
        for at in Self.points(terms, seed: UInt64(index))
        where at.sigma < 100 && (at.tau.max() ?? 0) < 1000 * at.sigma {
          _ = density.evaluate(at, gradient: true)
          // Where intercepts of trials make the random ones redundant, the value's digits go with
          // (τ/σ)²: too few are left for differences.
          let isInside =
            terms.isCorrelated && abs(at.correlation) < 1
            && (terms.intercepts == .perLeaf || (at.tau.max() ?? 0) < 30 * at.sigma)
          let found =
            [density.gradientSigma] + density.gradientTau
            + (isInside ? [density.gradientCorrelation] : [])
          for (i, slope) in found.enumerated() {
            let expected = Self.slope(density, at, coordinate: i)
            let size = abs(density.evaluate(at))
            #expect(
              close(slope, expected, relative: 1e-6, absolute: 1e-9 * (1 + size) / at.sigma),
              "\(terms), \(treatment), \(at), coordinate \(i)")
          }
        }
      }
    }
  }

  static func slope(_ density: MarginalDensity, _ at: Variances, coordinate i: Int) -> Double {
    let isCorrelation = i > at.tau.count
    let value = i == 0 ? at.sigma : (isCorrelation ? at.correlation : at.tau[i - 1])
    let step =
      isCorrelation ? 1e-3 * (1 - abs(value)) : 1e-3 * max(value, 1e-2 * at.sigma)
    func difference(_ h: Double) -> Double {
      var up = at
      var down = at
      if i == 0 {
        up.sigma += h
        down.sigma -= h
      } else if isCorrelation {
        up.correlation += h
        down.correlation -= h
      } else {
        // The density is even in τ if the correlation's sign changes too.
        up.tau[i - 1] += h
        down.tau[i - 1] = abs(value - h)
        if value < h { down.correlation = -down.correlation }
      }
      return (density.evaluate(up) - density.evaluate(down)) / (2 * h)
    }
    return (4 * difference(step / 2) - difference(step)) / 3
  }

  @Test func valuesBeyondTheRangeOfNumbersHaveNoDensity() {
    let data = SampleData(.complete)
    for terms in everyTerms {
      for treatment in Self.treatments(covariates: 0) {
        let density = MarginalDensity(MarginalModel(data.statistics, terms, treatment))
        for (sigma, tau) in [
          (1e-200, 1.0), (1e200, 1), (1, 1e200), (1e-160, 1e160), (.infinity, 0),
        ] {
          let at = Variances(
            sigma: sigma, tau: [Double](repeating: tau, count: terms.randomTerms))
          let value = density.evaluate(at, gradient: true)
          #expect(!value.isNaN && value < 1e6, "\(terms), \(at)")
        }
      }
    }
  }
}

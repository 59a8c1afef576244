import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups

/// A model fitted to some rows: the density of outcomes that it has not seen.
protocol FoldModel {
  /// Whether the rows that were seen tell of everything that a row's linear predictor is the sum of.
  func determines(_ held: HeldRow) -> Bool
  /// log p(outcomes of the rows | the rows seen), jointly.
  func joint(_ held: [HeldRow]) throws(NumericalError) -> Double
  /// log p(outcome | the rows seen) of each row by itself.
  func pointwise(_ held: [HeldRow]) throws(NumericalError) -> [Double]
}

/// A Gaussian joint model: given the variances all predictive densities are normal, in closed form.
///
/// By REML the variances are those that maximise the restricted likelihood of the rows seen, coefficients having
/// the flat prior under which that likelihood is their integral; by Bayes they are integrated by quadrature.
struct GaussianFold: FoldModel {
  private let data: TrainingData
  private let model: MarginalModel
  private let terms: ModelTerms
  private let treatment: CoefficientTreatment
  /// By Bayes.
  private let priors: VariancePriors?
  private let points: [Variances]
  private let weights: [Double]

  /// By REML.
  init(_ data: TrainingData, _ terms: ModelTerms) throws(NumericalError) {
    self.data = data
    self.terms = terms
    treatment = .restricted
    priors = nil
    model = MarginalModel(
      ModelStatistics(data.seen, leaf: data.codes, leaves: data.leaves), terms, .restricted)
    points = [try VarianceMaximiser(model).maximum().variances]
    weights = [1]
  }

  /// Points with a smaller share of the posterior are left out of mixtures.
  private static let leastWeight = 1e-9

  /// By Bayes.
  init(
    _ data: TrainingData, _ terms: ModelTerms, _ resolved: ResolvedPriors
  ) throws(NumericalError) {
    let seen = data.seen
    self.data = data
    self.terms = terms
    treatment = .integrated(data.coefficients(resolved))
    let priors = VariancePriors(
      resolved, terms, residualScale: OutcomeScale(seen).withinArmSD)
    self.priors = priors
    model = MarginalModel(
      ModelStatistics(seen, leaf: data.codes, leaves: data.leaves), terms, treatment)
    let quadrature = try VarianceQuadrature(
      model, priors, resolution: Self.count(terms) < 4 ? .coarse : .medium)
    let kept = quadrature.weights.indices.filter { quadrature.weights[$0] > Self.leastWeight }
    points = kept.map { quadrature.points[$0] }
    weights = kept.map { quadrature.weights[$0] }
  }

  func determines(_ held: HeldRow) -> Bool { model.determines(data.place(held)) }

  func joint(_ held: [HeldRow]) throws(NumericalError) -> Double {
    let (design, codes) = data.joined(held)
    let joined = MarginalModel(
      ModelStatistics(design, leaf: codes, leaves: data.leaves), terms, treatment)
    guard let priors else {
      return MarginalDensity(joined).evaluate(points[0])
        - MarginalDensity(model).evaluate(points[0])
    }
    return try VarianceQuadrature(joined, priors, resolution: resolution).logMarginalLikelihood
      - VarianceQuadrature(model, priors, resolution: resolution).logMarginalLikelihood
  }

  /// The number of variances, a correlation and ω among them.
  private static func count(_ terms: ModelTerms) -> Int {
    1 + terms.randomTerms + (terms.isCorrelated ? 1 : 0) + (terms.poolsEffects ? 1 : 0)
  }

  /// As fine as the number of variances allows.
  private var resolution: VarianceQuadrature.Resolution {
    let count = Self.count(terms)
    return count < 3 ? .fine : count < 4 ? .coarse : .medium
  }

  func pointwise(_ held: [HeldRow]) throws(NumericalError) -> [Double] {
    let density = MarginalDensity(model)
    let places = held.map(data.place)
    // Participants of one place have one predictor.
    let distinct = Array(Set(places))
    let numbers = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    var terms = held.map { _ in [Double]() }
    for (point, weight) in zip(points, weights) {
      let moments = density.predictors(at: point, of: distinct)
      for (i, row) in held.enumerated() {
        guard let number = numbers[places[i]], let found = moments[number] else {
          throw .notConverged("the density of a participant that the model does not determine")
        }
        let variance = found.variance + point.sigma * point.sigma / data.weight(row)
        let deviation = data.outcome(row) - found.mean
        terms[i].append(
          log(weight) - 0.5 * (log(2 * Double.pi * variance) + deviation * deviation / variance))
      }
    }
    return terms.map { logSumExp($0) }
  }
}

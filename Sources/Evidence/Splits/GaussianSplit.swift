import Designs
import Foundation
import Inference
import MixedModels
import Numerics

/// The Bayes factors of one division of a node in a Gaussian model.
struct GaussianSplit {
  let model: MarginalModel
  /// The positions of the children's effects among the columns.
  private let columns: [Int]
  private let tilt: EffectTilt

  /// A division whose children are some leaves of statistics; nil where one of them has no effect.
  ///
  /// `groups` has the child of each of the leaves where a child has several, which differ in their intercepts.
  init?(
    _ statistics: ModelStatistics, _ terms: ModelTerms, children: [Int], groups: [Int]? = nil,
    priors: ResolvedPriors, scales: [Double]
  ) {
    model = MarginalModel(statistics, terms, .integrated(priors.coefficients))
    var columns: [Int] = []
    for child in children {
      guard let column = model.columns.index(of: .effect(leaf: child)) else { return nil }
      columns.append(column)
    }
    self.columns = columns
    tilt = EffectTilt(
      groups: groups ?? Array(children.indices), prior: priors.coefficients.effect, scales: scales)
  }

  /// log BF10 at every scale by the points of a quadrature over the variances of this model.
  ///
  /// With weights w of the model's posterior and the ratios r: log Σ w e^r of different effects less that of
  /// equal ones, which by Savage and Dickey is the ratio of prior and posterior density at no difference.
  func logBayesFactors(_ quadrature: VarianceQuadrature) -> [Double]? {
    logBayesFactors(at: quadrature.points) { place, _ in log(quadrature.weights[place]) }
  }

  /// The same where the points are those of another model; `prior` are the logarithms of their prior masses.
  func logBayesFactors(at points: [Variances], prior: [Double]) -> [Double]? {
    logBayesFactors(at: points) { place, value in prior[place] + value }
  }

  private func logBayesFactors(
    at points: [Variances], _ logWeight: (_ place: Int, _ logDensity: Double) -> Double
  ) -> [Double]? {
    let density = MarginalDensity(model)
    var equal: [Double] = []
    var different = [[Double]](repeating: [], count: tilt.scales.count)
    for (place, point) in points.enumerated() {
      let value = density.evaluate(point)
      guard value > -.infinity else { continue }
      guard let ratios = tilt.ratios(density.moments(ofColumns: columns)) else { return nil }
      let weight = logWeight(place, value)
      equal.append(weight + ratios.equal)
      for s in different.indices { different[s].append(weight + ratios.different[s]) }
    }
    let null = logSumExp(equal)
    guard null.isFinite else { return nil }
    return different.map { logSumExp($0) - null }
  }

  /// The points of a quadrature with the logarithms of their prior masses, up to a constant: what another
  /// model of the same variances is integrated by.
  func priorMasses(_ quadrature: VarianceQuadrature) -> [Double] {
    let density = MarginalDensity(model)
    return zip(quadrature.points, quadrature.weights).map { log($1) - density.evaluate($0) }
  }
}

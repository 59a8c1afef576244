import Foundation
import Inference
public import Numerics

/// The posterior of the normal-normal hierarchical model, by quadrature over τ.
///
/// y_i ~ N(θ_i, s_i²) with known s_i, θ_i ~ N(μ, τ²); the effect in a new study is ~ N(μ, τ²).
public struct HierarchicalPosterior: Sendable, Equatable {
  /// Of the overall mean μ.
  public let mean: PosteriorFigures
  /// Of the SD τ between studies.
  public let heterogeneity: PosteriorFigures
  /// Of the effect in a new study.
  public let newStudy: PosteriorFigures
  /// Of the effect of each study, in the order of the estimates.
  public let shrinkage: [PosteriorFigures]
  /// log p(y); nil where τ has the improper prior.
  ///
  /// A flat μ enters with density 1.
  public let logMarginalLikelihood: Double?
  /// p(y | μ = 0) / p(y); nil where a prior is improper.
  public let bayesFactorZeroMean: Double?
  /// p(y | τ = 0) / p(y); nil where τ has the improper prior.
  public let bayesFactorHomogeneity: Double?
  /// P(μ < 0 | y).
  public let probabilityBelowZero: Double

  /// The posterior given estimates and priors; intervals are at a level.
  ///
  /// Complexity: linear in the studies, some hundred nodes of τ for each of a dozen figures.
  ///
  /// - Precondition: two estimates or more, all finite, with positive standard errors.
  /// - Throws: `improper` where the posterior has no finite integral; `numerical` where a search does
  ///   not end.
  public init(
    _ estimates: [StudyEstimate], _ priors: PoolingPriors, level: Double
  ) throws(PoolingFailure) {
    precondition(estimates.count > 1, "one study is no meta-analysis")
    guard priors.tail(studies: estimates.count).hasMoment(0) else {
      throw .improper(studies: estimates.count, needed: priors.hasFlatMean ? 3 : 2)
    }
    do throws(NumericalError) {
      try self.init(StandardStudies(estimates), priors, level: level)
    } catch {
      throw .numerical(error)
    }
  }

  private init(
    _ studies: StandardStudies, _ priors: PoolingPriors, level: Double
  ) throws(NumericalError) {
    let density = HeterogeneityDensity(studies, priors)
    let quadrature = try HeterogeneityQuadrature(density)
    let components = MixtureComponents(quadrature, hasFlatMean: priors.hasFlatMean)
    let unit = studies.unit
    if let fixed = priors.heterogeneity?.fixedValue {
      heterogeneity = .point(fixed)
    } else {
      heterogeneity = try PosteriorFigures(
        HeterogeneityDistribution(quadrature: quadrature), components.heterogeneityMoments,
        level: level
      ).scaled(by: unit)
    }
    let mixture = components.mean
    mean = try PosteriorFigures(mixture, components.meanMoments, level: level)
      .scaled(by: unit, shift: studies.shift)
    probabilityBelowZero = min(mixture.probability(below: -studies.shift / unit), 1)
    newStudy = try PosteriorFigures(
      components.newStudy, components.newStudyMoments, level: level
    ).scaled(by: unit, shift: studies.shift)
    var shrinkage: [PosteriorFigures] = []
    for index in studies.estimates.indices {
      let effect = components.effect(of: index)
      shrinkage.append(
        try PosteriorFigures(effect.mixture, effect.moments, level: level)
          .scaled(by: unit, shift: studies.shift))
    }
    self.shrinkage = shrinkage
    guard [heterogeneity, mean, newStudy].allSatisfy(\.isFinite) else {
      throw .notConverged("posterior of the heterogeneity")
    }
    let evidence = try Evidence(density, priors, quadrature.logIntegral)
    logMarginalLikelihood = evidence.logMarginalLikelihood
    bayesFactorZeroMean = evidence.zeroMean
    bayesFactorHomogeneity = evidence.homogeneity
  }
}

/// The marginal likelihood and Bayes factors; nil where a prior leaves them undefined.
private struct Evidence {
  var logMarginalLikelihood: Double?
  var zeroMean: Double?
  var homogeneity: Double?

  init(
    _ density: HeterogeneityDensity, _ priors: PoolingPriors, _ logIntegral: Double
  ) throws(NumericalError) {
    guard priors.heterogeneity != nil else { return }
    let studies = density.studies
    // dy is in other units than the standardised y, and so is dμ of a flat prior.
    let powers = Double(studies.count) - (priors.hasFlatMean ? 1 : 0)
    logMarginalLikelihood = logIntegral - powers * log(studies.unit)
    homogeneity = exp(density.conditional(-.infinity).logLikelihood - logIntegral)
    guard !priors.hasFlatMean else { return }
    let null = try HeterogeneityQuadrature(HeterogeneityDensity(studies, priors, knownMean: 0))
    zeroMean = exp(null.logIntegral - logIntegral)
  }
}

/// Why the hierarchical model has no posterior to report.
public enum PoolingFailure: Error, Sendable, Equatable {
  /// Fewer than two studies have an estimate.
  case tooFew(studies: [String])
  /// The posterior is improper: so many studies are there, and so many are needed.
  case improper(studies: Int, needed: Int)
  /// A search or an integral did not come to an end.
  case numerical(NumericalError)
}

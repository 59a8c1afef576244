import Foundation
import MixedModels
import Numerics
public import Sampling

/// The posterior density of a binomial model on the coordinates of `BinomialCoordinates`, Jacobian
/// included: what the chains move on.
///
/// Positions are z of the common coefficients, of the random terms trial by trial and of the stratified
/// intercepts, then u of the free SDs, of the correlation and of ω. It owns its workspace, and so belongs to one thread.
public final class BinomialTarget: LogDensity {
  /// The model.
  public let model: BinomialModel
  let coordinates: BinomialCoordinates
  let p: Int
  let q: Int
  let hasIntercept: Bool
  let hasEffect: Bool
  let constant: Double
  /// What all the buffers of doubles are parts of.
  private let workspace: Workspace
  /// z of the common coefficients, stretched; then what of each term's direction was in it before.
  let stretched: UnsafeMutablePointer<Double>
  let components: UnsafeMutablePointer<Double>
  /// θ, and the slope in it.
  let theta: UnsafeMutablePointer<Double>
  let thetaSlope: UnsafeMutablePointer<Double>
  /// v, trial by trial.
  let effects: UnsafeMutablePointer<Double>
  /// The stratified intercepts, and the slopes in them.
  let intercepts: UnsafeMutablePointer<Double>
  let interceptSlopes: UnsafeMutablePointer<Double>
  let groups: CellGroups
  /// Of each group of cells the share of its participants in the information of its stratum, and what that
  /// takes of each covariate.
  let shares: [Double]
  let covariateShares: [Double]
  /// The linear predictor of each group less its covariates and the intercept of its stratum; then the slope
  /// in it, and those in the covariates' coefficients.
  let bases: UnsafeMutablePointer<Double>
  let covariateSlopes: UnsafeMutablePointer<Double>
  let sums: UnsafeMutablePointer<SIMD4<Double>>
  /// τ of each term, then the correlation, and the slopes in them.
  let tau: UnsafeMutablePointer<Double>
  let tauSlopes: UnsafeMutablePointer<Double>
  /// The random terms of the trial in hand.
  let pairs = UnsafeMutablePointer<ConditionalPair>.allocate(capacity: 1)
  /// L of the trials' random terms, where they have two, and the slopes in it.
  let factors = UnsafeMutablePointer<TrialFactor>.allocate(capacity: 2)
  /// dτ/du of each free SD and the correlation, then the slope of its prior and Jacobian in u.
  let images: UnsafeMutablePointer<Double>
  /// Where pooled effects are; nil where effects are not pooled.
  let pooling: PooledEffects?

  /// A target for one thread.
  init(_ model: BinomialModel, _ coordinates: BinomialCoordinates) {
    self.model = model
    self.coordinates = coordinates
    p = model.common
    q = model.terms.randomTerms
    hasIntercept = model.terms.randomIntercept
    hasEffect = model.terms.randomEffect
    let strata = model.strata
    groups = CellGroups(model)
    (shares, covariateShares) = groups.shares(model, coordinates.shares)
    sums = .allocate(capacity: max(groups.covariates, 1))
    let deviations = q + 1
    let lengths = [
      p, p, model.trials * q, strata, strata, groups.count, deviations, deviations,
      2 * deviations, p, q, groups.count * groups.covariates,
    ]
    let (workspace, parts) = Workspace.cut(lengths)
    self.workspace = workspace
    (theta, thetaSlope, effects) = (parts[0], parts[1], parts[2])
    (intercepts, interceptSlopes, bases) = (parts[3], parts[4], parts[5])
    (tau, tauSlopes, images) = (parts[6], parts[7], parts[8])
    (stretched, components, covariateSlopes) = (parts[9], parts[10], parts[11])
    pooling = PooledEffects(model, coordinates)
    for r in 0..<q { tau[r] = model.heterogeneity[r].fixedValue ?? 1 }
    factors.initialize(repeating: TrialFactor(intercept: 0, cross: 0, effect: 0), count: 2)
    let proper = model.priorPrecisions.filter { $0 > 0 }
    constant =
      coordinates.logDeterminant
      + proper.reduce(0) { $0 + 0.5 * log($1 / (2 * Double.pi)) }
      - 0.5 * log(2 * Double.pi) * Double(model.trials * q)
  }

  /// A target of a model by itself.
  public convenience init(_ model: BinomialModel) {
    self.init(model, BinomialCoordinates(model))
  }

  deinit {
    pairs.deallocate()
    factors.deallocate()
    sums.deallocate()
  }

  /// The number of all coefficients, trial effects, free SDs and the correlation.
  public var dimension: Int {
    p + model.trials * q + model.strata + coordinates.free.count
      + (pooling?.isFree == true ? 1 : 0)
  }

  /// The place of the last SD's coordinate; nil where the SD is known.
  var lastDeviationPlace: Int? {
    coordinates.free.firstIndex(of: q - 1).map { p + model.trials * q + model.strata + $0 }
  }

  /// The log posterior density at a position; its gradient is written into `gradient`.
  public func evaluate(at position: [Double], gradient: inout [Double]) -> Double {
    position.withUnsafeBufferPointer { z in
      gradient.withUnsafeMutableBufferPointer { slope in
        guard let z = z.baseAddress, let slope = slope.baseAddress else { return constantOnly() }
        return evaluate(z, slope)
      }
    }
  }

  /// Without any coordinate there is one value.
  private func constantOnly() -> Double { 0 }

  /// The parameters at a position: the coefficients in the order of the model's roles and the random terms
  /// trial by trial into `values`, the SDs and then the correlation, if any, into `deviations`.
  func parameters(
    at position: [Double], into values: inout [Double], deviations: inout [Double]
  ) {
    position.withUnsafeBufferPointer { z in
      guard let z = z.baseAddress else { return }
      _ = readDeviations(z + (p + model.trials * q + model.strata))
      _ = placeCoefficients(z)
      let strata = model.strata
      for trial in 0..<model.trials { _ = predict(trial, z) }
      for i in 0..<p { values[i] = theta[i] }
      for g in 0..<strata { values[p + g] = intercepts[g] }
      placeRandomTerms(into: &values, from: p + strata)
      for r in 0..<model.deviations { deviations[r] = tau[r] }
    }
  }
}

extension BinomialTarget {
  /// b of each trial.
  private func placeRandomTerms(into values: inout [Double], from first: Int) {
    for trial in 0..<model.trials where q > 0 {
      let place = first + trial * q
      if q == 1 {
        values[place] = tau[0] * effects[trial]
      } else {
        (values[place], values[place + 1]) = factors[0].times(
          (effects[2 * trial], effects[2 * trial + 1]))
      }
    }
  }
}

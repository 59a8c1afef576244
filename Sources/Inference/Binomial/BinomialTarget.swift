import Foundation
import MixedModels
public import Sampling

/// The posterior density of a binomial model on the coordinates of `BinomialCoordinates`, Jacobian
/// included: what the chains move on.
///
/// Positions are z of the common coefficients, of the random terms trial by trial and of the stratified
/// intercepts, then u of the free SDs and of the correlation. It owns its workspace, and so belongs to one thread.
public final class BinomialTarget: LogDensity {
  /// The model.
  public let model: BinomialModel
  let coordinates: BinomialCoordinates
  private let p: Int
  private let q: Int
  private let hasIntercept: Bool
  private let hasEffect: Bool
  private let constant: Double
  private let block: UnsafeMutablePointer<Double>
  /// z of the common coefficients, stretched; then what of each term's direction was in it before.
  private let stretched: UnsafeMutablePointer<Double>
  private let components: UnsafeMutablePointer<Double>
  /// θ, and the slope in it.
  private let theta: UnsafeMutablePointer<Double>
  private let thetaSlope: UnsafeMutablePointer<Double>
  /// v, trial by trial.
  private let effects: UnsafeMutablePointer<Double>
  /// The stratified intercepts, and the slopes in them.
  private let intercepts: UnsafeMutablePointer<Double>
  private let interceptSlopes: UnsafeMutablePointer<Double>
  /// The linear predictor of each cell less the intercept of its stratum; then the residual.
  private let cells: UnsafeMutablePointer<Double>
  /// τ of each term, then the correlation, and the slopes in them.
  private let tau: UnsafeMutablePointer<Double>
  private let tauSlopes: UnsafeMutablePointer<Double>
  /// The random terms of the trial in hand.
  private let pairs = UnsafeMutablePointer<ConditionalPair>.allocate(capacity: 1)
  /// L of the trials' random terms, where they have two, and the slopes in it.
  private let factors = UnsafeMutablePointer<TrialFactor>.allocate(capacity: 2)
  /// dτ/du of each free SD and the correlation, then the slope of its prior and Jacobian in u.
  private let images: UnsafeMutablePointer<Double>

  /// A target for one thread.
  init(_ model: BinomialModel, _ coordinates: BinomialCoordinates) {
    self.model = model
    self.coordinates = coordinates
    p = model.common
    q = model.terms.randomTerms
    hasIntercept = model.terms.randomIntercept
    hasEffect = model.terms.randomEffect
    let strata = model.strata
    let deviations = q + 1
    let lengths = [
      p, p, model.trials * q, strata, strata, model.cells, deviations, deviations, 2 * deviations,
      p, q,
    ]
    let total = max(lengths.reduce(0, +), 1)
    block = .allocate(capacity: total)
    block.initialize(repeating: 0, count: total)
    var next = block
    let parts = lengths.map { length in
      defer { next += length }
      return next
    }
    (theta, thetaSlope, effects) = (parts[0], parts[1], parts[2])
    (intercepts, interceptSlopes, cells) = (parts[3], parts[4], parts[5])
    (tau, tauSlopes, images) = (parts[6], parts[7], parts[8])
    (stretched, components) = (parts[9], parts[10])
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
    block.deallocate()
    pairs.deallocate()
    factors.deallocate()
  }

  /// The number of all coefficients, trial effects, free SDs and the correlation.
  public var dimension: Int {
    p + model.trials * q + model.strata + coordinates.free.count
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

// MARK: - Evaluation

extension BinomialTarget {
  private func evaluate(
    _ z: UnsafePointer<Double>, _ slope: UnsafeMutablePointer<Double>
  ) -> Double {
    let first = p + model.trials * q
    let last = first + model.strata
    var value = constant + readDeviations(z + last)
    guard value > -.infinity else { return -.infinity }
    value += placeCoefficients(z)
    for i in 0..<p {
      let deviation = theta[i] - model.priorMeans[i]
      let pull = model.priorPrecisions[i] * deviation
      thetaSlope[i] = -pull
      slope[i] = 0
      value -= 0.5 * pull * deviation
    }
    for trial in 0..<model.trials {
      value += predict(trial, z)
      value += compare(trial)
      pullBack(trial, z, slope)
    }
    for g in 0..<model.strata {
      let precision = model.priorPrecisions[p + g]
      let deviation = intercepts[g] - model.priorMeans[p + g]
      value -= 0.5 * precision * deviation * deviation
      slope[first + g] = interceptSlopes[g] * coordinates.interceptSpreads[g]
    }
    for i in 0..<p {
      for j in i..<p { slope[j] += coordinates.spread[i * p + j] * thetaSlope[i] }
    }
    unstretch(slope)
    pullBackFactor()
    for (i, r) in coordinates.free.enumerated() {
      slope[last + i] = tauSlopes[r] * images[2 * i] + images[2 * i + 1]
    }
    return value
  }

  /// The SDs and the correlation, their slopes set to zero; returns the log density of their priors and the
  /// Jacobian.
  @inline(__always)
  private func readDeviations(_ u: UnsafePointer<Double>) -> Double {
    var value = 0.0
    for r in 0...q { tauSlopes[r] = 0 }
    for (i, r) in coordinates.free.enumerated() {
      let image = coordinates.deviations[i].image(u[i])
      let prior = model.logPrior(ofDeviation: r, image.value)
      value += prior.value + image.logJacobian
      tau[r] = image.value
      images[2 * i] = image.slope
      images[2 * i + 1] = prior.slope * image.slope + image.logJacobianSlope
    }
    if q == 2 {
      factors[0] = TrialFactor(tau[0], tau[1], correlation: tau[2])
      factors[1] = TrialFactor(intercept: 0, cross: 0, effect: 0)
    }
    return value
  }

  /// From slopes in L those in the SDs and the correlation.
  @inline(__always)
  private func pullBackFactor() {
    guard q == 2 else { return }
    let back = TrialFactor.pullBack(factors[1], tau1: tau[1], correlation: tau[2])
    tauSlopes[0] += back.tau0
    tauSlopes[1] += back.tau1
    tauSlopes[2] += back.correlation
  }

  /// θ = θ̂ + L z, z being stretched first; returns the log Jacobian.
  @inline(__always)
  private func placeCoefficients(_ z: UnsafePointer<Double>) -> Double {
    var logJacobian = 0.0
    for i in 0..<p { stretched[i] = z[i] }
    for r in stride(from: q - 1, through: 0, by: -1) {
      let factor = coordinates.stretch(r, tau[r])
      var component = 0.0
      for i in 0..<p { component += coordinates.directions[r * p + i] * stretched[i] }
      components[r] = component
      for i in 0..<p {
        stretched[i] += (factor - 1) * component * coordinates.directions[r * p + i]
      }
      if coordinates.stretches[r].rate > 0 { logJacobian += log(factor) }
    }
    for i in 0..<p {
      var sum = coordinates.center[i]
      for j in i..<p { sum += coordinates.spread[i * p + j] * stretched[j] }
      theta[i] = sum
    }
    return logJacobian
  }

  /// From slopes in the stretched z those in z, and in the SDs.
  @inline(__always)
  private func unstretch(_ slope: UnsafeMutablePointer<Double>) {
    for r in 0..<q {
      let rate = coordinates.stretches[r].rate
      guard rate > 0 else { continue }
      let factor = coordinates.stretch(r, tau[r])
      var component = 0.0
      for i in 0..<p { component += coordinates.directions[r * p + i] * slope[i] }
      // d log factor / dτ.
      let growth = rate * tau[r] / (1 + rate * tau[r] * tau[r])
      tauSlopes[r] += growth * (1 + factor * component * components[r])
      for i in 0..<p {
        slope[i] += (factor - 1) * component * coordinates.directions[r * p + i]
      }
    }
  }

  /// r of one term of one trial.
  @inline(__always)
  private func pull(_ term: Int) -> Double {
    var sum = coordinates.pull[term]
    for j in 0..<p { sum -= coordinates.pullSlopes[term * p + j] * stretched[j] }
    return sum
  }

  @inline(__always)
  private func pair(_ trial: Int, _ z: UnsafePointer<Double>) -> ConditionalPair {
    ConditionalPair(
      factor: factors[0],
      information: (
        coordinates.information[3 * trial], coordinates.information[3 * trial + 1],
        coordinates.information[3 * trial + 2]
      ),
      pull: (pull(2 * trial), pull(2 * trial + 1)),
      z: (z[p + 2 * trial], z[p + 2 * trial + 1]))
  }

  @inline(__always)
  private func single(_ trial: Int, _ z: UnsafePointer<Double>) -> ConditionalTerm {
    ConditionalTerm(
      tau: tau[0], information: coordinates.information[trial], pull: pull(trial),
      z: z[p + trial])
  }

  /// The random terms of a trial, the linear predictors of its cells without the stratified intercepts, and
  /// those intercepts; returns log density of v and its Jacobian.
  private func predict(_ trial: Int, _ z: UnsafePointer<Double>) -> Double {
    var value = 0.0
    var (shift, effect) = (0.0, 0.0)
    if q == 2 {
      let pair = pair(trial, z)
      pairs.initialize(to: pair)
      effects[2 * trial] = pair.v.0
      effects[2 * trial + 1] = pair.v.1
      value = pair.logJacobian - 0.5 * (pair.v.0 * pair.v.0 + pair.v.1 * pair.v.1)
      (shift, effect) = factors[0].times(pair.v)
    } else if q == 1 {
      let term = single(trial, z)
      effects[trial] = term.v
      value = term.logJacobian - 0.5 * term.v * term.v
      if hasEffect { effect = tau[0] * term.v } else { shift = tau[0] * term.v }
    }
    let range = model.trialStarts[trial]..<model.trialStarts[trial + 1]
    let first = p + model.trials * q
    for cell in range {
      var eta = shift + effect * model.active[cell]
      for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
        eta += model.entryValues[entry] * theta[model.entryColumns[entry]]
      }
      cells[cell] = eta
    }
    guard model.strata > 0 else { return value }
    let strata = model.strataStarts[trial]..<model.strataStarts[trial + 1]
    for g in strata {
      intercepts[g] =
        coordinates.interceptCenters[g] + coordinates.interceptSpreads[g] * z[first + g]
    }
    for cell in range { intercepts[model.stratum[cell]] -= coordinates.shares[cell] * cells[cell] }
    for g in strata {
      interceptSlopes[g] =
        -model.priorPrecisions[p + g] * (intercepts[g] - model.priorMeans[p + g])
    }
    return value
  }

  /// The log-likelihood of a trial's cells, whose residuals take the place of the linear predictors.
  private func compare(_ trial: Int) -> Double {
    var value = 0.0
    let stratified = model.strata > 0
    for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
      let g = model.stratum[cell]
      let eta = stratified ? cells[cell] + intercepts[g] : cells[cell]
      let (n, y) = (model.counts[cell], model.events[cell])
      let small = exp(-abs(eta))
      // log1p would be right to more digits of a term that is small beside 1, at three times the cost.
      value += y * eta - n * (max(eta, 0) + log(1 + small))
      let residual = y - n * (eta > 0 ? 1 : small) / (1 + small)
      cells[cell] = residual
      if stratified { interceptSlopes[g] += residual }
    }
    return value
  }

  /// Slopes in θ, v and τ from the residuals.
  private func pullBack(
    _ trial: Int, _ z: UnsafePointer<Double>, _ slope: UnsafeMutablePointer<Double>
  ) {
    var (shift, effect) = (0.0, 0.0)
    let stratified = model.strata > 0
    for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
      var own = cells[cell]
      if stratified { own -= coordinates.shares[cell] * interceptSlopes[model.stratum[cell]] }
      shift += own
      effect += own * model.active[cell]
      for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
        thetaSlope[model.entryColumns[entry]] += model.entryValues[entry] * own
      }
    }
    if q == 2 {
      let (pair, factor) = (pairs[0], factors[0])
      let back = pair.pullBack(
        (
          factor.intercept * shift + factor.cross * effect - pair.v.0,
          factor.effect * effect - pair.v.1
        ))
      factors[1].intercept += back.factor.intercept + shift * pair.v.0
      factors[1].cross += back.factor.cross + effect * pair.v.0
      factors[1].effect += back.factor.effect + effect * pair.v.1
      slope[p + 2 * trial] = back.z.0
      slope[p + 2 * trial + 1] = back.z.1
      let (a, b) = (2 * trial * p, (2 * trial + 1) * p)
      for j in 0..<p {
        slope[j] -=
          coordinates.pullSlopes[a + j] * back.pull.0 + coordinates.pullSlopes[b + j] * back.pull.1
      }
    } else if q == 1 {
      let term = single(trial, z)
      let own = hasEffect ? effect : shift
      let back = term.pullBack(tau[0] * own - term.v)
      tauSlopes[0] += back.tau + own * term.v
      slope[p + trial] = back.z
      for j in 0..<p { slope[j] -= coordinates.pullSlopes[trial * p + j] * back.pull }
    }
  }
}

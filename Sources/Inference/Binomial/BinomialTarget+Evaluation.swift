import Foundation
import MixedModels

extension BinomialTarget {
  func evaluate(
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
  func readDeviations(_ u: UnsafePointer<Double>) -> Double {
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
  func placeCoefficients(_ z: UnsafePointer<Double>) -> Double {
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
  func predict(_ trial: Int, _ z: UnsafePointer<Double>) -> Double {
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
    placeBases(trial, shift, effect)
    if model.strata > 0 { placeIntercepts(trial, z + (p + model.trials * q)) }
    return value
  }

  /// The linear predictors of a trial's groups without covariates and stratified intercepts.
  @inline(__always)
  private func placeBases(_ trial: Int, _ shift: Double, _ effect: Double) {
    for group in groups.trialStarts[trial]..<groups.trialStarts[trial + 1] {
      var eta = shift + effect * groups.active[group]
      for entry in groups.columnStarts[group]..<groups.columnStarts[group + 1] {
        eta += theta[groups.columns[entry]]
      }
      bases[group] = eta
    }
  }

  /// The stratified intercepts of a trial, and the slopes of their priors.
  private func placeIntercepts(_ trial: Int, _ z: UnsafePointer<Double>) {
    let strata = model.strataStarts[trial]..<model.strataStarts[trial + 1]
    for g in strata {
      intercepts[g] = coordinates.interceptCenters[g] + coordinates.interceptSpreads[g] * z[g]
    }
    let (c, delta) = (groups.covariates, theta + groups.firstCovariate)
    for group in groups.trialStarts[trial]..<groups.trialStarts[trial + 1] {
      var taken = shares[group] * bases[group]
      for j in 0..<c { taken += covariateShares[group * c + j] * delta[j] }
      intercepts[groups.stratum[group]] -= taken
    }
    for g in strata {
      interceptSlopes[g] =
        -model.priorPrecisions[p + g] * (intercepts[g] - model.priorMeans[p + g])
    }
  }

  /// The log-likelihood of a trial's groups, the slopes in whose bases take the place of these.
  private func compare(_ trial: Int) -> Double {
    var value = 0.0
    let stratified = model.strata > 0
    let delta = theta + groups.firstCovariate
    for group in groups.trialStarts[trial]..<groups.trialStarts[trial + 1] {
      let g = groups.stratum[group]
      let result = groups.compare(
        group, base: stratified ? bases[group] + intercepts[g] : bases[group], delta: delta,
        slopes: covariateSlopes + group * groups.covariates, sums: sums)
      value += result.value
      bases[group] = result.slope
      if stratified { interceptSlopes[g] += result.slope }
    }
    return value
  }

  /// Slopes in θ, v and τ from those of the groups.
  private func pullBack(
    _ trial: Int, _ z: UnsafePointer<Double>, _ slope: UnsafeMutablePointer<Double>
  ) {
    var (shift, effect) = (0.0, 0.0)
    let stratified = model.strata > 0
    let (c, deltaSlope) = (groups.covariates, thetaSlope + groups.firstCovariate)
    for group in groups.trialStarts[trial]..<groups.trialStarts[trial + 1] {
      let ofIntercept = stratified ? interceptSlopes[groups.stratum[group]] : 0
      let own = bases[group] - (stratified ? shares[group] * ofIntercept : 0)
      shift += own
      effect += own * groups.active[group]
      for entry in groups.columnStarts[group]..<groups.columnStarts[group + 1] {
        thetaSlope[groups.columns[entry]] += own
      }
      for j in 0..<c {
        deltaSlope[j] +=
          covariateSlopes[group * c + j] - covariateShares[group * c + j] * ofIntercept
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

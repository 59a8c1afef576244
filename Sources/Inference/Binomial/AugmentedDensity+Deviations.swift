import Foundation
import MixedModels

extension AugmentedDensity {
  /// log p(κ/ω | ω, SDs) but for a constant, everything else integrated out.
  ///
  /// `deviations` are the SDs, then the correlation, then ω of pooled effects, as far as the model has
  /// them. It is −∞ where rounding leaves the precision of the coefficients singular.
  func evaluate(_ deviations: Values) -> Double {
    for i in 0..<p {
      reducedRight[i] = right[i]
      for j in 0...i { reduced[i * p + j] = gram[i * p + j] }
    }
    var exponent = 0.0
    var volume = 1.0
    var logVolume = 0.0
    if q == 2 {
      scale = TrialFactor(
        deviations[0], deviations[1], correlation: model.terms.isCorrelated ? deviations[2] : 0)
    } else if q == 1 {
      scale.intercept = deviations[0]
    }
    for trial in 0..<model.trials where q > 0 {
      volume *= q == 2 ? whitenPair(trial) : whitenSingle(trial)
      if volume > 1e100 {
        logVolume += log(volume)
        volume = 1
      }
      for row in (trial * q)..<(trial * q + q) {
        exponent += whitenedPull[row] * whitenedPull[row]
        subtract(whitened + row * p, whitenedPull[row])
      }
    }
    if let pooled {
      omega = deviations[model.deviations]
      pooled.transform(reduced, reducedRight, omega: omega, into: factor, solved)
    }
    guard factorise(&exponent, &volume, &logVolume) else { return -.infinity }
    return 0.5 * exponent - log(volume) - logVolume
  }

  private func subtract(_ row: UnsafeMutablePointer<Double>, _ pull: Double) {
    for i in 0..<p {
      let value = row[i]
      reducedRight[i] -= value * pull
      let line = reduced + i * p
      for j in 0...i { line[j] -= value * row[j] }
    }
  }

  private func whitenSingle(_ trial: Int) -> Double {
    let tau = scale.intercept
    let root = (1 + tau * tau * max(within[3 * trial], 0)).squareRoot()
    let share = tau / root
    trialFactor[3 * trial] = root
    for i in 0..<p { whitened[trial * p + i] = share * cross[trial * p + i] }
    whitenedPull[trial] = share * pull[trial]
    return root
  }

  private func whitenPair(_ trial: Int) -> Double {
    let (a, c, d) = (scale.intercept, scale.cross, scale.effect)
    let (b00, b01, b11) = (within[3 * trial], within[3 * trial + 1], within[3 * trial + 2])
    let image = (a * b00 + c * b01, a * b01 + c * b11)
    let first = max(1 + a * image.0 + c * image.1, 1).squareRoot()
    let coupling = d * image.1 / first
    let second = max(1 + d * d * b11 - coupling * coupling, 1).squareRoot()
    trialFactor[3 * trial] = first
    trialFactor[3 * trial + 1] = coupling
    trialFactor[3 * trial + 2] = second
    let source = cross + 2 * trial * p
    let target = whitened + 2 * trial * p
    let (x, y, z, w) = (a / first, c / first, d / second, coupling / second)
    for i in 0..<p {
      let top = x * source[i] + y * source[p + i]
      target[i] = top
      target[p + i] = z * source[p + i] - w * top
    }
    let top = x * pull[2 * trial] + y * pull[2 * trial + 1]
    whitenedPull[2 * trial] = top
    whitenedPull[2 * trial + 1] = z * pull[2 * trial + 1] - w * top
    return first * second
  }

  /// The Cholesky factor in place, and the right side solved by it.
  private func factorise(
    _ exponent: inout Double, _ volume: inout Double, _ logVolume: inout Double
  ) -> Bool {
    for i in 0..<n {
      let row = factor + i * n
      for j in 0..<i {
        let other = factor + j * n
        var sum = row[j]
        for k in 0..<j { sum -= row[k] * other[k] }
        row[j] = sum / other[j]
      }
      var pivot = row[i]
      var rest = solved[i]
      for k in 0..<i {
        pivot -= row[k] * row[k]
        rest -= row[k] * solved[k]
      }
      guard pivot > 0, pivot.isFinite else { return false }
      let root = pivot.squareRoot()
      row[i] = root
      solved[i] = rest / root
      exponent += solved[i] * solved[i]
      volume *= root
      if volume > 1e100 || volume < 1e-100 {
        logVolume += log(volume)
        volume = 1
      }
    }
    return true
  }

  /// Draws all coefficients and random terms at the SDs of the last evaluation.
  ///
  /// `standardised` are the v of the trials. Without noise they all are the conditional means.
  func draw(
    into values: Values, standardised: Values, noise: () -> Double
  ) {
    for i in stride(from: n - 1, through: 0, by: -1) {
      var sum = solved[i] + noise()
      for k in (i + 1)..<max(n, i + 1) { sum -= factor[k * n + i] * drawn[k] }
      drawn[i] = sum / factor[i * n + i]
    }
    for i in 0..<p { values[i] = drawn[i] }
    pooled?.place(drawn, omega: omega, into: values)
    for trial in 0..<model.trials where q > 0 { drawTerms(trial, values, standardised, noise) }
    let first = model.roles.count
    for trial in 0..<model.trials {
      for g in model.strataStarts[trial]..<model.strataStarts[trial + 1] {
        var sum = strataRight[g]
        for i in supports[g] { sum -= strataColumns[g * p + i] * values[i] }
        for r in 0..<q { sum -= strataTerms[g * q + r] * values[first + trial * q + r] }
        values[p + g] = sum / strataWeights[g] + noise() / strataWeights[g].squareRoot()
      }
    }
  }

  private func drawTerms(
    _ trial: Int, _ values: Values, _ standardised: Values, _ noise: () -> Double
  ) {
    let first = model.roles.count + trial * q
    func rest(_ row: Int) -> Double {
      var sum = whitenedPull[row] + noise()
      for i in 0..<p { sum -= whitened[row * p + i] * values[i] }
      return sum
    }
    if q == 1 {
      let root = trialFactor[3 * trial]
      standardised[trial] = rest(trial) / root
      values[first] = scale.intercept * standardised[trial]
      return
    }
    let (top, bottom) = (rest(2 * trial), rest(2 * trial + 1))
    let second = bottom / trialFactor[3 * trial + 2]
    let v = ((top - trialFactor[3 * trial + 1] * second) / trialFactor[3 * trial], second)
    (standardised[2 * trial], standardised[2 * trial + 1]) = v
    (values[first], values[first + 1]) = scale.times(v)
  }
}

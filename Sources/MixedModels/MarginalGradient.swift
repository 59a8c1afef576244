/// The gradient of the marginal density by Fisher's identity: the expectation, over coefficients and
/// trial effects given the outcome, of the gradient of the complete density. Exact, and well
/// conditioned at τ = 0.
extension MarginalDensity {
  /// Sets the gradient at the last evaluated variances.
  func differentiate(_ variances: Variances) {
    let lambda = lambda
    invertFactor()
    setLoadings()
    // Profiled coefficients do not vary; Var(u) given them was left by the evaluation.
    for k in 0..<trials where !isProfiled {
      crossCovariances(of: k, lambda)
      totalRandomCovariances(of: k, lambda)
    }
    solveForRandomModes()
    var (penalty, variance) = interceptMoments(lambda)
    for i in 0..<p where !isProfiled {
      let deviation = mode[i] - model.columnMean[i]
      penalty += model.columnPrecision[i] * deviation * deviation
      variance += model.columnPrecision[i] * covariance[i + i * p]
    }
    for i in 0..<(trials * q) { penalty += randomMode[i] * randomMode[i] }
    for k in 0..<trials {
      for r in 0..<q { variance += totalRandomCovariance[(k * q + r) * q + r] }
    }
    let residual = (quadraticAtMode - penalty) / lambda
    let coefficients = Double((isProfiled ? 0 : model.coefficientCount) + trials * q)
    let slope =
      0.5 * Double(model.statistics.rows) / lambda
      - 0.5 * ((coefficients - variance) / lambda + residual)
    setGradient(variances, sigma: -2 * lambda / variances.sigma * slope) {
      slopeOfScale($0, $1, lambda)
    }
    gradientOmega = pooling.map { slopeOfUnit($0, lambda) } ?? 0
  }

  /// ΛE⁻¹ of every trial.
  func setLoadings() {
    for k in 0..<trials {
      for r in 0..<q {
        for s in 0..<q {
          var sum = 0.0
          for t in 0...r { sum += scale[r * q + t] * randomCovariance[(k * q + t) * q + s] }
          loading[(k * q + r) * q + s] = sum
        }
      }
    }
  }

  /// The inverse of the factor and the covariance of the columns' coefficients.
  func invertFactor() {
    for j in 0..<p {
      for i in 0..<j { inverse[i + j * p] = 0 }
      for i in j..<p {
        var sum = i == j ? 1.0 : 0.0
        for k in j..<max(i, j) { sum -= factor[i + k * p] * inverse[k + j * p] }
        inverse[i + j * p] = sum / factor[i + i * p]
      }
    }
    for j in 0..<p {
      for i in j..<p {
        var sum = 0.0
        for k in i..<p { sum += inverse[k + i * p] * inverse[k + j * p] }
        covariance[i + j * p] = isProfiled ? 0 : sum
        covariance[j + i * p] = covariance[i + j * p]
      }
    }
  }

  /// Cov(coefficients, u) = −Q⁻¹ B'λΛE⁻¹ of one trial.
  private func crossCovariances(of k: Int, _ lambda: Double) {
    for s in 0..<q {
      let target = crossCovariance + (k * q + s) * p
      for i in 0..<p { target[i] = 0 }
      for j in 0..<p {
        var weight = 0.0
        for r in 0..<q {
          weight += randomColumns[(k * q + r) * p + j] * lambda * loading[(k * q + r) * q + s]
        }
        guard weight != 0 else { continue }
        let column = covariance + j * p
        for i in 0..<p { target[i] -= weight * column[i] }
      }
    }
  }

  /// û = E⁻¹Λ'λ(v − Bβ̂) of every trial.
  func solveForRandomModes() {
    let lambda = lambda
    setLoadings()
    for k in 0..<trials {
      for r in 0..<q { randomMode[k * q + r] = 0 }
      for s in 0..<q {
        let rest = lambda * randomResidual(k, s)
        for r in 0..<q { randomMode[k * q + r] += loading[(k * q + s) * q + r] * rest }
      }
    }
  }

  /// b̂_r = (Λû)_r of one trial.
  @inline(__always)
  func trialEffect(_ k: Int, _ r: Int) -> Double {
    var sum = 0.0
    for s in 0...r { sum += scale[r * q + s] * randomMode[k * q + s] }
    return sum
  }

  /// (v − Bβ̂) of one random term, after the stratified intercepts.
  func randomResidual(_ k: Int, _ r: Int) -> Double {
    var rest = randomOutcome[k * q + r]
    let row = randomColumns + (k * q + r) * p
    for j in 0..<p { rest -= row[j] * mode[j] }
    return rest
  }

  /// Var(u) of one trial with the columns' coefficients integrated out.
  private func totalRandomCovariances(of k: Int, _ lambda: Double) {
    for r in 0..<q {
      for s in 0..<q {
        var sum = randomCovariance[(k * q + r) * q + s]
        // E⁻¹Λ'λ B Q⁻¹ B' λΛE⁻¹ = −(E⁻¹Λ'λ B) Cov(coefficients, u)
        for a in 0..<q {
          let weight = lambda * loading[(k * q + a) * q + r]
          guard weight != 0 else { continue }
          sum -= weight * columnsTimesCross(k, a, s)
        }
        totalRandomCovariance[(k * q + r) * q + s] = sum
      }
    }
  }

  /// Row r of B times Cov(coefficients, u_s).
  private func columnsTimesCross(_ k: Int, _ r: Int, _ s: Int) -> Double {
    let row = randomColumns + (k * q + r) * p
    let cross = crossCovariance + (k * q + s) * p
    var sum = 0.0
    for j in 0..<p { sum += row[j] * cross[j] }
    return sum
  }

  /// λ Σ_k E[(v − Bβ − CΛu)_r u_s]: the derivative with respect to Λ_rs.
  private func slopeOfScale(_ r: Int, _ s: Int, _ lambda: Double) -> Double {
    let varying = isProfiled ? rawRandomRandom : randomRandom
    var total = 0.0
    for k in 0..<trials {
      var rest = randomResidual(k, r)
      var covariance = isProfiled ? 0 : -columnsTimesCross(k, r, s)
      for t in 0..<q {
        rest -= randomRandom[(k * q + r) * q + t] * trialEffect(k, t)
        let entry = varying[(k * q + r) * q + t]
        for u in 0...t {
          covariance -=
            entry * scale[t * q + u] * totalRandomCovariance[(k * q + u) * q + s]
        }
      }
      total += rest * randomMode[k * q + s] + covariance
    }
    return lambda * total
  }

  /// The modes of the stratified intercepts given those of all else.
  func solveForInterceptModes() {
    let lambda = lambda
    let pull = model.interceptPrecision * model.interceptMean
    for c in 0..<cells.count {
      var fitted = 0.0
      for a in cells.entries(of: c) { fitted += cellSum[a] * mode[cells.column[a]] }
      for r in 0..<q {
        fitted += cells.randomSum[c * q + r] * trialEffect(cells.trial[c], r)
      }
      interceptMode[c] =
        (lambda * (cells.outcome[c] - fitted) + pull)
        / (lambda * cells.size[c] + model.interceptPrecision)
    }
  }

  /// The sums over the stratified intercepts of prior precision times squared deviation, and times
  /// variance.
  private func interceptMoments(_ lambda: Double) -> (penalty: Double, variance: Double) {
    let precision = model.interceptPrecision
    guard precision > 0 else { return (0, 0) }
    solveForInterceptModes()
    var penalty = 0.0
    var variance = 0.0
    for c in 0..<cells.count {
      let total = lambda * cells.size[c] + precision
      let deviation = interceptMode[c] - model.interceptMean
      let weight = lambda / total
      penalty += precision * deviation * deviation
      variance += precision * (1 / total + weight * weight * fittedVariance(c))
    }
    return (penalty, variance)
  }

  /// z'Λ of a cell, the sums over u.
  @inline(__always)
  private func scaledSum(_ c: Int, _ s: Int) -> Double {
    var sum = 0.0
    for r in s..<q { sum += cells.randomSum[c * q + r] * scale[r * q + s] }
    return sum
  }

  /// The variance of the sum over a cell of all but its intercept.
  private func fittedVariance(_ c: Int) -> Double {
    var total = 0.0
    let first = cells.trial[c] * q
    for a in cells.entries(of: c) {
      let column = covariance + cells.column[a] * p
      var image = 0.0
      for b in cells.entries(of: c) { image += cellSum[b] * column[cells.column[b]] }
      for r in 0..<q {
        image += 2 * scaledSum(c, r) * crossCovariance[(first + r) * p + cells.column[a]]
      }
      total += cellSum[a] * image
    }
    for r in 0..<q {
      var image = 0.0
      for s in 0..<q { image += scaledSum(c, s) * totalRandomCovariance[(first + r) * q + s] }
      total += scaledSum(c, r) * image
    }
    return total
  }
}

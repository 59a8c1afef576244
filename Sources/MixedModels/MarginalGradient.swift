/// The gradient of the marginal density, from residuals and precisions of the random terms' regressors
/// (article OneDensityTwoUses).
///
/// Exact, and well conditioned at τ = 0.
extension MarginalDensity {
  /// Sets the gradient at the last evaluated variances.
  func differentiate(_ variances: Variances) {
    var sums = VarianceScore()
    for k in 0..<trials { sums += q == 2 ? scoreOfTwo(k) : scoreOfOne(k) }
    // ∂/∂Λ = SΛ, by ΛΛ' = Var(b).
    let (l00, l10, l11) = q == 2 ? (scale[0], scale[2], scale[3]) : (q == 1 ? scale[0] : 0, 0, 0)
    let d00 = sums.first * l00 + sums.cross * l10
    let d10 = sums.cross * l00 + sums.second * l10
    let d11 = sums.second * l11
    gradientOmega = pooling.map { slopeOfUnit($0) } ?? 0
    // All SDs, those of the priors too, times one number change the density as the unit of the outcome does.
    let all = quadraticAtMode - Double(model.statistics.rows)
    let others = l00 * d00 + l10 * d10 + l11 * d11 + omega * gradientOmega
    setGradient(
      variances, sigma: (all - others - slopeOfPriors()) / variances.sigma,
      factor: (d00, d10, d11))
  }

  /// Σ over coefficients of the derivative with respect to the logarithm of their prior's SD:
  /// E[(β − m)²]/s² − 1, and −1 under flat priors.
  private func slopeOfPriors() -> Double {
    guard !isProfiled else { return 0 }
    var slope = Double(model.deviationColumns.count - model.coefficientCount)
    for i in 0..<p where model.columnPrecision[i] > 0 && !model.deviationColumns.contains(i) {
      let deviation = mode[i] - model.columnMean[i]
      slope += model.columnPrecision[i] * (deviation * deviation + columnVariance(i))
    }
    guard model.interceptPrecision > 0 else { return slope }
    solveForInterceptModes()
    for c in 0..<cells.count {
      let total = lambda * cells.size[c] + model.interceptPrecision
      let deviation = interceptMode[c] - model.interceptMean
      let weight = lambda / total
      slope +=
        model.interceptPrecision
        * (deviation * deviation + 1 / total + weight * weight * fittedVariance(c))
    }
    return slope
  }

  /// The variance of a column's coefficient given the variances: ‖L⁻¹e‖².
  private func columnVariance(_ i: Int) -> Double {
    for j in i..<p { scratch[j] = 0 }
    scratch[i] = 1
    solve(scratch, from: i)
    return squaredNorm(scratch, from: i)
  }

  /// The variance of the sum over a cell of all but its intercept, columns z and random terms w: with
  /// E[b | β] = λΛE⁻¹Λ'(v − Bβ) it is that of (z − λB'ΛE⁻¹Λ'w)'β, and w'ΛE⁻¹Λ'w more.
  private func fittedVariance(_ c: Int) -> Double {
    for j in 0..<p { scratch[j] = 0 }
    var own = 0.0
    let k = cells.trial[c]
    if q == 2 {
      let weight = randomWeight(k)
      let (w0, w1) = (cells.randomSum[2 * c], cells.randomSum[2 * c + 1])
      let (g0, g1) = (weight.first * w0 + weight.cross * w1, weight.cross * w0 + weight.second * w1)
      own = w0 * g0 + w1 * g1
      let rows = randomColumns + 2 * k * p
      subtract(rows, times: lambda * g0, and: rows + p, times: lambda * g1, from: scratch, 0..<p)
    } else if q == 1 {
      let image = randomWeightOfOne(k) * cells.randomSum[c]
      own = image * cells.randomSum[c]
      subtract(randomColumns + k * p, times: lambda * image, from: scratch, 0..<p)
    }
    for a in cells.entries(of: c) { scratch[cells.column[a]] += cellSum[a] }
    solve(scratch, from: 0)
    return own + squaredNorm(scratch, from: 0)
  }

  /// What one trial with two random terms adds to the score, and its û.
  private func scoreOfTwo(_ k: Int) -> VarianceScore {
    let c = randomRandom + 4 * k
    let shrunk = shrinkage(c, randomCovariance + 4 * k)
    let u = (
      lambda * shrunk[0, 0], lambda * shrunk[0, 1], lambda * shrunk[1, 0], lambda * shrunk[1, 1]
    )
    let first = randomColumns + 2 * k * p
    let second = first + p
    var (rest0, rest1) = (randomOutcome[2 * k], randomOutcome[2 * k + 1])
    let (image0, image1) = (scratch, scratch + p)
    for j in 0..<p {
      let (b0, b1) = (first[j], second[j])
      rest0 -= b0 * mode[j]
      rest1 -= b1 * mode[j]
      image0[j] = u.0 * b0 + u.1 * b1
      image1[j] = u.2 * b0 + u.3 * b1
    }
    let (e0, e1) = (u.0 * rest0 + u.1 * rest1, u.2 * rest0 + u.3 * rest1)
    randomMode[2 * k] = scale[0] * e0 + scale[2] * e1
    randomMode[2 * k + 1] = scale[3] * e1
    var score = VarianceScore(first: e0 * e0, cross: e0 * e1, second: e1 * e1)
    if isProfiled {
      let raw = rawRandomRandom + 4 * k
      score.subtract(kernel(raw, shrinkage(raw, rawRandomCovariance + 4 * k)))
      return score
    }
    score.subtract(kernel(c, shrunk))
    solve(image0, and: image1)
    score.first += squaredNorm(image0, from: 0)
    score.second += squaredNorm(image1, from: 0)
    guard model.terms.isCorrelated else { return score }
    for j in 0..<p { score.cross += image0[j] * image1[j] }
    return score
  }

  /// λ(I + λCΛΛ')⁻¹C.
  @inline(__always)
  private func kernel(_ c: UnsafeMutablePointer<Double>, _ shrunk: Small) -> VarianceScore {
    VarianceScore(
      first: lambda * (shrunk[0, 0] * c[0] + shrunk[0, 1] * c[2]),
      cross: lambda * (shrunk[0, 0] * c[1] + shrunk[0, 1] * c[3]),
      second: lambda * (shrunk[1, 0] * c[1] + shrunk[1, 1] * c[3]))
  }

  /// The same with one random term.
  private func scoreOfOne(_ k: Int) -> VarianceScore {
    guard q == 1 else { return VarianceScore() }
    let u = lambda * randomCovariance[k]
    let row = randomColumns + k * p
    var rest = randomOutcome[k]
    for j in 0..<p {
      rest -= row[j] * mode[j]
      scratch[j] = u * row[j]
    }
    let e = u * rest
    randomMode[k] = scale[0] * e
    if isProfiled {
      return VarianceScore(first: e * e - lambda * rawRandomCovariance[k] * rawRandomRandom[k])
    }
    solve(scratch, from: 0)
    return VarianceScore(first: e * e - u * randomRandom[k] + squaredNorm(scratch, from: 0))
  }
}

/// S = Σ_k (e e' − K + JQ⁻¹J'), whose half is the derivative with respect to Var(b).
///
/// e = Z'V⁻¹(y − Xβ̂), K = Z'V⁻¹Z and J = Z'V⁻¹X of each trial; symmetric, of order one or two.
private struct VarianceScore {
  var first = 0.0
  var cross = 0.0
  var second = 0.0

  @inline(__always)
  static func += (a: inout VarianceScore, b: VarianceScore) {
    a.first += b.first
    a.cross += b.cross
    a.second += b.second
  }

  @inline(__always)
  mutating func subtract(_ b: VarianceScore) {
    first -= b.first
    cross -= b.cross
    second -= b.second
  }
}

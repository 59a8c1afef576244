/// The modes of trial effects and stratified intercepts given the variances, and solutions by the factor of the
/// columns' precision.
extension MarginalDensity {
  /// L⁻¹x in the place of x, of which all before some entry are zero.
  @inline(__always)
  func solve(_ x: UnsafeMutablePointer<Double>, from first: Int) {
    for j in first..<p {
      let column = factor + j * p
      let value = x[j] * reciprocals[j]
      x[j] = value
      subtract(column, times: value, from: x, (j &+ 1)..<max(p, j &+ 1))
    }
  }

  /// The same for two right sides, whose steps need not wait for one another.
  @inline(__always)
  func solve(_ x: UnsafeMutablePointer<Double>, and y: UnsafeMutablePointer<Double>) {
    for j in 0..<p {
      let column = factor + j * p
      let (first, second) = (x[j] * reciprocals[j], y[j] * reciprocals[j])
      x[j] = first
      y[j] = second
      let rest = (j &+ 1)..<max(p, j &+ 1)
      subtract(column, times: first, from: x, rest)
      subtract(column, times: second, from: y, rest)
    }
  }

  /// L⁻ᵀx in the place of x.
  @inline(__always)
  func solveTransposed(_ x: UnsafeMutablePointer<Double>) {
    for i in stride(from: p - 1, through: 0, by: -1) {
      var sum = x[i]
      for k in (i + 1)..<max(p, i + 1) { sum -= factor[k + i * p] * x[k] }
      x[i] = sum * reciprocals[i]
    }
  }

  /// ‖x‖² from some entry on.
  @inline(__always)
  func squaredNorm(_ x: UnsafeMutablePointer<Double>, from first: Int) -> Double {
    var sum = 0.0
    for j in first..<p { sum += x[j] * x[j] }
    return sum
  }

  /// û = Λ'λ(I + λCΛΛ')⁻¹(v − Bβ̂) of every trial.
  func solveForRandomModes() {
    for k in 0..<trials where q > 0 {
      let shrunk = shrinkage(randomRandom + k * q * q, randomCovariance + k * q * q)
      let rest0 = lambda * randomResidual(k, 0)
      guard q == 2 else {
        randomMode[k] = scale[0] * shrunk[0, 0] * rest0
        continue
      }
      let rest1 = lambda * randomResidual(k, 1)
      let e0 = shrunk[0, 0] * rest0 + shrunk[0, 1] * rest1
      let e1 = shrunk[1, 0] * rest0 + shrunk[1, 1] * rest1
      randomMode[2 * k] = scale[0] * e0 + scale[2] * e1
      randomMode[2 * k + 1] = scale[3] * e1
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
  @inline(__always)
  func randomResidual(_ k: Int, _ r: Int) -> Double {
    var rest = randomOutcome[k * q + r]
    let row = randomColumns + (k * q + r) * p
    for j in 0..<p { rest -= row[j] * mode[j] }
    return rest
  }

  /// The modes of the stratified intercepts given those of all else.
  func solveForInterceptModes() {
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
}

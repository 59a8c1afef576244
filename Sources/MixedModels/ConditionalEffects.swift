/// The modes of coefficients and trial effects given the variances: their conditional means, since
/// all of them are normal.
public struct ConditionalEffects: Sendable, Equatable {
  /// The coefficients of the columns, in their order; intercepts count from the outcome's origin.
  public let columns: [Double]
  /// The stratified intercepts, in the order of the model's cells, from the outcome's origin.
  public let intercepts: [Double]
  /// The random terms of each trial, K × q.
  public let trialEffects: [[Double]]

  /// The modes at the variances of a density's last evaluation.
  init(_ density: MarginalDensity) {
    density.solveForRandomModes()
    density.solveForInterceptModes()
    columns = density.columnModes
    intercepts = density.interceptModes
    trialEffects = (0..<density.trials).map { k in
      (0..<density.q).map { density.trialEffect(k, $0) }
    }
  }
}

extension MarginalDensity {
  fileprivate var columnModes: [Double] {
    var result = Array(UnsafeBufferPointer(start: mode, count: p))
    pooling?.restoreEffects(&result, omega)
    return result
  }

  fileprivate var interceptModes: [Double] {
    Array(UnsafeBufferPointer(start: interceptMode, count: cells.count))
  }

  /// The conditional means of coefficients and trial effects at given variances.
  public func conditionalEffects(at variances: Variances) -> ConditionalEffects {
    _ = evaluate(variances)
    return ConditionalEffects(self)
  }

  /// Adds E[b | variances, y] of the last evaluation, times a weight, to a K × q array, trial after
  /// trial.
  public func addTrialEffects(_ weight: Double, to sums: inout [Double]) {
    solveForRandomModes()
    for k in 0..<trials {
      for r in 0..<q { sums[k * q + r] += weight * trialEffect(k, r) }
    }
  }

  /// One exact draw of all coefficients and trial effects given the variances and the outcome.
  ///
  /// `normal` gives independent standard normal numbers. The draw is written into `values`: the
  /// columns' coefficients (intercepts on the outcome's own scale), the stratified intercepts, then
  /// the random terms trial by trial; `valuesPerDraw` numbers in all. Returns the log density of the
  /// variances, as `evaluate` does.
  @discardableResult
  public func draw(
    at variances: Variances, into values: UnsafeMutableBufferPointer<Double>,
    normal: () -> Double
  ) -> Double {
    let logDensity = evaluate(variances)
    drawColumns(values, normal)
    drawTrialEffects(values, normal)
    drawIntercepts(values, normal)
    for (i, role) in model.columns.roles.enumerated()
    where role.carriesOrigin(model.terms.intercepts) {
      values[i] += model.statistics.origin
    }
    pooling?.restoreEffects(values, omega)
    return logDensity
  }

  /// The number K × q of trial effects.
  public var trialEffectCount: Int { trials * q }

  /// The number of values that `draw` writes.
  public var valuesPerDraw: Int { p + cells.count + trials * q }

  /// β = β̂ + L⁻ᵀ z.
  private func drawColumns(
    _ values: UnsafeMutableBufferPointer<Double>, _ normal: () -> Double
  ) {
    for i in 0..<p { scratch[i] = normal() }
    solveTransposed(scratch)
    for i in 0..<p { values[i] = mode[i] + scratch[i] }
  }

  /// u | β ~ N(E⁻¹Λ'λ(v − Bβ), E⁻¹), b = Λ u.
  private func drawTrialEffects(
    _ values: UnsafeMutableBufferPointer<Double>, _ normal: () -> Double
  ) {
    guard q > 0 else { return }
    let first = p + cells.count
    for k in 0..<trials {
      let c = k * q * q
      for r in 0..<q {
        var rest = randomOutcome[k * q + r]
        for j in 0..<p { rest -= randomColumns[(k * q + r) * p + j] * values[j] }
        scratch[2 * q + r] = lambda * rest
      }
      for r in 0..<q {
        var sum = 0.0
        for s in r..<q { sum += scale[s * q + r] * scratch[2 * q + s] }
        scratch[r] = sum
      }
      // The Cholesky factor of the covariance, of order one or two.
      let root = randomCovariance[c].squareRoot()
      for r in 0..<q {
        var value = 0.0
        for s in 0..<q { value += randomCovariance[c + r * q + s] * scratch[s] }
        scratch[q + r] = value
      }
      let z = normal()
      scratch[q] += root * z
      if q == 2 {
        let lower = randomCovariance[c + 1] / root
        let rest = max(randomCovariance[c + 3] - lower * lower, 0)
        scratch[q + 1] += lower * z + rest.squareRoot() * normal()
      }
      for r in 0..<q {
        var sum = 0.0
        for s in 0...r { sum += scale[r * q + s] * scratch[q + s] }
        values[first + k * q + r] = sum
      }
    }
  }

  /// γ | β, b: normal with precision λ n + π in each cell.
  private func drawIntercepts(
    _ values: UnsafeMutableBufferPointer<Double>, _ normal: () -> Double
  ) {
    let first = p + cells.count
    let precision = model.interceptPrecision
    for c in 0..<cells.count {
      let total = lambda * cells.size[c] + precision
      var fitted = 0.0
      for a in cells.entries(of: c) { fitted += cellSum[a] * values[cells.column[a]] }
      for r in 0..<q {
        fitted += cells.randomSum[c * q + r] * values[first + cells.trial[c] * q + r]
      }
      let mean = (lambda * (cells.outcome[c] - fitted) + precision * model.interceptMean) / total
      values[p + c] = mean + normal() / total.squareRoot() + model.statistics.origin
    }
  }
}

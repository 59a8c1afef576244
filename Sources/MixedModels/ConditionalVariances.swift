/// The likelihood of the between-trial standard deviations given standardised trial effects η = b / τ.
///
/// It is normal, with the exponent −½ τ'Pτ + l'τ, since each deviation is then the coefficient of a
/// regressor.
public struct DeviationLikelihood: Sendable, Equatable {
  /// P, q × q.
  var precision: (Double, Double, Double) = (0, 0, 0)
  /// l of each random term.
  var linear: (Double, Double) = (0, 0)

  /// The precision of one deviation given the other: a diagonal element of P.
  public func precision(of r: Int) -> Double { r == 0 ? precision.0 : precision.2 }

  /// The linear term of one deviation given those of all, `tau`.
  public func linear(of r: Int, given tau: [Double]) -> Double {
    let own = r == 0 ? linear.0 : linear.1
    return tau.count > 1 ? own - precision.1 * tau[1 - r] : own
  }

  /// Equality of all five numbers.
  public static func == (left: DeviationLikelihood, right: DeviationLikelihood) -> Bool {
    left.precision == right.precision && left.linear == right.linear
  }
}

/// What a Gibbs sampler needs to draw the variances given a draw of coefficients and trial effects;
/// values are as `draw` writes them.
extension MarginalDensity {
  /// Values as `draw` writes them.
  public typealias Values = UnsafeMutableBufferPointer<Double>

  /// Σ_k b_kr² of one random term.
  public func squaredTrialEffects(_ values: Values, term r: Int) -> Double {
    let first = p + cells.count
    var sum = 0.0
    for k in 0..<trials {
      let b = values[first + k * q + r]
      sum += b * b
    }
    return sum
  }

  // MARK: Residuals

  /// The weighted residual sum of squares.
  public func residualSquares(_ values: Values) -> Double {
    let origin = model.statistics.origin
    for (i, role) in model.columns.roles.enumerated() {
      scratch[i] = values[i] - (role.carriesOrigin(model.terms.intercepts) ? origin : 0)
    }
    // The leaves' effects have their mean in them.
    if let pooling { scratch[pooling.meanColumn] = 0 }
    let total =
      columnSquares + trialSquares(values) + interceptSquares(values, origin: origin)
    return max(total, 0)
  }

  /// y'y − 2β'X'y + β'X'Xβ, β in `scratch`.
  private var columnSquares: Double {
    let products = model.products
    var total = products.outcomeSquared
    for i in 0..<p {
      var image = 0.0
      for j in 0..<p { image += products.gram[i + j * p] * scratch[j] }
      total += scratch[i] * (image - 2 * products.columnOutcome[i])
    }
    return total
  }

  /// What the trial effects add.
  private func trialSquares(_ values: Values) -> Double {
    let products = model.products
    let first = p + cells.count
    var total = 0.0
    for k in 0..<trials {
      for row in (k * q)..<(k * q + q) {
        var rest = products.randomOutcome[row]
        for j in 0..<p { rest -= products.randomColumns[row * p + j] * scratch[j] }
        var image = 0.0
        for s in 0..<q { image += products.randomRandom[row * q + s] * values[first + k * q + s] }
        total += values[first + row] * (image - 2 * rest)
      }
    }
    return total
  }

  /// What the stratified intercepts add; flat ones have left the cross-products already.
  private func interceptSquares(_ values: Values, origin: Double) -> Double {
    let first = p + cells.count
    var total = 0.0
    for c in 0..<cells.count {
      var rest = cells.outcome[c]
      for a in cells.entries(of: c) { rest -= cells.sum[a] * scratch[cells.column[a]] }
      for r in 0..<q { rest -= cells.randomSum[c * q + r] * values[first + cells.trial[c] * q + r] }
      let intercept = values[p + c] - origin
      let deviation = intercept - rest / cells.size[c]
      total +=
        model.isAbsorbed
        ? cells.size[c] * deviation * deviation
        : intercept * (cells.size[c] * intercept - 2 * rest)
    }
    return total
  }

  // MARK: Deviations

  /// The likelihood of the standard deviations `tau` given η = b / τ and σ, all coefficients
  /// integrated out; nil where these are not determined without random terms.
  ///
  /// It overwrites the state of the last evaluation.
  public func deviationLikelihood(
    sigma: Double, tau: [Double], _ values: Values
  ) -> DeviationLikelihood? {
    let lambda = 1 / (sigma * sigma)
    _ = assemble(lambda)
    guard factorise() != nil else { return nil }
    for i in 0..<p { mode[i] = rightSide[i] }
    solve(mode, from: 0)
    for r in 0..<q { reduceRegressor(r, tau[r], values) }
    var result = DeviationLikelihood()
    guard q > 0 else { return result }
    result.precision.0 = max(precision(0, 0, tau, values, lambda), 0)
    result.linear.0 = linear(0, tau, values, lambda)
    guard q > 1 else { return result }
    result.precision.1 = precision(0, 1, tau, values, lambda)
    result.precision.2 = max(precision(1, 1, tau, values, lambda), 0)
    result.linear.1 = linear(1, tau, values, lambda)
    return result
  }

  /// η of one trial.
  @inline(__always)
  private func standardised(_ k: Int, _ r: Int, _ tau: Double, _ values: Values) -> Double {
    tau > 0 ? values[p + cells.count + k * q + r] / tau : 0
  }

  /// L⁻¹X'w of the regressor w = z η of one random term, into `scratch`.
  private func reduceRegressor(_ r: Int, _ tau: Double, _ values: Values) {
    let target = scratch + r * p
    for i in 0..<p { target[i] = 0 }
    for k in 0..<trials {
      let eta = standardised(k, r, tau, values)
      let row = randomColumns + (k * q + r) * p
      for i in 0..<p { target[i] += eta * row[i] }
    }
    solve(target, from: 0)
  }

  /// λ w_r'w_s less what the columns explain of it.
  private func precision(
    _ r: Int, _ s: Int, _ tau: [Double], _ values: Values, _ lambda: Double
  ) -> Double {
    var sum = 0.0
    for k in 0..<trials {
      sum +=
        standardised(k, r, tau[r], values) * standardised(k, s, tau[s], values)
        * randomRandom[(k * q + r) * q + s]
    }
    var explained = 0.0
    for i in 0..<p { explained += scratch[r * p + i] * scratch[s * p + i] }
    return lambda * sum - lambda * lambda * explained
  }

  /// λ w_r'y less what the columns explain of it.
  private func linear(_ r: Int, _ tau: [Double], _ values: Values, _ lambda: Double) -> Double {
    var sum = 0.0
    for k in 0..<trials { sum += standardised(k, r, tau[r], values) * randomOutcome[k * q + r] }
    for i in 0..<p { sum -= scratch[r * p + i] * mode[i] }
    return lambda * sum
  }
}

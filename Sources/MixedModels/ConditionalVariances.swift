/// The likelihood of the between-trial standard deviations given standardised trial effects
/// η = b / τ: normal, since each is then the coefficient of a regressor. Exponent −½ τ'Pτ + l'τ.
public struct DeviationLikelihood: Sendable, Equatable {
  /// P of the first random term, of both, and of the second.
  public var precision = (0.0, 0.0, 0.0)
  /// l of each random term.
  public var linear = (0.0, 0.0)

  /// Equality of all five numbers.
  public static func == (left: DeviationLikelihood, right: DeviationLikelihood) -> Bool {
    left.precision == right.precision && left.linear == right.linear
  }
}

/// What a Gibbs sampler needs to draw the variances given a draw of coefficients and trial effects;
/// values are as `draw` writes them.
extension MarginalDensity {
  /// Σ_k b_kr² of one random term.
  public func squaredTrialEffects(
    _ values: UnsafeMutableBufferPointer<Double>, term r: Int
  ) -> Double {
    let first = p + cells.count
    var sum = 0.0
    for k in 0..<trials {
      let b = values[first + k * q + r]
      sum += b * b
    }
    return sum
  }

  /// The weighted residual sum of squares.
  public func residualSquares(_ values: UnsafeMutableBufferPointer<Double>) -> Double {
    let origin = model.statistics.origin
    let products = model.products
    for (i, role) in model.columns.roles.enumerated() {
      scratch[i] = values[i] - (role.carriesOrigin(model.terms.intercepts) ? origin : 0)
    }
    var total = products.outcomeSquared
    for i in 0..<p {
      var image = 0.0
      for j in 0..<p { image += products.gram[i + j * p] * scratch[j] }
      total += scratch[i] * (image - 2 * products.columnOutcome[i])
    }
    let effects = values.baseAddress.map { $0 + (p + cells.count) }
    guard let effects else { return max(total, 0) }
    for row in 0..<(trials * q) {
      var rest = products.randomOutcome[row]
      for j in 0..<p { rest -= products.randomColumns[row * p + j] * scratch[j] }
      let trial = row / max(q, 1) * q
      var image = 0.0
      for s in 0..<q { image += products.randomRandom[row * q + s] * effects[trial + s] }
      total += effects[row] * (image - 2 * rest)
    }
    for c in 0..<cells.count {
      var rest = cells.outcome[c]
      for a in cells.entries(of: c) { rest -= cells.sum[a] * scratch[cells.column[a]] }
      for r in 0..<q { rest -= cells.randomSum[c * q + r] * effects[cells.trial[c] * q + r] }
      let intercept = values[p + c] - origin
      let deviation = intercept - rest / cells.size[c]
      // Flat intercepts have left the cross-products already.
      total +=
        model.isAbsorbed
        ? cells.size[c] * deviation * deviation
        : intercept * (cells.size[c] * intercept - 2 * rest)
    }
    return max(total, 0)
  }

  /// The likelihood of the standard deviations `tau` given η = b / τ and σ, all coefficients
  /// integrated out; nil where these are not determined without random terms.
  ///
  /// It overwrites the state of the last evaluation.
  public func deviationLikelihood(
    sigma: Double, tau: [Double], _ values: UnsafeMutableBufferPointer<Double>
  ) -> DeviationLikelihood? {
    let lambda = 1 / (sigma * sigma)
    _ = assemble(lambda)
    guard factorise() != nil else { return nil }
    for i in 0..<p {
      var sum = rightSide[i]
      for k in 0..<i { sum -= factor[i + k * p] * mode[k] }
      mode[i] = sum / factor[i + i * p]
    }
    var result = DeviationLikelihood()
    for r in 0..<q { reduceRegressor(r, tau[r], values, lambda) }
    let cross = { (r: Int, s: Int) -> Double in
      var sum = 0.0
      for i in 0..<self.p { sum += self.scratch[r * self.p + i] * self.scratch[s * self.p + i] }
      return lambda * self.regressorProduct(r, s, tau, values) - lambda * lambda * sum
    }
    let linear = { (r: Int) -> Double in
      var sum = 0.0
      for i in 0..<self.p { sum += self.scratch[r * self.p + i] * self.mode[i] }
      return lambda * (self.regressorOutcome(r, tau[r], values) - sum)
    }
    if q > 0 {
      result.precision.0 = max(cross(0, 0), 0)
      result.linear.0 = linear(0)
    }
    if q > 1 {
      result.precision.1 = cross(0, 1)
      result.precision.2 = max(cross(1, 1), 0)
      result.linear.1 = linear(1)
    }
    return result
  }

  /// η of one trial.
  @inline(__always)
  private func standardised(
    _ k: Int, _ r: Int, _ tau: Double, _ values: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    tau > 0 ? values[p + cells.count + k * q + r] / tau : 0
  }

  /// L⁻¹X'w of the regressor w = z η of one random term, into `scratch`.
  private func reduceRegressor(
    _ r: Int, _ tau: Double, _ values: UnsafeMutableBufferPointer<Double>, _ lambda: Double
  ) {
    let target = scratch + r * p
    for i in 0..<p { target[i] = 0 }
    for k in 0..<trials {
      let eta = standardised(k, r, tau, values)
      let row = randomColumns + (k * q + r) * p
      for i in 0..<p { target[i] += eta * row[i] }
    }
    for i in 0..<p {
      var sum = target[i]
      for k in 0..<i { sum -= factor[i + k * p] * target[k] }
      target[i] = sum / factor[i + i * p]
    }
  }

  private func regressorProduct(
    _ r: Int, _ s: Int, _ tau: [Double], _ values: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var sum = 0.0
    for k in 0..<trials {
      sum +=
        standardised(k, r, tau[r], values) * standardised(k, s, tau[s], values)
        * randomRandom[(k * q + r) * q + s]
    }
    return sum
  }

  private func regressorOutcome(
    _ r: Int, _ tau: Double, _ values: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var sum = 0.0
    for k in 0..<trials { sum += standardised(k, r, tau, values) * randomOutcome[k * q + r] }
    return sum
  }
}

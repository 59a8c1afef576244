import Foundation

/// *The* one function of the program: the log density of the outcome given the variances, with all
/// coefficients and trial effects integrated (or profiled) out, and its gradient.
///
/// With flat coefficients it is the restricted log-likelihood, whose maximum is the REML fit; with
/// priors it is the marginal likelihood of the variances, which is sampled; profiled it is the
/// likelihood. Methods-literature §9.1-9.2, with λ = 1/σ², the scale Λ of the random terms
/// (b = Λ u, u ~ N(0, I)), and stratified intercepts eliminated cell by cell.
///
/// An instance owns a workspace that is reused by every evaluation: nothing is allocated, and an
/// instance belongs to one thread. A cost of O(K p² + p³) does not depend on the number of rows.
public final class MarginalDensity {
  /// The model whose density this is.
  public let model: MarginalModel

  /// The gradient of the last evaluation, with respect to σ.
  public private(set) var gradientSigma = 0.0
  /// The gradient of the last evaluation, with respect to each τ.
  public private(set) var gradientTau: [Double]

  let p: Int
  let q: Int
  let trials: Int
  let isProfiled: Bool
  let isFlat: Bool

  // The workspace. Matrices are column-major; a trial's block is q × p or q × q, row after row.
  let gram: Workspace
  let rightSide: Workspace
  let factor: Workspace
  /// The inverse of the factor, later the covariance of the columns' coefficients.
  let inverse: Workspace
  let covariance: Workspace
  /// The mode of the columns' coefficients, of u and of the stratified intercepts.
  let mode: Workspace
  let randomMode: Workspace
  let interceptMode: Workspace
  let randomColumns: Workspace
  let randomRandom: Workspace
  let randomOutcome: Workspace
  /// (I + λ Λ'CΛ)⁻¹ of each trial.
  let randomCovariance: Workspace
  /// Cov(columns' coefficients, u) of each trial, p × q, column after column.
  let crossCovariance: Workspace
  let scratch: Workspace

  var lambda = 1.0
  var scale: [Double]

  /// A density with a workspace of its own.
  public init(_ model: MarginalModel) {
    self.model = model
    p = model.order
    q = model.terms.randomTerms
    trials = model.statistics.trials
    isProfiled = model.treatment == .profiled
    isFlat = model.interceptPrecision == 0
    gradientTau = [Double](repeating: 0, count: q)
    scale = gradientTau
    gram = Workspace(p * p)
    rightSide = Workspace(p)
    factor = Workspace(p * p)
    inverse = Workspace(p * p)
    covariance = Workspace(p * p)
    mode = Workspace(p)
    randomMode = Workspace(trials * q)
    interceptMode = Workspace(model.absorbed.count)
    randomColumns = Workspace(trials * q * p)
    randomRandom = Workspace(trials * q * q)
    randomOutcome = Workspace(trials * q)
    randomCovariance = Workspace(trials * q * q)
    crossCovariance = Workspace(trials * p * q)
    scratch = Workspace(max(4 * q * q, p * q) + p + q)
  }

  /// The log density at the given standard deviations; −∞ where σ ≤ 0, a τ < 0, or the model's
  /// normal equations are singular. With `gradient`, also `gradientSigma` and `gradientTau`.
  public func evaluate(_ variances: Variances, gradient: Bool = false) -> Double {
    for r in 0..<q { scale[r] = variances.tau[r] }
    return evaluate(sigma: variances.sigma, gradient: gradient)
  }

  /// The log density at σ and the values put into `scale`.
  func evaluate(sigma: Double, gradient: Bool) -> Double {
    guard sigma > 0, sigma.isFinite, scale.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      return -.infinity
    }
    lambda = 1 / (sigma * sigma)
    var value = assemble()
    value += eliminateRandomTerms()
    guard let logDeterminant = factorise() else { return -.infinity }
    if !isProfiled { value -= 0.5 * logDeterminant }
    quadraticAtMode = solveForMode()
    value -= 0.5 * quadraticAtMode
    if gradient { differentiate(sigma: sigma) }
    return value.isNaN ? -.infinity : value
  }

  /// The quadratic form in the exponent at the mode of the last evaluation: the residual sum of
  /// squares over σ² plus the squared standardised deviations of coefficients and trial effects.
  private(set) var quadraticAtMode = 0.0

  /// λ y'y + m'Πm after the stratified intercepts; `solveForMode` takes the rest off.
  private var totalQuadratic = 0.0

  /// Cross-products at λ with the stratified intercepts eliminated; returns the terms of the log
  /// density that they and the constants contribute.
  private func assemble() -> Double {
    let logTwoPi = log(2 * Double.pi)
    let n = Double(model.statistics.rows)
    var value = 0.5 * n * (log(lambda) - logTwoPi)
    for i in 0..<(p * p) { gram[i] = lambda * model.gram[i] }
    totalQuadratic = lambda * model.outcomeSquared
    for i in 0..<p {
      let precision = model.columnPrecision[i]
      let mean = model.columnMean[i]
      rightSide[i] = lambda * model.columnOutcome[i] + precision * mean
      gram[i + i * p] += precision
      guard !isProfiled else { continue }
      totalQuadratic += precision * mean * mean
      value += 0.5 * (precision > 0 ? log(precision) : logTwoPi)
    }
    for k in 0..<trials {
      let block = model.blocks[k]
      for i in 0..<(q * p) { randomColumns[k * q * p + i] = block.randomColumns[i] }
      for i in 0..<(q * q) { randomRandom[k * q * q + i] = block.randomRandom[i] }
      for i in 0..<q { randomOutcome[k * q + i] = block.randomOutcome[i] }
    }
    if !model.absorbed.isEmpty { value += absorbIntercepts(logTwoPi) }
    return value
  }

  private func absorbIntercepts(_ logTwoPi: Double) -> Double {
    var value = 0.0
    let precision = model.interceptPrecision
    let pull = precision * model.interceptMean
    for cell in model.absorbed {
      let total = lambda * cell.count + precision
      let outcome = lambda * cell.outcome + pull
      if !isProfiled { value += 0.5 * ((isFlat ? logTwoPi : log(precision)) - log(total)) }
      totalQuadratic += pull * model.interceptMean - outcome * outcome / total
      let weight = lambda / total
      for (a, i) in cell.columns.enumerated() {
        rightSide[i] -= weight * cell.sums[a] * outcome
        for (b, j) in cell.columns.enumerated() {
          gram[i + j * p] -= lambda * weight * cell.sums[a] * cell.sums[b]
        }
      }
      for r in 0..<q {
        let sum = cell.randomSums[r]
        guard sum != 0 else { continue }
        // Divided by λ, since the blocks are raw cross-products.
        randomOutcome[cell.trial * q + r] -= sum * outcome / total
        for (a, i) in cell.columns.enumerated() {
          randomColumns[(cell.trial * q + r) * p + i] -= weight * sum * cell.sums[a]
        }
        for s in 0..<q {
          randomRandom[(cell.trial * q + r) * q + s] -= weight * sum * cell.randomSums[s]
        }
      }
    }
    return value
  }

  /// Integrates u out of each trial: H, h and s of methods-literature §9.1 times λ.
  private func eliminateRandomTerms() -> Double {
    guard q > 0 else { return 0 }
    var value = 0.0
    for k in 0..<trials {
      let c = k * q * q
      let determinant: Double
      if q == 1 {
        determinant = 1 + lambda * scale[0] * scale[0] * randomRandom[c]
        randomCovariance[c] = 1 / determinant
      } else {
        determinant = invertPair(at: c)
      }
      value -= 0.5 * log(determinant)
      for r in 0..<q {
        for s in 0..<q {
          let weight =
            lambda * lambda * scale[r] * randomCovariance[c + r * q + s] * scale[s]
          guard weight != 0 else { continue }
          subtract(weight, row: k * q + r, times: k * q + s)
        }
      }
    }
    return value
  }

  /// The inverse of I + λ Λ'CΛ for two random terms; returns its determinant.
  private func invertPair(at c: Int) -> Double {
    let e00 = 1 + lambda * scale[0] * scale[0] * randomRandom[c]
    let e01 = lambda * scale[0] * scale[1] * randomRandom[c + 1]
    let e11 = 1 + lambda * scale[1] * scale[1] * randomRandom[c + 3]
    let determinant = e00 * e11 - e01 * e01
    randomCovariance[c] = e11 / determinant
    randomCovariance[c + 1] = -e01 / determinant
    randomCovariance[c + 2] = -e01 / determinant
    randomCovariance[c + 3] = e00 / determinant
    return determinant
  }

  private func subtract(_ weight: Double, row: Int, times other: Int) {
    let left = randomColumns.base + row * p
    let right = randomColumns.base + other * p
    let outcome = weight * randomOutcome[other]
    totalQuadratic -= outcome * randomOutcome[row]
    for j in 0..<p {
      let factor = weight * right[j]
      rightSide[j] -= left[j] * outcome
      guard factor != 0 else { continue }
      let column = gram.base + j * p
      for i in 0..<p { column[i] -= left[i] * factor }
    }
  }

  /// Cholesky of the columns' precision; returns its log-determinant, nil where it is singular.
  private func factorise() -> Double? {
    var logDeterminant = 0.0
    for j in 0..<p {
      for i in j..<p {
        var sum = gram[i + j * p]
        for k in 0..<j { sum -= factor[i + k * p] * factor[j + k * p] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          factor[j + j * p] = sum.squareRoot()
          logDeterminant += log(sum)
        } else {
          factor[i + j * p] = sum / factor[j + j * p]
        }
      }
    }
    return logDeterminant
  }

  /// The mode of the columns' coefficients; returns what is left of the quadratic form.
  private func solveForMode() -> Double {
    var rest = totalQuadratic
    for i in 0..<p {
      var sum = rightSide[i]
      for k in 0..<i { sum -= factor[i + k * p] * mode[k] }
      mode[i] = sum / factor[i + i * p]
      rest -= mode[i] * mode[i]
    }
    for i in stride(from: p - 1, through: 0, by: -1) {
      var sum = mode[i]
      for k in (i + 1)..<max(p, i + 1) { sum -= factor[k + i * p] * mode[k] }
      mode[i] = sum / factor[i + i * p]
    }
    return rest
  }

  func setGradient(sigma: Double, tau: (Int) -> Double) {
    gradientSigma = sigma
    for r in 0..<q { gradientTau[r] = tau(r) }
  }
}

import Foundation
import Numerics

/// *The* one function of the program: the log density of the outcome given the variances, with all
/// coefficients and trial effects integrated (or profiled) out, and its gradient.
///
/// With flat coefficients it is the restricted log-likelihood, whose maximum is the REML fit; with
/// priors it is the marginal likelihood of the variances, which is sampled; profiled it is the
/// likelihood. Methods-literature §9.1-9.2, with λ = 1/σ², the scale Λ of the random terms
/// (b = Λ u, u ~ N(0, I), Λ lower triangular with ΛΛ' = Var(b)), and stratified intercepts eliminated cell by cell.
///
/// An instance owns a workspace that is reused by every evaluation: nothing is allocated, and an
/// instance belongs to one thread. A cost of O(K p² + p³) does not depend on the number of rows.
public final class MarginalDensity {
  /// The model whose density this is.
  public let model: MarginalModel

  // An instance belongs to one thread, and no access to these is in the midst of another.

  /// The gradient of the last evaluation, with respect to σ.
  @exclusivity(unchecked)
  public private(set) var gradientSigma = 0.0
  /// The gradient of the last evaluation, with respect to each τ.
  @exclusivity(unchecked)
  public private(set) var gradientTau: [Double]
  /// The gradient of the last evaluation, with respect to the correlation; 0 where there is none,
  /// and at a correlation of ±1, where the derivative towards the inside may be infinite.
  @exclusivity(unchecked)
  public private(set) var gradientCorrelation = 0.0
  /// The gradient of the last evaluation, with respect to ω; 0 where effects are not pooled.
  @exclusivity(unchecked)
  public internal(set) var gradientOmega = 0.0

  let p: Int
  let q: Int
  let trials: Int
  let isProfiled: Bool
  let cells: AbsorbedCells

  // The workspace and its buffers. Matrices are column-major; a trial's block is q × p or q × q, row
  // after row.
  private let workspace: Workspace
  let gram: UnsafeMutablePointer<Double>
  let rightSide: UnsafeMutablePointer<Double>
  let factor: UnsafeMutablePointer<Double>
  /// One over the diagonal of the factor.
  let reciprocals: UnsafeMutablePointer<Double>
  /// The mode of the columns' coefficients, of u and of the stratified intercepts.
  let mode: UnsafeMutablePointer<Double>
  let randomMode: UnsafeMutablePointer<Double>
  let interceptMode: UnsafeMutablePointer<Double>
  let randomColumns: UnsafeMutablePointer<Double>
  let randomRandom: UnsafeMutablePointer<Double>
  /// The same before the stratified intercepts are eliminated: for the profile likelihood, which
  /// does not integrate over them.
  let rawRandomRandom: UnsafeMutablePointer<Double>
  let randomOutcome: UnsafeMutablePointer<Double>
  /// (I + λ Λ'CΛ)⁻¹ of each trial.
  let randomCovariance: UnsafeMutablePointer<Double>
  /// The same before the stratified intercepts are eliminated; for the profile likelihood alone.
  let rawRandomCovariance: UnsafeMutablePointer<Double>
  let scratch: UnsafeMutablePointer<Double>
  /// Λ, q × q lower triangular, row after row.
  let scale: UnsafeMutablePointer<Double>
  /// The sums of the absorbed cells over columns in the unit of their coefficients.
  let cellSum: UnsafeMutablePointer<Double>
  /// The scaling of the columns by ω; nil where effects are not pooled.
  let pooling: EffectPooling?

  /// A density with a workspace of its own.
  public init(_ model: MarginalModel) {
    self.model = model
    let p = model.order
    let q = model.terms.randomTerms
    let trials = model.statistics.trials
    (self.p, self.q, self.trials) = (p, q, trials)
    isProfiled = model.treatment == .profiled
    cells = AbsorbedCells(model)
    gradientTau = [Double](repeating: 0, count: q)
    let scratchCount = 2 * p + 4 * q
    let workspace = Workspace(
      capacity: 2 * p * p + 3 * p + scratchCount + q * q + cells.count + cells.sum.count
        + trials * (2 * q + q * p + 4 * q * q) + EffectPooling.capacity(model))
    self.workspace = workspace
    gram = workspace.take(p * p)
    factor = workspace.take(p * p)
    reciprocals = workspace.take(p)
    rightSide = workspace.take(p)
    mode = workspace.take(p)
    scratch = workspace.take(scratchCount)
    scale = workspace.take(q * q)
    interceptMode = workspace.take(cells.count)
    randomMode = workspace.take(trials * q)
    randomOutcome = workspace.take(trials * q)
    randomColumns = workspace.take(trials * q * p)
    randomRandom = workspace.take(trials * q * q)
    rawRandomRandom = workspace.take(trials * q * q)
    randomCovariance = workspace.take(trials * q * q)
    rawRandomCovariance = workspace.take(trials * q * q)
    cellSum = workspace.take(cells.sum.count)
    pooling = EffectPooling(model, workspace)
    let products = model.products
    for (i, value) in cells.sum.enumerated() { cellSum[i] = value }
    for (i, value) in products.rawRandomRandom.enumerated() { rawRandomRandom[i] = value }
    for (i, value) in products.randomColumns.enumerated() { randomColumns[i] = value }
    for (i, value) in products.randomRandom.enumerated() { randomRandom[i] = value }
    for (i, value) in products.randomOutcome.enumerated() { randomOutcome[i] = value }
  }

  /// The log density at the given standard deviations, its gradient too where it is asked for.
  ///
  /// It is −∞ where σ ≤ 0, a τ < 0, or the model's normal equations are singular. The gradient is
  /// left in `gradientSigma` and `gradientTau`.
  public func evaluate(_ variances: Variances, gradient: Bool = false) -> Double {
    guard setScale(variances) else { return -.infinity }
    let value = evaluate(sigma: variances.sigma)
    if gradient, value > -.infinity { differentiate(variances) }
    return value
  }

  /// The θ that Λ was last made of; nil where it was made of standard deviations.
  @exclusivity(unchecked)
  private(set) var theta: Triangle?

  /// ω of the last evaluation.
  @exclusivity(unchecked)
  private(set) var omega = 0.0

  /// Sets Λ and ω; whether the deviations and the correlation are possible ones.
  private func setScale(_ variances: Variances) -> Bool {
    theta = nil
    omega = variances.omega
    guard omega >= 0, omega.isFinite else { return false }
    for r in 0..<q {
      let tau = variances.tau[r]
      guard tau >= 0, tau.isFinite else { return false }
      scale[r * q + r] = tau
    }
    guard q == 2 else { return true }
    scale[2] = 0
    guard model.terms.isCorrelated else { return true }
    let correlation = variances.correlation
    guard abs(correlation) <= 1 else { return false }
    let tau = variances.tau[1]
    scale[2] = correlation * tau
    scale[3] = ((1 - correlation) * (1 + correlation)).squareRoot() * tau
    return true
  }

  /// The log density at σ and the present Λ.
  func evaluate(sigma: Double) -> Double {
    guard sigma > 0, sigma.isFinite else { return -.infinity }
    let lambda = 1 / (sigma * sigma)
    self.lambda = lambda
    var value = assemble(lambda)
    value += eliminateRandomTerms(lambda)
    guard let logDeterminant = factorise() else { return -.infinity }
    if !isProfiled { value -= 0.5 * logDeterminant }
    quadraticAtMode = solveForMode()
    value -= 0.5 * quadraticAtMode
    return value.isNaN ? -.infinity : value
  }

  /// The quadratic form in the exponent at the mode of the last evaluation: the residual sum of
  /// squares over σ² plus the squared standardised deviations of coefficients and trial effects.
  @exclusivity(unchecked)
  private(set) var quadraticAtMode = 0.0

  /// 1/σ² at the last evaluation.
  @exclusivity(unchecked)
  private(set) var lambda = 1.0

  /// λ y'y + m'Πm after the stratified intercepts; `solveForMode` takes the rest off.
  @exclusivity(unchecked)
  private var totalQuadratic = 0.0

  /// Cross-products at λ and ω with the stratified intercepts eliminated; returns the terms of the log
  /// density that they and the constants contribute.
  func assemble(_ lambda: Double) -> Double {
    guard let pooling else { return assembleUnscaled(lambda) }
    restoreBlocks()
    let value = assembleUnscaled(lambda)
    scaleColumns(pooling)
    return value
  }

  private static let logTwoPi = log(2 * Double.pi)

  /// The same before the columns of pooled effects are scaled.
  private func assembleUnscaled(_ lambda: Double) -> Double {
    var value =
      0.5
      * (Double(model.statistics.rows) * (log(lambda) - Self.logTwoPi)
        + model.statistics.logWeights)
    var quadratic = lambda * model.products.outcomeSquared
    model.products.gram.withUnsafeBufferPointer { raw in
      for i in 0..<(p * p) { gram[i] = lambda * raw[i] }
    }
    for i in 0..<p {
      let precision = model.columnPrecision[i]
      let mean = model.columnMean[i]
      rightSide[i] = lambda * model.products.columnOutcome[i]
      guard precision > 0, !model.deviationColumns.contains(i) else { continue }
      rightSide[i] += precision * mean
      gram[i + i * p] += precision
      quadratic += precision * mean * mean
    }
    if !isProfiled { value += model.priorConstant }
    totalQuadratic = quadratic
    guard cells.count > 0 else { return value }
    if model.isAbsorbed {
      let cells = Double(cells.count)
      return isProfiled ? value : value - 0.5 * (cells * log(lambda) + model.logCounts)
    }
    restoreBlocks()
    return value + absorbIntercepts(lambda)
  }

  /// The blocks before the stratified intercepts, whose elimination depends on λ.
  private func restoreBlocks() {
    let products = model.products
    for i in 0..<(trials * q * p) { randomColumns[i] = products.randomColumns[i] }
    for i in 0..<(trials * q * q) { randomRandom[i] = products.randomRandom[i] }
    for i in 0..<(trials * q) { randomOutcome[i] = products.randomOutcome[i] }
  }

  /// Eliminates the stratified intercept of every cell.
  private func absorbIntercepts(_ lambda: Double) -> Double {
    let precision = model.interceptPrecision
    let pull = precision * model.interceptMean
    var determinant = LogProduct()
    var quadratic = 0.0
    for c in 0..<cells.count {
      let total = lambda * cells.size[c] + precision
      let outcome = lambda * cells.outcome[c] + pull
      determinant.multiply(by: total)
      quadratic += pull * model.interceptMean - outcome * outcome / total
      let weight = lambda / total
      let entries = cells.entries(of: c)
      for a in entries {
        let i = cells.column[a]
        let sum = weight * cells.sum[a]
        rightSide[i] -= sum * outcome
        for b in entries { gram[i + cells.column[b] * p] -= lambda * sum * cells.sum[b] }
      }
      let first = cells.trial[c] * q
      for r in 0..<q {
        let sum = weight * cells.randomSum[c * q + r]
        guard sum != 0 else { continue }
        // Divided by λ, since the blocks are raw cross-products.
        randomOutcome[first + r] -= sum / lambda * outcome
        for a in entries { randomColumns[(first + r) * p + cells.column[a]] -= sum * cells.sum[a] }
        for s in 0..<q { randomRandom[(first + r) * q + s] -= sum * cells.randomSum[c * q + s] }
      }
    }
    totalQuadratic += quadratic
    return isProfiled ? 0 : -0.5 * determinant.logarithm
  }

  /// Integrates u out of each trial: H, h and s of methods-literature §9.1 times λ.
  private func eliminateRandomTerms(_ lambda: Double) -> Double {
    guard q > 0 else { return 0 }
    var product = LogProduct()
    var quadratic = 0.0
    for k in 0..<trials {
      let c = k * q * q
      let determinant = invert(randomRandom + c, into: randomCovariance + c, lambda)
      // The likelihood integrates over the trial effects with the intercepts held at their maximum.
      product.multiply(
        by: isProfiled
          ? invert(rawRandomRandom + c, into: rawRandomCovariance + c, lambda) : determinant)
      quadratic += q == 2 ? subtractTwo(k, lambda) : subtractOne(k, lambda)
    }
    totalQuadratic -= quadratic
    return -0.5 * product.logarithm
  }

  /// Cholesky of the columns' precision; returns its log-determinant, nil where it is singular.
  func factorise() -> Double? {
    var product = LogProduct()
    for j in 0..<p {
      let column = factor + j * p
      for i in j..<p { column[i] = gram[i + j * p] }
      // Column after column, so that the inner loop runs along memory.
      for k in 0..<j { subtract(factor + k * p, times: factor[j + k * p], from: column, j..<p) }
      let pivot = column[j]
      guard pivot > 0, pivot.isFinite else { return nil }
      product.multiply(by: pivot)
      column[j] = pivot.squareRoot()
      reciprocals[j] = 1 / column[j]
      for i in (j + 1)..<max(p, j + 1) { column[i] *= reciprocals[j] }
    }
    return product.logarithm
  }

  /// The mode of the columns' coefficients; returns what is left of the quadratic form.
  private func solveForMode() -> Double {
    for i in 0..<p { mode[i] = rightSide[i] }
    solve(mode, from: 0)
    let rest = totalQuadratic - squaredNorm(mode, from: 0)
    solveTransposed(mode)
    return rest
  }

  /// Sets the gradient from that with respect to σ and to the entries 00, 10 and 11 of Λ.
  func setGradient(
    _ variances: Variances, sigma: Double, factor: (first: Double, across: Double, own: Double)
  ) {
    gradientSigma = sigma
    gradientCorrelation = 0
    if q > 0 { gradientTau[0] = factor.first }
    if q > 1 { gradientTau[1] = factor.own }
    guard model.terms.isCorrelated else { return }
    let correlation = variances.correlation
    let rest = ((1 - correlation) * (1 + correlation)).squareRoot()
    gradientTau[1] = correlation * factor.across + rest * factor.own
    guard rest > 0 else { return }
    gradientCorrelation = variances.tau[1] * (factor.across - correlation / rest * factor.own)
  }

  /// Sets Λ = unit × θ, a lower triangle of which the rows are given: one or three numbers.
  func setScale(_ theta: Triangle, unit: Double) {
    self.theta = theta
    guard q > 0 else { return }
    scale[0] = unit * theta.a
    guard q == 2 else { return }
    scale[1] = 0
    scale[2] = unit * theta.c
    scale[3] = unit * theta.b
  }
}

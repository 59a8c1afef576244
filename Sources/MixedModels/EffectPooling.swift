import Numerics

/// Partially pooled effects β_j = β + ω z_j (article PooledEffects): the columns of the z_j are those of
/// the treatment in the leaves times ω, so that ω is one more parameter of the density of the variances,
/// smooth down to ω = 0.
///
/// Holds the cross-products of the columns before they are scaled, which the derivative needs.
struct EffectPooling {
  /// The column of the mean effect β.
  let meanColumn: Int
  /// The columns of the z_j.
  let deviations: Range<Int>
  /// λ X'X and λ X'y after the stratified intercepts, and Z'X of each trial, before scaling.
  let gram: UnsafeMutablePointer<Double>
  let rightSide: UnsafeMutablePointer<Double>
  let randomColumns: UnsafeMutablePointer<Double>

  /// What it takes from the workspace of a density.
  static func capacity(_ model: MarginalModel) -> Int {
    guard model.terms.poolsEffects else { return 0 }
    let p = model.order
    return p * p + p + model.statistics.trials * model.terms.randomTerms * p
  }

  /// The pooling of a model; nil where it has none.
  init?(_ model: MarginalModel, _ workspace: Workspace) {
    guard !model.deviationColumns.isEmpty, let mean = model.columns.index(of: .meanEffect) else {
      return nil
    }
    let p = model.order
    meanColumn = mean
    deviations = model.deviationColumns
    gram = workspace.take(p * p)
    rightSide = workspace.take(p)
    randomColumns = workspace.take(model.statistics.trials * model.terms.randomTerms * p)
  }

  /// From β and z_j the effects of the leaves, in the place of the z_j.
  func restoreEffects(_ values: UnsafeMutableBufferPointer<Double>, _ omega: Double) {
    for j in deviations { values[j] = values[meanColumn] + omega * values[j] }
  }

  /// The same of an array.
  func restoreEffects(_ values: inout [Double], _ omega: Double) {
    values.withUnsafeMutableBufferPointer { restoreEffects($0, omega) }
  }
}

extension MarginalDensity {
  /// Scales the columns of the deviations by ω, and adds their standard normal prior.
  func scaleColumns(_ pooling: EffectPooling) {
    for i in 0..<(p * p) { pooling.gram[i] = gram[i] }
    for i in 0..<p { pooling.rightSide[i] = rightSide[i] }
    for i in 0..<(trials * q * p) { pooling.randomColumns[i] = randomColumns[i] }
    for j in pooling.deviations {
      rightSide[j] *= omega
      for i in 0..<p {
        gram[i + j * p] *= omega
        gram[j + i * p] *= omega
      }
      for row in 0..<(trials * q) { randomColumns[row * p + j] *= omega }
    }
    for j in pooling.deviations { gram[j + j * p] += 1 }
    for (a, column) in cells.column.enumerated() {
      cellSum[a] = cells.sum[a] * (pooling.deviations.contains(column) ? omega : 1)
    }
  }

  /// The derivative with respect to ω: λ Σ_j E[z_j x_j'(y − Xβ − Zb)], the expectation being over
  /// coefficients and trial effects given the outcome.
  func slopeOfUnit(_ pooling: EffectPooling) -> Double {
    var total = 0.0
    for j in pooling.deviations {
      // Cov(β, z_j), and Cov(b, z_j) = −λΛE⁻¹Λ'B Cov(β, z_j).
      let own = scratch
      for i in 0..<p { own[i] = 0 }
      own[j] = 1
      solve(own, from: j)
      solveTransposed(own)
      var rest = pooling.rightSide[j]
      var covariances = 0.0
      for i in 0..<p {
        let entry = pooling.gram[i + j * p] * (pooling.deviations.contains(i) ? omega : 1)
        rest -= entry * mode[i]
        covariances += entry * own[i]
      }
      for k in 0..<trials {
        let raw = pooling.randomColumns + k * q * p
        for r in 0..<q {
          let sum = lambda * raw[r * p + j]
          guard sum != 0 else { continue }
          rest -= sum * trialEffect(k, r)
          covariances -= sum * lambda * weightedImage(k, r, own)
        }
      }
      total += mode[j] * rest - covariances
    }
    return total
  }

  /// (ΛE⁻¹Λ'Bx)_r of one trial.
  private func weightedImage(_ k: Int, _ r: Int, _ x: UnsafeMutablePointer<Double>) -> Double {
    let rows = randomColumns + k * q * p
    var (image0, image1) = (0.0, 0.0)
    for i in 0..<p {
      image0 += rows[i] * x[i]
      if q == 2 { image1 += rows[p + i] * x[i] }
    }
    guard q == 2 else { return randomWeightOfOne(k) * image0 }
    let weight = randomWeight(k)
    return r == 0
      ? weight.first * image0 + weight.cross * image1
      : weight.cross * image0 + weight.second * image1
  }
}

import Foundation

/// The restricted likelihood with σ profiled out, as a function of the ratios τ/σ of independent random
/// terms, with the coefficients projected out once for all ratios.
///
/// With flat coefficients, Q = I − X(X'X)⁻¹X', M = Z'QZ and v = Z'Qy, it is, up to a constant,
/// −½ log |I + ΘMΘ| − ½ (n − p) log (y'Qy − v'Θ(I + ΘMΘ)⁻¹Θv) with Θ the diagonal of the ratios. A value
/// costs O((Kq)³) whatever the number of columns, so that a grid over few trials is cheap.
struct ProjectedCriterion {
  private let order: Int
  private let terms: Int
  private let residualCount: Double
  /// M, column after column.
  private var matrix: [Double]
  private var outcome: [Double]
  private var quadratic: Double

  /// Nil where it is no cheaper than the density itself, or the density is another criterion.
  init?(_ density: MarginalDensity, residualCount: Double) {
    let (p, q, trials) = (density.p, density.q, density.trials)
    order = trials * q
    terms = q
    self.residualCount = residualCount
    guard !density.isProfiled, order * order * order < 3 * order * p * p + p * p * p else {
      return nil
    }
    let products = density.model.products
    quadratic = products.outcomeSquared
    matrix = [Double](repeating: 0, count: order * order)
    outcome = products.randomOutcome
    for k in 0..<trials {
      for r in 0..<q {
        for s in 0..<q {
          matrix[k * q + r + (k * q + s) * order] = products.randomRandom[(k * q + r) * q + s]
        }
      }
    }
    // Each column is taken off with what it has beyond those before it.
    var gram = products.gram
    var columnOutcome = products.columnOutcome
    var loadings = products.randomColumns
    for j in 0..<p {
      let pivot = gram[j + j * p]
      guard pivot > 0, pivot.isFinite else { return nil }
      for a in 0..<order {
        let loading = loadings[a * p + j] / pivot
        guard loading != 0 else { continue }
        outcome[a] -= loading * columnOutcome[j]
        for b in 0..<order { matrix[b + a * order] -= loading * loadings[b * p + j] }
        for i in (j + 1)..<max(p, j + 1) { loadings[a * p + i] -= loading * gram[i + j * p] }
      }
      quadratic -= columnOutcome[j] * columnOutcome[j] / pivot
      for i in (j + 1)..<max(p, j + 1) {
        let factor = gram[i + j * p] / pivot
        columnOutcome[i] -= factor * columnOutcome[j]
        for l in i..<max(p, i) { gram[l + i * p] -= factor * gram[l + j * p] }
      }
    }
    guard quadratic > 1e-10 * products.outcomeSquared else { return nil }
  }

  /// The criterion at ratios; nil where it is lost in rounding.
  func value(_ ratios: [Double]) -> Double? {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: order * (order + 1)) { work in
      let image = order * order
      for a in 0..<order {
        let ratio = ratios[a % terms]
        work[image + a] = ratio * outcome[a]
        for b in a..<order {
          work[b + a * order] = ratio * ratios[b % terms] * matrix[b + a * order]
        }
        work[a + a * order] += 1
      }
      var (product, rest) = (LogProduct(), quadratic)
      for j in 0..<order {
        let pivot = work[j + j * order]
        guard pivot > 0 else { return nil }
        product.multiply(by: pivot)
        let y = work[image + j]
        rest -= y * y / pivot
        for i in (j + 1)..<max(order, j + 1) {
          let factor = work[i + j * order] / pivot
          guard factor != 0 else { continue }
          work[image + i] -= factor * y
          for l in i..<order { work[l + i * order] -= factor * work[l + j * order] }
        }
      }
      guard rest > 1e-10 * quadratic else { return nil }
      return -0.5 * product.logarithm - 0.5 * residualCount * log(rest)
    }
  }
}

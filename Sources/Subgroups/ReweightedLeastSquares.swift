import Foundation

/// R's `glm.fit`, step by step: its objective where estimates are infinite depends on where it stops.
///
/// From μ₀ = (m y + ½)/(m + 1) in every row, iteratively reweighted least squares without any
/// safeguard until |D − D_old| / (|D| + 0.1) < 1e-8, at most 25 times.
enum ReweightedLeastSquares {
  /// Half the deviance with which R stops.
  static func negativeLogLikelihood(
    _ sums: LogisticSums, _ cells: LogisticCells, hasEffect: Bool
  ) -> Double {
    var equations = WorkingEquations(groups: cells.groups)
    for stratum in 0..<(2 * cells.groups) {
      for cell in cells.starts[stratum]..<cells.starts[stratum + 1] where sums.rows[cell] > 0 {
        let weight = sums.table[4 * cell + 2]
        equations.add(
          stratum, weight: weight,
          response: sums.table[4 * cell + 3] - weight * cells.offsets[cell])
      }
    }
    var last = Double.infinity
    for _ in 0..<25 {
      equations.solve(hasEffect: hasEffect)
      let deviance = relinearize(&equations, sums, cells)
      if abs(deviance - last) / (abs(deviance) + 0.1) < 1e-8 { return deviance / 2 }
      last = deviance
    }
    return last / 2
  }

  /// The deviance at the solution, and the equations of the next step.
  private static func relinearize(
    _ equations: inout WorkingEquations, _ sums: LogisticSums, _ cells: LogisticCells
  ) -> Double {
    var deviance = 0.0
    for stratum in 0..<(2 * cells.groups) {
      let shift = equations.shift(ofStratum: stratum)
      let range = cells.starts[stratum]..<cells.starts[stratum + 1]
      let found = CellLikelihood.sums(sums.table, cells.offsets, range, at: shift)
      deviance += 2 * found.value
      equations.set(
        stratum, weight: found.information,
        response: found.information * shift + found.residual)
    }
    return deviance
  }
}

/// Weighted least squares of working responses on an intercept a group and one effect.
private struct WorkingEquations {
  private var weights: [Double]
  private var responses: [Double]
  private var intercepts: [Double]
  private var effect = 0.0

  init(groups: Int) {
    weights = [Double](repeating: 0, count: 2 * groups)
    responses = weights
    intercepts = [Double](repeating: 0, count: groups)
  }

  mutating func add(_ stratum: Int, weight: Double, response: Double) {
    weights[stratum] += weight
    responses[stratum] += response
  }

  mutating func set(_ stratum: Int, weight: Double, response: Double) {
    weights[stratum] = weight
    responses[stratum] = response
  }

  func shift(ofStratum stratum: Int) -> Double {
    intercepts[stratum / 2] + (stratum % 2 == 1 ? effect : 0)
  }

  mutating func solve(hasEffect: Bool) {
    var weight = 0.0
    var right = 0.0
    for g in intercepts.indices {
      let active = weights[2 * g + 1]
      let total = weights[2 * g] + active
      guard total > 0 else { continue }
      // n₀n₁/(n₀ + n₁) and not n₁ − n₁²/(n₀ + n₁), which loses its digits as weights vanish.
      weight += weights[2 * g] * active / total
      right += (weights[2 * g] * responses[2 * g + 1] - active * responses[2 * g]) / total
    }
    effect = hasEffect && weight > 0 ? right / weight : 0
    for g in intercepts.indices {
      let total = weights[2 * g] + weights[2 * g + 1]
      guard total > 0 else { continue }
      intercepts[g] =
        (responses[2 * g] + responses[2 * g + 1] - weights[2 * g + 1] * effect) / total
    }
  }
}

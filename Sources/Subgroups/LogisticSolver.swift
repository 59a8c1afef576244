import Foundation

/// The (penalised) logistic regression of cells on an intercept a group and one effect, by Newton's
/// method, in which the groups leave the equations one by one.
///
/// It keeps its estimates, from which the next fit starts: beside a cut the sums have changed by a row.
struct LogisticSolver {
  let cells: LogisticCells
  let penalty: NodePenalty
  /// γ of each group.
  var intercepts: [Double]
  /// β.
  var effect = 0.0
  /// What the outcomes say of the estimates of the sums last read.
  private(set) var estimability: Estimability
  /// Residual and information sums of each stratum at the estimates.
  private var residuals: [Double]
  private var information: [Double]
  private var step: [Double]
  /// Groups without rows, or without information, that the fit leaves out.
  private var isLeftOut: [Bool]

  init(_ cells: LogisticCells, _ penalty: NodePenalty) {
    self.cells = cells
    self.penalty = penalty
    intercepts = [Double](repeating: 0, count: cells.groups)
    estimability = Estimability(groups: cells.groups)
    residuals = [Double](repeating: 0, count: 2 * cells.groups)
    information = residuals
    step = intercepts
    isLeftOut = [Bool](repeating: false, count: cells.groups)
  }

  /// Whether normal priors hold all coefficients.
  var isPenalized: Bool { penalty.intercept > 0 && penalty.effect > 0 }

  /// Whether the effect or the common intercept has no finite estimate.
  var isSeparated: Bool {
    !isPenalized
      && (estimability.effectIsSeparated || !cells.isStratified && estimability.anyUninformative)
  }

  /// Whether the estimates are finite apart from intercepts of uninformative groups, and have an effect.
  var hasEffect: Bool { penalty.effect > 0 || estimability.hasBothArms && !isSeparated }

  /// The minimum of the objective: where estimates are infinite, what R's iterations stop with.
  mutating func objective(_ sums: LogisticSums) -> Double {
    estimability.read(sums)
    if !isPenalized, estimability.effectIsSeparated || estimability.anyUninformative {
      return ReweightedLeastSquares.negativeLogLikelihood(
        sums, cells, hasEffect: estimability.hasBothArms)
    }
    return minimize(sums)
  }

  /// The estimates that are finite, uninformative groups left out; returns the objective of the rest.
  mutating func estimate(_ sums: LogisticSums) -> Double {
    estimability.read(sums)
    for _ in 0..<3 { _ = minimize(sums) }
    return minimize(sums)
  }

  /// Whether the fit leaves a group out.
  func leavesOut(_ group: Int) -> Bool { isLeftOut[group] }

  /// Newton's method from the estimates as they stand.
  ///
  /// It ends where half the squared Newton decrement, by which the last step lowers the objective, says
  /// that what is left is of order decrement³ < 1e-12.
  private mutating func minimize(_ sums: LogisticSums) -> Double {
    for g in isLeftOut.indices {
      isLeftOut[g] =
        sums.count(ofGroup: g) == 0 || !isPenalized && estimability.uninformative[g]
    }
    if !hasEffect { effect = 0 }
    if !intercepts.allSatisfy({ abs($0) < 30 }) || abs(effect) > 30 { restart() }
    var value = evaluate(sums)
    var hasRestarted = false
    for _ in 0..<100 {
      let change = direction()
      if change.decrement < 1e-8 {
        move(change.effect, 1)
        return value - change.decrement / 2
      }
      var length = 1.0
      move(change.effect, 1)
      var next = evaluate(sums)
      while !(next <= value - 1e-4 * length * change.decrement), length > 1e-6 {
        move(change.effect, -length / 2)
        length /= 2
        next = evaluate(sums)
      }
      if length <= 1e-6 {
        if hasRestarted { return min(value, next) }
        hasRestarted = true
        restart()
        next = evaluate(sums)
      }
      value = next
    }
    return value
  }

  private mutating func restart() {
    for g in intercepts.indices { intercepts[g] = 0 }
    effect = 0
  }

  private mutating func move(_ effectStep: Double, _ length: Double) {
    for g in intercepts.indices { intercepts[g] += length * step[g] }
    effect += length * effectStep
  }

  /// The Newton step, intercepts in `step`, and its squared decrement.
  private mutating func direction() -> (effect: Double, decrement: Double) {
    var weight = hasEffect ? penalty.effect : 1
    var right = hasEffect ? -penalty.effect * (effect - penalty.effectMean) : 0
    if hasEffect {
      for g in intercepts.indices where !isLeftOut[g] {
        let active = information[2 * g + 1]
        let total = information[2 * g] + active + penalty.intercept
        weight += active - active * active / total
        right += residuals[2 * g + 1] - active * pull(g) / total
      }
    }
    let effectStep = weight > 0 ? right / weight : 0
    var decrement = 0.0
    for g in intercepts.indices {
      guard !isLeftOut[g] else {
        step[g] = 0
        continue
      }
      let active = information[2 * g + 1]
      let total = information[2 * g] + active + penalty.intercept
      let alone = pull(g)
      step[g] = (alone - active * effectStep) / total
      decrement += alone * alone / total
    }
    return (effectStep, decrement + effectStep * right)
  }

  /// Minus the objective's slope in a group's intercept.
  private func pull(_ g: Int) -> Double {
    residuals[2 * g] + residuals[2 * g + 1]
      - penalty.intercept * (intercepts[g] - penalty.interceptMean)
  }

  /// The objective at the estimates, and the sums of residuals and information of each stratum.
  private mutating func evaluate(_ sums: LogisticSums) -> Double {
    var value = 0.0
    for g in intercepts.indices where !isLeftOut[g] {
      for arm in 0..<2 {
        let stratum = 2 * g + arm
        let found = CellLikelihood.sums(
          sums.table, cells.offsets, cells.starts[stratum]..<cells.starts[stratum + 1],
          at: intercepts[g] + (arm == 1 ? effect : 0))
        value += found.value
        residuals[stratum] = found.residual
        information[stratum] = found.information
      }
      let distance = intercepts[g] - penalty.interceptMean
      value += penalty.intercept * distance * distance / 2
    }
    let distance = effect - penalty.effectMean
    return value + penalty.effect * distance * distance / 2
  }
}

/// Sums of the negative log-likelihood and its derivatives over cells that share a shift.
enum CellLikelihood {
  /// Σ m log(1 + e^η) − y η, Σ y − mμ and Σ mμ(1 − μ) over cells, with η = offset + shift.
  ///
  /// Logarithms of cells with one row of weight 1 are taken of products of factors in (1, 2].
  @inline(__always)
  static func sums(
    _ table: [Double], _ offsets: [Double], _ range: Range<Int>, at shift: Double
  ) -> (value: Double, residual: Double, information: Double) {
    table.withUnsafeBufferPointer { table in
      offsets.withUnsafeBufferPointer { offsets in
        var value = 0.0
        var residual = 0.0
        var information = 0.0
        var product = 1.0
        for cell in range {
          let m = table[4 * cell]
          guard m > 0 else { continue }
          let y = table[4 * cell + 1]
          let eta = offsets[cell] + shift
          let small = exp(-abs(eta))
          let factor = 1 + small
          let mean = (eta > 0 ? 1 : small) / factor
          value += m * max(eta, 0) - y * eta
          if m == 1 {
            product *= factor
            if product > 1e300 {
              value += log(product)
              product = 1
            }
          } else {
            value += m * log1p(small)
          }
          residual += y - m * mean
          information += m * small / (factor * factor)
        }
        return (value + log(product), residual, information)
      }
    }
  }
}

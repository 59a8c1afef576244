import Foundation
import MixedModels

/// The likelihood of the cells as a function of the random terms of their trials, the coefficients being
/// fixed.
///
/// With η = η̂ + b, e^η is e^η̂ times one number an arm: after one exponential a cell, each further place
/// costs but a product.
struct TrialOdds {
  /// What sums over the cells of one arm of a trial are made of.
  struct Arm {
    let cells: Range<Int>
    /// Σ y.
    let events: Double
    /// Whether every cell has one participant.
    let isSingle: Bool
    /// The largest |η̂|.
    var largest = 0.0
  }

  /// Control arm and active arm of each trial.
  private var arms: [Arm] = []
  private let counts: [Double]
  /// η̂ and e^η̂.
  private var predictors: [Double]
  private var odds: [Double]

  init(_ model: BinomialModel) {
    counts = model.counts
    predictors = [Double](repeating: 0, count: model.cells)
    odds = predictors
    for trial in 0..<model.trials {
      let cells = model.trialStarts[trial]..<model.trialStarts[trial + 1]
      let turn = cells.first { model.active[$0] == 1 } ?? cells.upperBound
      for range in [cells.lowerBound..<turn, turn..<cells.upperBound] {
        arms.append(
          Arm(
            cells: range, events: model.events[range].reduce(0, +),
            isSingle: model.counts[range].allSatisfy { $0 == 1 }))
      }
    }
  }

  /// Takes in the linear predictors without random terms.
  mutating func take(_ predictor: (_ cell: Int) -> Double) {
    for arm in arms.indices {
      var largest = 0.0
      for cell in arms[arm].cells {
        let eta = predictor(cell)
        predictors[cell] = eta
        odds[cell] = exp(eta)
        largest = max(largest, abs(eta))
      }
      arms[arm].largest = largest
    }
  }

  /// Whether e^η and products of a few are in the range of doubles.
  private func isModerate(_ arm: Arm, _ shift: Double) -> Bool { arm.largest + abs(shift) < 150 }

  /// Σ y b − n log(1 + e^(η̂ + b)) of an arm at b: the log-likelihood but for a constant.
  func logLikelihood(_ trial: Int, active: Bool, at shift: Double) -> Double {
    let arm = arms[2 * trial + (active ? 1 : 0)]
    guard isModerate(arm, shift) else { return plainLogLikelihood(arm, shift) }
    let factor = exp(shift)
    let own = arm.events * shift
    return arm.isSingle
      ? own - logProduct(arm, shift, factor)
      : arm.cells.reduce(own) { $0 - counts[$1] * log(1 + odds[$1] * factor) }
  }

  /// log Π (1 + e^η̂ factor), with one logarithm for as many factors as the range of doubles has room for.
  private func logProduct(_ arm: Arm, _ shift: Double, _ factor: Double) -> Double {
    let block = 4 * max(1, Int(150 / (arm.largest + abs(shift) + 1)))
    return odds.withUnsafeBufferPointer { odds in
      var sum = 0.0
      var cell = arm.cells.lowerBound
      while cell < arm.cells.upperBound {
        let end = min(cell + block, arm.cells.upperBound)
        var product = (1.0, 1.0, 1.0, 1.0)
        while cell + 4 <= end {
          product.0 *= 1 + odds[cell] * factor
          product.1 *= 1 + odds[cell + 1] * factor
          product.2 *= 1 + odds[cell + 2] * factor
          product.3 *= 1 + odds[cell + 3] * factor
          cell += 4
        }
        while cell < end {
          product.0 *= 1 + odds[cell] * factor
          cell += 1
        }
        sum += log(product.0 * product.1 * (product.2 * product.3))
      }
      return sum
    }
  }

  private func plainLogLikelihood(_ arm: Arm, _ shift: Double) -> Double {
    arm.cells.reduce(arm.events * shift) { sum, cell in
      let eta = predictors[cell] + shift
      return sum - counts[cell] * (max(eta, 0) + log(1 + exp(-abs(eta))))
    }
  }

  /// Σ (y − n μ) and Σ n μ (1 − μ) of an arm at b.
  func moments(
    _ trial: Int, active: Bool, at shift: Double
  ) -> (residual: Double, weight: Double) {
    let arm = arms[2 * trial + (active ? 1 : 0)]
    let factor = exp(shift)
    let isModerate = isModerate(arm, shift)
    var (expected, weight) = (0.0, 0.0)
    for cell in arm.cells {
      let odds = isModerate ? odds[cell] * factor : exp(min(predictors[cell] + shift, 700))
      let rest = 1 / (1 + odds)
      let mean = counts[cell] * (odds * rest)
      expected += mean
      weight += mean * rest
    }
    return (arm.events - expected, weight)
  }
}

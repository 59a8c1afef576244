import Foundation
import MixedModels
import Numerics

/// The integral of a binomial likelihood over coefficients and trial effects given the between-trial SDs, by
/// Laplace's approximation at its mode.
///
/// Trial effects are Λη with η standard normal, Λ lower triangular; so SDs of zero are no exception. Newton's
/// steps eliminate the stratified intercepts, then η of each trial, so that what is factorised has the order
/// of the common coefficients. A state keeps its mode: the next integral starts from there.
struct LaplaceMode {
  private let problem: LaplaceProblem
  private let p: Int
  private let q: Int
  /// Common coefficients, then stratified intercepts, then η trial by trial.
  private(set) var position: [Double]
  private var slope: [Double]
  private var step: [Double]
  /// The curvature of the common coefficients, p × p, the others being eliminated.
  private var curvature: [Double]
  private var reduced: [Double]
  /// Of each stratum: its curvature, and over the common coefficients and η of its trial.
  private var strataCurvature: [Double]
  private var strataCross: [Double]
  private var strataRandom: [Double]
  /// Of each trial: the curvature of η, q × q, and over the common coefficients, q × p.
  private var random: [Double]
  private var randomCross: [Double]
  private var logDeterminant = 0.0

  private static let mostSteps = 60

  init(_ problem: LaplaceProblem) {
    self.problem = problem
    let model = problem.model
    p = problem.columns
    q = model.terms.randomTerms
    position = problem.priorMean
    position += model.priorMeans[model.common...]
    position += [Double](repeating: 0, count: model.trials * q)
    slope = [Double](repeating: 0, count: position.count)
    step = slope
    curvature = [Double](repeating: 0, count: p * p)
    reduced = [Double](repeating: 0, count: p)
    strataCurvature = [Double](repeating: 0, count: model.strata)
    strataCross = [Double](repeating: 0, count: model.strata * p)
    strataRandom = [Double](repeating: 0, count: model.strata * q)
    random = [Double](repeating: 0, count: model.trials * q * q)
    randomCross = [Double](repeating: 0, count: model.trials * q * p)
  }

  /// log p(y | Λ), nil where the mode is not found; `scale` is Λ row after row.
  mutating func logIntegral(_ scale: [Double]) -> Double? {
    var value = expand(scale)
    if !value.isFinite {
      reset()
      value = expand(scale)
    }
    for _ in 0..<Self.mostSteps {
      guard value.isFinite, let decrement = solve() else { return nil }
      if decrement < 1e-9 {
        return value + 0.5 * decrement + problem.priorConstant - 0.5 * logDeterminant
      }
      let start = position
      var factor = 1.0
      var next = -Double.infinity
      while factor > 1e-6 {
        for i in position.indices { position[i] = start[i] + factor * step[i] }
        next = expand(scale)
        if next >= value - 1e-12 * abs(value) { break }
        factor *= 0.5
      }
      guard factor > 1e-6 else { return nil }
      value = next
    }
    return nil
  }

  private mutating func reset() {
    let model = problem.model
    for i in position.indices {
      position[i] =
        i < p
        ? problem.priorMean[i]
        : i < p + model.strata ? model.priorMeans[model.common + i - p] : 0
    }
  }

  // MARK: Slope and curvature

  /// The log density at the position, with slope and curvature.
  private mutating func expand(_ scale: [Double]) -> Double {
    let model = problem.model
    var value = expandPriors()
    for trial in 0..<model.trials {
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        value += add(cell, trial, scale)
      }
    }
    return value
  }

  /// Sets slope and curvature to those of the priors; returns the exponents.
  private mutating func expandPriors() -> Double {
    let model = problem.model
    var value = 0.0
    for i in 0..<(p * p) { curvature[i] = problem.priorPrecision[i] }
    for i in 0..<p {
      var pull = 0.0
      for j in 0..<p {
        pull += problem.priorPrecision[i * p + j] * (position[j] - problem.priorMean[j])
      }
      slope[i] = -pull
      value -= 0.5 * pull * (position[i] - problem.priorMean[i])
    }
    for g in 0..<model.strata {
      let precision = model.priorPrecisions[model.common + g]
      let deviation = position[p + g] - model.priorMeans[model.common + g]
      slope[p + g] = -precision * deviation
      value -= 0.5 * precision * deviation * deviation
      strataCurvature[g] = precision
    }
    for i in strataCross.indices { strataCross[i] = 0 }
    for i in strataRandom.indices { strataRandom[i] = 0 }
    for i in randomCross.indices { randomCross[i] = 0 }
    for i in random.indices { random[i] = 0 }
    let first = p + model.strata
    for i in first..<position.count {
      let eta = position[i]
      slope[i] = -eta
      value -= 0.5 * eta * eta
      let (k, r) = ((i - first) / q, (i - first) % q)
      random[(k * q + r) * q + r] = 1
    }
    return value
  }

  /// Adds one cell; returns its log likelihood.
  private mutating func add(_ cell: Int, _ trial: Int, _ scale: [Double]) -> Double {
    let model = problem.model
    let entries = model.entryStarts[cell]..<model.entryStarts[cell + 1]
    let stratum = model.stratum[cell]
    let first = p + model.strata + trial * q
    let z = regressors(model.active[cell], scale)
    var eta = stratum >= 0 ? position[p + stratum] : 0
    for e in entries { eta += model.entryValues[e] * position[problem.entryColumns[e]] }
    if q > 0 { eta += z.0 * position[first] }
    if q > 1 { eta += z.1 * position[first + 1] }
    let (count, events) = (model.counts[cell], model.events[cell])
    // log(1 + e^η) without overflow.
    let tail = exp(-abs(eta))
    let mean = eta > 0 ? 1 / (1 + tail) : tail / (1 + tail)
    let residual = events - count * mean
    let weight = count * tail / ((1 + tail) * (1 + tail))
    for e in entries {
      let i = problem.entryColumns[e]
      let value = model.entryValues[e]
      slope[i] += value * residual
      let scaled = weight * value
      for f in entries {
        curvature[i * p + problem.entryColumns[f]] += scaled * model.entryValues[f]
      }
      if stratum >= 0 { strataCross[stratum * p + i] += scaled }
      if q > 0 { randomCross[trial * q * p + i] += scaled * z.0 }
      if q > 1 { randomCross[(trial * q + 1) * p + i] += scaled * z.1 }
    }
    if stratum >= 0 {
      slope[p + stratum] += residual
      strataCurvature[stratum] += weight
      if q > 0 { strataRandom[stratum * q] += weight * z.0 }
      if q > 1 { strataRandom[stratum * q + 1] += weight * z.1 }
    }
    addRandom(trial, z, residual: residual, weight: weight)
    return events * eta - count * (max(eta, 0) + log1p(tail))
  }

  private mutating func addRandom(
    _ trial: Int, _ z: (Double, Double), residual: Double, weight: Double
  ) {
    guard q > 0 else { return }
    let first = p + problem.model.strata + trial * q
    let block = trial * q * q
    slope[first] += residual * z.0
    random[block] += weight * z.0 * z.0
    guard q > 1 else { return }
    slope[first + 1] += residual * z.1
    random[block + 1] += weight * z.0 * z.1
    random[block + 2] += weight * z.0 * z.1
    random[block + 3] += weight * z.1 * z.1
  }

  /// Λ'z of a cell: what multiplies η.
  private func regressors(_ active: Double, _ scale: [Double]) -> (Double, Double) {
    switch q {
    case 0: (0, 0)
    case 1: (scale[0] * (problem.model.terms.randomIntercept ? 1 : active), 0)
    default: (scale[0] + active * scale[2], active * scale[3])
    }
  }

  // MARK: Newton's step

  /// Sets the step; returns slope'step, nil where the curvature is not positive definite.
  private mutating func solve() -> Double? {
    let model = problem.model
    var determinant = 0.0
    for i in 0..<p { reduced[i] = slope[i] }
    for trial in 0..<model.trials {
      guard let own = eliminate(trial) else { return nil }
      determinant += own
    }
    guard let common = solveCommon() else { return nil }
    logDeterminant = determinant + common
    for trial in 0..<model.trials { restore(trial) }
    var decrement = 0.0
    for i in step.indices { decrement += slope[i] * step[i] }
    return decrement
  }

  private func strata(of trial: Int) -> Range<Int> {
    problem.model.strata == 0
      ? 0..<0 : problem.model.strataStarts[trial]..<problem.model.strataStarts[trial + 1]
  }

  /// Takes the intercepts of one trial, then its η, out of the common equations; returns the log determinant.
  ///
  /// The slopes of η and the blocks are left as they are after the intercepts.
  private mutating func eliminate(_ trial: Int) -> Double? {
    var determinant = LogFactors()
    let (block, cross) = (trial * q * q, trial * q * p)
    let first = p + problem.model.strata + trial * q
    for r in 0..<q { step[first + r] = slope[first + r] }
    for g in strata(of: trial) {
      let total = strataCurvature[g]
      guard total > 0 else { return nil }
      determinant.multiply(by: total)
      let pull = slope[p + g] / total
      for i in 0..<p {
        let own = strataCross[g * p + i]
        guard own != 0 else { continue }
        reduced[i] -= own * pull
        for j in 0..<p { curvature[i * p + j] -= own * strataCross[g * p + j] / total }
        for r in 0..<q { randomCross[cross + r * p + i] -= own * strataRandom[g * q + r] / total }
      }
      for r in 0..<q {
        let own = strataRandom[g * q + r]
        step[first + r] -= own * pull
        for s in 0..<q { random[block + r * q + s] -= own * strataRandom[g * q + s] / total }
      }
    }
    for r in 0..<q {
      let pivot = random[block + r * q + r]
      guard pivot > 0 else { return nil }
      determinant.multiply(by: pivot)
      let pull = step[first + r] / pivot
      for i in 0..<p {
        let own = randomCross[cross + r * p + i]
        guard own != 0 else { continue }
        reduced[i] -= own * pull
        for j in 0..<p { curvature[i * p + j] -= own * randomCross[cross + r * p + j] / pivot }
        if r + 1 < q {
          randomCross[cross + p + i] -= own * random[block + 1] / pivot
        }
      }
      if r + 1 < q {
        step[first + 1] -= random[block + 1] * pull
        random[block + 3] -= random[block + 1] * random[block + 1] / pivot
      }
    }
    return determinant.logarithm
  }

  /// The step of the common coefficients; returns the log determinant of what was factorised.
  private mutating func solveCommon() -> Double? {
    var determinant = LogFactors()
    for i in 0..<p {
      for j in 0...i {
        var sum = curvature[i * p + j]
        for k in 0..<j { sum -= curvature[i * p + k] * curvature[j * p + k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          determinant.multiply(by: sum)
          curvature[i * p + i] = sum.squareRoot()
        } else {
          curvature[i * p + j] = sum / curvature[j * p + j]
        }
      }
    }
    for i in 0..<p {
      var sum = reduced[i]
      for k in 0..<i { sum -= curvature[i * p + k] * step[k] }
      step[i] = sum / curvature[i * p + i]
    }
    for i in stride(from: p - 1, through: 0, by: -1) {
      var sum = step[i]
      for k in (i + 1)..<max(p, i + 1) { sum -= curvature[k * p + i] * step[k] }
      step[i] = sum / curvature[i * p + i]
    }
    return determinant.logarithm
  }

  /// The steps of η and of the intercepts of one trial, given those of the common coefficients.
  private mutating func restore(_ trial: Int) {
    let (block, cross) = (trial * q * q, trial * q * p)
    let first = p + problem.model.strata + trial * q
    for r in stride(from: q - 1, through: 0, by: -1) {
      var sum = step[first + r]
      for i in 0..<p { sum -= randomCross[cross + r * p + i] * step[i] }
      if r + 1 < q { sum -= random[block + 1] * step[first + 1] }
      step[first + r] = sum / random[block + r * q + r]
    }
    for g in strata(of: trial) {
      var sum = slope[p + g]
      for i in 0..<p { sum -= strataCross[g * p + i] * step[i] }
      for r in 0..<q { sum -= strataRandom[g * q + r] * step[first + r] }
      step[p + g] = sum / strataCurvature[g]
    }
  }
}

/// The logarithm of a product of positive numbers, few logarithms being taken.
private struct LogFactors {
  private var product = 1.0
  private var sum = 0.0

  var logarithm: Double { sum + log(product) }

  mutating func multiply(by factor: Double) {
    product *= factor
    if product > 1e100 || product < 1e-100 {
      sum += log(product)
      product = 1
    }
  }
}

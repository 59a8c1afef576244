import Foundation
import MixedModels
import Numerics

/// The Gaussian model that a binomial one is given Pólya-Gamma numbers ω: each cell a pseudo-outcome κ/ω
/// with the precision ω, κ = events − count/2 (Polson, Scott & Windle 2013).
///
/// Coefficients θ, stratified intercepts γ and random terms b = L v are integrated out of the density of
/// the between-trial SDs, or drawn exactly given these. It owns its workspace, and so belongs to one
/// thread; nothing is allocated in use.
final class AugmentedDensity {
  typealias Values = UnsafeMutableBufferPointer<Double>

  let model: BinomialModel
  /// What each stratum's cells have entries in.
  private let supports: [[Int]]
  private let p: Int
  private let q: Int
  private let hasIntercept: Bool
  private let hasEffect: Bool
  private let block: UnsafeMutablePointer<Double>
  /// Σ κ x + prior of θ, of each stratum, and Σ κ z of each trial: the same for every ω.
  private let fixedRight: UnsafeMutablePointer<Double>
  private let strataRight: UnsafeMutablePointer<Double>
  private let trialRight: UnsafeMutablePointer<Double>
  /// Given ω, the strata eliminated: the information on θ, row after row of its lower triangle; that
  /// of each trial's terms with θ and with one another, and the right sides.
  private let gram: UnsafeMutablePointer<Double>
  private let right: UnsafeMutablePointer<Double>
  private let cross: UnsafeMutablePointer<Double>
  private let within: UnsafeMutablePointer<Double>
  private let pull: UnsafeMutablePointer<Double>
  /// Of each stratum: Σ ω x, Σ ω z and Σ ω, prior included.
  private let strataColumns: UnsafeMutablePointer<Double>
  private let strataTerms: UnsafeMutablePointer<Double>
  private let strataWeights: UnsafeMutablePointer<Double>
  /// Given the SDs too: the Cholesky factor of θ's precision and the right side solved by it; of each trial
  /// that of I + L'BL, and whitened by it the cross-information and the right side.
  private let factor: UnsafeMutablePointer<Double>
  private let solved: UnsafeMutablePointer<Double>
  private let trialFactor: UnsafeMutablePointer<Double>
  private let whitened: UnsafeMutablePointer<Double>
  private let whitenedPull: UnsafeMutablePointer<Double>
  /// L; its first element is τ of a single term.
  private var scale = TrialFactor(intercept: 0, cross: 0, effect: 0)

  init(_ model: BinomialModel) {
    self.model = model
    p = model.common
    q = model.terms.randomTerms
    hasIntercept = model.terms.randomIntercept
    hasEffect = model.terms.randomEffect
    supports = Self.supports(model)
    precondition(
      (0..<model.cells).allSatisfy { cell in
        let entries = model.entryColumns[model.entryStarts[cell]..<model.entryStarts[cell + 1]]
        return zip(entries, entries.dropFirst()).allSatisfy { $0 < $1 }
      }, "the columns of a cell ascend")
    let (strata, terms) = (model.strata, model.trials * q)
    let lengths = [
      p, strata, terms, p * p, p, terms * p, model.trials * 3, terms, strata * p, strata * q,
      strata, p * p, p, model.trials * 3, terms * p, terms,
    ]
    let total = max(lengths.reduce(0, +), 1)
    block = .allocate(capacity: total)
    block.initialize(repeating: 0, count: total)
    var next = block
    let parts = lengths.map { length in
      defer { next += length }
      return next
    }
    (fixedRight, strataRight, trialRight) = (parts[0], parts[1], parts[2])
    (gram, right, cross, within, pull) = (parts[3], parts[4], parts[5], parts[6], parts[7])
    (strataColumns, strataTerms, strataWeights) = (parts[8], parts[9], parts[10])
    (factor, solved, trialFactor) = (parts[11], parts[12], parts[13])
    (whitened, whitenedPull) = (parts[14], parts[15])
    placeRightSides()
  }

  deinit { block.deallocate() }

  /// The number of coefficients and random terms of a draw.
  var valuesPerDraw: Int { model.roles.count + model.trials * q }

  private static func supports(_ model: BinomialModel) -> [[Int]] {
    var found = [Set<Int>](repeating: [], count: model.strata)
    for cell in model.stratum.indices where model.stratum[cell] >= 0 {
      let entries = model.entryStarts[cell]..<model.entryStarts[cell + 1]
      found[model.stratum[cell]].formUnion(model.entryColumns[entries])
    }
    return found.map { $0.sorted() }
  }

  private func placeRightSides() {
    for i in 0..<p { fixedRight[i] = model.priorPrecisions[i] * model.priorMeans[i] }
    for g in 0..<model.strata {
      strataRight[g] = model.priorPrecisions[p + g] * model.priorMeans[p + g]
    }
    for trial in 0..<model.trials {
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        let kappa = model.events[cell] - 0.5 * model.counts[cell]
        for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
          fixedRight[model.entryColumns[entry]] += kappa * model.entryValues[entry]
        }
        if model.stratum[cell] >= 0 { strataRight[model.stratum[cell]] += kappa }
        if hasIntercept { trialRight[trial * q] += kappa }
        if hasEffect { trialRight[trial * q + q - 1] += kappa * model.active[cell] }
      }
    }
  }
}

// MARK: - Given ω

extension AugmentedDensity {
  /// The linear predictors of all cells at a draw.
  func predict(_ values: Values, into eta: Values) {
    let first = model.roles.count
    for trial in 0..<model.trials {
      let shift = hasIntercept ? values[first + trial * q] : 0
      let effect = hasEffect ? values[first + trial * q + q - 1] : 0
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        let g = model.stratum[cell]
        var sum = shift + effect * model.active[cell] + (g >= 0 ? values[p + g] : 0)
        for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
          sum += model.entryValues[entry] * values[model.entryColumns[entry]]
        }
        eta[cell] = sum
      }
    }
  }

  /// Takes in the Pólya-Gamma numbers of the cells.
  func take(_ omega: Values) {
    for i in 0..<p {
      right[i] = fixedRight[i]
      for j in 0...i { gram[i * p + j] = 0 }
      gram[i * p + i] = model.priorPrecisions[i]
    }
    for i in 0..<(model.trials * q) { pull[i] = trialRight[i] }
    cross.update(repeating: 0, count: model.trials * q * p)
    within.update(repeating: 0, count: model.trials * 3)
    strataColumns.update(repeating: 0, count: model.strata * p)
    strataTerms.update(repeating: 0, count: model.strata * q)
    for g in 0..<model.strata { strataWeights[g] = model.priorPrecisions[p + g] }
    for trial in 0..<model.trials {
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        add(cell, trial, omega[cell])
      }
      for g in model.strataStarts[trial]..<model.strataStarts[trial + 1] { eliminate(g, trial) }
    }
  }

  private func add(_ cell: Int, _ trial: Int, _ weight: Double) {
    let entries = model.entryStarts[cell]..<model.entryStarts[cell + 1]
    let active = model.active[cell] == 1
    let g = model.stratum[cell]
    let first = trial * q * p
    for entry in entries {
      let i = model.entryColumns[entry]
      let share = weight * model.entryValues[entry]
      for other in entries.lowerBound...entry {
        gram[i * p + model.entryColumns[other]] += share * model.entryValues[other]
      }
      if hasIntercept { cross[first + i] += share }
      if hasEffect && active { cross[first + (q - 1) * p + i] += share }
      if g >= 0 { strataColumns[g * p + i] += share }
    }
    if q == 2 {
      within[3 * trial] += weight
      if active {
        within[3 * trial + 1] += weight
        within[3 * trial + 2] += weight
      }
    } else if q == 1, hasIntercept || active {
      within[3 * trial] += weight
    }
    guard g >= 0 else { return }
    strataWeights[g] += weight
    if hasIntercept { strataTerms[g * q] += weight }
    if hasEffect && active { strataTerms[g * q + q - 1] += weight }
  }

  /// Takes a stratified intercept out of the model.
  private func eliminate(_ g: Int, _ trial: Int) {
    let columns = strataColumns + g * p
    let inverse = 1 / strataWeights[g]
    let share = strataRight[g] * inverse
    for (place, i) in supports[g].enumerated() {
      let ratio = columns[i] * inverse
      right[i] -= columns[i] * share
      for j in supports[g][...place] { gram[i * p + j] -= ratio * columns[j] }
      for r in 0..<q {
        cross[(trial * q + r) * p + i] -= ratio * strataTerms[g * q + r]
      }
    }
    for r in 0..<q { pull[trial * q + r] -= strataTerms[g * q + r] * share }
    guard q > 0 else { return }
    let (first, last) = (strataTerms[g * q], strataTerms[g * q + q - 1])
    within[3 * trial] -= first * first * inverse
    if q == 2 {
      within[3 * trial + 1] -= first * last * inverse
      within[3 * trial + 2] -= last * last * inverse
    }
  }
}

// MARK: - Given ω and the SDs

extension AugmentedDensity {
  /// log p(κ/ω | ω, SDs) but for a constant, everything else integrated out; −∞ where rounding leaves the
  /// precision of the coefficients singular. `deviations` are the SDs and then the correlation.
  func evaluate(_ deviations: Values) -> Double {
    for i in 0..<p {
      solved[i] = right[i]
      for j in 0...i { factor[i * p + j] = gram[i * p + j] }
    }
    var exponent = 0.0
    var volume = 1.0
    var logVolume = 0.0
    if q == 2 {
      scale = TrialFactor(
        deviations[0], deviations[1], correlation: model.terms.isCorrelated ? deviations[2] : 0)
    } else if q == 1 {
      scale.intercept = deviations[0]
    }
    for trial in 0..<model.trials where q > 0 {
      volume *= q == 2 ? whitenPair(trial) : whitenSingle(trial)
      if volume > 1e100 {
        logVolume += log(volume)
        volume = 1
      }
      for row in (trial * q)..<(trial * q + q) {
        exponent += whitenedPull[row] * whitenedPull[row]
        subtract(whitened + row * p, whitenedPull[row])
      }
    }
    guard factorise(&exponent, &volume, &logVolume) else { return -.infinity }
    return 0.5 * exponent - log(volume) - logVolume
  }

  private func subtract(_ row: UnsafeMutablePointer<Double>, _ pull: Double) {
    for i in 0..<p {
      let value = row[i]
      solved[i] -= value * pull
      let line = factor + i * p
      for j in 0...i { line[j] -= value * row[j] }
    }
  }

  private func whitenSingle(_ trial: Int) -> Double {
    let tau = scale.intercept
    let root = (1 + tau * tau * max(within[3 * trial], 0)).squareRoot()
    let share = tau / root
    trialFactor[3 * trial] = root
    for i in 0..<p { whitened[trial * p + i] = share * cross[trial * p + i] }
    whitenedPull[trial] = share * pull[trial]
    return root
  }

  private func whitenPair(_ trial: Int) -> Double {
    let (a, c, d) = (scale.intercept, scale.cross, scale.effect)
    let (b00, b01, b11) = (within[3 * trial], within[3 * trial + 1], within[3 * trial + 2])
    let image = (a * b00 + c * b01, a * b01 + c * b11)
    let first = max(1 + a * image.0 + c * image.1, 1).squareRoot()
    let coupling = d * image.1 / first
    let second = max(1 + d * d * b11 - coupling * coupling, 1).squareRoot()
    trialFactor[3 * trial] = first
    trialFactor[3 * trial + 1] = coupling
    trialFactor[3 * trial + 2] = second
    let source = cross + 2 * trial * p
    let target = whitened + 2 * trial * p
    let (x, y, z, w) = (a / first, c / first, d / second, coupling / second)
    for i in 0..<p {
      let top = x * source[i] + y * source[p + i]
      target[i] = top
      target[p + i] = z * source[p + i] - w * top
    }
    let top = x * pull[2 * trial] + y * pull[2 * trial + 1]
    whitenedPull[2 * trial] = top
    whitenedPull[2 * trial + 1] = z * pull[2 * trial + 1] - w * top
    return first * second
  }

  /// The Cholesky factor in place, and the right side solved by it.
  private func factorise(
    _ exponent: inout Double, _ volume: inout Double, _ logVolume: inout Double
  ) -> Bool {
    for i in 0..<p {
      let row = factor + i * p
      for j in 0..<i {
        let other = factor + j * p
        var sum = row[j]
        for k in 0..<j { sum -= row[k] * other[k] }
        row[j] = sum / other[j]
      }
      var pivot = row[i]
      var rest = solved[i]
      for k in 0..<i {
        pivot -= row[k] * row[k]
        rest -= row[k] * solved[k]
      }
      guard pivot > 0, pivot.isFinite else { return false }
      let root = pivot.squareRoot()
      row[i] = root
      solved[i] = rest / root
      exponent += solved[i] * solved[i]
      volume *= root
      if volume > 1e100 || volume < 1e-100 {
        logVolume += log(volume)
        volume = 1
      }
    }
    return true
  }

  /// Draws all coefficients and random terms at the SDs of the last evaluation; without noise they are
  /// the conditional means. `standardised` are the v of the trials.
  func draw(
    into values: Values, standardised: Values, noise: () -> Double
  ) {
    for i in stride(from: p - 1, through: 0, by: -1) {
      var sum = solved[i] + noise()
      for k in (i + 1)..<max(p, i + 1) { sum -= factor[k * p + i] * values[k] }
      values[i] = sum / factor[i * p + i]
    }
    for trial in 0..<model.trials where q > 0 { drawTerms(trial, values, standardised, noise) }
    let first = model.roles.count
    for trial in 0..<model.trials {
      for g in model.strataStarts[trial]..<model.strataStarts[trial + 1] {
        var sum = strataRight[g]
        for i in supports[g] { sum -= strataColumns[g * p + i] * values[i] }
        for r in 0..<q { sum -= strataTerms[g * q + r] * values[first + trial * q + r] }
        values[p + g] = sum / strataWeights[g] + noise() / strataWeights[g].squareRoot()
      }
    }
  }

  private func drawTerms(
    _ trial: Int, _ values: Values, _ standardised: Values, _ noise: () -> Double
  ) {
    let first = model.roles.count + trial * q
    func rest(_ row: Int) -> Double {
      var sum = whitenedPull[row] + noise()
      for i in 0..<p { sum -= whitened[row * p + i] * values[i] }
      return sum
    }
    if q == 1 {
      let root = trialFactor[3 * trial]
      standardised[trial] = rest(trial) / root
      values[first] = scale.intercept * standardised[trial]
      return
    }
    let (top, bottom) = (rest(2 * trial), rest(2 * trial + 1))
    let second = bottom / trialFactor[3 * trial + 2]
    let v = ((top - trialFactor[3 * trial + 1] * second) / trialFactor[3 * trial], second)
    (standardised[2 * trial], standardised[2 * trial + 1]) = v
    (values[first], values[first + 1]) = scale.times(v)
  }
}

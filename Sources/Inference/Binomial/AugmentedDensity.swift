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
  let supports: [[Int]]
  let p: Int
  let q: Int
  /// The number of coefficients that are drawn in one block: θ, or those of `PooledBlock` in its place.
  let n: Int
  /// How pooled effects stand in that block; nil where effects are not pooled.
  let pooled: PooledBlock?
  let hasIntercept: Bool
  let hasEffect: Bool
  /// What all the buffers are parts of.
  private let workspace: Workspace
  /// Σ κ x + prior of θ, of each stratum, and Σ κ z of each trial: the same for every ω.
  let fixedRight: UnsafeMutablePointer<Double>
  let strataRight: UnsafeMutablePointer<Double>
  let trialRight: UnsafeMutablePointer<Double>
  /// Given ω, the strata eliminated: the information on θ, row after row of its lower triangle; that
  /// of each trial's terms with θ and with one another, and the right sides.
  let gram: UnsafeMutablePointer<Double>
  let right: UnsafeMutablePointer<Double>
  let cross: UnsafeMutablePointer<Double>
  let within: UnsafeMutablePointer<Double>
  let pull: UnsafeMutablePointer<Double>
  /// Of each stratum: Σ ω x, Σ ω z and Σ ω, prior included.
  let strataColumns: UnsafeMutablePointer<Double>
  let strataTerms: UnsafeMutablePointer<Double>
  let strataWeights: UnsafeMutablePointer<Double>
  /// Given the SDs too, the random terms eliminated: the information on θ and the right side.
  ///
  /// The same memory as `factor` and `solved` where effects are not pooled.
  let reduced: UnsafeMutablePointer<Double>
  let reducedRight: UnsafeMutablePointer<Double>
  /// The Cholesky factor of the block's precision and the right side solved by it; of each trial that of
  /// I + L'BL, and whitened by it the cross-information and the right side.
  let factor: UnsafeMutablePointer<Double>
  let solved: UnsafeMutablePointer<Double>
  let trialFactor: UnsafeMutablePointer<Double>
  let whitened: UnsafeMutablePointer<Double>
  let whitenedPull: UnsafeMutablePointer<Double>
  /// The block of the last draw.
  let drawn: UnsafeMutablePointer<Double>
  /// L; its first element is τ of a single term.
  var scale = TrialFactor(intercept: 0, cross: 0, effect: 0)
  /// ω of pooled effects at the last evaluation.
  var omega = 0.0

  init(_ model: BinomialModel) {
    self.model = model
    p = model.common
    q = model.terms.randomTerms
    pooled = model.pooling.map { PooledBlock($0, common: model.common) }
    n = pooled == nil ? p : p + 1
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
      strata, n * n, n, model.trials * 3, terms * p, terms, n, pooled == nil ? 0 : p * p,
      pooled == nil ? 0 : p,
    ]
    let (workspace, parts) = Workspace.cut(lengths)
    self.workspace = workspace
    (fixedRight, strataRight, trialRight) = (parts[0], parts[1], parts[2])
    (gram, right, cross, within, pull) = (parts[3], parts[4], parts[5], parts[6], parts[7])
    (strataColumns, strataTerms, strataWeights) = (parts[8], parts[9], parts[10])
    (factor, solved, trialFactor) = (parts[11], parts[12], parts[13])
    (whitened, whitenedPull, drawn) = (parts[14], parts[15], parts[16])
    (reduced, reducedRight) = pooled == nil ? (factor, solved) : (parts[17], parts[18])
    placeRightSides()
  }

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

import Foundation
import MixedModels
import Numerics

/// The coordinates on which the chains of a binomial posterior move: z, standard normal as far as the
/// likelihood is, and u for the between-trial SDs.
///
/// Near its mode a binomial likelihood is that of a Gaussian model with known variances. For that model an
/// exact draw given τ is a map of standard normal numbers: common coefficients θ = θ̂ + L z; the random
/// terms given them, b = τ v with v ~ N(τ r(θ) / (1 + τ²A), 1 / (1 + τ²A)); the stratified intercepts given
/// both. The chains move on the z of this map, with its Jacobian, on the exact posterior. The map is
/// smooth down to τ = 0, where it is the non-centred parameterisation, and with much data it is the centred
/// one; there is no funnel in between.
struct BinomialCoordinates: Sendable {
  /// θ̂.
  let center: [Double]
  /// L, upper triangular, row after row.
  let spread: [Double]
  /// Of each term the direction in which its SD stretches z: p numbers a term.
  let directions: [Double]
  /// How much: z is stretched in that direction by √((1 + κτ²) / (1 + κτ̂²)), here κ and κτ̂².
  let stretches: [(rate: Double, atMode: Double)]
  /// r of each term of each trial at z = 0.
  let pull: [Double]
  /// What z takes from r: p numbers a term.
  let pullSlopes: [Double]
  /// Of each trial the information on its terms, θ being known: A00, A01, A11; A alone with one term.
  let information: [Double]
  /// Of each stratum the intercept at z = 0 less its share of the terms, and its conditional SD.
  let interceptCenters: [Double]
  let interceptSpreads: [Double]
  /// What each cell's linear predictor takes from the intercept of its stratum.
  let shares: [Double]
  /// log |det| of the constant parts.
  let logDeterminant: Double
  /// The coordinates of the SDs that are not fixed, and of the correlation.
  let deviations: [VarianceCoordinate]
  /// Their positions among the terms; after the terms that of the correlation.
  let free: [Int]

  init(_ model: BinomialModel) {
    let mode = BinomialMode(model)
    let (p, q) = (model.common, model.terms.randomTerms)
    center = Array(mode.position[..<p])
    let blocks = Blocks(mode, p: p, q: q, trials: model.trials)
    information = blocks.information
    pull = blocks.pull(mode.position)
    spread = blocks.spread()
    pullSlopes = blocks.slopes(spread)
    let stretched = blocks.stretches(pullSlopes)
    directions = stretched.directions
    stretches = zip(stretched.shares, mode.tau).map { ($0 / ($1 * $1), $0) }
    var shares = [Double](repeating: 0, count: model.cells)
    var centers = mode.intercepts
    for trial in 0..<model.trials {
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
        let g = model.stratum[cell]
        guard g >= 0 else { continue }
        shares[cell] = mode.weights[cell] / mode.strataWeights[g]
        var rest = 0.0
        for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
          rest += model.entryValues[entry] * mode.position[model.entryColumns[entry]]
        }
        if model.terms.randomIntercept { rest += mode.position[p + trial * q] }
        if model.terms.randomEffect {
          rest += model.active[cell] * mode.position[p + trial * q + q - 1]
        }
        centers[g] += shares[cell] * rest
      }
    }
    self.shares = shares
    interceptCenters = centers
    interceptSpreads = mode.strataWeights.map { 1 / $0.squareRoot() }
    var logDeterminant = interceptSpreads.reduce(0) { $0 + log($1) }
    for i in 0..<p { logDeterminant += log(spread[i * p + i]) }
    self.logDeterminant = logDeterminant
    free = model.freeDeviations
    deviations = model.deviationCoordinates
  }
}

extension BinomialCoordinates {
  /// How much an SD stretches z in its direction.
  @inline(__always)
  func stretch(_ term: Int, _ tau: Double) -> Double {
    let (rate, atMode) = stretches[term]
    return ((1 + rate * tau * tau) / (1 + atMode)).squareRoot()
  }
}

/// The parts of the curvature at the mode, from which the map of coordinates is made.
private struct Blocks {
  let p: Int
  let q: Int
  let trials: Int
  let curvature: Matrix
  let precisions: [Double]
  var information: [Double] = []

  init(_ mode: BinomialMode, p: Int, q: Int, trials: Int) {
    (self.p, self.q, self.trials) = (p, q, trials)
    curvature = mode.curvature
    precisions = mode.tau.map { 1 / ($0 * $0) }
    for k in 0..<trials where q > 0 {
      let i = p + k * q
      information.append(max(curvature[i, i] - precisions[0], 0))
      if q == 2 {
        let other = max(curvature[i + 1, i + 1] - precisions[1], 0)
        // Rounding must not make the pair's determinant negative.
        let bound = (information[information.count - 1] * other).squareRoot()
        information.append(min(max(curvature[i, i + 1], -bound), bound))
        information.append(other)
      }
    }
  }

  /// (A + D⁻²) b̂ of each trial.
  func pull(_ position: [Double]) -> [Double] {
    (0..<trials * q).map { t in
      let first = p + t / q * q
      return (first..<(first + q)).reduce(0) { $0 + curvature[p + t, $1] * position[$1] }
    }
  }

  /// The transposed inverse of the Cholesky factor of the curvature in θ, random terms eliminated.
  func spread() -> [Double] {
    var reduced = Matrix(rows: p, columns: p)
    for j in 0..<p { for i in 0..<p { reduced[i, j] = curvature[i, j] } }
    for k in 0..<trials where q > 0 { eliminate(k, from: &reduced) }
    var result = [Double](repeating: 0, count: p * p)
    guard let factor = try? Cholesky(reduced) else {
      for i in 0..<p { result[i * p + i] = 1 / max(curvature[i, i], 1e-4).squareRoot() }
      return result
    }
    for i in 0..<p {
      var unit = [Double](repeating: 0, count: p)
      unit[i] = 1
      // Column i of the factor's inverse is row i of its transpose.
      let column = factor.solveLower(unit)
      for j in i..<p { result[i * p + j] = column[j] }
    }
    return result
  }

  private func eliminate(_ k: Int, from reduced: inout Matrix) {
    let i = p + k * q
    let a = curvature[i, i]
    if q == 1 {
      for c in 0..<p {
        for r in 0..<p { reduced[r, c] -= curvature[r, i] * curvature[i, c] / a }
      }
      return
    }
    let (b, d) = (curvature[i, i + 1], curvature[i + 1, i + 1])
    let determinant = a * d - b * b
    for c in 0..<p {
      let (x, y) = (curvature[i, c], curvature[i + 1, c])
      for r in 0..<p {
        let (s, t) = (curvature[r, i], curvature[r, i + 1])
        reduced[r, c] -= (s * (d * x - b * y) + t * (a * y - b * x)) / determinant
      }
    }
  }

  /// The variance of θ grows with a τ, mostly in one direction, that of the shift of all leaves: the
  /// principal one of what the term takes from the curvature, and how much it takes there.
  func stretches(_ slopes: [Double]) -> (directions: [Double], shares: [Double]) {
    var directions: [Double] = []
    var shares: [Double] = []
    for r in 0..<q {
      var taken = Matrix(rows: p, columns: p)
      for k in 0..<trials {
        let t = k * q + r
        var rest = curvature[p + t, p + t]
        var own = Array(slopes[(t * p)..<(t * p + p)])
        if q == 2 {
          // What is left of the term once the trial's other one is eliminated.
          let other = k * q + 1 - r
          let share = curvature[p + t, p + other] / curvature[p + other, p + other]
          rest -= share * curvature[p + other, p + t]
          for i in 0..<p { own[i] -= share * slopes[other * p + i] }
        }
        for i in 0..<p {
          for j in 0..<p { taken[i, j] += own[i] * own[j] / rest }
        }
      }
      var direction = [Double](repeating: 1, count: p)
      var length = 0.0
      // A power iteration; any direction will do, a rough one does well.
      for _ in 0..<30 {
        let next = taken.times(direction)
        length = dot(next, next).squareRoot()
        guard length > 1e-12 else { break }
        direction = next.map { $0 / length }
      }
      let found = length > 1e-12
      directions += found ? direction : [Double](repeating: 0, count: p)
      shares.append(found ? length : 0)
    }
    return (directions, shares)
  }

  /// C L, p numbers a term.
  func slopes(_ spread: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: trials * q * p)
    for t in 0..<(trials * q) {
      for i in 0..<p {
        let c = curvature[p + t, i]
        guard c != 0 else { continue }
        for j in i..<p { result[t * p + j] += c * spread[i * p + j] }
      }
    }
    return result
  }
}

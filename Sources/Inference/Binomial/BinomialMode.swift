import Foundation
import MixedModels
import Numerics

/// The mode of a binomial posterior given the between-trial SDs, and its curvature: where the sampler's
/// coordinates are centred.
///
/// The SDs are estimated along the way by EM. Nothing that is sampled depends on the accuracy of all
/// this; only the speed does.
struct BinomialMode {
  /// The common coefficients, then the random terms trial by trial.
  private(set) var position: [Double]
  /// The stratified intercepts.
  private(set) var intercepts: [Double]
  /// The SDs of the random terms.
  private(set) var tau: [Double]
  /// The curvature in `position`, the stratified intercepts eliminated.
  private(set) var curvature: Matrix
  /// n μ (1 − μ) of each cell.
  private(set) var weights: [Double]
  /// Σ weights + prior precision of each stratum.
  private(set) var strataWeights: [Double]

  private let model: BinomialModel
  private var slope: [Double]
  private var strataSlopes: [Double]
  /// Σ W x of each stratum.
  private var strataSums: Matrix

  /// The SDs of the random terms stay within these bounds, on the log odds scale.
  private static let deviations = 0.05...3.0

  /// The mode of a model's posterior.
  init(_ model: BinomialModel) {
    self.model = model
    let q = model.terms.randomTerms
    let order = model.common + model.trials * q
    position = Array(model.priorMeans[..<model.common])
    position += [Double](repeating: 0, count: model.trials * q)
    intercepts = Array(model.priorMeans[model.common...])
    tau = model.heterogeneity.map {
      $0.fixedValue.map { max($0, 1e-6) } ?? min(max($0.typicalScale, 0.05), 1)
    }
    curvature = Matrix(rows: order, columns: order)
    weights = [Double](repeating: 0, count: model.cells)
    strataWeights = [Double](repeating: 0, count: model.strata)
    slope = [Double](repeating: 0, count: order)
    strataSlopes = strataWeights
    strataSums = Matrix(rows: order, columns: model.strata)
    for iteration in 0..<60 {
      expand()
      guard let factor = try? Cholesky(curvature) else { return }
      let step = factor.solve(slope)
      let length = advance(step)
      if iteration % 5 == 4 && iteration < 35 { updateDeviations(factor) }
      if iteration > 35 && length < 1e-9 { break }
    }
    expand()
  }

  /// The entries of a cell's row over `position`.
  private func row(_ cell: Int, trial: Int) -> [(place: Int, value: Double)] {
    var row = (model.entryStarts[cell]..<model.entryStarts[cell + 1]).map {
      (place: model.entryColumns[$0], value: model.entryValues[$0])
    }
    let first = model.common + trial * model.terms.randomTerms
    if model.terms.randomIntercept { row.append((first, 1)) }
    if model.terms.randomEffect && model.active[cell] == 1 {
      row.append((first + (model.terms.randomIntercept ? 1 : 0), 1))
    }
    return row
  }

  /// Slope and curvature at the present point.
  private mutating func expand() {
    let order = position.count
    curvature = Matrix(rows: order, columns: order)
    strataSums = Matrix(rows: order, columns: model.strata)
    for i in 0..<order {
      let (mean, precision) = prior(i)
      slope[i] = -(position[i] - mean) * precision
      curvature[i, i] = precision
    }
    if let pooling = model.pooling {
      pooling.addPrior(at: pooling.typicalOmega, position, slope: &slope, curvature: &curvature)
    }
    for g in intercepts.indices {
      let (mean, precision) =
        (model.priorMeans[model.common + g], model.priorPrecisions[model.common + g])
      strataSlopes[g] = -(intercepts[g] - mean) * precision
      strataWeights[g] = precision
    }
    for trial in 0..<model.trials {
      for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] { add(cell, trial) }
    }
    for g in intercepts.indices {
      let places = (0..<order).filter { strataSums[$0, g] != 0 }
      for i in places {
        slope[i] -= strataSums[i, g] * strataSlopes[g] / strataWeights[g]
        for j in places {
          curvature[i, j] -= strataSums[i, g] * strataSums[j, g] / strataWeights[g]
        }
      }
    }
  }

  private func prior(_ place: Int) -> (mean: Double, precision: Double) {
    guard place >= model.common else {
      return (model.priorMeans[place], model.priorPrecisions[place])
    }
    let sd = tau[(place - model.common) % model.terms.randomTerms]
    return (0, 1 / (sd * sd))
  }

  private mutating func add(_ cell: Int, _ trial: Int) {
    let row = row(cell, trial: trial)
    let g = model.stratum[cell]
    var eta = g >= 0 ? intercepts[g] : 0
    for entry in row { eta += entry.value * position[entry.place] }
    let mean = 1 / (1 + exp(-eta))
    let residual = model.events[cell] - model.counts[cell] * mean
    let weight = max(model.counts[cell] * mean * (1 - mean), 1e-10)
    weights[cell] = weight
    for a in row {
      slope[a.place] += a.value * residual
      for b in row { curvature[a.place, b.place] += weight * a.value * b.value }
    }
    guard g >= 0 else { return }
    strataSlopes[g] += residual
    strataWeights[g] += weight
    for a in row { strataSums[a.place, g] += weight * a.value }
  }

  /// Takes a step, none of whose parts is longer than 2; returns the longest part.
  private mutating func advance(_ step: [Double]) -> Double {
    var intercept = [Double](repeating: 0, count: intercepts.count)
    for g in intercept.indices {
      var sum = strataSlopes[g]
      for i in step.indices { sum -= strataSums[i, g] * step[i] }
      intercept[g] = sum / strataWeights[g]
    }
    let longest = (step + intercept).reduce(0) { max($0, abs($1)) }
    let factor = min(1, 2 / max(longest, 1e-300))
    for i in step.indices { position[i] += factor * step[i] }
    for g in intercept.indices { intercepts[g] += factor * intercept[g] }
    return longest
  }

  /// τ² ← the mean of E b² (an EM step), except where it is known.
  private mutating func updateDeviations(_ factor: Cholesky) {
    let q = model.terms.randomTerms
    guard q > 0 else { return }
    let variance = factor.inverse
    for r in 0..<q where model.heterogeneity[r].fixedValue == nil {
      var sum = 0.0
      for k in 0..<model.trials {
        let i = model.common + k * q + r
        sum += position[i] * position[i] + variance[i, i]
      }
      let sd = (sum / Double(model.trials)).squareRoot()
      tau[r] = min(max(sd, Self.deviations.lowerBound), Self.deviations.upperBound)
    }
  }
}

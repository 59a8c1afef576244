import Foundation
import MixedModels
import Numerics
import Posterior

/// The state of one binomial model in a Gibbs sampler (article GibbsSampling), with its steps: Pólya-Gamma
/// numbers of the cells, the SDs, and coefficients and random terms.
///
/// It owns its workspace, and so belongs to one thread; nothing is allocated in a step.
final class AugmentedState {
  typealias Values = UnsafeMutableBufferPointer<Double>

  let model: BinomialModel
  private let density: AugmentedDensity
  /// The coordinates of the SDs that are not fixed, of the correlation and of ω.
  let coordinates: [VarianceCoordinate]
  /// Their places in `deviations`.
  private let free: [Int]
  /// The SDs, then the correlation, then ω, as far as the model has them.
  let deviations: Values
  /// The present draw of coefficients and random terms, and the random terms standardised.
  private let values: Values
  private let standardised: Values
  /// The conditional means of a draw, and again its random terms standardised.
  private let means: Values
  private let standardisedMeans: Values
  /// The linear predictors of the cells, then their Pólya-Gamma numbers.
  private let cells: Values

  /// A state without a draw, known SDs at their values; `quantileOfLast`: on the coordinate of the last SD its
  /// prior is standard normal.
  init(_ model: BinomialModel, quantileOfLast: Bool = false) {
    self.model = model
    density = AugmentedDensity(model)
    var free = model.freeDeviations
    var coordinates = model.deviationCoordinates
    let last = model.heterogeneity.count - 1
    if quantileOfLast, let place = free.firstIndex(of: last) {
      coordinates[place] = VarianceCoordinate(quantileOf: model.heterogeneity[last])
    }
    if let omega = model.pooling?.omega, omega.fixedValue == nil {
      free.append(model.deviations)
      coordinates.append(VarianceCoordinate(heterogeneity: omega))
    }
    (self.free, self.coordinates) = (free, coordinates)
    let terms = model.trials * model.terms.randomTerms
    deviations = Self.buffer(model.deviations + 1)
    values = Self.buffer(density.valuesPerDraw)
    standardised = Self.buffer(terms)
    means = Self.buffer(density.valuesPerDraw)
    standardisedMeans = Self.buffer(terms)
    cells = Self.buffer(model.cells)
    for (r, prior) in model.heterogeneity.enumerated() { deviations[r] = prior.fixedValue ?? 1 }
    deviations[model.deviations] = model.pooling?.omega.fixedValue ?? 1
  }

  private static func buffer(_ count: Int) -> Values {
    let result = Values.allocate(capacity: max(count, 1))
    result.initialize(repeating: 0)
    return result
  }

  deinit {
    for buffer in [deviations, values, standardised, means, standardisedMeans, cells] {
      buffer.deallocate()
    }
  }

  /// Places the linear predictors about zero, wider spread than in a posterior.
  func start(_ stream: inout RandomStream) {
    for cell in 0..<model.cells { cells[cell] = 2 * stream.normal() }
  }

  /// The position of the free SDs on their coordinates.
  var position: [Double] {
    coordinates.indices.map { coordinates[$0].position(of: deviations[free[$0]]) }
  }
}

// MARK: - Steps

extension AugmentedState {
  /// Pólya-Gamma numbers given the linear predictors, in whose place they stand then.
  func augment(_ stream: inout RandomStream) {
    for cell in 0..<model.cells {
      cells[cell] = stream.polyaGamma(count: Int(model.counts[cell]), tilt: cells[cell])
    }
    density.take(cells)
  }

  /// Places a coordinate; returns the log density of its prior, Jacobian included.
  func place(_ coordinate: Int, at position: Double) -> Double {
    let image = coordinates[coordinate].image(position)
    deviations[free[coordinate]] = image.value
    return logPrior(free[coordinate]) + image.logJacobian
  }

  /// The log density of the data given Pólya-Gamma numbers and the present SDs, all else integrated out.
  func logDensity() -> Double { density.evaluate(deviations) }

  /// Draws coefficients and random terms given Pólya-Gamma numbers and SDs, and with them the linear
  /// predictors; false where the draw has no density.
  func drawEffects(_ stream: inout RandomStream) -> Bool {
    guard density.evaluate(deviations) > -.infinity else { return false }
    density.draw(into: values, standardised: standardised) { stream.normal() }
    density.predict(values, into: cells)
    return true
  }

  private func logPrior(_ place: Int) -> Double {
    if place == model.deviations, let pooling = model.pooling {
      return pooling.omega.logDensity(deviations[place]).value
    }
    return model.logPrior(ofDeviation: place, deviations[place]).value
  }
}

// MARK: - Draws

extension AugmentedState {
  /// Takes the present draw into a chain, with the means given Pólya-Gamma numbers and SDs.
  ///
  /// Those take the place of the drawn block of the density: its log prior has to be asked for before.
  func keep(_ chain: inout BinomialChain) {
    chain.append(UnsafeBufferPointer(values), UnsafeBufferPointer(deviations))
    if let pooled = density.pooled {
      chain.append(omega: deviations[model.deviations], meanEffect: density.drawn[pooled.mean])
    }
    density.draw(into: means, standardised: standardisedMeans) { 0 }
    chain.addTrialEffects(UnsafeBufferPointer(rebasing: means[model.roles.count...]))
  }

  /// Takes a draw that was made before: coefficients (without the mean of pooled ones) and random terms; the
  /// SDs and the correlation; ω and the mean of pooled effects.
  func take(
    _ draw: [Double], deviations last: [Double], omega: Double?, meanEffect: Double?
  ) {
    for i in draw.indices { values[i] = draw[i] }
    for i in last.indices { deviations[i] = last[i] }
    if let pooled = density.pooled, let omega, let meanEffect {
      deviations[model.deviations] = omega
      pooled.take(values, mean: meanEffect, omega: omega, into: density.drawn)
    }
    standardise(Array(draw[model.roles.count...]), TrialFactor(last, model.terms))
    density.predict(values, into: cells)
  }

  /// Places the random terms b = L v as v.
  private func standardise(_ random: [Double], _ factor: TrialFactor) {
    for trial in 0..<model.trials {
      switch model.terms.randomTerms {
      case 2:
        let intercept = random[2 * trial] / factor.intercept
        standardised[2 * trial] = intercept
        standardised[2 * trial + 1] =
          (random[2 * trial + 1] - factor.cross * intercept) / factor.effect
      case 1: standardised[trial] = random[trial] / deviations[0]
      default: break
      }
    }
  }

  /// The log posterior density of coefficients, standardised random terms and SDs, the last on their own
  /// scale; pooled effects count as β and the z_j of `PooledBlock`.
  func logPosterior() -> Double {
    free.reduce(logDensityOfDraw()) { $0 + logPrior($1) }
  }

  /// The same without the priors of the SDs.
  func logDensityOfDraw() -> Double {
    var sum = 0.0
    for cell in 0..<model.cells {
      let eta = cells[cell]
      sum +=
        model.events[cell] * eta
        - model.counts[cell] * (max(eta, 0) + log1p(exp(-abs(eta))))
    }
    for i in model.roles.indices where model.priorPrecisions[i] > 0 {
      let sd = 1 / model.priorPrecisions[i].squareRoot()
      sum += Distributions.logNormal(values[i], mean: model.priorMeans[i], sd: sd)
    }
    for i in 0..<(model.trials * model.terms.randomTerms) {
      sum += Distributions.logNormal(standardised[i], mean: 0, sd: 1)
    }
    return sum + (density.pooled?.logPrior(density.drawn) ?? 0)
  }
}

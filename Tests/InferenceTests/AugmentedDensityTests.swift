import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

@testable import Inference

/// The Gaussian model given Pólya-Gamma numbers against a dense one: all coefficients and random terms as
/// one vector with the precision of prior and pseudo-data.
@Suite("The Gaussian model given Pólya-Gamma numbers")
struct AugmentedDensityTests {
  /// Coefficients in the order of the roles, then random terms trial by trial.
  private struct Dense {
    private(set) var precision: Matrix
    private(set) var right: [Double]
    private var logPrior = 0.0

    init(_ model: BinomialModel, omega: [Double], deviations: [Double]) {
      let q = model.terms.randomTerms
      let n = model.roles.count + model.trials * q
      precision = Matrix(rows: n, columns: n)
      right = [Double](repeating: 0, count: n)
      for i in model.roles.indices {
        precision[i, i] = model.priorPrecisions[i]
        right[i] = model.priorPrecisions[i] * model.priorMeans[i]
      }
      for trial in 0..<model.trials where q > 0 {
        addPrior(model.roles.count + trial * q, model.terms, deviations)
      }
      for trial in 0..<model.trials {
        for cell in model.trialStarts[trial]..<model.trialStarts[trial + 1] {
          add(cell, trial, model, omega[cell])
        }
      }
    }

    private mutating func addPrior(_ i: Int, _ terms: ModelTerms, _ deviations: [Double]) {
      if terms.randomTerms == 1 {
        precision[i, i] = 1 / (deviations[0] * deviations[0])
        logPrior -= log(deviations[0])
        return
      }
      let rho = terms.isCorrelated ? deviations[2] : 0
      let rest = 1 - rho * rho
      precision[i, i] = 1 / (deviations[0] * deviations[0] * rest)
      precision[i + 1, i + 1] = 1 / (deviations[1] * deviations[1] * rest)
      precision[i, i + 1] = -rho / (deviations[0] * deviations[1] * rest)
      precision[i + 1, i] = precision[i, i + 1]
      logPrior -= log(deviations[0] * deviations[1]) + 0.5 * log(rest)
    }

    private mutating func add(
      _ cell: Int, _ trial: Int, _ model: BinomialModel, _ omega: Double
    ) {
      let (q, first) = (model.terms.randomTerms, model.roles.count)
      var row = [Double](repeating: 0, count: right.count)
      for entry in model.entryStarts[cell]..<model.entryStarts[cell + 1] {
        row[model.entryColumns[entry]] = model.entryValues[entry]
      }
      if model.stratum[cell] >= 0 { row[model.common + model.stratum[cell]] = 1 }
      if model.terms.randomIntercept { row[first + trial * q] = 1 }
      if model.terms.randomEffect { row[first + trial * q + q - 1] = model.active[cell] }
      for i in row.indices {
        right[i] += row[i] * (model.events[cell] - model.counts[cell] / 2)
        for j in row.indices { precision[i, j] += omega * row[i] * row[j] }
      }
    }

    /// Puts in the prior of pooled effects.
    mutating func addEffects(_ places: [Int], own: Double, average: Double, mean: Double) {
      let share = (average - own) / Double(places.count)
      for i in places {
        right[i] += average * mean
        for j in places { precision[i, j] += share + (i == j ? own : 0) }
      }
    }

    /// log ∫ likelihood × prior but for a constant that does not depend on the SDs, and the means.
    func solved() throws -> (logDensity: Double, means: [Double]) {
      let factor = try Cholesky(precision)
      let means = factor.solve(right)
      return (logPrior + 0.5 * dot(right, means) - 0.5 * factor.logDeterminant, means)
    }
  }

  private func withBuffer<R>(
    _ values: [Double], _ body: (UnsafeMutableBufferPointer<Double>) throws -> R
  ) rethrows -> R {
    var values = values
    return try values.withUnsafeMutableBufferPointer { try body($0) }
  }

  // Equal up to rounding of sums of order 100.
  @Test(arguments: BinomialCells.terms.indices, [0, 2])
  func densityAndMeans(terms: Int, covariates: Int) throws {
    let model = try BinomialCells(covariates: covariates, weighted: covariates == 2).model(
      BinomialCells.terms[terms], .halfNormal(scale: 1))
    let density = AugmentedDensity(model)
    let omega = (0..<model.cells).map { model.counts[$0] * (0.13 + 0.1 * sin(Double(3 * $0))) }
    withBuffer(omega) { density.take($0) }
    let q = model.terms.randomTerms
    var differences: [Double] = []
    for deviations in [[0.3, 0.8, -0.6], [1.4, 0.05, 0.9], [1e-3, 2, 0]] {
      let dense = try Dense(model, omega: omega, deviations: deviations).solved()
      differences.append(withBuffer(deviations) { density.evaluate($0) } - dense.logDensity)
      let means = withBuffer([Double](repeating: 0, count: density.valuesPerDraw)) { values in
        withBuffer([Double](repeating: 0, count: max(model.trials * q, 1))) { standardised in
          density.draw(into: values, standardised: standardised) { 0 }
        }
        return Array(values)
      }
      for (ours, known) in zip(means, dense.means) {
        #expect(close(ours, known, relative: 1e-8, absolute: 1e-10))
      }
    }
    for difference in differences { #expect(abs(difference - differences[0]) < 1e-9) }
  }

  // The covariance of draws is the inverse precision, since a draw is linear in its noise: its columns
  // are what each noise adds.
  @Test(arguments: BinomialCells.terms.indices)
  func covarianceOfDraws(terms: Int) throws {
    let model = try BinomialCells(covariates: 1).model(
      BinomialCells.terms[terms], .halfNormal(scale: 1))
    let density = AugmentedDensity(model)
    let omega = (0..<model.cells).map { model.counts[$0] * (0.13 + 0.1 * sin(Double(5 * $0))) }
    withBuffer(omega) { density.take($0) }
    let deviations = [0.7, 0.4, -0.5]
    _ = withBuffer(deviations) { density.evaluate($0) }
    let n = density.valuesPerDraw
    func draw(_ noisy: Int) -> [Double] {
      var place = -1
      return withBuffer([Double](repeating: 0, count: n)) { values in
        withBuffer([Double](repeating: 0, count: n)) { standardised in
          density.draw(into: values, standardised: standardised) {
            place += 1
            return place == noisy ? 1 : 0
          }
        }
        return Array(values)
      }
    }
    let means = draw(-1)
    var covariance = Matrix(rows: n, columns: n)
    for noisy in 0..<n {
      let column = zip(draw(noisy), means).map { $0 - $1 }
      for i in 0..<n { for j in 0..<n { covariance[i, j] += column[i] * column[j] } }
    }
    let product = covariance * Dense(model, omega: omega, deviations: deviations).precision
    for i in 0..<n {
      for j in 0..<n { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-9) }
    }
  }

  // The precision of pooled effects: (1/ω²)(I − 11'/J) + 11'/(J (ω² + J s²)), by their mean and contrasts.
  @Test(arguments: BinomialCells.terms.indices)
  func pooledEffects(terms: Int) throws {
    let terms = BinomialCells.terms[terms].poolingEffects(true)
    let model = try BinomialModel(
      BinomialCells(covariates: 1).statistics, terms, BinomialCells.priors,
      heterogeneity: [HeterogeneityPrior](
        repeating: .halfNormal(scale: 1), count: terms.randomTerms),
      correlation: BinomialCells.correlation, omega: .halfNormal(scale: 0.5))
    let effects = model.roles.indices.filter {
      if case .effect = model.roles[$0] { true } else { false }
    }
    let prior = BinomialCells.priors.effect
    let density = AugmentedDensity(model)
    let omega = (0..<model.cells).map { model.counts[$0] * (0.13 + 0.1 * sin(Double(3 * $0))) }
    withBuffer(omega) { density.take($0) }
    var differences: [Double] = []
    for spread in [0.05, 0.4, 2] {
      let deviations = [0.7, 0.4, -0.5]
      var dense = Dense(model, omega: omega, deviations: deviations)
      let count = Double(effects.count)
      let average = 1 / (spread * spread + count * prior.sd * prior.sd)
      dense.addEffects(effects, own: 1 / (spread * spread), average: average, mean: prior.mean)
      // Powers of the prior's determinant, and what its mean adds to the exponent.
      let constant =
        0.5 * ((count - 1) * log(1 / (spread * spread)) + log(average))
        - 0.5 * average * count * prior.mean * prior.mean
      let known = try dense.solved()
      let ours = withBuffer(
        Array(deviations.prefix(model.deviations)) + [spread]
      ) { density.evaluate($0) }
      differences.append(ours - known.logDensity - constant)
      let means = withBuffer([Double](repeating: 0, count: density.valuesPerDraw)) { values in
        withBuffer([Double](repeating: 0, count: density.valuesPerDraw)) { standardised in
          density.draw(into: values, standardised: standardised) { 0 }
        }
        return Array(values)
      }
      for (a, b) in zip(means, known.means) {
        #expect(close(a, b, relative: 1e-8, absolute: 1e-10))
      }
    }
    for difference in differences { #expect(abs(difference - differences[0]) < 1e-8) }
  }
}

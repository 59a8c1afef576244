import Foundation
import MixedModels
import Numerics
import TestSupport
import Testing

@testable import Inference

/// log |det| by Gaussian elimination.
func logDeterminant(_ rows: [[Double]]) -> Double {
  var rows = rows
  var sum = 0.0
  for i in rows.indices {
    let pivot = (i..<rows.count).max { abs(rows[$0][i]) < abs(rows[$1][i]) } ?? i
    rows.swapAt(i, pivot)
    sum += log(abs(rows[i][i]))
    for r in (i + 1)..<max(rows.count, i + 1) {
      let factor = rows[r][i] / rows[i][i]
      for c in i..<rows.count { rows[r][c] -= factor * rows[i][c] }
    }
  }
  return sum
}

extension BinomialTarget {
  /// Coefficients, random terms, the SDs that are not fixed and the correlation, at a position.
  func allParameters(_ position: [Double]) -> [Double] {
    let q = model.terms.randomTerms
    var values = [Double](repeating: 0, count: model.roles.count + model.trials * q)
    var tau = [Double](repeating: 0, count: model.deviations)
    parameters(at: position, into: &values, deviations: &tau)
    return values + coordinates.free.map { tau[$0] }
  }

  /// log |d parameters / d position| by central differences.
  func differencedLogJacobian(_ position: [Double]) -> Double {
    let step = 1e-4
    return logDeterminant(
      position.indices.map { i in
        func at(_ shift: Double) -> [Double] {
          var moved = position
          moved[i] += shift
          return allParameters(moved)
        }
        // Five points: the error is of the fourth order in the step.
        let (a, b, c, d) = (at(-2 * step), at(-step), at(step), at(2 * step))
        return a.indices.map { (a[$0] - 8 * b[$0] + 8 * c[$0] - d[$0]) / (12 * step) }
      })
  }
}

@Suite struct BinomialTargetTests {
  private func target(
    _ terms: ModelTerms, _ data: BinomialCells, _ heterogeneity: HeterogeneityPrior
  ) throws -> BinomialTarget {
    BinomialTarget(try data.model(terms, heterogeneity))
  }

  /// A position without symmetries.
  private func position(_ target: BinomialTarget, _ shift: Int) -> [Double] {
    (0..<target.dimension).map { sin(Double(3 * $0 + 7 * shift) + 0.4) * 1.3 }
  }

  static let heterogeneity: [HeterogeneityPrior] = [
    .halfNormal(scale: 0.7), .halfT(df: 3, scale: 0.5), .halfCauchy(scale: 0.5),
    .exponential(rate: 2), .uniform(lower: 0.1, upper: 2), .halfLogistic(scale: 0.5),
    .lomax(shape: 2, scale: 1), .logNormal(meanlog: -1, sdlog: 0.8),
    .logT(df: 4, location: -1, scale: 0.8), .fixed(0.4),
  ]

  @Test(arguments: BinomialCells.terms.indices, [0, 2])
  func densityIsThatOfTheParameters(model: Int, covariates: Int) throws {
    let data = BinomialCells(covariates: covariates, weighted: covariates == 2)
    let target = try target(BinomialCells.terms[model], data, .halfNormal(scale: 0.7))
    var gradient = [Double](repeating: 0, count: target.dimension)
    for shift in 0..<3 {
      let place = position(target, shift)
      let all = target.allParameters(place)
      let q = target.model.deviations
      let plain = plainLogPosterior(
        data, target.model, BinomialCells.priors, Array(all.dropLast(q)), Array(all.suffix(q)))
      let value = target.evaluate(at: place, gradient: &gradient)
      // Central differences are good to about 1e-9 an entry.
      #expect(abs(value - plain - target.differencedLogJacobian(place)) < 1e-6)
    }
  }

  @Test(arguments: BinomialCells.terms.indices, heterogeneity)
  func gradient(model: Int, heterogeneity: HeterogeneityPrior) throws {
    let target = try target(BinomialCells.terms[model], BinomialCells(covariates: 1), heterogeneity)
    let place = position(target, 1)
    var gradient = [Double](repeating: 0, count: target.dimension)
    var unused = gradient
    _ = target.evaluate(at: place, gradient: &gradient)
    for i in place.indices {
      func value(_ shift: Double) -> Double {
        var moved = place
        moved[i] += shift
        return target.evaluate(at: moved, gradient: &unused)
      }
      let step = 1e-4
      let slope =
        (value(-2 * step) - 8 * value(-step) + 8 * value(step) - value(2 * step)) / (12 * step)
      #expect(close(gradient[i], slope, relative: 1e-6, absolute: 1e-6), "coordinate \(i)")
    }
  }

  @Test(arguments: BinomialCells.terms.indices)
  func positionIsTheInverse(model: Int) throws {
    let target = try target(
      BinomialCells.terms[model], BinomialCells(covariates: 1), .halfNormal(scale: 0.7))
    let place = position(target, 2)
    let all = target.allParameters(place)
    let q = target.model.deviations
    let found = target.position(of: Array(all.dropLast(q)), deviations: Array(all.suffix(q)))
    for (a, b) in zip(found, place) { #expect(close(a, b, relative: 1e-8, absolute: 1e-8)) }
  }

  @Test func knownHeterogeneityOfZero() throws {
    let terms = BinomialCells.terms[5]
    let target = try target(terms, BinomialCells(), .fixed(0))
    let place = position(target, 1)
    var gradient = [Double](repeating: 0, count: target.dimension)
    #expect(target.evaluate(at: place, gradient: &gradient).isFinite)
    #expect(gradient.allSatisfy { $0.isFinite })
    let all = target.allParameters(place)
    #expect(all[target.model.roles.count...].allSatisfy { $0 == 0 })
  }

  @Test func flatPriorsNeedData() throws {
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    func model(_ terms: ModelTerms, intercept: CoefficientPrior.Normal) throws {
      _ = try BinomialModel(
        BinomialCells().statistics, terms,
        CoefficientPrior(intercept: intercept, effect: flat),
        heterogeneity: [.halfNormal(scale: 1)], set: "own.json")
    }
    // Given the intercepts every leaf has events and others in its active arm.
    try model(BinomialCells.terms[2], intercept: .init(mean: 0, sd: 3))
    try model(BinomialCells.terms[2], intercept: flat)
    // The cell without an event leaves no bound to its intercept where there is a flat one.
    let random = ModelTerms(
      intercepts: .perLeafAndTrial, randomIntercept: false, randomEffect: true)
    let separated = BinomialCells(rows: 24)
    #expect {
      _ = try BinomialModel(
        separated.statistics, random, CoefficientPrior(intercept: flat, effect: flat),
        heterogeneity: [.halfNormal(scale: 1)], set: "own.json")
    } throws: { error in
      guard case PriorError.improper("own.json", "binomial.intercept", _)? = error as? PriorError
      else { return false }
      return true
    }
  }
}

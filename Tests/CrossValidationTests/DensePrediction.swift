import Designs
import Foundation
import MixedModels
import Numerics

@testable import CrossValidation

/// Predictive densities with the covariance of all outcomes written out: the definition.
struct DensePrediction {
  let design: Design
  /// The leaf of each row.
  let leaf: [Int32]
  let terms: ModelTerms
  /// The prior SDs of intercepts and of all other coefficients; very large ones stand for flat priors.
  var interceptSD = 1e4
  var otherSD = 1e4
  var center = 0.0

  /// The covariance of outcomes of rows, coefficients and trial effects integrated.
  private func covariance(_ a: [Int32], _ b: [Int32], _ variances: Variances) -> Matrix {
    let q = [terms.randomIntercept, terms.randomEffect]
    var taus = [0.0, 0.0]
    var next = 0
    for r in 0..<2 where q[r] {
      taus[r] = variances.tau[next]
      next += 1
    }
    var result = Matrix(rows: a.count, columns: b.count)
    for (i, row) in a.enumerated() {
      for (j, other) in b.enumerated() {
        let (x, y) = (Int(row), Int(other))
        let (sameLeaf, sameTrial) = (leaf[x] == leaf[y], design.trial[x] == design.trial[y])
        let active = Double(design.arm[x]) * Double(design.arm[y])
        var value = 0.0
        switch terms.intercepts {
        case .perLeaf: if sameLeaf { value += interceptSD * interceptSD }
        case .perLeafAndTrial: if sameLeaf && sameTrial { value += interceptSD * interceptSD }
        case .perTrial:
          if sameTrial { value += interceptSD * interceptSD }
          if sameLeaf && leaf[x] > 0 { value += interceptSD * interceptSD }
        }
        if sameLeaf { value += otherSD * otherSD * active }
        for column in design.covariates.columns {
          value += otherSD * otherSD * column[x] * column[y]
        }
        if sameTrial {
          let cross = variances.correlation * taus[0] * taus[1]
          value += taus[0] * taus[0] + taus[1] * taus[1] * active
          value += cross * (Double(design.arm[x]) + Double(design.arm[y]))
        }
        if x == y { value += variances.sigma * variances.sigma / (design.weights?[x] ?? 1) }
        result[i, j] = value
      }
    }
    return result
  }

  /// log p(outcomes of rows | those of others) given the variances.
  func logDensity(
    of held: [Int32], given seen: [Int32], _ variances: Variances
  ) throws -> Double {
    let own = covariance(seen, seen, variances)
    let factor = try Cholesky(own)
    let cross = covariance(held, seen, variances)
    let pull = factor.solve(seen.map { design.outcome[Int($0)] - center })
    var spread = covariance(held, held, variances)
    var rest: [Double] = []
    for i in held.indices {
      let row = seen.indices.map { cross[i, $0] }
      rest.append(design.outcome[Int(held[i])] - center - dot(row, pull))
      let solved = factor.solve(row)
      for j in held.indices { spread[i, j] -= dot(solved, seen.indices.map { cross[j, $0] }) }
    }
    let final = try Cholesky(spread)
    let half = final.solveLower(rest)
    return -0.5 * (Double(held.count) * log(2 * Double.pi) + final.logDeterminant + dot(half, half))
  }
}

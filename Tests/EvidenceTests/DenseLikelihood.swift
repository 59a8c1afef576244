import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups

/// The marginal likelihood of a Gaussian model with the covariance of all outcomes written out, and the variances
/// integrated over a grid: the definition, at a cost of n³ a point.
struct DenseLikelihood {
  let design: Design
  let leaf: [Int32]
  let leaves: Int
  let terms: ModelTerms
  /// The within-arm SD, the unit of the priors, and mean and SD of the outcome.
  let unit: Double
  let center: Double
  let spread: Double

  /// The prior covariance of the leaves' effects.
  var effects: Matrix
  /// The prior of the correlation of random intercept and effect; nil where they are independent.
  var correlation: CorrelationPrior?

  init(
    _ design: Design, leaf: [Int32], leaves: Int, _ method: Subgroups.Method, unit: Double,
    center: Double, spread: Double
  ) {
    self.design = design
    self.leaf = leaf
    self.leaves = leaves
    terms = method.terms
    self.unit = unit
    self.center = center
    self.spread = spread
    effects = Matrix(rows: leaves, columns: leaves)
    for j in 0..<leaves { effects[j, j] = 6.25 * unit * unit }
  }

  /// The effects of some leaves are equal, or differ by N(0, sd²).
  mutating func suppose(_ chosen: [Int], difference sd: Double) {
    let count = Double(chosen.count)
    for i in chosen {
      for j in chosen {
        effects[i, j] =
          6.25 * unit * unit + sd * sd / 2 * ((i == j ? 1 : 0) - 1 / count)
      }
    }
  }

  private func isActive(_ i: Int) -> Double { Double(design.arm[i]) }

  /// The part of the covariance that the fixed coefficients have.
  private var fixed: Matrix {
    let n = design.rows
    var result = Matrix(rows: n, columns: n)
    let intercept = 100 * spread * spread
    for i in 0..<n {
      for j in 0..<n {
        let (sameLeaf, sameTrial) = (leaf[i] == leaf[j], design.trial[i] == design.trial[j])
        switch terms.intercepts {
        case .perLeaf: if sameLeaf { result[i, j] += intercept }
        case .perLeafAndTrial: if sameLeaf && sameTrial { result[i, j] += intercept }
        case .perTrial:
          if sameTrial { result[i, j] += intercept }
          if sameLeaf && leaf[i] > 0 { result[i, j] += intercept }
        }
        result[i, j] += effects[Int(leaf[i]), Int(leaf[j])] * isActive(i) * isActive(j)
        for x in design.covariates.columns {
          let prior = 6.25 * unit * unit / variance(x)
          result[i, j] += prior * x[i] * x[j]
        }
      }
    }
    return result
  }

  /// log p(y).
  func value() throws -> Double {
    let fixed = fixed
    let correlations = try correlations()
    let logs = try QuadratureRule.gaussLegendre(
      points: correlation != nil ? 18 : terms.randomTerms > 1 ? 28 : 40, from: log(unit) - 1.3,
      to: log(unit) + 1.9)
    let first = try deviations(terms.randomIntercept, scale: unit)
    let second = try deviations(terms.randomEffect, scale: 0.5 * unit)
    var parts: [Double] = []
    for (logSigma, weight) in zip(logs.nodes, logs.weights) {
      let sigma = exp(logSigma)
      let prior = halfNormal(sigma, 2.5 * unit) + logSigma + log(weight)
      for tau0 in first {
        for tau1 in second {
          for rho in correlations {
            parts.append(
              prior + tau0.logMass + tau1.logMass + rho.logMass
                + (try density(fixed, sigma, tau0.value, tau1.value, rho.value)))
          }
        }
      }
    }
    return logSumExp(parts)
  }

  private func correlations() throws -> [(value: Double, logMass: Double)] {
    guard let correlation else { return [(0, 0)] }
    let rule = try QuadratureRule.gaussLegendre(points: 14, from: -1, to: 1)
    return zip(rule.nodes, rule.weights).map {
      ($0, correlation.logDensity($0).value + log($1))
    }
  }

  private func deviations(
    _ isPresent: Bool, scale: Double
  ) throws -> [(value: Double, logMass: Double)] {
    guard isPresent else { return [(0, 0)] }
    let rule = try QuadratureRule.gaussLegendre(
      points: correlation != nil ? 14 : terms.randomTerms > 1 ? 20 : 40, from: 0, to: 6 * scale)
    return zip(rule.nodes, rule.weights).map { ($0, halfNormal($0, scale) + log($1)) }
  }

  private func halfNormal(_ x: Double, _ scale: Double) -> Double {
    log(2) + Distributions.logNormal(x, mean: 0, sd: scale)
  }

  private func density(
    _ fixed: Matrix, _ sigma: Double, _ tau0: Double, _ tau1: Double, _ rho: Double
  ) throws -> Double {
    let n = design.rows
    var covariance = fixed
    for i in 0..<n {
      covariance[i, i] += sigma * sigma / (design.weights?[i] ?? 1)
      for j in 0..<n where design.trial[i] == design.trial[j] {
        covariance[i, j] +=
          tau0 * tau0 + tau1 * tau1 * isActive(i) * isActive(j)
          + rho * tau0 * tau1 * (isActive(i) + isActive(j))
      }
    }
    let factor = try Cholesky(covariance)
    let half = factor.solveLower(design.outcome.map { $0 - center })
    return -0.5
      * (Double(n) * log(2 * Double.pi) + factor.logDeterminant + dot(half, half))
  }
}

public import Designs
import Foundation
public import Inference
import MixedModels

/// The parts of the log posterior density at every draw, which power-scaling raises to powers
/// (article PowerScalingSensitivity of the module Posterior).
///
/// As in R's priorsense the likelihood is that of the outcomes given all parameters, the trial effects
/// among them. The distribution of the trial effects given τ, and of pooled subgroup effects given ω,
/// belongs to the model and to neither part.
public struct ComponentDensities: Sendable, Equatable {
  /// The log likelihood given coefficients, trial effects and σ; chain after chain.
  public let likelihood: [Double]
  /// The log prior density of the between-trial SD of effects, of intercepts where the model has no
  /// other; nil where it has neither, or where that is fixed.
  public let heterogeneity: [Double]?
  /// The log prior density of all parameters: coefficients, SDs, correlation.
  public let priors: [Double]

  /// The densities of leaves that are modelled together: all by one posterior.
  public init(_ design: Design, _ leaves: [LeafModel], _ priors: ResolvedPriors) {
    likelihood = Self.likelihood(design, leaves)
    guard let posterior = leaves.first?.posterior else {
      (heterogeneity, self.priors) = (nil, [])
      return
    }
    let taus = zip(priors.tau(posterior.terms), posterior.tau).map { prior, draws in
      prior.fixedValue == nil ? draws.map { prior.logDensity($0).value } : nil
    }
    heterogeneity = taus.last ?? nil
    var sum = [Double](repeating: 0, count: posterior.chains * posterior.iterations)
    func add(_ values: [Double]) { for s in sum.indices { sum[s] += values[s] } }
    for case let values? in taus { add(values) }
    if let draws = posterior.residualDraws, priors.sigma.fixedValue == nil {
      add(draws.map { priors.sigma.logDensity($0).value })
    }
    if let draws = posterior.correlationDraws {
      add(draws.map { priors.correlation.logDensity($0).value })
    }
    if let draws = posterior.omegaDraws, priors.omega.fixedValue == nil {
      add(draws.map { priors.omega.logDensity($0).value })
    }
    for (role, draws) in zip(posterior.roles, posterior.effects) {
      // Pooled effects have the distribution of the subgroups' effects, not a prior of their own.
      if case .effect = role, posterior.terms.poolsEffects { continue }
      let normal = priors.coefficients.normal(of: role, posterior.terms.intercepts)
      guard normal.precision > 0 else { continue }
      add(draws.map { -0.5 * normal.precision * ($0 - normal.mean) * ($0 - normal.mean) })
    }
    self.priors = sum
  }

  private static func likelihood(_ design: Design, _ leaves: [LeafModel]) -> [Double] {
    let cells = PredictedCell.all(design, leaves)
    guard let draws = leaves.first?.draws else { return [] }
    var sum = [Double](repeating: 0, count: draws)
    for cell in cells {
      switch design.family {
      case .gaussian: addGaussian(cell, leaves[cell.leaf], design, to: &sum)
      case .binomial: addBinomial(cell, leaves[cell.leaf], design, to: &sum)
      }
    }
    return sum
  }

  /// −n/2 log 2πσ² + ½ Σ log w − Σ w (y − η)² / 2σ², the sum of squares by the cell's own mean.
  private static func addGaussian(
    _ cell: PredictedCell, _ model: LeafModel, _ design: Design, to sum: inout [Double]
  ) {
    guard let sigma = model.posterior.residualDraws else { return }
    let coefficients = model.coefficients
    let n = Double(cell.rows.count)
    let logWeights = cell.rows.reduce(0) { $0 + log(design.weights?[$1] ?? 1) }
    for s in sum.indices {
      let delta = coefficients.map { $0[s] }
      var squares = cell.squares + cell.weight * pow(cell.mean - cell.center[s], 2)
      if !delta.isEmpty {
        squares += cell.spread(delta)
        for i in delta.indices { squares -= 2 * delta[i] * cell.covariateOutcome[i] }
      }
      let variance = sigma[s] * sigma[s]
      sum[s] +=
        0.5 * (logWeights - n * log(2 * Double.pi * variance) - squares / variance)
    }
  }

  /// Σ w (y η − log(1 + exp η)).
  private static func addBinomial(
    _ cell: PredictedCell, _ model: LeafModel, _ design: Design, to sum: inout [Double]
  ) {
    guard !design.covariates.columns.isEmpty else {
      for s in sum.indices {
        sum[s] += cell.weight * (cell.mean * cell.base[s] - softplus(cell.base[s]))
      }
      return
    }
    let coefficients = model.coefficients
    for row in cell.rows {
      let w = design.weights?[row] ?? 1
      let x = design.covariates.columns.map { $0[row] }
      for s in sum.indices {
        var eta = cell.base[s]
        for i in x.indices { eta += x[i] * coefficients[i][s] }
        sum[s] += w * (design.outcome[row] * eta - softplus(eta))
      }
    }
  }

  /// log(1 + exp x), without overflow.
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Subgroups
import Testing
import Trees

@testable import Evidence

/// The marginal likelihood of a stratified binomial model by brute force.
///
/// Given effects and trial effects each cell depends on one number, β_j + b_k, its intercept being integrated
/// out over a grid; the rest is a grid over the two effects, Gauss-Hermite over b and Gauss-Legendre over τ.
private struct StratifiedIntegral {
  /// log ∫ N(γ; 0, 5²) Π p(y | γ + x t) dγ at steps of 0.02 from −30, cell by cell: 2k + j.
  ///
  /// Its second derivative is at most a quarter of the cell's participants, so that a line between two
  /// steps is within 0.0005 of it.
  private var tables: [[Double]] = []
  private let trials: Int

  init(_ data: SmallTrials) {
    let design = data.design
    trials = design.trials.count
    for k in 0..<trials {
      for j in 0..<2 {
        var counts = [[0.0, 0.0], [0.0, 0.0]]
        for row in 0..<design.rows where Int(design.trial[row]) == k && Int(data.leaf[row]) == j {
          counts[Int(design.arm[row])][Int(design.outcome[row])] += 1
        }
        tables.append((0...3000).map { Self.cell(counts, x: Double($0) / 50 - 30) })
      }
    }
  }

  private static func cell(_ counts: [[Double]], x: Double) -> Double {
    let step = 0.25
    return logSumExp(
      (-140...140).map { i -> Double in
        let gamma = Double(i) * step
        func term(_ eta: Double, _ n: [Double]) -> Double {
          let softplus = max(eta, 0) + log1p(exp(-abs(eta)))
          return n[1] * eta - (n[0] + n[1]) * softplus
        }
        return Distributions.logNormal(gamma, mean: 0, sd: 5) + term(gamma, counts[0])
          + term(gamma + x, counts[1])
      }) + log(step)
  }

  private func value(_ k: Int, _ j: Int, _ x: Double) -> Double {
    let place = (x + 30) * 50
    let lower = Int(place)
    let rest = place - Double(lower)
    let table = tables[2 * k + j]
    return table[lower] * (1 - rest) + table[lower + 1] * rest
  }

  /// log p(y) with and without equal effects: independent ones, equal ones, and N(0, sd²) apart.
  func values(scales: [Double]) throws -> (independent: Double, equal: Double, different: [Double])
  {
    let step = 0.25
    let grid = (-36...36).map { Double($0) * step }
    let hermite = try QuadratureRule.gaussHermite(points: 15)
    let legendre = try QuadratureRule.gaussLegendre(points: 12, from: 0, to: 2.5)
    let logMass = hermite.weights.map { log($0 / Double.pi.squareRoot()) }
    var joint = [[Double]](repeating: [], count: grid.count * grid.count)
    for (tau, weight) in zip(legendre.nodes, legendre.weights) {
      let prior = log(2 * weight) + Distributions.logNormal(tau, mean: 0, sd: 0.5)
      for (a, left) in grid.enumerated() {
        for (b, right) in grid.enumerated() {
          var sum = prior
          for k in 0..<trials {
            sum += logSumExp(
              hermite.nodes.indices.map { i in
                let shift = 2.squareRoot() * tau * hermite.nodes[i]
                return logMass[i] + value(k, 0, left + shift) + value(k, 1, right + shift)
              })
          }
          joint[a * grid.count + b].append(sum)
        }
      }
    }
    let likelihood = joint.map { logSumExp($0) }
    func total(_ prior: (Double, Double) -> Double) -> Double {
      var terms: [Double] = []
      for (a, left) in grid.enumerated() {
        for (b, right) in grid.enumerated() {
          terms.append(likelihood[a * grid.count + b] + prior(left, right))
        }
      }
      return logSumExp(terms) + 2 * log(step)
    }
    func normal(_ x: Double, _ sd: Double) -> Double { Distributions.logNormal(x, mean: 0, sd: sd) }
    let equal =
      logSumExp(grid.indices.map { likelihood[$0 * grid.count + $0] + normal(grid[$0], 2.5) })
      + log(step)
    return (
      total { normal($0, 2.5) + normal($1, 2.5) }, equal,
      scales.map { sd in total { normal(($0 + $1) / 2, 2.5) + normal($1 - $0, sd) } }
    )
  }
}

@Suite struct BinomialEvidenceTests {
  private static let scales = [0.5, 1, 2.0]

  private func model(_ data: SmallTrials, _ method: Subgroups.Method) throws -> RunModel {
    RunModel(
      data.design, data.tree(), method, AnalysisPlan(priors: try PriorSet.weaklyInformative()),
      try data.priors)
  }

  /// Participants in the smallest cell, and the errors that the articles state: of log p(y), of log BF10.
  ///
  /// The approximation's error falls like one over the size of a cell; that of a Bayes factor is a fraction of it,
  /// since it is nearly the same under both hypotheses.
  @Test(arguments: [(1, 4, 0.3, 0.06), (2, 8, 0.15, 0.04), (3, 20, 0.08, 0.025)])
  func laplaceAgainstBruteForce(
    seed: UInt64, size: Int, error: Double, factorError: Double
  ) throws {
    let data = SmallTrials(
      family: .binomial, trials: 2, leaves: 2, size: size, effects: [1, -0.5], seed: seed)
    let exact = try StratifiedIntegral(data).values(scales: Self.scales)
    let run = try model(data, .metamobSI)
    let found = try #require(
      MarginalLikelihood(model: run).value(of: (0..<Int32(data.design.rows)).map { $0 }))
    let splits = SplitWeighing(model: run, scale: 1, variables: nil).splits()
    let factors = try #require(splits.first?.logBayesFactors)
    #expect(abs(found - exact.independent) < error)
    for (own, their) in zip(factors, exact.different) {
      #expect(abs(own - (their - exact.equal)) < factorError)
    }
  }
}

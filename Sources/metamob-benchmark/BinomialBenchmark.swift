import Designs
import Foundation
import Inference
import MixedModels
import Numerics
import Posterior
import Sampling
import Subgroups

/// Effective draws a second of binomial models.
enum BinomialBenchmark {
  /// Effective draws a second of rstan on one-stage logistic models of such a size.
  private static let rstan: [(rows: Int, rate: Double)] = [(500, 423), (5_000, 14.9)]

  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for method in [Subgroups.Method.metamobRI, .metamobSI] {
      for peer in rstan {
        let model = try model(method, rows: peer.rows)
        var posterior: BinomialPosterior?
        let sampling = try Stopwatch.median(of: 9) {
          posterior = try BinomialPosterior(model, plan: .reported)
        }
        let ess = posterior.flatMap { smallestESS($0, leaves: 3) }
        let rate = ess.map { $0 / (sampling.cpu / 2) }
        let steps = posterior.map { posterior in
          let all = posterior.records.flatMap(\.leapfrogSteps)
          return Double(all.reduce(0, +)) / Double(all.count)
        }
        rows.append([
          .text(method.rawValue), .number(Double(peer.rows), digits: 1), .number(ess, digits: 4),
          .number(steps, digits: 2), .number(sampling.wall * 1e3), .number(sampling.cpu * 1e3),
          .number(rate, digits: 3), .number(peer.rate), .number(rate.map { $0 / peer.rate }),
        ])
      }
    }
    return Section(
      name: "binomial", title: "Effective draws a second, binary outcomes",
      remark: """
        The smallest bulk effective sample size of effects and τ over the whole sampling time (warm-up
        and the trial effects' means included), 4 × (1000 + 1000) draws, 4 trials, 3 subgroups, no
        covariates; by half the CPU time of two threads, since others used the machine. rstan's rates
        were measured on a machine of this kind at the same numbers of rows.
        """,
      columns: [
        ("method", "method"), ("rows", "rows"), ("ess", "smallest bulk ESS"),
        ("steps", "steps a draw"), ("wall_ms", "wall ms"), ("cpu_ms", "CPU ms"),
        ("rate", "ESS / s"), ("rstan_rate", "rstan, ESS / s"), ("ratio", "ratio"),
      ], rows: rows)
  }

  /// Simulated trials of one shape under the default priors; τ0 = 0.5, τ1 = 0.3.
  private static func model(
    _ method: Subgroups.Method, rows n: Int
  ) throws -> BinomialModel {
    let (trials, leaves) = (4, 3)
    var stream = RandomStream(seed: 1, purpose: "benchmark")
    let intercepts = (0..<trials).map { _ in 0.5 * stream.normal() - 0.5 }
    let effects = (0..<trials).map { _ in 0.3 * stream.normal() }
    let trial = (0..<n).map { $0 % trials }
    let leaf = (0..<n).map { _ in stream.integer(below: leaves) }
    let arm = (0..<n).map { _ in stream.integer(below: 2) }
    let outcome = (0..<n).map { i -> Double in
      let effect = effects[trial[i]] + 0.4 * Double(leaf[i] - 1)
      let eta = intercepts[trial[i]] + effect * Double(arm[i])
      return stream.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
    }
    let design = Design(
      formula: "y ~ t | trial", outcomeName: "y", family: .binomial, outcome: outcome,
      treatment: TreatmentArms(column: "t", reference: "0", active: "1"),
      arm: arm.map { UInt8($0) }, trialName: "trial", trials: (1...trials).map { "T\($0)" },
      trial: trial.map { Int32($0) }, exclusions: Exclusions(rows: n, used: n, counts: []))
    let priors = try ResolvedPriors(.weaklyInformative(), for: design)
    return try BinomialModel(
      BinomialStatistics(design, leaf: leaf.map { Int32($0) }, leaves: leaves), method.terms,
      priors.coefficients, heterogeneity: priors.tau(method.terms))
  }

  private static func smallestESS(_ posterior: BinomialPosterior, leaves: Int) -> Double? {
    let summariser = Summariser(
      chains: posterior.chains, iterations: posterior.iterations, level: 0.95)
    let effects = (0..<leaves).compactMap { posterior.draws(of: .effect(leaf: $0)) }
    return (effects + posterior.tau).compactMap { summariser.summary(of: $0).essBulk }.min()
  }
}

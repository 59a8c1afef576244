import Foundation
import Inference
import MixedModels
import Posterior
import Sampling
import Subgroups

/// Sampling of few and many rows of one shape.
enum RowsBenchmark {
  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for method in [Subgroups.Method.metamobRI, .metamobSI] {
      for n in [1_000, 10_000, 100_000] {
        let data = SimulatedTrials(rows: n, trials: 4, leaves: 4)
        let gathering = Stopwatch.perCall { keep(data.statistics) }
        let problem = try SamplingProblem(data, method)
        let sampling = try Stopwatch.median(of: 15) {
          keep(try GaussianPosterior(problem.model, problem.priors, plan: .reported))
        }
        rows.append([
          .text(method.rawValue), .number(Double(n), digits: 1), .number(gathering * 1e3),
          .number(sampling.cpu * 1e3), .number(sampling.wall * 1e3),
        ])
      }
    }
    return Section(
      name: "rows", title: "Sampling does not see the rows",
      remark: """
        Milliseconds of 4 × (1000 + 1000) draws on two threads for data of one shape (4 trials, 4
        subgroups); the rows are touched once before, when the sufficient statistics are gathered.
        """,
      columns: [
        ("method", "method"), ("rows", "rows"), ("gathering_ms", "gathering, CPU ms"),
        ("sampling_cpu_ms", "sampling, CPU ms"), ("sampling_wall_ms", "sampling, wall ms"),
      ], rows: rows)
  }
}

extension SamplerPlan {
  /// The program's default, on two threads.
  static var reported: SamplerPlan {
    var plan = SamplerPlan(chains: 4, warmup: 1000, draws: 1000)
    plan.threads = 2
    return plan
  }
}

/// Effective draws a second.
enum EffectiveDrawsBenchmark {
  /// Effective draws a second of rstan on one-stage Gaussian models of such a size.
  private static let rstan: [(rows: Int, rate: Double)] = [
    (500, 255), (5_000, 8.4), (50_000, 0.04),
  ]

  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for method in [Subgroups.Method.metamobRI, .metamobSI] {
      for (sampler, peer) in PosteriorSampler.allCases.flatMap({ s in rstan.map { (s, $0) } }) {
        let problem = try SamplingProblem(
          SimulatedTrials(rows: peer.rows, trials: 4, leaves: 3), method)
        var posterior: GaussianPosterior?
        let sampling = try Stopwatch.median(of: 15) {
          posterior = try GaussianPosterior(
            problem.model, problem.priors, plan: .reported, sampler: sampler)
        }
        let ess = posterior.flatMap { smallestESS($0) }
        // Two threads share the work evenly, so that half the CPU time is the wall time of a machine
        // that does nothing else.
        let rate = ess.map { $0 / (sampling.cpu / 2) }
        rows.append([
          .text(method.rawValue), .text(sampler.rawValue),
          .number(Double(peer.rows), digits: 1), .number(ess, digits: 4),
          .number(sampling.wall * 1e3), .number(sampling.cpu * 1e3), .number(rate, digits: 3),
          .number(peer.rate), .number(rate.map { $0 / peer.rate }),
        ])
      }
    }
    return Section(
      name: "effective-draws", title: "Effective draws a second",
      remark: """
        The smallest bulk effective sample size of effects, τ and σ over the whole sampling time
        (warm-up and exact draws included), 4 × (1000 + 1000) draws, 4 trials, 3 subgroups; by half the
        CPU time of two threads, since others used the machine. rstan's rates were measured on a
        machine of this kind at the same numbers of rows.
        """,
      columns: [
        ("method", "method"), ("sampler", "sampler"), ("rows", "rows"),
        ("ess", "smallest bulk ESS"),
        ("wall_ms", "wall ms"), ("cpu_ms", "CPU ms"), ("rate", "ESS / s"),
        ("rstan_rate", "rstan, ESS / s"), ("ratio", "ratio"),
      ], rows: rows)
  }

  private static func smallestESS(_ posterior: GaussianPosterior) -> Double? {
    let summariser = Summariser(
      chains: posterior.chains, iterations: posterior.iterations, level: 0.95)
    let effects = (0..<posterior.model.statistics.leaves).compactMap {
      posterior.column(.effect(leaf: $0))
    }
    return (effects + posterior.tau + [posterior.sigma])
      .compactMap { summariser.summary(of: $0).essBulk }.min()
  }
}

import Inference
import MixedModels
import Numerics
import Pooling

/// Two-stage meta-analysis: the posterior by quadrature beside the classical estimates, as `pool` has them.
enum PoolingBenchmark {
  /// Ten studies, as the target of 20 ms has it.
  private static let studies = 10

  private static var estimates: [StudyEstimate] {
    var stream = RandomStream(seed: 1, purpose: "benchmark")
    return (1...studies).map { study in
      let se = 0.15 + 0.3 * stream.uniform()
      return StudyEstimate(
        study: "S\(study)", estimate: 0.3 + 0.2 * stream.normal() + se * stream.normal(), se: se)
    }
  }

  static func section() throws -> Section {
    let mean = CoefficientPrior.Normal(mean: 0, sd: 2)
    let priors: [(name: String, prior: HeterogeneityPrior)] = [
      ("half-normal", .halfNormal(scale: 0.5)), ("half-Cauchy", .halfCauchy(scale: 0.5)),
      ("log-normal", .logNormal(meanlog: -1.5, sdlog: 0.8)),
    ]
    let estimates = estimates
    let rows = try priors.map { entry -> [Cell] in
      let own = PoolingPriors(mean: mean, heterogeneity: entry.prior)
      let elapsed = try Stopwatch.median(of: 15, warmup: 2) {
        keep(try pool(estimates, priors: own, level: 0.95))
      }
      return [
        .text(entry.name), .number(Double(studies), digits: 2), .number(elapsed.cpu * 1e3),
        .number(elapsed.wall * 1e3), .number(20, digits: 2),
      ]
    }
    return Section(
      name: "pooling", title: "Two-stage meta-analysis",
      remark: """
        Milliseconds in the process for all that `pool` reports of one meta-analysis: posteriors of the mean,
        τ, a new study and every study's shrunken effect with shortest intervals, marginal likelihood and Bayes
        factors, REML, DL and PM with and without Hartung-Knapp, Q-profile and prediction intervals.
        """,
      columns: [
        ("prior", "prior of τ"), ("studies", "studies"), ("cpu_ms", "CPU ms"),
        ("wall_ms", "wall ms"), ("target_ms", "target, ms"),
      ], rows: rows)
  }
}

import Foundation
import Inference
import MixedModels
import Sampling
import Subgroups

/// A posterior to be sampled: a model and the priors of its variances.
struct SamplingProblem {
  let model: MarginalModel
  let priors: VariancePriors

  init(_ data: SimulatedTrials, _ method: Subgroups.Method) throws {
    let resolved = try ResolvedPriors(.weaklyInformative(), for: data.design)
    model = MarginalModel(
      data.statistics, method.terms, .integrated(resolved.coefficients))
    priors = VariancePriors(resolved, method.terms)
  }
}

/// One evaluation of the marginal density with its gradient, one transition of the No-U-Turn sampler,
/// one exact draw of the coefficients.
enum DensityBenchmark {
  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for (trials, leaves) in [(4, 4), (12, 4)] {
      for method in [Subgroups.Method.metamobRI, .metamobSI] {
        let problem = try SamplingProblem(
          SimulatedTrials(rows: 2000, trials: trials, leaves: leaves), method)
        let sampler = try transition(problem)
        rows.append([
          .text(method.rawValue), .number(Double(trials), digits: 1),
          .number(Double(leaves), digits: 1), .number(evaluation(problem) * 1e9),
          .number(sampler.seconds * 1e6), .number(sampler.steps, digits: 2),
          .number(try draw(problem) * 1e6),
        ])
      }
    }
    return Section(
      name: "density", title: "Density, transition, draw",
      remark: """
        CPU time of one evaluation of the log marginal posterior density of the variances with its
        gradient; of one transition of the No-U-Turn sampler, with its leapfrog steps; of one kept
        draw in all, exact draws of coefficients and trial effects included, warm-up excluded.
        """,
      columns: [
        ("method", "method"), ("trials", "K"), ("leaves", "leaves"),
        ("evaluation_ns", "density + gradient, ns"), ("transition_us", "transition, µs"),
        ("leapfrog_steps", "leapfrog steps"), ("draw_us", "kept draw, µs"),
      ], rows: rows)
  }

  private static func evaluation(_ problem: SamplingProblem) -> Double {
    let target = VarianceTarget(problem.model, problem.priors)
    let position = [Double](repeating: 0.1, count: target.dimension)
    var gradient = position
    return Stopwatch.perCall { keep(target.evaluate(at: position, gradient: &gradient)) }
  }

  /// CPU seconds and mean leapfrog steps of a transition after warm-up.
  private static func transition(
    _ problem: SamplingProblem
  ) throws -> (seconds: Double, steps: Double) {
    let draws = 20_000
    var chains: [ChainDraws] = []
    let run = { (draws: Int) throws -> Double in
      try Stopwatch.median(of: 5) {
        let starts = StartingPoints { _, _ in [Double](repeating: 0, count: problem.dimension) }
        chains = try ChainGroup(plan: SamplerPlan(chains: 1, warmup: 1000, draws: draws))
          .run(from: starts) { _ in VarianceTarget(problem.model, problem.priors) }
      }.cpu
    }
    let short = try run(1)
    let long = try run(draws + 1)
    let steps = chains[0].transitions.map(\.leapfrogSteps).reduce(0, +)
    return ((long - short) / Double(draws), Double(steps) / Double(draws))
  }

  /// CPU seconds of one kept draw of everything.
  private static func draw(_ problem: SamplingProblem) throws -> Double {
    let draws = 20_000
    let run = { (draws: Int) throws -> Double in
      try Stopwatch.median(of: 5) {
        keep(
          try GaussianPosterior(
            problem.model, problem.priors,
            plan: SamplerPlan(chains: 1, warmup: 1000, draws: draws)))
      }.cpu
    }
    return (try run(draws + 1) - run(1)) / Double(draws)
  }
}

extension SamplingProblem {
  /// The number of variances.
  var dimension: Int { model.terms.randomTerms + 1 }
}

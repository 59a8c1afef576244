import Designs
import Foundation
import Inference
import Posterior
import Subgroups
import TestSupport

/// How the sampler mixes on the trees of the reference data sets.
enum MixingBenchmark {
  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for data in ReferenceData.all {
      for method in [Method.metamobRI, .metamobSI] {
        let run = try Self.run(referenceDesign(data.name), method)
        guard case .bayesian(let result) = run.fit else { throw Missing(what: "posterior") }
        let steps = result.records.flatMap(\.leapfrogSteps)
        let variances = [result.tau0, result.tau1, result.sigma]
        let bulk = variances.map { Cell.number($0?.essBulk, digits: 4) }
        let tail = variances.map { Cell.number($0?.essTail, digits: 4) }
        let rate = smallest(variances).map { $0 / run.timing.sample }
        let head: [Cell] = [
          .text(data.name), .text(method.rawValue),
          .number(Double(result.subgroups.count), digits: 1),
          .number(Double(result.diagnostics.divergences), digits: 1),
          .number(Double(steps.reduce(0, +)) / Double(steps.count), digits: 2),
        ]
        rows.append(head + bulk + tail + [.number(rate, digits: 3)])
      }
    }
    return Section(
      name: "mixing", title: "Mixing of the variances",
      remark: """
        Effective sample sizes of 4000 draws (4 × 1000, seed 1) of the posterior of each reference tree
        under the default priors; divergent transitions in all; mean leapfrog steps a draw; the
        smallest of these sample sizes over the wall seconds of the chains.
        """,
      columns: [
        ("data", "data"), ("method", "method"), ("leaves", "leaves"),
        ("divergences", "divergent"), ("leapfrog_steps", "steps"),
        ("bulk_tau0", "bulk τ0"), ("bulk_tau1", "bulk τ1"), ("bulk_sigma", "bulk σ"),
        ("tail_tau0", "tail τ0"), ("tail_tau1", "tail τ1"), ("tail_sigma", "tail σ"),
        ("rate", "smallest / s"),
      ], rows: rows)
  }

  static func run(_ design: Design, _ method: Method) throws -> Run {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.estimators = [.bayes]
    plan.threads = 2
    let clock = ContinuousClock()
    let start = clock.now
    let environment = AnalysisEnvironment(now: { (clock.now - start) / .seconds(1) })
    return try analyse(design, plan, in: environment).runs[0]
  }

  private static func smallest(_ summaries: [PosteriorSummary?]) -> Double? {
    summaries.flatMap { [$0?.essBulk, $0?.essTail] }.compactMap { $0 }.min()
  }
}

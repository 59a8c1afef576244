import Designs
import Foundation
import Inference
import MixedModels
import Subgroups

/// The joint mixed model of a tree by REML: maximum alone, and with all inference.
enum FitBenchmark {
  static func section() throws -> Section {
    var rows: [[Cell]] = []
    for (trials, leaves) in [(4, 4), (12, 4), (12, 8)] {
      let data = SimulatedTrials(rows: 2000, trials: trials, leaves: leaves)
      let statistics = data.statistics
      for method in [Method.metamobRI, .metamobSI] {
        let model = MarginalModel(statistics, method.terms, .restricted)
        let maximum = try Stopwatch.perCall {
          keep(try VarianceMaximiser(model).maximum())
        }
        let estimate = try VarianceMaximiser(model).maximum()
        let inference = try Stopwatch.perCall { keep(try MixedModelFit(model)) }
        let last = method.terms.randomTerms - 1
        let interval = try Stopwatch.perCall {
          keep(
            try VarianceMaximiser(model).interval(ofTerm: last, around: estimate, level: 0.95))
        }
        rows.append([
          .text(method.rawValue), .number(Double(trials), digits: 1),
          .number(Double(leaves), digits: 1), .number(maximum * 1e6), .number(inference * 1e6),
          .number(interval * 1e6),
        ])
      }
    }
    return Section(
      name: "fit", title: "Joint mixed model by REML",
      remark: """
        CPU microseconds from sufficient statistics: the maximum over the variances; the fit with
        standard errors and Satterthwaite degrees of freedom; the profile-likelihood interval of τ1.
        """,
      columns: [
        ("method", "method"), ("trials", "K"), ("leaves", "leaves"),
        ("maximum_us", "maximum, µs"), ("fit_us", "fit with inference, µs"),
        ("interval_us", "interval of τ1, µs"),
      ], rows: rows)
  }
}

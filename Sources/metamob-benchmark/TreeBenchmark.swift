import Designs
import Foundation
import Inference
import JSON
import Subgroups
import TestSupport

/// Growing trees by REML, in-process, against R's lmertree and lmtree on such a machine.
enum TreeBenchmark {
  static func section() throws -> Section {
    guard let data = figure("timings-R.json") else { throw Missing(what: "timings-R.json") }
    let timings = try JSONValue(data: data)["timings"]
    var rows: [[Cell]] = []
    for name in ["low-back-pain", "many-trials"] {
      let design = try referenceDesign(name)
      for method in Method.allCases {
        let both = try growth(design, method, .both)
        let zero = try growth(design, method, .zero)
        let peer = timings?[name]?[method.rawValue]?["cpu_s"]?.number
        rows.append([
          .text(name), .text(method.rawValue), .number(zero.seconds * 1e3),
          .number(both.seconds * 1e3), .number(Double(zero.rounds), digits: 1),
          .number(peer.map { $0 * 1e3 }),
          .number(peer.map { $0 / zero.seconds }), .number(peer.map { $0 / both.seconds }),
        ])
      }
    }
    return Section(
      name: "trees", title: "Trees by REML",
      remark: """
        CPU milliseconds of the whole alternation from a design in memory (sorting of the variables
        included), one thread; from the zero start alone, as R does it, and from both starts, the
        default; target: 200 times faster than `lmertree`. R: partykit 1.2-16 and glmertree 0.2-6, CPU milliseconds on such a machine
        (`Tests/ReferenceTests/Figures/timings-R.json`).
        """,
      columns: [
        ("data", "data"), ("method", "method"), ("zero_start_ms", "zero start, ms"),
        ("both_starts_ms", "both starts, ms"), ("rounds", "rounds"), ("r_ms", "R, ms"),
        ("ratio_zero", "R / zero start"), ("ratio_both", "R / both starts"),
      ], rows: rows)
  }

  /// Median CPU seconds of growth, and the rounds of its alternation.
  static func growth(
    _ design: Design, _ method: Method, _ start: StartChoice
  ) throws -> (seconds: Double, rounds: Int) {
    var plan = AnalysisPlan(priors: try .weaklyInformative())
    plan.methods = [method]
    plan.estimators = [.reml]
    plan.growth.start = start
    let environment = AnalysisEnvironment(now: { Stopwatch.cpuSeconds })
    var times: [Double] = []
    var rounds = 0
    for repetition in 0..<60 {
      let analysis = try analyse(design, plan, in: environment)
      // The first calls warm up; standard errors and intervals of the fit are another section.
      if repetition >= 10 { times.append(analysis.timing.grow) }
      rounds = analysis.runs[0].tree.iterations
    }
    return (Stopwatch.median(times), rounds)
  }
}

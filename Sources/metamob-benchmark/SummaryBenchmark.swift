import Numerics
import Posterior

/// The summary of one quantity's draws.
enum SummaryBenchmark {
  static func section() -> Section {
    var rows: [[Cell]] = []
    for iterations in [1_000, 10_000] {
      var stream = RandomStream(seed: 1, purpose: "benchmark")
      let draws = (0..<(4 * iterations)).map { _ in stream.normal() }
      let summariser = Summariser(chains: 4, iterations: iterations, level: 0.95)
      let seconds = Stopwatch.perCall { keep(summariser.summary(of: draws)) }
      rows.append([
        .number(4, digits: 1), .number(Double(iterations), digits: 1), .number(seconds * 1e6),
      ])
    }
    return Section(
      name: "summaries", title: "Posterior summaries",
      remark: """
        CPU microseconds for one quantity: mean, SD, median, central and shortest interval, MCSE,
        rank-normalised split R-hat, bulk and tail effective sample size.
        """,
      columns: [("chains", "chains"), ("draws", "draws a chain"), ("us", "µs")], rows: rows)
  }
}

import Foundation
import TestSupport
import Testing

@testable import Trees

@Suite struct SupremumLMTests {
  /// Evaluations of partykit 1.2-16's `logp.supLM` (`Figures/hansen-suplm/README.md`).
  @Test("log p as R evaluates it, over every branch")
  func checks() throws {
    let table = try #require(FigureTable("hansen-suplm/checks.csv"))
    try #require(table.rows == 60)
    let lambda = table.numbers("lambda")
    let count = table.numbers("k")
    let expected = table.numbers("log_p")
    for (row, statistic) in table.numbers("statistic").enumerated() {
      let logP = SupremumLM(parameters: Int(count[row]), lambda: lambda[row])
        .logUpperTail(statistic)
      // R forms the weighted mean of p-values near one, so that its own log p has an absolute error
      // of a few ulps of one.
      #expect(
        close(logP, expected[row], relative: 1e-9, absolute: 5e-16),
        "statistic \(statistic), k \(count[row]), lambda \(lambda[row])")
    }
  }

  /// The same function of R over k = 1…48 and many sizes (`Figures/suplm-pvalues`).
  @Test("log p as R evaluates it, over sizes and numbers of parameters")
  func sizes() throws {
    struct Figures: Decodable {
      struct Row: Decodable {
        var k: Int
        var n: Int
        var from: Int
        var lambda: Double
        var stat: Double
        var logp: Double
      }
      var rows: [Row]
    }
    let data = try #require(figure("suplm-pvalues/reference.json"))
    let rows = try JSONDecoder().decode(Figures.self, from: data).rows
    try #require(rows.count > 100)
    for row in rows {
      let distribution = SupremumLM(parameters: row.k, from: row.from, of: row.n)
      #expect(close(distribution.lambda, row.lambda, relative: 1e-12))
      let logP = SupremumLM(parameters: row.k, lambda: row.lambda).logUpperTail(row.stat)
      #expect(close(logP, row.logp, relative: 1e-9, absolute: 5e-16), "\(row)")
      #expect(close(distribution.logUpperTail(row.stat), row.logp, relative: 1e-9, absolute: 5e-16))
    }
  }

  @Test("the embedded table is the reference table")
  func table() throws {
    let reference = try #require(FigureTable("hansen-suplm/beta.csv"))
    try #require(reference.rows == 1000)
    let tau = reference.numbers("tau")
    for (line, k) in reference.numbers("k").enumerated() {
      let row = Int(reference.numbers("row")[line])
      let entry = SupremumLMTable.hansen.row(row, count: Int(k))
      #expect(
        entry
          == SupremumLMTable.Row(
            b0: reference.numbers("b0")[line], b1: reference.numbers("b1")[line],
            df: reference.numbers("df")[line]))
      #expect(close(tau[line], 0.51 - Double(row) / 50, relative: 1e-12))
    }
  }

  @Test("p falls with the statistic and rises as fewer rows are cut off")
  func monotone() {
    for k in [1, 5, 13, 40] {
      let wide = SupremumLM(parameters: k, from: 50, of: 1000)
      let narrow = SupremumLM(parameters: k, from: 200, of: 1000)
      var last = 0.0
      for statistic in stride(from: Double(2 * k) + 5, through: 1200, by: 7.3) {
        let logP = wide.logUpperTail(statistic)
        #expect(logP <= last)
        // The response surface was fitted to p-values that can be simulated; far beyond, the rows of
        // the table cross.
        if logP > log(1e-6) { #expect(narrow.logUpperTail(statistic) <= logP) }
        last = logP
      }
    }
  }
}

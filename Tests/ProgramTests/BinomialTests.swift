import Foundation
import JSON
import TestSupport
import Testing

/// Binary outcomes by maximum likelihood and by MCMC through the program.
@Suite("Binary outcomes")
struct BinomialTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func document(_ arguments: [String]) throws -> JSONValue {
    let outcome = try Program.run(arguments + ["--format", "json"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONValue(data: Data(outcome.output.utf8))
  }

  @Test("compare at its defaults: one tree by both, converged without a divergence")
  func compare() throws {
    let data = try #require(ReferenceData(named: "binary-outcome"))
    let document = try document(["compare", data.file.path, data.formula])
    let runs = try #require(document["runs"]?.array)
    #expect(runs.map { $0["estimator"]?.string } == ["ml", "bayes"])
    #expect(document["agreement"]?.array?.first?["adjusted_rand_index"]?.number == 1)
    let fit = try #require(runs[1]["fit"])
    #expect(fit["diagnostics"]?["converged"] == .bool(true))
    #expect(fit["diagnostics"]?["divergences"]?.number == 0)
    #expect(fit["heterogeneity"]?["sigma"] == .null)
    #expect(fit["priors"]?["sigma"] == .null)
    #expect(fit["log_marginal_likelihood"]?.number != nil)
    let subgroups = try #require(fit["subgroups"]?.array)
    #expect(subgroups.count > 1)
    for subgroup in subgroups {
      try check(subgroup)
      // Weak priors and 885 participants: both estimators say much the same.
      let estimate = try #require(subgroup["reml"]?["estimate"]?.number)
      let error = try #require(subgroup["reml"]?["se"]?.number)
      #expect(abs(try #require(subgroup["effect"]?["mean"]?.number) - estimate) < error)
    }
  }

  private func check(_ subgroup: JSONValue) throws {
    let effect = try #require(subgroup["effect"])
    let median = try #require(effect["median"]?.number)
    let ratio = try #require(subgroup["odds_ratio"]?["median"]?.number)
    #expect(close(ratio, exp(median), relative: 1e-12))
    let difference = try #require(subgroup["risk_difference"])
    let mean = try #require(difference["mean"]?.number)
    #expect(abs(mean) < 1 && mean * median > 0)
    let limits = try #require(difference["ci"]?.array).compactMap { $0.number }
    if limits[0] * limits[1] > 0 {
      let number = try #require(subgroup["nnt"]?["median"]?.number)
      let middle = try #require(difference["median"]?.number)
      #expect(close(number, 1 / abs(middle), relative: 1e-12))
    } else {
      #expect(subgroup["nnt"] == .null)
    }
  }

  @Test(
    "The event is named, whatever stands for it",
    arguments: [
      (["0", "1"], [], "1"), (["no", "yes"], [], "yes"),
      (["no", "yes"], ["--ordered", "y=yes<no"], "no"),
      (["1", "2"], ["--family", "binomial"], "2"),
    ])
  func event(levels: [String], options: [String], event: String) throws {
    let sample = Sample().replacing("y") { row, _ in levels[row % 5 / 3] }
    try folder.add("d.csv", sample.csv)
    let call = ["fit", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short
    let document = try document(call + options)
    #expect(document["call"]?["event"]?.string == event)
    #expect(document["call"]?["family"]?.string == "binomial")
    let text = try Program.run(call + options, in: folder)
    #expect(text.code == 0)
    let words = text.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(words.contains("log odds ratio of y = \(event)"))
    #expect(words.contains("on the log odds scale"))
    #expect(words.contains("on the log odds scale: effect normal(0, 2.5), intercept normal(0, 5)"))
    #expect(!words.contains("σ"))
  }

  @Test("A flat prior that the data do not bound is refused")
  func flat() throws {
    let sample = Sample().replacing("y") { row, cells in
      cells[0] == "T1" ? "0" : "\(row % 5 / 3)"
    }
    try folder.add("d.csv", sample.csv)
    try folder.add(
      "p.json",
      """
      {"schema": "metamob.priors/1", "name": "own",
       "binomial": {"intercept": {"family": "flat"}}}
      """)
    let outcome = try Program.run(
      ["fit", "d.csv", Sample.formula, "--priors", "p.json"] + Sample.short, in: folder)
    #expect(outcome.code == 65)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("binomial.intercept"))
  }
}

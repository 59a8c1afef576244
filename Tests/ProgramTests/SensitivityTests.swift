import Foundation
import JSON
import TestSupport
import Testing

/// `--sensitivity` and posterior predictive checks through the program.
@Suite("How much hangs on the prior, and checks of the model")
struct SensitivityTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch(Sample())
    try folder.add(
      "b.csv",
      Sample(size: 60).replacing("y") { _, cells in
        (Double(cells[2]) ?? 0) > 12.5 ? "1" : "0"
      }.csv)
  }

  private func fit(_ data: String, _ options: [String]) throws -> (JSONValue, String) {
    let outcome = try Program.success(
      ["fit", data, "--out", "f", "--force", "--allow-unconverged", "--format", "json"]
        + Sample.short + options, in: folder)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(Shape.fitDocument.violations(document, at: "") == [])
    let fit = try #require(document["runs"]?.array?.first?["fit"])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    return (fit, folder.text("f/summary.txt") ?? "")
  }

  static let calls: [(data: String, options: [String], parameter: String?)] = [
    ("d.csv", [Sample.formula], "tau1"),
    ("d.csv", [Sample.formula, "--method", "mob-ri", "--sampler", "gibbs"], "tau0"),
    ("d.csv", ["y ~ t | s", "--subgroups", "z", "--benefit", "higher"], "tau1"),
    ("d.csv", [Sample.formula, "--heterogeneity", "per-subgroup"], "tau1"),
    ("d.csv", [Sample.formula, "--method", "mob-si"], nil),
    ("b.csv", [Sample.formula, "--method", "metamob-ri"], "tau1"),
  ]

  @Test("Every kind of fit has them, with one sentence in every form", arguments: calls.indices)
  func kinds(index: Int) throws {
    let (data, options, parameter) = Self.calls[index]
    let (fit, summary) = try fit(data, options + ["--sensitivity"])
    let sensitivity = try #require(fit["sensitivity"])
    #expect(sensitivity["parameter"] == (parameter.map(JSONValue.string) ?? .null))
    #expect(summary.contains("How much hangs on the prior"))
    #expect(summary.contains("Power-scaling: "))
    let scaled = try #require(sensitivity["power_scaling"]?["quantities"]?.array)
    #expect(scaled.allSatisfy { ($0["likelihood"]?.number ?? -1) >= 0 })
    #expect(scaled.allSatisfy { ($0["heterogeneity_prior"] == .null) == (parameter == nil) })
    let refits = try #require(sensitivity["refits"]?.array)
    guard parameter != nil else {
      #expect(refits.isEmpty && summary.contains("no heterogeneity between trials"))
      return
    }
    #expect(refits.count == 12)
    let sentence = try #require(sensitivity["conclusion"]?["sentence"]?.string)
    #expect(sentence.hasPrefix("The conclusion h"))
    let words = summary.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    let spaced = sentence.replacing("\u{a0}", with: " ")
    #expect(words.contains(spaced), "\(spaced)")
    let leaves = try #require(fit["subgroups"]?.array)
    let own = try #require(refits[1]["same_tree"]?["subgroups"]?.array)
    #expect(own.map { $0["mean"] } == leaves.map { $0["effect"]?["mean"] })
    #expect(own.map { $0["rule"] } == leaves.map { $0["rule"] })
    for refit in refits {
      #expect((refit["regrown"] == .null) == options.contains("--subgroups"))
      for effect in refit["same_tree"]?["subgroups"]?.array ?? [] {
        let curve = (effect["quantiles"]?.array ?? []).compactMap(\.number)
        #expect(curve.count == 21 && zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
  }

  @Test("Without the option there is nothing of it; with it the rest of the fit is as it was")
  func optional() throws {
    let (plain, summary) = try fit("d.csv", [Sample.formula])
    #expect(plain["sensitivity"] == .null)
    #expect(!summary.contains("hangs on the prior"))
    let (full, _) = try fit("d.csv", [Sample.formula, "--sensitivity"])
    for key in ["subgroups", "parameters", "contrasts", "diagnostics", "posterior_predictive"] {
      #expect(plain[key] == full[key], "\(key)")
    }
  }

  @Test("A fit without priors refuses it")
  func refusal() throws {
    let outcome = try Program.run(
      ["fit", "d.csv", Sample.formula, "--estimator", "reml", "--sensitivity"], in: folder)
    #expect(outcome.code == 64)
    #expect(
      outcome.errors
        == "metamob: error: option --sensitivity needs --estimator bayes: a fit by REML has no priors\n"
    )
  }

  @Test("The same bytes with one thread and with many")
  func threads() throws {
    let summaries = try ["1", "3"].map { threads in
      try fit("d.csv", [Sample.formula, "--sensitivity", "--threads", threads])
    }
    #expect(summaries[0].0 == summaries[1].0)
    #expect(summaries[0].1 == summaries[1].1)
  }

  @Test("Checks by trial and arm: every fit has them, observed figures are those of the data")
  func predictive() throws {
    let (fit, summary) = try fit("d.csv", [Sample.formula])
    let checks = try #require(fit["posterior_predictive"]?["checks"]?.array)
    #expect(checks.count == 16)
    #expect(summary.contains("Posterior predictive checks"))
    let sample = Sample()
    let rows = sample.rows.filter { $0[0] == "T2" && $0[1] == "active" }.compactMap {
      Double($0[2])
    }
    let mean = rows.reduce(0, +) / Double(rows.count)
    let check = try #require(
      checks.first {
        $0["trial"] == "T2" && $0["arm"] == "active" && $0["statistic"] == "mean"
      })
    #expect(abs((check["observed"]?.number ?? 0) - mean) < 1e-12)
    #expect(check["n"]?.number == Double(rows.count))
    for check in checks {
      #expect((0...1).contains(check["p_value"]?.number ?? -1))
      #expect(check["missed"] == .bool(false))
    }
  }

  @Test("A floor is said in words")
  func floor() throws {
    try folder.add(
      "floor.csv",
      Sample(size: 80).replacing("y") { row, cells in
        row % 5 < 2 ? "0" : "\(max(((Double(cells[2]) ?? 0) - 6).rounded(), 0))"
      }.csv)
    let outcome = try Program.success(
      ["fit", "floor.csv", "y ~ t | s | x", "--allow-unconverged", "--chains", "2", "--warmup"]
        + ["200", "--draws", "400", "--format", "json", "--out", "f", "--force"], in: folder)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    let checks = document["runs"]?.array?.first?["fit"]?["posterior_predictive"]
    #expect(checks?["bounds"]?["lower"]?.number == 0)
    let summary = (folder.text("f/summary.txt") ?? "").split { $0 == " " || $0 == "\n" }
      .joined(separator: " ")
    #expect(summary.contains("of participants have y = 0, the model expects"))
    #expect(summary.contains("The data differ from data of the model in"))
  }

  @Test("Longer chains of a saved fit have the refits as well")
  func longerChains() throws {
    let made = try Program.run(
      ["fit", "d.csv", Sample.formula, "--out", "g", "--chains", "2", "--warmup", "150"]
        + ["--draws", "60", "--sensitivity"], in: folder)
    #expect(made.code == 3, "\(made.errors)")
    _ = try Program.success(["diagnose", "g", "--extend"], in: folder)
    let document = try JSONValue(data: Data((folder.text("g/fit.json") ?? "").utf8))
    let fit = document["runs"]?.array?.first?["fit"]
    #expect((fit?["extensions"]?.number ?? 0) >= 1)
    #expect(fit?["sensitivity"]?["refits"]?.array?.count == 12)
    #expect((folder.text("g/summary.txt") ?? "").contains("How much hangs on the prior"))
  }
}

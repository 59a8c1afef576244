import Foundation
import JSON
import TestSupport
import Testing

/// Fits under the prior sets that ship with the program.
@Suite("Fits under every prior set")
struct PriorFitTests {
  private static let both = [
    "weakly-informative", "uisd-8", "uisd-4", "half-cauchy", "half-t", "exponential", "near-flat",
  ]
  private static let gaussianSets = both + ["rhodes-any", "rhodes-subjective-other-cancer"]
  private static let binomialSets =
    both + ["half-normal-0.5", "half-normal-1.0", "turner-any", "turner-pain-drug-control"]

  /// Outcomes more than 1.5 above their trial's mean are events: some and not all in every cell, without
  /// which a nearly flat prior leaves an intercept without a scale.
  private static let events = Sample(trials: 4, size: 400, seed: 5).replacing("y") { _, cells in
    guard let y = Double(cells[2]), let trial = Double(cells[0].dropFirst()) else { return nil }
    return y > 11.5 + trial ? "1" : "0"
  }

  private func fit(_ csv: String, _ set: String, _ sampler: String) throws -> JSONValue {
    let folder = try Scratch()
    try folder.add("d.csv", csv)
    let outcome = try Program.run(
      [
        "fit", "d.csv", "y ~ t | s | x", "--priors", set, "--sampler", sampler, "--chains", "2",
        "--warmup", "400", "--draws", "200", "--max-depth", "2", "--allow-unconverged", "--quiet",
        "--format", "json",
      ], in: folder)
    #expect(outcome.code == 0, "\(set), \(sampler): \(outcome.errors)")
    let document = try JSONValue(data: Data(outcome.output.utf8))
    return try #require(document["runs"]?.array?.first?["fit"])
  }

  private func check(_ fit: JSONValue, _ what: String) {
    #expect(fit["diagnostics"]?["divergences"]?.number == 0, "\(what)")
    let says = fit["priors"]?["says"]
    let median = says?["tau1_median"]?.number ?? 0
    #expect(median > 0 && says?["tau1_95"]?.number ?? 0 > median, "\(what)")
    #expect(says?["range_95"]?.number ?? 0 > 0, "\(what)")
    let posterior = fit["heterogeneity"]?["tau1"]?["median"]?.number ?? 0
    #expect(posterior > 0, "\(what)")
  }

  @Test("A Gaussian outcome by both samplers", arguments: gaussianSets, ["hmc", "gibbs"])
  func gaussian(set: String, sampler: String) throws {
    let fit = try fit(Sample(trials: 4).csv, set, sampler)
    check(fit, "\(set), \(sampler)")
    let share = fit["priors"]?["says"]?["outcome_share"]
    if set == "near-flat" {
      #expect(share == .null)
    } else {
      #expect((0...1).contains(share?.number ?? -1))
    }
  }

  @Test("A binomial outcome by both samplers", arguments: binomialSets, ["hmc", "gibbs"])
  func binomial(set: String, sampler: String) throws {
    let fit = try fit(Self.events.csv, set, sampler)
    check(fit, "\(set), \(sampler)")
    let says = fit["priors"]?["says"]
    #expect(
      close(
        says?["odds_ratio_factor_95"]?.number ?? 0, exp(says?["range_95"]?.number ?? -1),
        relative: 1e-12))
  }

  /// The default set on this scale is half-normal(0.5 s_w), whose 95 % range is 2.18194898 × 0.5 s_w.
  @Test("The line of the report is on the outcome's scale")
  func line() throws {
    let folder = try Scratch(Sample())
    let arguments = ["fit", "d.csv", Sample.formula, "--allow-unconverged", "--quiet"]
    let json = try Program.run(arguments + Sample.short + ["--format", "json"], in: folder).output
    let fit = try JSONValue(data: Data(json.utf8))["runs"]?.array?.first?["fit"]
    let sd = try #require(fit?["priors"]?["scale"]?["within_arm_sd"]?.number)
    let range = try #require(fit?["priors"]?["says"]?["range_95"]?.number)
    #expect(close(range, 2.18194898 * 0.5 * sd, relative: 1e-7))
    let text = try Program.run(arguments + Sample.short, in: folder).output
      .split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    let shown = String(format: "%.3g", range)
    #expect(text.contains("τ1's prior: 95% of trial effects within ±\(shown) y of their mean"))
    #expect(text.contains("of outcomes within"))
    // Without random effects there is no τ1 to speak of.
    let none = try Program.run(arguments + Sample.short + ["--method", "mob-si"], in: folder)
    #expect(!none.output.contains("τ1's prior"))
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// `--sampler` and `--correlated` by MCMC.
@Suite("Samplers and correlated trial effects")
struct SamplerOptionTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func document(_ options: [String]) throws -> JSONValue {
    let outcome = try Program.success(
      ["fit", "d.csv", Sample.formula, "--allow-unconverged", "--format", "json"] + options,
      in: folder)
    return try JSONValue(data: Data(outcome.output.utf8))
  }

  @Test("Correlated trial effects in the document", arguments: ["hmc", "gibbs"])
  func correlated(sampler: String) throws {
    let document = try document(
      Sample.short + ["--method", "metamob-ri", "--correlated", "--sampler", sampler])
    #expect(Shape.fitDocument.violations(document, at: "") == [])
    let fit = try #require(document["runs"]?.array?.first?["fit"])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    #expect(fit["sampler"] == .string(sampler))
    #expect(fit["priors"]?["correlation"] == ["family": "lkj", "eta": .number(2)])
    let mean = try #require(fit["heterogeneity"]?["correlation"]?["mean"]?.number)
    #expect(abs(mean) < 1)
    #expect(fit["parameters"]?.array?.last?["name"] == "correlation")
    #expect((fit["log_marginal_likelihood"]?.number ?? 0) < 0)
    #expect((fit["diagnostics"]?["min_ebfmi"] == .null) == (sampler == "gibbs"))
  }

  @Test("Binary outcomes, correlated trial effects and both samplers", arguments: ["hmc", "gibbs"])
  func binomial(sampler: String) throws {
    try folder.add(
      "b.csv", Sample().replacing("y") { row, _ in ["no", "yes"][row % 5 / 3] }.csv)
    let outcome = try Program.success(
      [
        "fit", "b.csv", Sample.formula, "--allow-unconverged", "--format", "json", "--method",
        "metamob-ri", "--correlated", "--sampler", sampler,
      ] + Sample.short, in: folder)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(Shape.fitDocument.violations(document, at: "") == [])
    let fit = try #require(document["runs"]?.array?.first?["fit"])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    #expect(fit["sampler"] == .string(sampler))
    let mean = try #require(fit["heterogeneity"]?["correlation"]?["mean"]?.number)
    #expect(abs(mean) < 1)
    #expect(fit["parameters"]?.array?.last?["name"] == "correlation")
    #expect(fit["diagnostics"]?["divergences"]?.number == 0)
    #expect((fit["diagnostics"]?["min_ebfmi"] == .null) == (sampler == "gibbs"))
  }

  @Test("Independent trial effects have no correlation")
  func independent() throws {
    for options in [["--method", "metamob-ri"], ["--method", "metamob-si", "--correlated"]] {
      let fit = try document(Sample.short + options)["runs"]?.array?.first?["fit"]
      #expect(fit?["heterogeneity"]?["correlation"] == .null)
      #expect(fit?["priors"]?["correlation"] == .null)
      #expect(fit?["log_marginal_likelihood"] != .null)
    }
  }

  @Test("The text has both estimates of the correlation, the prior and the sampler")
  func text() throws {
    let outcome = try Program.success(
      [
        "compare", "d.csv", Sample.formula, "--allow-unconverged", "--method", "metamob-ri",
        "--correlated", "--sampler", "gibbs",
      ] + Sample.short, in: folder)
    let words = outcome.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(words.contains("correlation lkj(2)"))
    #expect(words.contains("(gibbs, seed 1)"))
    #expect(words.contains("Correlation of a trial's intercept and effect: REML "))
    #expect(words.contains("; Bayes median "))
  }

  @Test("A prior file without a correlation: said where it is used, and only there")
  func defaulted() throws {
    try folder.add(
      "p.json",
      #"{"schema": "metamob.priors/1", "name": "own", "gaussian": {"tau1": {"family": "exponential", "rate": 2}}}"#
    )
    for isCorrelated in [false, true] {
      let document = try document(
        Sample.short + ["--method", "metamob-ri", "--priors", "p.json"]
          + (isCorrelated ? ["--correlated"] : []))
      let defaulted = document["runs"]?.array?.first?["fit"]?["priors"]?["defaulted"]?.array ?? []
      #expect(defaulted.contains("gaussian.correlation") == isCorrelated)
      #expect(defaulted.contains("gaussian.tau0"))
    }
  }

  @Test("The sampler's columns of a draws file by Gibbs, and their diagnosis")
  func draws() throws {
    _ = try Program.success(
      [
        "fit", "d.csv", Sample.formula, "--sampler", "gibbs", "--out", "fit", "--chains", "2",
        "--draws", "200", "--allow-unconverged",
      ], in: folder)
    let rows = try #require(folder.text("fit/draws-1.csv")).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { $0.split(separator: ",") }
    #expect(rows.count == 201)
    for row in rows.dropFirst() {
      #expect(row[1...5].map { Double($0) ?? .nan } == [1, 1, 0, 0, 0])
      let density = try #require(Double(row[0]))
      #expect(Double(row[6]) == -density)
    }
    let outcome = try Program.success(
      ["diagnose", "fit", "--allow-unconverged", "--format", "json"], in: folder)
    let chains = try JSONValue(data: Data(outcome.output.utf8))["chains"]?.array ?? []
    #expect(chains.count == 2)
    #expect(chains.allSatisfy { $0["ebfmi"] == .null })
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// `--heterogeneity` and `--pool-effects` through the program.
@Suite("Heterogeneity of subgroups and pooled effects")
struct HeterogeneityOptionTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func fit(_ options: [String]) throws -> (document: JSONValue, fit: JSONValue) {
    let outcome = try Program.success(
      ["fit", "d.csv", Sample.formula, "--allow-unconverged", "--format", "json"] + Sample.short
        + options, in: folder)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(Shape.fitDocument.violations(document, at: "") == [])
    let fit = try #require(document["runs"]?.array?.first?["fit"])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    return (document, fit)
  }

  private func names(_ fit: JSONValue) -> [String] {
    fit["parameters"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  @Test("Each subgroup has its own", arguments: ["per-subgroup", "per-subgroup-pooled"])
  func perSubgroup(choice: String) throws {
    let (document, fit) = try fit(["--method", "metamob-ri", "--heterogeneity", choice])
    #expect(document["call"]?["control"]?["heterogeneity"] == .string(choice))
    for key in ["tau0", "tau1", "sigma", "correlation"] {
      #expect(fit["heterogeneity"]?[key] == .null)
    }
    let subgroups = try #require(fit["subgroups"]?.array)
    #expect(subgroups.count > 1)
    let names = names(fit)
    for subgroup in subgroups {
      let node = Int(try #require(subgroup["node"]?.number))
      for key in ["tau0", "tau1", "sigma"] {
        #expect(try #require(subgroup["heterogeneity"]?[key]?["mean"]?.number) > 0)
        #expect(names.contains("\(key)_\(node)"))
      }
      #expect(subgroup["heterogeneity"]?["correlation"] == .null)
      for name in ["effect_\(node)", "intercept_\(node)", "trial_effect_\(node)_3"] {
        #expect(names.contains(name))
      }
      #expect(subgroup["reml"]?["estimate"]?.number != nil)
    }
    let inner = try #require(fit["inner_nodes"]?.array)
    #expect(inner.allSatisfy { $0["heterogeneity"]?["tau1"]?["mean"]?.number != nil })
    #expect(names.contains("tau1_mean") == (choice == "per-subgroup-pooled"))
    #expect(names.contains("tau1_sd") == (choice == "per-subgroup-pooled"))
    let tree = document["runs"]?.array?.first?["tree"]
    #expect(tree?["iterations"] == .number(1) && tree?["converged"] == .bool(true))
  }

  @Test("Pooled effects", arguments: ["hmc", "gibbs"])
  func pooledEffects(sampler: String) throws {
    let (document, fit) = try fit(["--pool-effects", "--sampler", sampler])
    #expect(document["call"]?["control"]?["pool_effects"] == .bool(true))
    let names = names(fit)
    #expect(names.contains("effect_mean") && names.contains("omega"))
    #expect(fit["priors"]?["omega"]?["family"] == "half-normal")
    #expect(fit["priors"]?["omega"]?["scale"] == fit["priors"]?["tau1"]?["scale"])
    #expect(try #require(fit["pooled_effects"]?["omega"]?["mean"]?.number) > 0)
  }

  @Test("A folder of such a fit can be diagnosed, and predicted from")
  func savedFit() throws {
    for options in [
      ["--heterogeneity", "per-subgroup"], ["--heterogeneity", "per-subgroup-pooled"],
      ["--pool-effects"],
    ] {
      let text = try Program.success(
        ["fit", "d.csv", Sample.formula, "--allow-unconverged", "--out", "f", "--force"]
          + Sample.short + options, in: folder
      ).output
      #expect(text.contains(options[0] == "--pool-effects" ? "partially pooled" : "of its own"))
      let diagnosed = try Program.run(["diagnose", "f", "--format", "json"], in: folder)
      #expect([0, 3].contains(diagnosed.code), "\(diagnosed.errors)")
      let document = try JSONValue(data: Data(diagnosed.output.utf8))
      #expect((document["parameters"]?.array?.count ?? 0) > 5)
      let predicted = try Program.success(["predict", "f", "d.csv"], in: folder).output.split(
        separator: "\n")
      #expect(predicted.count == 121)
    }
  }

  @Test("The same bytes on one thread and on two")
  func threads() throws {
    let options = ["--heterogeneity", "per-subgroup-pooled", "--allow-unconverged"] + Sample.short
    let texts = try ["1", "2"].map {
      try Program.success(["fit", "d.csv", Sample.formula, "--threads", $0] + options, in: folder)
        .output
    }
    #expect(texts[0] == texts[1])
  }

  @Test("What does not go together, in one line")
  func refusals() throws {
    let both = try Program.run(
      ["fit", "d.csv", Sample.formula, "--pool-effects", "--heterogeneity", "per-subgroup"],
      in: folder)
    #expect(both.code == 64)
    #expect(
      both.errors == "metamob: error: option --pool-effects needs --heterogeneity shared\n")
    try folder.add(
      "p.json",
      """
      {"schema": "metamob.priors/1", "name": "known", "gaussian": {
        "tau1": {"family": "fixed", "value": 1}}}
      """)
    let known = try Program.run(
      [
        "fit", "d.csv", Sample.formula, "--heterogeneity", "per-subgroup-pooled", "--priors",
        "p.json",
      ], in: folder)
    #expect(known.code == 65)
    #expect(
      known.errors
        == "metamob: error: prior file 'p.json', gaussian.tau1: --heterogeneity "
        + "per-subgroup-pooled needs a prior that leaves tau1 open; use another family than fixed, "
        + "or --heterogeneity per-subgroup\n")
  }

  @Test("The text shows every trial's effect in every subgroup", arguments: ["hmc", "gibbs"])
  func trialEffects(sampler: String) throws {
    let outcome = try Program.success(
      [
        "fit", "d.csv", Sample.formula, "--method", "metamob-ri", "--heterogeneity", "per-subgroup",
        "--sampler", sampler, "--out", "fit", "--allow-unconverged",
      ] + Sample.short, in: folder)
    let document = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
    let trials = document["data"]?["trials"]?.array?.count ?? 0
    let parameters = document["runs"]?.array?[0]["fit"]?["parameters"]?.array ?? []
    let effects = parameters.filter { $0["name"]?.string?.hasPrefix("trial_effect_") ?? false }
    let leaves = document["runs"]?.array?[0]["fit"]?["subgroups"]?.array ?? []
    #expect(leaves.count > 1 && effects.count == trials * leaves.count)
    let table = try #require(
      outcome.output.components(separatedBy: "in each subgroup (shrunken):").last)
    let lines = table.split(separator: "\n").prefix(4 + leaves.count * (trials + 1))
    // A row a trial and subgroup, of two means and two intervals.
    #expect(lines.count { $0.contains(" to ") || $0.contains("[") } >= trials * leaves.count)
  }

  // Half-Cauchy has no mean, so that the distribution of τ1 over subgroups may have none.
  @Test("A prior without a standard deviation: median and interquartile range")
  func heavyTail() throws {
    try folder.add(
      "p.json",
      """
      {"schema": "metamob.priors/1", "name": "heavy", "gaussian": {
        "tau1": {"family": "half-cauchy", "scale": 1}}}
      """)
    let outcome = try Program.run(
      [
        "fit", "d.csv", Sample.formula, "--heterogeneity", "per-subgroup-pooled", "--priors",
        "p.json", "--out", "fit", "--allow-unconverged",
      ] + Sample.short, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let flowing = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(flowing.contains("distribution over subgroups has the median"))
    let document = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
    let fit = document["runs"]?.array?[0]["fit"]
    let pooled = try #require(fit?["heterogeneity"]?["pooled_tau1"])
    #expect(pooled["mean"] == .null && pooled["sd"] == .null)
    #expect(try #require(pooled["median"]?["median"]?.number) > 0)
    #expect(try #require(pooled["interquartile_range"]?["median"]?.number) > 0)
    let names = fit?["parameters"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(names.suffix(2) == ["tau1_median", "tau1_iqr"])
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// `--heterogeneity` and `--pool-effects` through the program.
@Suite("Heterogeneity of subgroups and pooled effects")
struct HeterogeneityOptionTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try folder.add("d.csv", Sample().csv)
  }

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
      {"schema": "metamob.priors/1", "name": "heavy", "gaussian": {
        "tau1": {"family": "half-cauchy", "scale": 1}}}
      """)
    let heavy = try Program.run(
      [
        "fit", "d.csv", Sample.formula, "--heterogeneity", "per-subgroup-pooled", "--priors",
        "p.json",
      ], in: folder)
    #expect(heavy.code == 65)
    #expect(
      heavy.errors
        == "metamob: error: prior file 'p.json', gaussian.tau1: --heterogeneity "
        + "per-subgroup-pooled needs a prior with a positive standard deviation; use another "
        + "family, or --heterogeneity per-subgroup\n")
  }
}

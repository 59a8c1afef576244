import Foundation
import JSON
import TestSupport
import Testing

/// What `fit` and `compare` write as JSON, and into a fit folder.
@Suite("Results as documents and files")
struct FitDocumentTests {
  /// A call, by what distinguishes it.
  struct Call: CustomTestStringConvertible, Sendable {
    let method: String
    let command: String
    let options: [String]
    var formula = Sample.formula

    var testDescription: String {
      (["metamob", command, formula, "--method", method] + options).joined(separator: " ")
    }

    var arguments: [String] {
      [command, "d.csv", formula, "--method", method, "--allow-unconverged"] + Sample.short
        + options
    }
  }

  static let calls: [Call] = ["mob-si", "metamob-ri", "metamob-si"].flatMap { method in
    [
      Call(method: method, command: "fit", options: ["--estimator", "reml"]),
      Call(method: method, command: "fit", options: []),
      Call(
        method: method, command: "compare",
        options: ["--benefit", "higher", "--mcid", "0.5", "--tree-draws", "9"],
        formula: "y ~ t + x + z | s | o"),
      Call(
        method: method, command: "compare", options: ["--subgroups", "z"], formula: "y ~ t | s"),
    ]
  }

  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func document(_ arguments: [String], code: Int32 = 0) throws -> JSONValue {
    let outcome = try Program.run(arguments + ["--format", "json"], in: folder)
    #expect(outcome.code == code, "\(outcome.errors)")
    return try JSONValue(data: Data(outcome.output.utf8))
  }

  @Test("Every key of the contract is there, with its type", arguments: calls)
  func keys(call: Call) throws {
    let document = try document(call.arguments)
    #expect(Shape.fitDocument.violations(document, at: "") == [])
    let runs = document["runs"]?.array ?? []
    #expect(runs.count == (call.command == "fit" ? 1 : 2))
    #expect(document["agreement"]?.array?.count == runs.count - 1)
    for run in runs {
      let shape = run["estimator"] == "reml" ? Shape.restrictedFit : Shape.bayesianFit
      #expect(shape.violations(run["fit"], at: "fit") == [])
      #expect(run["method"] == .string(call.method))
      expectTree(run["tree"])
      expectTerms(run)
    }
    #expect(runs.map { $0["estimator"] }.first == (runs.count == 2 ? "reml" : runs[0]["estimator"]))
  }

  /// Ids in pre-order, participants that add up, splits with the keys of their kind.
  private func expectTree(_ tree: JSONValue?) {
    let nodes = tree?["nodes"]?.array ?? []
    #expect(nodes.map { $0["id"]?.number } == nodes.indices.map { Double($0 + 1) })
    for node in nodes {
      let trials = node["trials"]?.object?.values.reduce(0) { $0 + ($1.number ?? 0) }
      #expect(trials == node["n"]?.number)
      let children = (node["split"]?["children"]?.array ?? []).compactMap { child in
        nodes.first { $0["id"] == child }
      }
      #expect(children.isEmpty == (node["leaf"] == true))
      guard !children.isEmpty else { continue }
      #expect(children.allSatisfy { $0["parent"] == node["id"] })
      #expect(children.reduce(0) { $0 + ($1["n"]?.number ?? 0) } == node["n"]?.number)
      #expect(node["stop"] == .null)
      let split = node["split"]
      switch split?["kind"] {
      case "numeric": #expect(split?["breakpoint"]?.number != nil)
      case "ordered": #expect(split?["breakpoint"]?.string != nil)
      default: #expect(split?["levels"]?.array?.count == children.count)
      }
    }
  }

  /// Heterogeneity is null exactly where the method has none.
  private func expectTerms(_ run: JSONValue) {
    let heterogeneity = run["fit"]?["heterogeneity"]
    let method = run["method"]?.string
    #expect((heterogeneity?["tau0"] == .null) == (method != "metamob-ri"))
    #expect((heterogeneity?["tau1"] == .null) == (method == "mob-si"))
    #expect(heterogeneity?["sigma"] != .null)
    for node in run["tree"]?["nodes"]?.array ?? [] {
      let isStratified = method != "metamob-ri"
      #expect((node["coefficients"]?["intercept"] == .null) == isStratified)
      #expect((node["coefficients"]?["intercepts"] == .null) == !isStratified)
    }
  }

  @Test("Every setting is recorded, given or not", arguments: ["fit", "compare"])
  func control(command: String) throws {
    let document = try document(
      [
        command, "d.csv", Sample.formula, "--allow-unconverged", "--level", "0.9", "--seed", "7",
        "--ordered", "o=low<mid<high", "--threads", "2",
      ] + Sample.short)
    let control = document["call"]?["control"]?.object ?? [:]
    var expected: [String: JSONValue] = [
      "arms": nil, "reference": "control", "ordered": ["o=low<mid<high"], "subgroups": nil,
      "method": "metamob-si", "family": "gaussian", "alpha": .number(0.05),
      "no_bonferroni": false, "min_size": .number(40), "max_depth": nil, "trim": .number(0.1),
      "ties": "distinct", "start": "both", "tolerance": .number(0.001),
      "max_iterations": .number(100), "fallback": "drop", "priors": "weakly-informative",
      "sampler": "auto", "chains": .number(2), "warmup": .number(60), "draws": .number(60),
      "seed": .number(7), "target_accept": .number(0.8), "max_treedepth": .number(10),
      "correlated": false, "quadrature_points": .number(1), "test_parameters": "all",
      "min_arm": .number(0), "min_trial": .number(0), "categorical": "binary",
      "ordinal": "chisq", "breakpoints": "observed", "vcov": "opg", "weights": nil,
      "prune": "none", "allow_unconverged": true, "benefit": nil, "mcid": nil,
      "level": .number(0.9), "out": nil, "heterogeneity": "shared", "pool_effects": false,
      "tree_draws": .number(0), "sensitivity": false, "loo": "auto", "permutations": .number(0),
      "threads": .number(2),
    ]
    if command == "fit" { expected["estimator"] = "bayes" }
    if command == "compare" { expected["cross_validate"] = "off" }
    #expect(control == expected)
    #expect(document["call"]?["seed"] == .number(7))
    #expect(document["call"]?["level"] == .number(0.9))
    #expect(document["call"]?["formula"] == .string(Sample.formula))
    #expect(document["call"]?["data"] == "d.csv")
  }

  /// Ten participants for each coefficient of the root: two, or one for each trial and the effect.
  @Test(
    "The smallest node that growth allows is recorded",
    arguments: [
      ("mob", 20), ("mob-si", 40), ("mob-ri", 20), ("palmtree", 20), ("metamob-ri", 20),
      ("metamob-si", 40),
    ])
  func smallestNode(method: String, size: Double) throws {
    let document = try document(
      ["fit", "d.csv", Sample.formula, "--estimator", "reml", "--method", method])
    #expect(document["call"]?["control"]?["min_size"] == .number(size))
  }

  @Test("Probabilities of benefit follow the direction, and the distance, that users name")
  func benefit() throws {
    let call = ["fit", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short
    let plain = try document(call)
    let higher = try document(call + ["--benefit", "higher", "--mcid", "1"])
    let lower = try document(call + ["--benefit", "lower"])
    func leaves(_ document: JSONValue) -> [JSONValue] {
      document["runs"]?.array?[0]["fit"]?["subgroups"]?.array ?? []
    }
    #expect(leaves(plain).count == 2)
    for (index, leaf) in leaves(plain).enumerated() {
      #expect(leaf["probability_benefit"] == .null && leaf["probability_best"] == .null)
      let up = leaves(higher)[index]
      let down = leaves(lower)[index]
      let below = leaf["probability_below_zero"]?.number ?? .nan
      #expect(down["probability_benefit"]?.number == below)
      #expect(abs((up["probability_benefit"]?.number ?? .nan) - (1 - below)) < 1e-12)
      #expect(down["probability_beyond_mcid"] == .null)
      let beyond = up["probability_beyond_mcid"]?.number ?? .nan
      #expect(beyond <= up["probability_benefit"]?.number ?? .nan)
      #expect((up["new_trial_probability_beyond_mcid"]?.number ?? .nan) <= 1)
      #expect(up["effect"] == leaf["effect"], "what is better does not change the posterior")
    }
    let best = leaves(higher).compactMap { $0["probability_best"]?.number }
    #expect(abs(best.reduce(0, +) - 1) < 1e-12)
    // The effect is 3 above x = 0 and none below.
    #expect(best.last == 1)
  }

  @Test("Intervals narrow with their level")
  func level() throws {
    let call = ["compare", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short
    let wide = try document(call)
    let narrow = try document(call + ["--level", "0.9"])
    for run in 0...1 {
      let path = { (document: JSONValue, leaf: Int) -> [Double] in
        let subgroup = document["runs"]?.array?[run]["fit"]?["subgroups"]?.array?[leaf]
        return ((run == 0 ? subgroup : subgroup?["effect"])?["ci"]?.array ?? []).compactMap(
          \.number)
      }
      for leaf in 0...1 {
        #expect(path(wide, leaf)[0] < path(narrow, leaf)[0])
        #expect(path(narrow, leaf)[1] < path(wide, leaf)[1])
      }
    }
  }
}

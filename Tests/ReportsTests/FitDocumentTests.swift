import Designs
import Foundation
import JSON
import MixedModels
import Posterior
import Reports
import Testing
import Trees

@testable import Inference
@testable import Subgroups

@Suite struct FitDocumentTests {
  private func document(_ analysis: Analysis) -> JSONValue {
    FitDocument(
      analysis, call: Fixture.call, drawsFiles: [1: ["draws-1.csv", "draws-2.csv"]]
    ).json
  }

  @Test func everyPromisedKeyIsThere() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    let json = document(try fixture.comparison(tree, tree))
    DocumentShape.document.check(json, at: "document")
    DocumentShape.run(DocumentShape.likelihood).check(json["runs"]?.array?[0], at: "runs[0]")
    DocumentShape.run(DocumentShape.bayesian).check(json["runs"]?.array?[1], at: "runs[1]")
  }

  @Test func callDataAndAgreement() throws {
    let fixture = Fixture()
    let json = document(
      try fixture.comparison(
        fixture.data.tree(.lowBackPain), fixture.data.tree(.withoutAge)))
    #expect(json["schema"] == "metamob.fit/1")
    #expect(json["program"]?["version"] == "0.1.0")
    #expect(json["call"]?["formula"] == "rmdq ~ treatment | trial | age + sex + rmdq_0")
    #expect(json["call"]?["event"] == .null)
    #expect(json["call"]?["seed"] == .number(1))
    #expect(json["call"]?["control"] == ["alpha": .number(0.05), "start": "both"])
    let data = json["data"]
    #expect(
      data?["dropped"]?.array?.first == ["column": "rmdq", "trial": "T1", "rows": .number(15)])
    #expect(
      data?["treatment"]
        == ["column": "treatment", "reference": "control", "active": "intervention"])
    let sizes = data?["trials"]?.array ?? []
    #expect(sizes.compactMap { $0["n"]?.number }.reduce(0, +) == 1512)
    #expect(sizes.compactMap { $0["n_active"]?.number }.reduce(0, +) == 1008)
    let agreement = json["agreement"]?.array?.first
    #expect(agreement?["runs"] == [.number(0), .number(1)])
    #expect(agreement?["splits_in_both"] == .number(3))
    #expect(agreement?["splits_only_first"] == .number(1))
  }

  @Test func everyKindOfSplit() throws {
    var fixture = Fixture()
    fixture.data.variables = [
      .init(name: "x", values: .numeric([])),
      .init(name: "g", values: .nominal(codes: [], levels: ["a", "b", "c"])),
      .init(name: "o", values: .ordered(codes: [], levels: ["low", "mid", "high"])),
    ]
    let outline = Outline.numeric(
      0, 2.5, p: 0.01,
      .split(
        .nominal(variable: 1, groups: [[0, 2], [1]]), p: 0.02,
        [.leaf(500, p: 0.4), .leaf(12, stop: .minSize)]),
      .split(
        .ordered(variable: 2, breakpoint: 1), p: 0.03, [.leaf(500, p: 0.5), .leaf(500, p: 0.6)]))
    var run = fixture.likelihood(fixture.data.tree(outline))
    run.tree.robustToStart = [1: true, 2: false]
    let json = document(try fixture.analysis([run]))
    let nodes = json["runs"]?.array?[0]["tree"]?["nodes"]?.array ?? []
    #expect(
      nodes[0]["split"] == [
        "variable": "x", "kind": "numeric", "breakpoint": .number(2.5),
        "children": [.number(2), .number(5)], "robust_to_start": true,
        "effect_share": .number(0.5), "effect_p_adjusted": nil, "driven_by": nil,
      ])
    #expect(
      nodes[1]["split"] == [
        "variable": "g", "kind": "nominal", "levels": [["a", "c"], ["b"]],
        "children": [.number(3), .number(4)], "robust_to_start": false,
        "effect_share": .number(0.5), "effect_p_adjusted": nil, "driven_by": nil,
      ])
    #expect(
      nodes[4]["split"] == [
        "variable": "o", "kind": "ordered", "breakpoint": "mid",
        "children": [.number(6), .number(7)], "robust_to_start": nil,
        "effect_share": .number(0.5), "effect_p_adjusted": nil, "driven_by": nil,
      ])
    #expect(nodes[3]["rule"] == "x <= 2.5 & g in {b}")
    #expect(nodes[3]["stop"] == "min-size")
    #expect(nodes[3]["tests"] == [])
    #expect(nodes[0]["stop"] == .null)
    #expect(nodes[0]["parent"] == .null)
    #expect(nodes[5]["rule"] == "x > 2.5 & o <= mid")
    #expect(
      json["variables"] == [
        ["name": "x", "kind": "numeric", "levels": nil],
        ["name": "g", "kind": "nominal", "levels": ["a", "b", "c"]],
        ["name": "o", "kind": "ordered", "levels": ["low", "mid", "high"]],
      ])
  }

  @Test func coefficientsAndColumnsLeftOutOfTheTests() throws {
    var fixture = Fixture()
    var tree = fixture.data.tree(.root)
    tree.nodes[0].notTested = [.trialIntercept(trial: 3, participants: 1), .effect]
    let json = document(try fixture.analysis([fixture.likelihood(tree)]))
    let node = json["runs"]?.array?[0]["tree"]?["nodes"]?.array?[0]
    #expect(node?["not_tested"] == ["intercept of T4", "treatment effect"])
    #expect(node?["coefficients"]?["intercept"] == .null)
    #expect(
      node?["coefficients"]?["intercepts"]
        == ["T1": .number(0), "T2": .number(1), "T3": .number(2), "T4": .number(3)])
    fixture.method = .metamobRI
    fixture.tau = [2.3, 0.5]
    fixture.tauIntervals = [nil, Interval(lower: 0, upper: .infinity)]
    let common = document(
      try fixture.analysis([
        fixture.likelihood(fixture.data.tree(.root, stratified: false))
      ]))
    let run = common["runs"]?.array?[0]
    #expect(run?["tree"]?["nodes"]?.array?[0]["coefficients"]?["intercept"] == .number(4.5))
    #expect(run?["tree"]?["nodes"]?.array?[0]["coefficients"]?["intercepts"] == .null)
    let heterogeneity = run?["fit"]?["heterogeneity"]
    #expect(heterogeneity?["tau0"] == .number(2.3))
    #expect(heterogeneity?["tau0_ci"] == .null)
    #expect(heterogeneity?["tau1"] == .number(0.5))
    #expect(heterogeneity?["tau1_ci"] == [.number(0), nil])
    #expect(run?["fit"]?["trials"]?.array?[0]["intercept"] == .number(2.3 * -1.5))
    #expect(run?["fit"]?["trials"]?.array?[0]["effect"] == .number(0.5 * -1.5))
  }

  /// p by R 4.2.2: 2 * pt(-abs(-0.08 / 0.6), 12.5), the fixture's coefficient of node 3.
  @Test func fixedCoefficientsAreNamedAsInTheDraws() throws {
    var fixture = Fixture()
    fixture.data.covariates = Covariates(
      names: ["regionEU"], columns: [(0..<fixture.data.rows).map { Double($0 % 2) }])
    let tree = fixture.data.tree(.withoutAge)
    let json = document(try fixture.analysis([fixture.likelihood(tree)]))
    let fixed = json["runs"]?.array?[0]["fit"]?["fixed"]?.array ?? []
    #expect(fixed.count == 4 + 4 * 4 + 1)
    #expect(fixed[0]["name"] == "effect_3")
    #expect(fixed[0]["role"] == "effect")
    #expect(fixed[0]["node"] == .number(3))
    #expect(fixed[0]["trial"] == .null)
    #expect(abs((fixed[0]["p_satterthwaite"]?.number ?? 0) - 0.8960523371) < 1e-9)
    #expect(fixed[5]["name"] == "intercept_3_2")
    #expect(fixed[5]["trial"] == "T2")
    #expect(fixed[20]["name"] == "regionEU")
    #expect(fixed[20]["role"] == "covariate")
    #expect(fixed[20]["node"] == .null)
    #expect(fixed[20]["se_kenward_roger"] == .null)
  }

  @Test func whatAMethodLacksIsNull() throws {
    var fixture = Fixture()
    fixture.method = .mobSI
    fixture.tau = []
    fixture.tauIntervals = []
    fixture.benefit = nil
    fixture.mcid = nil
    let tree = fixture.data.tree(.withoutAge)
    let json = document(try fixture.comparison(tree, tree))
    let reml = json["runs"]?.array?[0]["fit"]
    let bayes = json["runs"]?.array?[1]["fit"]
    for key in ["tau0", "tau0_ci", "tau1", "tau1_ci", "correlation"] {
      #expect(reml?["heterogeneity"]?[key] == .null, "\(key)")
    }
    #expect(reml?["trials"]?.array?[0]["effect"] == .null)
    for key in ["tau0", "tau1", "correlation"] {
      #expect(bayes?["heterogeneity"]?[key] == .null, "\(key)")
    }
    #expect(bayes?["priors"]?["tau0"] == .null)
    #expect(bayes?["priors"]?["tau1"] == .null)
    let subgroup = bayes?["subgroups"]?.array?[0]
    for key in [
      "probability_benefit", "probability_beyond_mcid", "probability_best", "new_trial",
      "new_trial_probability_benefit", "new_trial_probability_beyond_mcid", "heterogeneity",
    ] {
      #expect(subgroup?[key] == .null, "\(key)")
    }
  }

  @Test func priorsAreInTheWordsOfAPriorFile() throws {
    let fixture = Fixture()
    let json = document(
      try fixture.analysis([try fixture.bayesian(fixture.data.tree(.root))]))
    let priors = json["runs"]?.array?[0]["fit"]?["priors"]
    #expect(priors?["tau1"]?["family"] == "half-normal")
    let scale = priors?["scale"]?["within_arm_sd"]?.number ?? 0
    #expect(priors?["tau1"]?["scale"] == .number(0.5 * scale))
    #expect(priors?["effect"]?["sd"] == .number(2.5 * scale))
    #expect(priors?["effect"]?["mean"] == .number(0))
    #expect(json["runs"]?.array?[0]["fit"]?["draws_files"] == .null)
  }

  @Test func drawsFilesBelongToTheirRun() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.root)
    let json = document(try fixture.comparison(tree, tree))
    #expect(
      json["runs"]?.array?[1]["fit"]?["draws_files"] == ["draws-1.csv", "draws-2.csv"])
  }

  @Test func aCycleKeepsItsTrees() throws {
    let fixture = Fixture()
    let small = fixture.data.tree(.withoutAge)
    var run = fixture.likelihood(small)
    run.tree.converged = false
    run.tree.cycle = [small, fixture.data.tree(.lowBackPain)]
    let tree = document(try fixture.analysis([run]))["runs"]?.array?[0]["tree"]
    #expect(tree?["converged"] == false)
    #expect(tree?["cycle"]?.array?.map { $0.array?.count } == [7, 9])
  }

  @Test func valuesThatDoNotExistAreNull() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    let json = document(try fixture.degenerate(tree))
    let text = try json.text()
    #expect(!text.lowercased().contains("nan"))
    #expect(!text.contains(": inf") && !text.contains(" inf"))
    #expect(try JSONValue(data: Data(text.utf8)) == json)
    let subgroup = json["runs"]?.array?[1]["fit"]?["subgroups"]?.array?[0]
    #expect(subgroup?["effect"]?["mean"] == .null)
    #expect(subgroup?["effect"]?["ci"] == [nil, nil])
    #expect(subgroup?["effect"]?["rhat"] == .null)
  }

  @Test func warningsOfDesignAndAnalysisStandOnce() throws {
    var fixture = Fixture()
    fixture.data.warnings = ["trial T3 has one arm"]
    var analysis = try fixture.analysis([fixture.likelihood(fixture.data.tree(.root))])
    analysis.warnings = ["trial T3 has one arm", "another"]
    #expect(document(analysis)["warnings"] == ["trial T3 has one arm", "another"])
  }
}

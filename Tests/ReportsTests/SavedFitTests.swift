import Designs
import Foundation
import JSON
import Posterior
import Testing
import Trees

@testable import Reports
@testable import Subgroups

@Suite struct SavedFitTests {
  private func saved(_ analysis: Analysis) -> JSONValue {
    FitDocument(analysis, call: Fixture.call).json
  }

  private func comparison() throws -> JSONValue {
    let fixture = Fixture()
    return saved(
      try fixture.comparison(
        fixture.data.tree(.lowBackPain), fixture.data.tree(.withoutAge)))
  }

  /// A document with one member replaced, or taken away; a number in the path is a position.
  private func changed(
    _ value: JSONValue, _ path: ArraySlice<String>, to new: JSONValue?
  ) -> JSONValue {
    guard let key = path.first else { return new ?? value }
    switch value {
    case .object(var members):
      members[key] =
        path.count == 1 ? new : changed(members[key] ?? nil, path.dropFirst(), to: new)
      return .object(members)
    case .array(var elements):
      guard let place = Int(key), elements.indices.contains(place) else { return value }
      elements[place] = changed(elements[place], path.dropFirst(), to: new)
      return .array(elements)
    default: return value
    }
  }

  private func changed(_ path: String, to new: JSONValue?) throws -> JSONValue {
    changed(try comparison(), path.split(separator: "/").map(String.init)[...], to: new)
  }

  // MARK: Reading

  @Test func whatWasWrittenIsRead() throws {
    let fixture = Fixture()
    let first = fixture.data.tree(.lowBackPain)
    let analysis = try fixture.comparison(first, fixture.data.tree(.withoutAge))
    let fit = try SavedFit(data: Data(saved(analysis).text().utf8))
    #expect(fit.dataPath == "data.csv")
    #expect(fit.level == 0.95)
    #expect(fit.variables == analysis.design.splitVariables)
    #expect(fit.runs.map(\.name) == ["metamob-si:reml", "metamob-si:bayes"])
    #expect(fit.runs[0].nodes.map(\.id) == first.nodes.map(\.id))
    #expect(fit.runs[0].nodes.map(\.split) == first.nodes.map(\.split))
    #expect(fit.runs[0].nodes.map(\.children) == first.nodes.map(\.children))
    #expect(fit.runs[0].nodes.map(\.participants) == first.nodes.map(\.rows.count))
    #expect(fit.runs[0].nodes[7].rule == "rmdq_0 > 11 & rmdq_0 <= 17 & age > 50")
    let reml = fit.runs[0].effects[8]
    #expect(reml?.estimate == Fixture.effect(8))
    #expect(reml?.interval?.lower == (Fixture.effect(8) ?? 0) - 1.39)
    #expect(reml?.probabilityBenefit == nil)
    let bayes = fit.runs[1].effects[7]
    let posterior = Fixture.posterior(0.9 - 0.3 * 7, sd: 0.752)
    #expect(bayes?.estimate == posterior.mean && bayes?.interval == posterior.central)
    #expect(bayes?.probabilityBenefit == 0.9312 && bayes?.newTrial != nil)
  }

  @Test func figuresThatDoNotExistStayAway() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    let fit = try SavedFit(saved(try fixture.degenerate(tree)))
    #expect(
      fit.runs[0].effects[3]
        == SavedEffect(estimate: nil, interval: nil, probabilityBenefit: nil))
    #expect(fit.runs[1].effects[3]?.estimate == nil)
    #expect(fit.runs[1].effects[3]?.interval == nil)
  }

  @Test func aRunIsChosenByItsName() throws {
    let fit = try SavedFit(try comparison())
    #expect(try fit.run().estimator == .bayes)
    #expect(try fit.run(named: "metamob-si").estimator == .bayes)
    #expect(try fit.run(named: "metamob-si:reml").estimator == .reml)
    #expect(
      throws: SavedFitError.unknownRun(
        name: "mob-si", known: ["metamob-si:reml", "metamob-si:bayes"])
    ) { try fit.run(named: "mob-si") }
    let fixture = Fixture()
    let lone = try SavedFit(
      saved(try fixture.analysis([fixture.likelihood(fixture.data.tree(.root))])))
    #expect(try lone.run().estimator == .reml)
  }

  // MARK: Malformed files

  @Test func textThatIsNoJSONIsRefused() {
    #expect(
      throws: SavedFitError.notJSON(reason: "the file is not JSON, or was cut off")
    ) { try SavedFit(data: Data("{\"schema\": ".utf8)) }
  }

  @Test(arguments: [
    "schema", "call", "call/level", "call/data", "call/data_sha256", "variables",
    "variables/1/levels", "runs", "runs/0/method", "runs/0/tree/nodes", "runs/0/tree/nodes/2/rule",
    "runs/0/tree/nodes/0/split", "runs/0/tree/nodes/0/split/breakpoint",
    "runs/0/tree/nodes/0/split/children", "runs/0/fit/subgroups", "runs/0/fit/subgroups/0/ci",
    "runs/1/fit/subgroups/0/effect/mean", "runs/1/fit/subgroups/0/probability_benefit",
  ])
  func aMissingMemberIsNamed(path: String) throws {
    var place = ""
    for key in path.split(separator: "/") {
      place += Int(key) != nil ? "[\(key)]" : (place.isEmpty ? "" : ".") + key
    }
    let document = try changed(path, to: nil)
    #expect(throws: SavedFitError.invalid(key: place, problem: "is missing")) {
      try SavedFit(document)
    }
  }

  @Test(
    arguments: [
      ("schema", "metamob.fit/2", "schema"),
      ("call/level", .number(95), "call.level"),
      ("call/level", "0.95", "call.level"),
      ("runs", [], "runs"),
      ("runs/0/method", "metamob", "runs[0].method"),
      ("runs/0/estimator", "bootstrap", "runs[0].estimator"),
      ("variables/0/kind", "dates", "variables[0].kind"),
      ("runs/0/tree/nodes", [], "runs[0].tree.nodes"),
      ("runs/0/tree/nodes/1/id", .number(1), "runs[0].tree.nodes[1].id"),
      ("runs/0/tree/nodes/1/id", .number(1.5), "runs[0].tree.nodes[1].id"),
      (
        "runs/0/tree/nodes/0/split/variable", "weight", "runs[0].tree.nodes[0].split.variable"
      ),
      (
        "runs/0/tree/nodes/0/split/children", [.number(1), .number(5)],
        "runs[0].tree.nodes[0].split.children"
      ),
      (
        "runs/0/tree/nodes/0/split/children", [.number(2), .number(50)],
        "runs[0].tree.nodes[0].split.children"
      ),
      (
        "runs/0/tree/nodes/0/split/children", [.number(2)], "runs[0].tree.nodes[0].split.children"
      ),
      ("runs/0/fit/subgroups/0/ci", [.number(1)], "runs[0].fit.subgroups[0].ci"),
      ("runs/0/fit/subgroups", [], "runs[0].fit.subgroups"),
    ] as [(String, JSONValue, String)])
  func aWrongMemberIsNamed(path: String, value: JSONValue, key: String) throws {
    let document = try changed(path, to: value)
    do {
      _ = try SavedFit(document)
      Issue.record("\(path) was accepted")
    } catch SavedFitError.invalid(let named, _) {
      #expect(named == key)
    }
  }
}

@Suite struct PredictionTests {
  private func fit() throws -> (SavedFit, SavedRun) {
    var fixture = Fixture()
    fixture.data.variables = [
      .init(name: "x", values: .numeric([])),
      .init(name: "g", values: .nominal(codes: [], levels: ["a", "b", "c"])),
      .init(name: "o", values: .ordered(codes: [], levels: ["low", "mid", "high"])),
    ]
    // Level c does not occur in node 2, so it is in neither group there.
    let outline = Outline.numeric(
      0, 2.5, p: 0.01,
      .split(
        .nominal(variable: 1, groups: [[0], [1]]), p: 0.02, [.leaf(400, p: 0.4), .leaf(112)]),
      .split(
        .ordered(variable: 2, breakpoint: 1), p: 0.03, [.leaf(500, p: 0.5), .leaf(500, p: 0.6)]))
    let analysis = try fixture.analysis([
      fixture.likelihood(fixture.data.tree(outline))
    ])
    let fit = try SavedFit(FitDocument(analysis, call: Fixture.call).json)
    return (fit, try fit.run())
  }

  private func leaf(_ values: [PredictorValue]) throws -> Int? {
    let (fit, run) = try fit()
    guard case .subgroup(let node, let effect) = fit.prediction(run, value: { values[$0] }) else {
      return nil
    }
    #expect(effect.estimate == Fixture.effect(node.id))
    return node.id
  }

  private func obstacle(_ values: [PredictorValue]) throws -> (String, Prediction.Obstacle)? {
    let (fit, run) = try fit()
    guard case .unassigned(let variable, let reason) = fit.prediction(run, value: { values[$0] })
    else { return nil }
    return (variable, reason)
  }

  @Test func aParticipantFallsToItsLeaf() throws {
    #expect(try leaf([.number(2.5), .level(0), .missing]) == 3)
    #expect(try leaf([.number(-7), .level(1), .unseen]) == 4)
    #expect(try leaf([.number(2.5000001), .missing, .level(1)]) == 6)
    #expect(try leaf([.number(.infinity), .missing, .level(2)]) == 7)
    #expect(try leaf([.number(9), .missing, .level(0)]) == 6)
  }

  @Test func aMissingValueOnThePathIsNamed() throws {
    #expect(try #require(try obstacle([.missing, .level(0), .level(0)])) == ("x", .missing))
    #expect(
      try #require(try obstacle([.number(.nan), .level(0), .level(0)])) == ("x", .missing))
    #expect(try #require(try obstacle([.number(3), .level(0), .missing])) == ("o", .missing))
  }

  @Test func anUnseenLevelIsNamed() throws {
    #expect(
      try #require(try obstacle([.number(1), .unseen, .missing])) == ("g", .unseenLevel))
    #expect(
      try #require(try obstacle([.number(1), .level(2), .missing])) == ("g", .unseenLevel))
    #expect(
      try #require(try obstacle([.number(3), .missing, .unseen])) == ("o", .unseenLevel))
  }

  /// A number where levels are wanted, and the reverse, belongs to no child.
  @Test func aValueOfTheWrongKindIsUnseen() throws {
    #expect(
      try #require(try obstacle([.number(1), .number(2), .missing])) == ("g", .unseenLevel))
    #expect(
      try #require(try obstacle([.level(1), .level(0), .missing])) == ("x", .unseenLevel))
  }

  @Test func withoutASplitEveryoneIsInTheRoot() throws {
    let fixture = Fixture()
    let analysis = try fixture.analysis([try fixture.bayesian(fixture.data.tree(.root))])
    let fit = try SavedFit(FitDocument(analysis, call: Fixture.call).json)
    let prediction = fit.prediction(try fit.run()) { _ in .missing }
    guard case .subgroup(let node, let effect) = prediction else {
      Issue.record("no prediction")
      return
    }
    #expect(node.id == 1 && node.rule.isEmpty)
    #expect(effect.probabilityBenefit == 0.9312)
  }
}

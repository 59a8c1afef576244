import Foundation
import JSON
import Posterior
import TestSupport
import Testing

@testable import Reports

/// Diagnoses of made-up draws.
private struct Sample {
  /// The text of a chain of some parameters; a value of draw t is a function of t.
  static func chain(
    _ names: [String], draws: Int = 500, _ value: (_ draw: Int, _ column: Int) -> Double
  ) -> String {
    names.joined(separator: ",") + "\n"
      + (0..<draws).map { t in
        names.indices.map { "\(value(t, $0))" }.joined(separator: ",") + "\n"
      }.joined()
  }

  /// Independent draws, uniform on 0 … 1.
  static func noise(_ names: [String], chains: Int = 4, draws: Int = 500) -> [String] {
    var generator = TestGenerator(seed: 7)
    return (0..<chains).map { _ in
      chain(names, draws: draws) { _, _ in Double.random(in: 0...1, using: &generator) }
    }
  }

  static func diagnosis(_ texts: [String], fit: SavedChains? = nil) throws -> Diagnosis {
    let files = texts.indices.map { "c\($0 + 1).csv" }
    let contents = try DrawsFile.read(zip(files, texts).map { ($0, Array($1.utf8)) })
    let draws = contents.draws
    let summariser = Summariser(chains: draws.chains, iterations: draws.iterations, level: 0.95)
    let figures = ChainsDiagnosis(
      contents,
      parameters: draws.names.indices.map {
        summariser.diagnostics(of: ChainValues(draws, variable: $0), name: draws.names[$0])
      })
    return Diagnosis(
      files: files, figures: figures,
      fit: fit.map { Diagnosis.Origin(folder: "fit", chains: $0) })
  }

  /// A saved run with leaves 2 and 3 under a root.
  static func saved(problems: [String] = [], root: [String] = []) throws -> SavedChains {
    let leaf: (Int) -> JSONValue = { ["node": JSONValue($0), "rule": "x", "n": JSONValue(10)] }
    let inner: JSONValue = [
      "node": JSONValue(1), "rule": "", "n": JSONValue(20),
      "diagnostics": [
        "max_rhat": JSONValue(1.5), "min_ess_bulk": JSONValue(7), "min_ess_tail": nil,
        "problems": .array(root.map(JSONValue.string)),
      ],
    ]
    let fit: JSONValue = [
      "draws": JSONValue(500), "chains": JSONValue(1), "draws_files": ["draws-1.csv"],
      "diagnostics": ["problems": .array(problems.map(JSONValue.string))],
      "subgroups": [leaf(2), leaf(3)], "inner_nodes": [inner],
    ]
    let run: JSONValue = ["method": "metamob-si", "estimator": "bayes", "fit": fit]
    return try #require(try SavedChains(["runs": [run]], run: 0))
  }
}

@Suite("Diagnosis of chains")
struct DiagnosisTests {
  private func text(_ diagnosis: Diagnosis, width: Int = 80) -> String {
    TextRenderer(width: width).text(ReportContent(diagnosis))
  }

  @Test(
    "A node has the parameters that are named for it, and no trial's",
    arguments: [
      ("effect_3", true), ("intercept_3", true), ("intercept_3_1", true), ("tau1_3", true),
      ("sigma_3", true), ("trial_effect_3_2", true), ("trial_intercept_3_2", true),
      ("trial_effect_3", false), ("trial_intercept_3", false), ("trial_fixed_3", false),
      ("effect_4", false), ("effect_13", false), ("intercept_1_3", false), ("coef_3", false),
      ("tau1", false), ("tau1_mean", false), ("effect_mean", false), ("3", false), ("", false),
      ("effect_3_3_3", false),
    ])
  func ownership(name: String, isOwn: Bool) {
    #expect(Diagnosis.isParameter(name, of: 3) == isOwn)
  }

  @Test("A problem of one leaf's effect leaves the other leaf converged")
  func subgroups() throws {
    let names = ["effect_2", "effect_3", "tau1"]
    var texts = Sample.noise(names)
    texts[3] = texts[3].split(separator: "\n").enumerated().map { row, line in
      var cells = line.split(separator: ",").map(String.init)
      if row > 0 { cells[1] = "\((Double(cells[1]) ?? 0) + 3)" }
      return cells.joined(separator: ",")
    }.joined(separator: "\n")
    let diagnosis = try Sample.diagnosis(texts, fit: Sample.saved())
    #expect(diagnosis.subgroups.map(\.node.id) == [1, 2, 3])
    #expect(diagnosis.subgroups.map(\.converged) == [true, true, false])
    #expect(!diagnosis.converged)
    #expect(diagnosis.advice.contains { $0.cause.hasPrefix("Chain 4 is away from the others") })
    #expect(text(diagnosis).contains("NOT converged"))
  }

  @Test("A divergence concerns every leaf")
  func divergences() throws {
    let texts = Sample.noise(["effect_2", "effect_3"]).map { text in
      text.split(separator: "\n").enumerated().map { row, line in
        "\(line),\(row == 0 ? "divergent__" : row == 5 ? "1" : "0")\n"
      }.joined()
    }
    let diagnosis = try Sample.diagnosis(texts, fit: Sample.saved())
    #expect(diagnosis.problems == ["4 divergent transitions"])
    #expect(diagnosis.subgroups.map(\.converged) == [true, false, false])
    let advice = try #require(diagnosis.advice.first)
    #expect(advice.remedy.contains("--target-accept"))
    #expect(try Sample.diagnosis(texts).advice[0].remedy.contains("adapt_delta"))
  }

  @Test("What the fit says of chains that were not kept counts, and only once")
  func savedProblems() throws {
    let texts = Sample.noise(["effect_2", "effect_3"])
    let other = "posterior 1 of the alternation: 2 divergent transitions"
    let newTrial = "tail ESS of effect in node 3 in a new trial is 300.0, below 400"
    let root = "bulk ESS of effect_1 is 7.0, below 400"
    let diagnosis = try Sample.diagnosis(
      texts, fit: Sample.saved(problems: [other, newTrial, "node 1: \(root)"], root: [root]))
    #expect(diagnosis.problems == [other, newTrial, "node 1: \(root)"])
    #expect(diagnosis.subgroups.map(\.problems) == [[root], [], [newTrial]])
    #expect(diagnosis.advice.map(\.problems) == [diagnosis.problems])
    let short = Sample.noise(["effect_2", "effect_3"], draws: 50)
    let shown = try Sample.diagnosis(short, fit: Sample.saved()).problems
    #expect(!shown.isEmpty)
    #expect(try Sample.diagnosis(short, fit: Sample.saved(problems: shown)).problems == shown)
  }

  @Test("Every problem stands once under a cause and a remedy")
  func advice() throws {
    var texts = Sample.noise(["effect_2", "effect_3", "tau1", "bad"], draws: 60)
    texts[1] = texts[0]
    texts[3] = Sample.chain(["effect_2", "effect_3", "tau1", "bad"], draws: 60) { t, column in
      column == 3 && t == 9 ? .nan : Double(t) + Double(column)
    }
    for fit in [nil, try Sample.saved(problems: ["round 2: something"])] {
      let diagnosis = try Sample.diagnosis(texts, fit: fit)
      let advised = diagnosis.advice.flatMap(\.problems)
      #expect(advised.sorted() == diagnosis.problems.sorted())
      #expect(diagnosis.advice.count > 2)
      #expect(diagnosis.advice[0].problems == ["chains 1 and 2 have the same draws"])
      for advice in diagnosis.advice {
        #expect(advice.cause.hasSuffix(".") && advice.remedy.hasSuffix("."))
        #expect(fit != nil || !advice.remedy.contains("--"))
      }
    }
  }

  @Test("The number of draws that would do is named")
  func wantedDraws() throws {
    let diagnosis = try Sample.diagnosis(Sample.noise(["a"], draws: 100))
    let size = try #require(diagnosis.figures.convergence.minEssTail)
    let bulk = try #require(diagnosis.figures.convergence.minEssBulk)
    let remedy = try #require(diagnosis.advice.last?.remedy)
    let number = try #require(remedy.split(separator: " ").compactMap { Int($0) }.first)
    #expect(Double(number) >= 100 * 400 / min(size, bulk))
    #expect(Double(number) <= 100 * 400 / min(size, bulk) * 1.2 + 100)
  }

  @Test(
    "Text keeps to its width, and shows the worst of many parameters", arguments: [60, 80, 120])
  func layout(width: Int) throws {
    let names = (1...45).map { "a_rather_long_name_of_a_parameter.\($0)" }
    var texts = Sample.noise(names, draws: 400)
    texts = texts.map { $0.replacing("parameter.17,", with: "odd,") }
    texts[0] = texts[0].split(separator: "\n").enumerated().map { row, line in
      var cells = line.split(separator: ",").map(String.init)
      if row > 0 { cells[16] = "\((Double(cells[16]) ?? 0) + 2)" }
      return cells.joined(separator: ",")
    }.joined(separator: "\n")
    let report = text(try Sample.diagnosis(texts), width: width)
    for line in report.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    #expect(report.contains("The 40 worst of 45 parameters"))
    let table = try #require(report.range(of: "\nParameters\n"))
    let rows = report[table.upperBound...].split(separator: "\n")
    #expect(rows.first { $0.contains("a_rather_long") }?.contains("_odd") == true)
    #expect(!report.contains("nan") && !report.contains("inf,"))
  }

  @Test("The document has every key of the contract, and null for what is undefined")
  func document() throws {
    let texts = Sample.noise(["a", "b"], chains: 1, draws: 100).map {
      $0.replacing("a,b\n", with: "a,b,c\n").split(separator: "\n").enumerated()
        .map { $0 == 0 ? "\($1)\n" : "\($1),2.5\n" }.joined()
    }
    let json = DiagnosisDocument(try Sample.diagnosis(texts)).json
    let keys =
      "name mean sd rhat rhat_basic ess_bulk ess_tail ess_mean ess_sd ess_q5 ess_q95 mcse_mean "
      + "mcse_sd mcse_q5 mcse_q95"
    let parameters = try #require(json["parameters"]?.array)
    for parameter in parameters {
      #expect(
        Set(parameter.object?.keys.map(\.self) ?? [])
          == Set(keys.split(separator: " ").map(String.init)))
    }
    #expect(parameters.map { $0["name"]?.string } == ["a", "b", "c"])
    #expect(parameters[0]["ess_q5"]?.number != nil)
    #expect(parameters[2]["mean"] == JSONValue(2.5) && parameters[2]["sd"] == JSONValue(0))
    for key in keys.split(separator: " ").dropFirst(3) {
      #expect(parameters[2][String(key)] == .null, "\(key)")
    }
    let chain = try #require(json["chains"]?.array?.first)
    #expect(chain["chain"] == JSONValue(1))
    #expect(chain["ebfmi"] == .null && chain["divergences"] == .null)
    #expect(json["verdict"]?["converged"] == .bool(false))
    #expect(json["verdict"]?["problems"]?.array?.isEmpty == false)
    #expect(json["subgroups"] == .null)
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// Several methods side by side, and recursive partitioning, by the program itself.
@Suite("Methods")
struct MethodTests {
  private let folder: Scratch
  private static let quick = Sample.short + ["--quiet", "--allow-unconverged", "--min-size", "12"]

  init() throws { folder = try Scratch(Sample(trials: 4, size: 60)) }

  private func run(_ command: String, _ options: [String]) throws -> Outcome {
    try Program.run([command, "d.csv", Sample.formula] + options + Self.quick, in: folder)
  }

  @Test("Three methods in one document, pair by pair")
  func compare() throws {
    let outcome = try run(
      "compare", ["--method", "metamob-si,rp,mob", "--format", "json", "--out", "f"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try JSONValue(data: Data(outcome.output.utf8))
    let runs = try #require(document["runs"]?.array)
    #expect(
      runs.map { $0["method"]?.string } == [
        "metamob-si", "metamob-si", "rp", "rp", "mob", "mob",
      ])
    #expect(document["agreement"]?.array?.count == 15)
    #expect(document["call"]?["control"]?["method"]?.array?.count == 3)
    for pair in document["agreement"]?.array ?? [] {
      let counts = try #require(pair["cross_table"]?["counts"]?.array)
      let sum = counts.flatMap { $0.array ?? [] }.compactMap(\.number).reduce(0, +)
      #expect(sum == 240)
    }
    // By rp the tree is the same by REML and Bayes.
    #expect(runs[2]["tree"]?["nodes"] == runs[3]["tree"]?["nodes"])
    let root = try #require(runs[2]["tree"]?["nodes"]?.array?.first)
    #expect(root["split"]?["variable"]?.string == "x")
    #expect(root["interaction"]?["sides"]?.array?.count == 2)
    let text = try #require(folder.text("f/summary.txt"))
    for line in text.split(separator: "\n") { #expect(line.count <= 80) }
    #expect(text.contains("Methods side by side"))
    #expect(text.contains("Splits, each with both sides' effects: rp"))
    // A saved fit of rp is read again.
    let rules = try Program.success(
      ["predict", "f", "--rules", "text", "--run", "rp:reml"], in: folder)
    #expect(rules.output.hasPrefix("subgroup "))
  }

  @Test(
    "What cannot be is refused",
    arguments: [
      (["--method", "mob,mob"], 64, "is not a list of different methods"),
      (["--method", "mob,"], 64, "is not a list of different methods"),
      (["--permutations", "5"], 64, "the smallest p-value of 5 is 1/6, above --alpha 0.05"),
    ])
  func refusals(options: [String], code: Int32, words: String) throws {
    let outcome = try run("compare", options)
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test("No subgroup: the difference that could have been found")
  func nothing() throws {
    let flat = Sample(trials: 3, size: 40).replacing("y") { row, _ in "\((row * 7919) % 101)" }
    try folder.add("d.csv", flat.csv)
    let text = try run("fit", ["--method", "rp", "--estimator", "reml", "--permutations", "19"])
    #expect(text.output.contains("80% power"))
    #expect(text.output.contains("19 re-randomisations"))
    let json = try run("fit", ["--estimator", "reml", "--format", "json"])
    let document = try JSONValue(data: Data(json.output.utf8))
    let difference = document["runs"]?.array?.first?["detectable_difference"]?.number
    #expect((difference ?? 0) > 0)
  }

  @Test("Predictions with the interval that is wanted, and for known and new trials")
  func predictions() throws {
    _ = try run("compare", ["--out", "f"])
    try folder.add("n.csv", "x,z,k\n0.5,a,T1\n0.5,a,T9\n0.5,a,\n,a,T1\n-0.5,b,T4\n")
    func table(_ options: [String]) throws -> [[String]] {
      try Program.success(["predict", "f", "n.csv", "--quiet"] + options, in: folder).output
        .split(separator: "\n").map {
          $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
    let plain = try table([])
    #expect(plain[0].suffix(5) == ["subgroup", "rule", "effect", "effect_low", "effect_high"])
    #expect(try table(["--interval", "posterior"]) == plain)
    #expect(try table(["--interval", "confidence"]) == (try table(["--run", "metamob-si:reml"])))
    let future = try table(["--interval", "new-trial"])
    #expect(future[1][5] == plain[1][5])
    #expect((Double(future[1][6]) ?? 0) < (Double(plain[1][6]) ?? 0))
    let trials = try table(["--trial", "k"])
    #expect(trials.map(\.last) == ["effect_in", "trial", "new trial", "new trial", "", "trial"])
    #expect(trials[2].dropLast() == future[2][...])
    #expect(trials[1][5] != plain[1][5])
    let refused = try Program.run(
      ["predict", "f", "n.csv", "--trial", "k", "--run", "metamob-si:reml"], in: folder)
    #expect(refused.code == 65 && refused.errors.contains("Bayesian runs alone have"))
    let both = try Program.run(["predict", "f", "n.csv", "--rules", "r"], in: folder)
    #expect(both.code == 64)
    #expect(try Program.run(["predict", "f"], in: folder).code == 64)
  }
}

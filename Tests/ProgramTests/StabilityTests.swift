import Foundation
import JSON
import TestSupport
import Testing

/// The command `stability` by the program itself.
@Suite("The command stability")
struct StabilityTests {
  private let folder: Scratch
  private static let reml = ["--estimator", "reml", "--min-size", "12", "--quiet"]
  private static let bayes =
    Sample.short + ["--min-size", "12", "--allow-unconverged", "--quiet"]

  init() throws { folder = try Scratch(Sample(trials: 4, size: 60)) }

  private func stability(_ options: [String]) throws -> Outcome {
    try Program.run(["stability", "d.csv", Sample.formula] + options, in: folder)
  }

  @Test("Text within 80 columns: trees, cuts, corrected and honest effects")
  func text() throws {
    let outcome = try stability(Self.reml + ["--replicates", "10", "--honest"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80) }
    for words in [
      "metamob stability", "20 halves of the participants", "What trees of halves find",
      "Effects corrected for the search", "Honest effects",
    ] {
      #expect(outcome.output.contains(words), "\(words)")
    }
  }

  @Test("The document: x splits nearly every half's root, and the effect comes back")
  func document() throws {
    let outcome = try stability(Self.reml + ["--replicates", "10", "--honest", "--format", "json"])
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(document["schema"]?.string == "metamob.stability/1")
    #expect(document["resampling"]?["parts"]?.number == 20)
    #expect(document["run"]?["timing"] == nil && document["run"]?["fit"] != nil)
    let root = try #require(document["trees"]?["root_split"]?.array?.first)
    #expect(root["variable"]?.string == "x")
    #expect((root["share"]?.number ?? 0) > 0.9)
    let slope = try #require(document["correction"]?["slope"]?.number)
    #expect(slope > 0.7 && slope <= 1)
    let overall = try #require(document["overall"]?["estimate"]?.number)
    for subgroup in try #require(document["subgroups"]?.array) {
      let effect = try #require(subgroup["effect"]?["estimate"]?.number)
      let corrected = try #require(subgroup["corrected"]?["estimate"]?.number)
      #expect(abs(corrected - (overall + slope * (effect - overall))) < 1e-9)
      let width = { (ci: JSONValue?) in
        (ci?.array?.last?.number ?? .nan) - (ci?.array?.first?.number ?? .nan)
      }
      #expect(abs(width(subgroup["effect"]?["ci"]) - width(subgroup["corrected"]?["ci"])) < 1e-9)
    }
    #expect((document["honest"]?["subgroups"]?.array?.count ?? 0) > 1)
    let cuts = try #require(document["root_cuts"]?.array?.first { $0["variable"]?.string == "x" })
    #expect(abs(cuts["quartiles"]?.array?[1].number ?? .nan) < 0.2)
  }

  @Test("The same bytes with one thread, with three, and after an interruption")
  func reproducible() throws {
    let options = Self.reml + ["--replicates", "9", "--format", "json"]
    let one = try stability(options + ["--threads", "1", "--out", "one"])
    let three = try stability(options + ["--threads", "3", "--out", "three"])
    #expect(one.code == 0 && one.output == three.output)
    for file in ["stability.json", "summary.txt", "trees.txt"] {
      #expect(folder.text("one/\(file)") == folder.text("three/\(file)"))
    }
    // A run that was stopped has the first rounds alone.
    let whole = try #require(folder.text("one/trees.txt"))
    let lines = whole.split(separator: "\n").map(String.init)
    let first = lines.filter { $0.hasPrefix("#") || (Int($0.prefix(1)) ?? 9) < 4 }
    #expect(first.count < lines.count)
    try folder.add("two/trees.txt", first.map { $0 + "\n" }.joined())
    #expect(try stability(options + ["--out", "two"]).output == one.output)
    #expect(folder.text("two/trees.txt") == whole)
    // Fewer rounds before are a beginning of more.
    _ = try stability(Self.reml + ["--replicates", "4", "--out", "four"])
    #expect(try stability(options + ["--out", "four"]).output == one.output)
  }

  @Test("Known trees are taken as they are; other data, settings or --force begin anew")
  func knownTrees() throws {
    let options = Self.reml + ["--replicates", "4", "--out", "f"]
    #expect(try stability(options).code == 0)
    let whole = try #require(folder.text("f/trees.txt"))
    let changed = whole.split(separator: "\n").map { line in
      line.hasPrefix("2,grown") ? "2,failed,by hand" : String(line)
    }.map { $0 + "\n" }.joined()
    #expect(changed != whole)
    try folder.add("f/trees.txt", changed)
    #expect(try stability(options).output.contains("by hand"))
    #expect(try !stability(options + ["--seed", "2"]).output.contains("by hand"))
    #expect(folder.text("f/trees.txt") != whole)
    try folder.add("f/trees.txt", changed)
    #expect(try stability(options + ["--force"]).code == 0)
    #expect(folder.text("f/trees.txt") == whole)
    try folder.add("f/trees.txt", changed)
    try folder.add("d.csv", Sample(trials: 4, size: 60, seed: 2).csv)
    #expect(try !stability(options).output.contains("by hand"))
    // What is no file of trees is no reason to fail.
    try folder.add("f/trees.txt", "hello\n")
    #expect(try stability(options).code == 0)
  }

  @Test("A stopped run keeps its trees, says so, and goes on")
  func interruption() throws {
    let formula = Sample.formula
    let options = "--replicates 300 --estimator bayes --draws 400 --out s --format json"
    let line =
      "metamob stability d.csv '\(formula)' \(options) > out & id=$!; "
      + "for i in $(seq 300); do [ -s s/trees.txt ] && break; sleep 0.1; done; "
      + "kill -INT $id; wait $id"
    let outcome = try Program.shell(line, in: folder.url)
    #expect(outcome.code == 130)
    #expect(outcome.errors.contains("what is finished stays in 's'"), "\(outcome.errors)")
    let trees = try #require(folder.text("s/trees.txt"))
    #expect(trees.split(separator: "\n").contains { !$0.hasPrefix("#") })
    #expect(folder.text("s/stability.json") == nil)
  }

  @Test("By Bayes, and by other methods")
  func methods() throws {
    for options in [
      ["--replicates", "3", "--honest"] + Self.bayes,
      ["--replicates", "2", "--honest", "--heterogeneity", "per-subgroup"] + Self.bayes,
      ["--replicates", "2", "--honest", "--heterogeneity", "per-subgroup-pooled"] + Self.bayes,
      ["--replicates", "2", "--honest", "--pool-effects"] + Self.bayes,
      ["--replicates", "2", "--method", "metamob-ri", "--correlated"] + Self.bayes,
      ["--replicates", "2", "--method", "rp"] + Self.bayes,
      ["--replicates", "5", "--method", "rp"] + Self.reml,
      ["--replicates", "5", "--method", "mob"] + Self.reml,
    ] {
      let outcome = try stability(options + ["--quiet", "--format", "json"])
      #expect(outcome.code == 0, "\(options): \(outcome.errors)")
      let document = try JSONValue(data: Data(outcome.output.utf8))
      #expect(document["trees"]?["root_split"]?.array?.first?["variable"]?.string == "x")
    }
  }

  @Test("One trial at a time is left out of ten, not of four")
  func trials() throws {
    let refused = try stability(Self.reml + ["--resample", "trials"])
    #expect(refused.code == 65)
    #expect(refused.errors.contains("needs 10 trials or more, and there are 4"))
    try folder.add("d.csv", Sample(trials: 10, size: 30).csv)
    let outcome = try stability(Self.reml + ["--resample", "trials", "--format", "json"])
    #expect(outcome.code == 0)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect(document["resampling"]?["parts"]?.number == 10)
    #expect(document["correction"] == .null)
  }

  @Test("Nothing to be found is said, not corrected")
  func nothing() throws {
    let flat = Sample(trials: 3, size: 40).replacing("y") { row, _ in "\((row * 7919) % 101)" }
    try folder.add("d.csv", flat.csv)
    let outcome = try stability(Self.reml + ["--replicates", "5", "--honest"])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("The reported tree has no split"))
    #expect(outcome.output.contains("no effect to be corrected"))
  }
}

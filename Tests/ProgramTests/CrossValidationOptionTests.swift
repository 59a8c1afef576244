import Foundation
import JSON
import TestSupport
import Testing

/// `metamob compare --cross-validate`.
@Suite("Runs compared by what their trees have not seen")
struct CrossValidationOptionTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try folder.add("d.csv", Sample().csv)
  }

  private func compare(_ options: [String]) throws -> Outcome {
    try Program.run(
      ["compare", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short + options,
      in: folder)
  }

  @Test("A table of runs, a document, and the same bytes on any number of threads")
  func both() throws {
    let options = [
      "--method", "metamob-si,mob", "--cross-validate", "trials,4", "--format", "json",
    ]
    let one = try compare(options + ["--threads", "1"])
    #expect(one.code == 0, "\(one.errors)")
    let document = try JSONValue(data: Data(one.output.utf8))
    let other = try JSONValue(
      data: Data(try compare(options + ["--threads", "3"]).output.utf8))
    #expect(document["cross_validation"] == other["cross_validation"])
    for scheme in ["trials", "participants"] {
      let found = try #require(document["cross_validation"]?[scheme])
      let runs = try #require(found["runs"]?.array)
      #expect(runs.count == 4)
      let best = runs.compactMap { $0["elpd"]?.number }.max()
      for run in runs {
        let elpd = try #require(run["elpd"]?.number)
        let folds = run["folds"]?.array?.compactMap { $0["elpd"]?.number } ?? []
        #expect(abs(folds.reduce(0, +) - elpd) < 1e-8)
        let difference = try #require(run["difference_to_best"]?["value"]?.number)
        #expect(abs(difference - (elpd - (best ?? 0))) < 1e-8)
        let effects = try #require(run["difference_to_one_effect"]?["value"]?.number)
        #expect(abs(effects - (elpd - (run["elpd_one_effect"]?.number ?? 0))) < 1e-8)
        let gain = try #require(run["difference_to_no_tree"]?["value"]?.number)
        #expect(abs(gain - (elpd - (run["elpd_without_tree"]?.number ?? 0))) < 1e-8)
      }
    }
    #expect(document["cross_validation"]?["participants"]?["folds"]?.array?.count == 4)
  }

  @Test("In text, and a word on how to have it", arguments: ["text", "markdown"])
  func text(format: String) throws {
    let with = try compare(["--cross-validate", "trials", "--format", format]).output
    #expect(with.contains("Runs by what their trees have not seen"))
    #expect(with.contains("Active arms left out"))
    if format == "text" {
      for line in with.split(separator: "\n") { #expect(line.count <= 80) }
    }
    let without = try compare(["--format", format]).output
    #expect(!without.contains("Active arms left out"))
    #expect(without.replacing("\n", with: " ").contains("--cross-validate trials"))
  }

  @Test(
    "What cannot be is refused",
    arguments: [
      ["compare", "1"], ["compare", "trials,"], ["compare", "all"], ["fit", "trials"],
    ])
  func refusals(command: [String]) throws {
    let outcome = try Program.run(
      [command[0], "d.csv", Sample.formula, "--cross-validate", command[1]], in: folder)
    #expect(outcome.code == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("--cross-validate"))
  }
}

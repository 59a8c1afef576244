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

  /// Names of runs have no-break spaces.
  private func spaced(_ text: some StringProtocol) -> String {
    String(text).replacing("\u{a0}", with: " ")
  }

  /// The section of a text from its heading to the next one.
  private func section(_ text: String, until end: String) -> String? {
    guard let start = text.range(of: "Runs by what their trees have not seen"),
      let stop = text.range(of: end, range: start.upperBound..<text.endIndex)
    else { return nil }
    return spaced(text[start.lowerBound..<stop.lowerBound])
  }

  @Test("Reports have the section that the output has; that of one run keeps to it")
  func report() throws {
    let options = ["--cross-validate", "trials,4", "--out", "fit", "--format", "markdown"]
    let shown = try compare(options)
    let own = try #require(section(shown.output, until: "\n## "))
    let whole = try Program.success(["report", "fit", "--format", "markdown"], in: folder).output
    #expect(section(whole, until: "\n## ") == own)
    #expect(own.contains("metamob-si Bayes") && own.contains("predicts best"))
    let one = try Program.success(
      ["report", "fit", "--format", "markdown", "--run", "metamob-si:reml"], in: folder)
    let kept = try #require(section(one.output, until: "\n## "))
    #expect(!kept.contains("| metamob-si Bayes |") && kept.contains("| metamob-si REML |"))
    _ = try Program.success(["report", "fit"], in: folder)
    let page = try #require(folder.text("fit/report.html"))
    #expect(page.contains("<section id=\"cross-validation\""))
    #expect(page.contains("4 parts left out"))
    _ = try compare(["--out", "without", "--force"])
    _ = try Program.success(["report", "without"], in: folder)
    #expect(folder.text("without/report.html")?.contains("id=\"cross-validation\"") == false)
  }

  @Test("What an extended fit keeps: section and document are as they were")
  func extended() throws {
    _ = try Program.run(
      ["compare", "d.csv", Sample.formula, "--cross-validate", "trials", "--out", "fit"]
        + ["--chains", "2", "--warmup", "150", "--draws", "60"], in: folder)
    let end = "\nTrees\n"
    let before = try #require(section(folder.text("fit/summary.txt") ?? "", until: end))
    let saved = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
    let outcome = try Program.run(["diagnose", "fit", "--extend", "--quiet"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(section(folder.text("fit/summary.txt") ?? "", until: end) == before)
    let now = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
    #expect(saved["cross_validation"] == now["cross_validation"])
    #expect(saved["runs"] != now["runs"])
  }

  @Test("Subgroups with pooled SDs have no figures, and words that say why, everywhere")
  func pooled() throws {
    let options = [
      "--heterogeneity", "per-subgroup-pooled", "--cross-validate", "4", "--out", "fit",
    ]
    let output = spaced(try compare(options).output).replacing("\n", with: " ")
    #expect(output.contains("metamob-si Bayes: no figures by part (not computed with"))
    let document = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
    let run = document["cross_validation"]?["participants"]?["runs"]?.array?.last
    #expect(run?["elpd"] == .null && run?["difference_to_best"] == .null)
    #expect(run?["obstacle"]?.string?.contains("--heterogeneity per-subgroup-pooled") == true)
    let report = spaced(
      try Program.success(["report", "fit", "--format", "markdown"], in: folder).output)
    #expect(report.contains("| metamob-si Bayes | – |"))
    #expect(report.contains("no figures by part"))
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

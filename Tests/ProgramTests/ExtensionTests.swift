import Foundation
import JSON
import TestSupport
import Testing

/// `metamob diagnose FIT --extend`: chains of a saved fit that go on.
@Suite("Longer chains of a saved fit")
struct ExtensionTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func document(_ fit: String) throws -> JSONValue {
    try JSONValue(data: Data((folder.text("\(fit)/fit.json") ?? "").utf8))
  }

  /// Chains too short for any verdict but that they are, and the outcome of their extension.
  private func extended(
    _ fit: String, _ options: [String], draws: Int = 60, formula: String = Sample.formula
  ) throws -> Outcome {
    let made = try Program.run(
      ["compare", "d.csv", formula, "--out", fit, "--chains", "2", "--warmup", "150", "--draws"]
        + ["\(draws)"] + options, in: folder)
    #expect(made.code == 3, "\(made.errors)")
    return try Program.run(["diagnose", fit, "--extend"], in: folder)
  }

  /// The lines of draws of a file, and then the other ones.
  private func lines(_ name: String) -> (draws: [Substring], comments: [Substring]) {
    let all = (folder.text(name) ?? "").split(separator: "\n")
    return (all.filter { !$0.hasPrefix("#") }, all.filter { $0.hasPrefix("#") })
  }

  static let runs: [[String]] = [
    ["--method", "metamob-si", "--tree-draws", "20"],
    ["--method", "metamob-si", "--sampler", "gibbs"],
    ["--method", "metamob-ri", "--correlated"],
    ["--method", "palmtree", "--benefit", "higher"],
    ["--method", "metamob-si", "--heterogeneity", "per-subgroup"],
    ["--method", "metamob-si", "--heterogeneity", "per-subgroup", "--sampler", "gibbs"],
    ["--method", "metamob-ri", "--heterogeneity", "per-subgroup-pooled"],
    ["--method", "metamob-si", "--heterogeneity", "per-subgroup-pooled", "--sampler", "gibbs"],
    ["--method", "metamob-si", "--pool-effects"],
    ["--method", "metamob-ri", "--pool-effects", "--sampler", "gibbs"],
    ["--method", "rp"],
  ]

  @Test("They converge, keep their draws and leave the rest of the fit as it is", arguments: runs)
  func converge(options: [String]) throws {
    _ = try Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "old", "--chains", "2", "--warmup", "150"]
        + ["--draws", "60"] + options, in: folder)
    let outcome = try extended("fit", options)
    #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
    let old = try document("old").replacing("call.control.out", by: "fit")
    let new = try document("fit")
    let fit = try #require(new["runs"]?.array?[1]["fit"])
    let draws = try #require(fit["draws"]?.number)
    let extensions = try #require(fit["extensions"]?.number)
    #expect(draws == 60 * pow(2, extensions) && extensions >= 1)
    #expect(fit["diagnostics"]?["converged"] == .bool(true))
    for chain in 1...2 {
      let (was, now) = (lines("old/draws-\(chain).csv"), lines("fit/draws-\(chain).csv"))
      #expect(was.draws[...] == now.draws.prefix(61))
      #expect(Set(now.draws).count == Int(draws) + 1, "no draw is there twice")
      #expect(
        was.comments.map {
          String($0).replacing("num_samples = 60", with: "num_samples = \(Int(draws))")
        } == now.comments.map { String($0) }, "step size and metric stay")
    }
    for key in ["call", "data", "variables", "whole_population", "agreement", "warnings"] {
      #expect(old[key] == new[key], "\(key)")
    }
    for (a, b) in zip(old["runs"]?.array ?? [], new["runs"]?.array ?? []) {
      #expect(a["tree"] == b["tree"] && a["fallback_from"] == b["fallback_from"])
    }
    #expect(old["runs"]?.array?[0]["fit"] == new["runs"]?.array?[0]["fit"])
    #expect(old["runs"]?.array?[1]["fit"]?["priors"] == fit["priors"])
  }

  // The same trees and figures of REML in the summary are those of a fit with as many draws; what is by
  // sampling differs between both, but for the inner nodes, whose chains are one and the same.
  @Test("Inner nodes and the summary are as of a fit with so many draws")
  func longFit() throws {
    let outcome = try extended("fit", [])
    #expect(outcome.code == 0)
    let draws = Int(try #require(try document("fit")["runs"]?.array?[1]["fit"]?["draws"]?.number))
    _ = try Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "long", "--chains", "2", "--warmup", "150"]
        + ["--draws", "\(draws)", "--allow-unconverged"], in: folder)
    let (ours, other) = (try document("fit"), try document("long"))
    let inner = ours["runs"]?.array?[1]["fit"]?["inner_nodes"]
    #expect(inner == other["runs"]?.array?[1]["fit"]?["inner_nodes"])
    #expect(inner?.array?.isEmpty == false)
    let summaries = ["fit", "long"].map { folder.text("\($0)/summary.txt") ?? "" }
    let headings = summaries.map { $0.split(separator: "\n").filter { $0.hasPrefix("---") }.count }
    #expect(headings[0] == headings[1] && headings[0] > 5)
    let clarity = summaries.map { text in
      text.split(separator: "\n").drop { !$0.hasPrefix("How clear the splits are") }.prefix(8)
    }
    // Title, heads and the tree by REML; then the tree by Bayes, grown with fewer draws.
    #expect(clarity[0].prefix(6) == clarity[1].prefix(6))
    #expect(clarity.allSatisfy { $0.count == 8 && $0.last?.hasPrefix("[1] x <= ") == true })
    for part in ["Data  ", "Priors  ", "REML: "] {
      let lines = summaries.map { $0.split(separator: "\n").filter { $0.hasPrefix(part) } }
      #expect(lines[0] == lines[1] && !lines[0].isEmpty, "\(part)")
    }
  }

  // Means of all parameters of extended chains against a long fit by another seed: some 13 comparisons
  // at four Monte-Carlo errors for each sampler, a false alarm in 2e-3 of seeds.
  @Test("The posterior is that of one long run", arguments: ["hmc", "gibbs"])
  func onePosterior(sampler: String) throws {
    let options = ["d.csv", "y ~ t | s", "--subgroups", "z", "--sampler", sampler]
    _ = try Program.run(
      ["fit", "--out", "fit", "--draws", "50", "--warmup", "200"] + options, in: folder)
    _ = try Program.run(
      ["fit", "--out", "long", "--draws", "2000", "--seed", "2"] + options, in: folder)
    #expect(try Program.run(["diagnose", "fit", "--extend"], in: folder).code == 0)
    let parameters = try ["fit", "long"].map {
      try #require(try document($0)["runs"]?.array?[0]["fit"]?["parameters"]?.array)
    }
    for (a, b) in zip(parameters[0], parameters[1]) {
      let figures = try [a, b].map {
        (try #require($0["mean"]?.number), try #require($0["mcse_mean"]?.number))
      }
      let error = hypot(figures[0].1, figures[1].1)
      #expect(abs(figures[0].0 - figures[1].0) < 4 * error, "\(a["name"] ?? .null)")
    }
  }

  static let binomialRuns: [[String]] = [
    ["--heterogeneity", "per-subgroup"],
    ["--heterogeneity", "per-subgroup", "--sampler", "gibbs"],
    ["--heterogeneity", "per-subgroup-pooled"],
    ["--heterogeneity", "per-subgroup-pooled", "--sampler", "gibbs"],
    ["--pool-effects"], ["--pool-effects", "--sampler", "gibbs"],
  ]

  @Test("A binomial outcome with SDs of each subgroup or pooled effects", arguments: binomialRuns)
  func binomialSubgroups(options: [String]) throws {
    let events = Sample(size: 60).replacing("y") { _, cells in
      (Double(cells[2]) ?? 0) > 12.5 ? "1" : "0"
    }
    try folder.add("d.csv", events.csv)
    let made = try Program.run(
      ["fit", "d.csv", "y ~ t + x | s", "--subgroups", "z", "--out", "fit", "--chains", "2"]
        + ["--warmup", "200", "--draws", "80"] + options, in: folder)
    #expect(made.code == 3, "\(made.errors)")
    let before = lines("fit/draws-1.csv").draws
    let outcome = try Program.run(["diagnose", "fit", "--extend"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
    let after = lines("fit/draws-1.csv").draws
    #expect(before[...] == after.prefix(81) && Set(after).count == after.count)
    let fit = try document("fit")["runs"]?.array?[0]["fit"]
    #expect(fit?["extensions"] != nil)
    #expect((fit?["pooled_effects"] == .null) != options.contains("--pool-effects"))
  }

  // The log density of every leaf, of one leaf changed by a thousandth of its effect.
  @Test("A changed draw of one subgroup is told by its log density")
  func changedSubgroup() throws {
    _ = try Program.run(
      ["fit", "d.csv", "y ~ t | s", "--subgroups", "z", "--heterogeneity", "per-subgroup"]
        + ["--out", "fit", "--chains", "2", "--warmup", "150", "--draws", "60"], in: folder)
    var rows = (folder.text("fit/draws-2.csv") ?? "").split(separator: "\n").map(String.init)
    let header = try #require(rows.first { $0.hasPrefix("lp__") }).split(separator: ",")
    let column = try #require(header.firstIndex { $0.hasPrefix("tau1_") })
    let last = try #require(rows.lastIndex { !$0.hasPrefix("#") })
    var cells = rows[last].split(separator: ",").map(String.init)
    cells[column] = "\((Double(cells[column]) ?? 0) * 1.2)"
    rows[last] = cells.joined(separator: ",")
    try folder.add("fit/draws-2.csv", rows.joined(separator: "\n") + "\n")
    let outcome = try Program.run(["diagnose", "fit", "--extend"], in: folder)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("chain 2 cannot go on from its last draw"))
  }

  @Test("A binomial outcome, a covariate, and a prior file that is gone")
  func binomial() throws {
    let events = Sample(size: 60).replacing("y") { _, cells in
      (Double(cells[2]) ?? 0) > 12.5 ? "1" : "0"
    }
    try folder.add("d.csv", events.csv)
    try folder.add(
      "p.json",
      #"{"schema": "metamob.priors/1", "name": "own", "binomial": "#
        + #"{"tau1": {"family": "log-normal", "meanlog": -1.5, "sdlog": 0.7}}}"#)
    _ = try Program.run(
      ["fit", "d.csv", "y ~ t + x | s | z", "--out", "fit", "--chains", "2", "--warmup", "150"]
        + ["--draws", "50", "--priors", "p.json"], in: folder)
    try FileManager.default.removeItem(at: folder.url(of: "p.json"))
    let before = try document("fit")["runs"]?.array?[0]["fit"]?["priors"]
    let outcome = try Program.run(["diagnose", "fit", "--extend"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
    let after = try document("fit")["runs"]?.array?[0]["fit"]
    #expect(after?["priors"] == before && before != nil)
    #expect(after?["extensions"] != nil)
  }

  @Test("The number of threads changes no byte; notes in the folder stay")
  func threads() throws {
    _ = try extended("one", [])
    _ = try Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "two", "--chains", "2", "--warmup", "150"]
        + ["--draws", "60"], in: folder)
    try folder.add("two/notes.txt", "mine")
    let timing = try document("two")["timing"]
    _ = try Program.run(["diagnose", "two", "--extend", "--threads", "1"], in: folder)
    for name in ["draws-1.csv", "draws-2.csv", "summary.txt"] {
      #expect(folder.text("one/\(name)") == folder.text("two/\(name)"))
    }
    let (one, two) = (try document("one"), try document("two"))
    #expect(one["runs"]?.array?[1]["fit"] == two["runs"]?.array?[1]["fit"])
    #expect(two["timing"] == timing)
    #expect(folder.text("two/notes.txt") == "mine")
  }

  @Test("Converged chains are left alone; chains that are stuck end with code 3")
  func ends() throws {
    #expect(try extended("fit", []).code == 0)
    let before = folder.text("fit/draws-1.csv")
    let again = try Program.run(["diagnose", "fit", "--extend"], in: folder)
    #expect(again.code == 0)
    #expect(again.errors.contains("have converged; nothing is to be extended"))
    #expect(folder.text("fit/draws-1.csv") == before)
    _ = try Program.run(
      ["fit", "d.csv", Sample.formula, "--out", "stuck", "--chains", "2", "--warmup", "0"]
        + ["--draws", "2000", "--seed", "3", "--max-treedepth", "2"], in: folder)
    // A step so small that no chain gets anywhere.
    for chain in 1...2 {
      let text = folder.text("stuck/draws-\(chain).csv") ?? ""
      try folder.add(
        "stuck/draws-\(chain).csv",
        text.split(separator: "\n").prefix(26).map { line in
          line.hasPrefix("# Step size") ? "# Step size = 1e-7" : String(line)
        }.joined(separator: "\n") + "\n")
    }
    let document = (folder.text("stuck/fit.json") ?? "").replacing(
      "\"draws\" : 2000,\n        \"draws_files\"", with: "\"draws\" : 9,\n        \"draws_files\"")
    try folder.add("stuck/fit.json", document)
    let outcome = try Program.run(["diagnose", "stuck", "--extend"], in: folder)
    #expect(outcome.code == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("the chains are stuck rather than short"))
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// `metamob diagnose` from files to figures.
@Suite("Diagnosis as users see it")
struct DiagnoseTests {
  /// Figures of R's posterior 1.4.0 and of rstan's E-BFMI; the file says how they were made.
  private static let reference: JSONValue? = figure("diagnostics/reference.json").flatMap {
    try? JSONValue(data: $0)
  }

  /// The keys of the document, with those of the reference.
  private static let keys = [
    "mean": "mean", "sd": "sd", "rhat": "rhat", "rhat_basic": "rhat_basic",
    "ess_bulk": "ess_bulk", "ess_tail": "ess_tail", "ess_mean": "ess_mean", "ess_sd": "ess_sd",
    "ess_q5": "ess_quantile_05", "ess_q95": "ess_quantile_95", "mcse_mean": "mcse_mean",
    "mcse_sd": "mcse_sd", "mcse_q5": "mcse_quantile_05", "mcse_q95": "mcse_quantile_95",
  ]

  /// The reference's draws as four files; the energies with a step count and divergences.
  private func write(_ folder: Scratch, header: String = "", steps: Int = 7) throws -> [String] {
    let draws = figureTable("diagnostics/draws.csv")
    let energies = try #require(figureTable("diagnostics/energy.csv")["energy"])
    let names = draws.keys.filter { !["chain", "iteration"].contains($0) }.sorted()
    return try (0..<4).map { chain in
      var text = header + "lp__,n_leapfrog__,divergent__,energy__,\(names.joined(separator: ","))\n"
      for row in (chain * 1000)..<((chain + 1) * 1000) {
        let cells = names.map { name in draws[name].map { "\($0[row])" } ?? "" }
        text += "0,\(steps),\(row % 1000 < chain ? 1 : 0),\(energies[row]),"
        text += cells.joined(separator: ",") + "\n"
      }
      try folder.add("\(chain + 1).csv", text)
      return "\(chain + 1).csv"
    }
  }

  private func diagnose(_ arguments: [String], in folder: Scratch) throws -> JSONValue {
    let outcome = try Program.run(["diagnose"] + arguments + ["--format", "json"], in: folder)
    return try JSONValue(data: Data(outcome.output.utf8))
  }

  @Test("Every figure is that of R's posterior, to 1e-6")
  func figures() throws {
    let folder = try Scratch()
    let document = try diagnose(try write(folder), in: folder)
    let parameters = try #require(document["parameters"]?.array)
    #expect(parameters.count == 11)
    for parameter in parameters {
      let name = try #require(parameter["name"]?.string)
      let theirs = try #require(Self.reference?["quantities"]?[name])
      for (key, other) in Self.keys {
        let ours = try #require(parameter[key], "\(name) has no \(key)")
        guard let expected = theirs[other]?.number else {
          #expect(ours == .null, "\(key) of \(name)")
          continue
        }
        let value = try #require(ours.number, "\(key) of \(name)")
        #expect(close(value, expected, relative: 1e-6, absolute: 1e-12), "\(key) of \(name)")
      }
    }
    let energies = try #require(Self.reference?["energy"]?["per_chain_rstan"]?.array)
    let chains = try #require(document["chains"]?.array)
    for (place, pair) in zip(chains, energies).enumerated() {
      let (ours, theirs) = (try #require(pair.0["ebfmi"]?.number), pair.1.number ?? 0)
      #expect(close(ours, theirs, relative: 1e-6))
      #expect(pair.0["chain"] == JSONValue(place + 1))
      #expect(pair.0["divergences"] == JSONValue(place))
    }
    #expect(document["verdict"]?["converged"] == .bool(false))
  }

  @Test("Without leapfrog steps there is no E-BFMI; comment lines change nothing")
  func gibbs() throws {
    let folder = try Scratch()
    let plain = try diagnose(try write(folder, steps: 0), in: folder)
    for chain in try #require(plain["chains"]?.array) { #expect(chain["ebfmi"] == .null) }
    let files = try write(folder, header: "# model = m\n# method = sample (Default)\n", steps: 0)
    #expect(try diagnose(files, in: folder) == plain)
  }

  /// Two chains that mix as independent draws do, with as many draws as the limits ask for.
  private func writeGood(_ folder: Scratch) throws -> [String] {
    var generator = TestGenerator(seed: 11)
    return try (1...2).map { chain in
      let rows = (0..<1000).map { _ in "\(Double.random(in: 0...1, using: &generator))\n" }
      try folder.add("good-\(chain).csv", "beta.1\n" + rows.joined())
      return "good-\(chain).csv"
    }
  }

  @Test("The exit code says whether the chains have converged")
  func exitCode() throws {
    let folder = try Scratch()
    let bad = try write(folder)
    let good = try writeGood(folder)
    #expect(try Program.run(["diagnose"] + bad, in: folder).code == 3)
    #expect(try Program.run(["diagnose"] + bad + ["--allow-unconverged"], in: folder).code == 0)
    let outcome = try Program.run(["diagnose"] + good, in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("beta.1") && outcome.output.contains("Verdict  converged"))
    let single = try Program.run(["diagnose", good[0]], in: folder)
    #expect(single.errors.hasPrefix("metamob: warning: one chain alone"))
    #expect(try Program.run(["diagnose", good[0], "--quiet"], in: folder).errors.isEmpty)
    let twice = try diagnose([good[0], good[0]], in: folder)
    #expect(twice["verdict"]?["problems"] == ["chains 1 and 2 have the same draws"])
    let lines = folder.text(good[0]) ?? ""
    let text = "# num_samples = 1200\n\(lines)"
    try folder.add("cut.csv", text)
    let cut = try Program.run(["diagnose", "cut.csv", good[1]], in: folder)
    #expect(
      cut.errors
        == "metamob: warning: cut.csv: its header promises 1200 draws, and 1000 are there; "
        + "was the run cut short?\n")
  }

  @Test("The diagnosis of a fit folder agrees with what the fit says of itself")
  func fit() throws {
    let folder = try Scratch(Sample())
    for options in [Sample.short, ["--chains", "2"]] {
      let fitted = try Program.run(
        ["fit", "d.csv", Sample.formula, "--out", "fit", "--force"] + options, in: folder)
      let run = try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))["runs"]?.array?[
        0]
      let theirs = try #require(run?["fit"]?["parameters"]?.array)
      let outcome = try Program.run(["diagnose", "fit"], in: folder)
      #expect(outcome.code == fitted.code)
      let ours = try diagnose(["fit"], in: folder)
      let parameters = try #require(ours["parameters"]?.array)
      #expect(parameters.count == theirs.count)
      for (a, b) in zip(parameters, theirs) {
        for key in ["name", "mean", "sd", "rhat", "ess_bulk", "ess_tail", "mcse_mean"] {
          #expect(a[key] == b[key], "\(key)")
        }
      }
      let diagnostics = run?["fit"]?["diagnostics"]
      #expect(ours["verdict"]?["converged"] == diagnostics?["converged"])
      let words: (JSONValue?) -> [String] = { ($0?.array ?? []).compactMap(\.string).sorted() }
      #expect(words(ours["verdict"]?["problems"]) == words(diagnostics?["problems"]))
      let nodes = try #require(run?["tree"]?["nodes"]?.array)
      #expect(ours["subgroups"]?.array?.map { $0["node"] } == nodes.map { $0["id"] })
      #expect(ours["subgroups"]?.array?.map { $0["rule"] } == nodes.map { $0["rule"] })
    }
  }
}

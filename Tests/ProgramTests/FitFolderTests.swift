import Foundation
import JSON
import TestSupport
import Testing

/// What a fit folder holds.
@Suite("Fit folder")
struct FitFolderTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func document() throws -> JSONValue {
    try JSONValue(data: Data((folder.text("fit/fit.json") ?? "").utf8))
  }

  @Test("By sampling: the document, the summary and a file of draws a chain")
  func files() throws {
    let outcome = try Program.success(
      ["compare", "d.csv", Sample.formula, "--out", "fit", "--allow-unconverged"] + Sample.short,
      in: folder)
    #expect(
      folder.files == [
        "d.csv", "fit", "fit/draws-1.csv", "fit/draws-2.csv", "fit/fit.json", "fit/summary.txt",
      ])
    #expect(
      folder.text("fit/summary.txt") == outcome.output, "the output is laid out for 80 columns")
    let runs = try document()["runs"]?.array ?? []
    #expect(runs[1]["fit"]?["draws_files"] == ["draws-1.csv", "draws-2.csv"])
  }

  @Test("By REML alone there are no draws")
  func restricted() throws {
    _ = try Program.success(
      ["fit", "d.csv", Sample.formula, "--estimator", "reml", "--out", "fit"], in: folder)
    #expect(folder.files == ["d.csv", "fit", "fit/fit.json", "fit/summary.txt"])
  }

  @Test("The document of the folder is that of standard output, but for times and its draws files")
  func sameDocument() throws {
    let outcome = try Program.success(
      ["fit", "d.csv", Sample.formula, "--out", "fit", "--allow-unconverged", "--format", "json"]
        + Sample.short, in: folder)
    let printed = try JSONValue(data: Data(outcome.output.utf8))
    #expect(printed["runs"]?.array?[0]["fit"]?["draws_files"] == .null)
    func bare(_ document: JSONValue) -> JSONValue {
      document.withoutTimes.replacing("runs.0.fit.draws_files", by: nil)
    }
    let saved = try document()
    #expect(bare(printed) == bare(saved))
  }

  @Test("A folder is replaced whole; what users put there stays")
  func replaced() throws {
    _ = try Program.success(
      ["compare", "d.csv", Sample.formula, "--out", "fit", "--allow-unconverged"] + Sample.short,
      in: folder)
    try folder.add("fit/notes.txt", "mine")
    _ = try Program.success(
      ["fit", "d.csv", Sample.formula, "--estimator", "reml", "--out", "fit", "--force"], in: folder
    )
    #expect(
      folder.files == ["d.csv", "fit", "fit/fit.json", "fit/notes.txt", "fit/summary.txt"])
  }

  /// The parameters of each method for two leaves (nodes 2 and 3), three trials and one covariate,
  /// as contract §2 names them.
  static let parameters: [(String, Set<String>)] = [
    (
      "mob-si",
      names("effect_", ["2", "3"]).union(names("intercept_", cells)).union(["coef_1", "sigma"])
    ),
    (
      "metamob-si",
      names("effect_", ["2", "3"]).union(names("intercept_", cells))
        .union(names("trial_effect_", ["1", "2", "3"])).union(["coef_1", "tau1", "sigma"])
    ),
    (
      "metamob-ri",
      names("effect_", ["2", "3"]).union(names("intercept_", ["2", "3"]))
        .union(names("trial_effect_", ["1", "2", "3"]))
        .union(names("trial_intercept_", ["1", "2", "3"]))
        .union(["coef_1", "tau0", "tau1", "sigma"])
    ),
  ]

  private static let cells = ["2_1", "2_2", "2_3", "3_1", "3_2", "3_3"]

  private static func names(_ prefix: String, _ indices: [String]) -> Set<String> {
    Set(indices.map { prefix + $0 })
  }

  @Test(
    "Draws have the names, the numbers and the comments that readers of CmdStan ask for",
    arguments: parameters)
  func draws(method: String, expected: Set<String>) throws {
    let binary = Sample().replacing("z") { _, cells in cells[4] == "a" ? "a" : "b" }
    try folder.add("d.csv", binary.csv)
    _ = try Program.success(
      ["fit", "d.csv", "y ~ t + x | s", "--subgroups", "z"]
        + ["--method", method, "--out", "fit", "--allow-unconverged", "--chains", "2"]
        + ["--warmup", "50", "--draws", "70"], in: folder)
    let parameters = try document()["runs"]?.array?[0]["fit"]?["parameters"]?.array ?? []
    var sums: [String: Double] = [:]
    for chain in 1...2 {
      let text = folder.text("fit/draws-\(chain).csv") ?? ""
      let table = try #require(DrawsTable(text))
      #expect(
        Array(table.names.prefix(7)) == [
          "lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__",
          "energy__",
        ])
      let names = Array(table.names.dropFirst(7))
      #expect(Set(names) == expected && names.count == expected.count)
      #expect(parameters.compactMap { $0["name"]?.string } == names)
      #expect(table.rows.count == 70)
      #expect(table.rows.joined().allSatisfy { $0.isFinite })
      expectComments(table.comments, chain: chain)
      for name in names { sums[name, default: 0] += table.column(name)?.reduce(0, +) ?? .nan }
    }
    for parameter in parameters {
      let mean = (sums[parameter["name"]?.string ?? ""] ?? .nan) / 140
      // Sums of 140 numbers written in full precision.
      #expect(close(parameter["mean"]?.number ?? .nan, mean, relative: 1e-12, absolute: 1e-13))
    }
  }

  private func expectComments(_ comments: [String], chain: Int) {
    let lines = comments.map { $0.trimmingCharacters(in: .whitespaces) }
    for line in [
      "method = sample (Default)", "num_samples = 70", "num_warmup = 50",
      "save_warmup = 0 (Default)", "thin = 1 (Default)", "algorithm = hmc (Default)",
      "engine = nuts (Default)", "metric = diag_e (Default)", "id = \(chain)",
      "Adaptation terminated", "Diagonal elements of inverse mass matrix:",
      "Elapsed Time: 0 seconds (Warm-up)", "0 seconds (Total)",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(lines.contains { $0.hasPrefix("model = ") })
    #expect(lines.contains { $0.hasPrefix("max_depth = 10") })
    #expect(lines.contains { $0.hasPrefix("Step size = ") })
  }
}

extension JSONValue {
  /// A copy without the figures that may differ from run to run.
  var withoutTimes: JSONValue {
    guard case .object(var members) = self else {
      guard case .array(let elements) = self else { return self }
      return .array(elements.map(\.withoutTimes))
    }
    members["timing"] = nil
    return .object(members.mapValues(\.withoutTimes))
  }
}

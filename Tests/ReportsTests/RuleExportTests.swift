import Foundation
import JSON
import TestSupport
import Testing
import Trees

@testable import Reports

/// The rules of a saved tree, run by other programs, against the prediction of our own on random rows.
@Suite struct RuleExportTests {
  /// A tree with every kind of split, names and levels with quotes in them, and levels that nodes lack.
  static let document = """
    {"schema": "metamob.fit/1",
     "call": {"data": "d.csv", "data_sha256": "0", "formula": "y ~ t | k | x + `o'b` + g", "level": 0.95},
     "variables": [{"name": "x", "kind": "numeric", "levels": null},
       {"name": "o'b \\"q\\"", "kind": "ordered", "levels": ["low", "mid", "high"]},
       {"name": "g", "kind": "nominal", "levels": ["a", "b'c", "d \\"e\\"", "f"]},
       {"name": "n", "kind": "nominal", "levels": ["1", "2", "3"]}],
     "runs": [{"method": "metamob-si", "estimator": "reml", "tree": {"nodes": [
       {"id": 1, "n": 90, "rule": "", "split":
         {"variable": "x", "breakpoint": 0.1, "children": [2, 7]}},
       {"id": 2, "n": 50, "rule": "l", "split":
         {"variable": "g", "levels": [["a", "d \\"e\\""], ["b'c"]], "children": [3, 6]}},
       {"id": 3, "n": 30, "rule": "ll", "split": {"variable": "x", "breakpoint": -2, "children": [4, 5]}},
       {"id": 4, "n": 10, "rule": "a", "split": null}, {"id": 5, "n": 20, "rule": "b", "split": null},
       {"id": 6, "n": 20, "rule": "c", "split": null},
       {"id": 7, "n": 40, "rule": "r", "split":
         {"variable": "o'b \\"q\\"", "breakpoint": "mid", "children": [8, 9]}},
       {"id": 8, "n": 20, "rule": "d", "split": null},
       {"id": 9, "n": 20, "rule": "rr", "split":
         {"variable": "n", "levels": [["1", "3"], ["2"]], "children": [10, 11]}},
       {"id": 10, "n": 10, "rule": "e", "split": null}, {"id": 11, "n": 10, "rule": "f", "split": null}]},
      "fit": {"subgroups": [
       {"node": 4, "estimate": 1, "ci": [0, 2]}, {"node": 5, "estimate": 1, "ci": [0, 2]},
       {"node": 6, "estimate": 1, "ci": null}, {"node": 8, "estimate": 1, "ci": [0, 2]},
       {"node": 10, "estimate": 1, "ci": [0, 2]}, {"node": 11, "estimate": null, "ci": null}]}}]}
    """

  static func export() throws -> RuleExport {
    let fit = try SavedFit(data: Data(document.utf8))
    return RuleExport(fit, fit.runs[0])
  }

  /// A random row as CSV cells, and what our own prediction makes of it; empty for no subgroup.
  static func row(_ fit: SavedFit, _ generator: inout TestGenerator) -> (
    cells: [String], subgroup: String
  ) {
    let x = [Double](arrayLiteral: -3, -2, -1, 0.1, 0.2, 5).randomElement(using: &generator) ?? 0
    let isXMissing = Int.random(in: 0..<8, using: &generator) == 0
    var cells = [isXMissing ? "" : "\(x)"]
    var values: [PredictorValue] = [isXMissing ? .missing : .number(x)]
    for variable in fit.variables.dropFirst() {
      let place = Int.random(in: -2..<variable.levels.count, using: &generator)
      cells.append(place == -2 ? "" : place == -1 ? "9" : variable.levels[place])
      values.append(place == -2 ? .missing : place == -1 ? .unseen : .level(place))
    }
    guard case .subgroup(let node, _) = fit.prediction(fit.runs[0], value: { values[$0] }) else {
      return (cells, "")
    }
    return (cells, "\(node.id)")
  }

  static func data(_ fit: SavedFit, rows: Int) -> (csv: String, subgroups: [String]) {
    var generator = TestGenerator(seed: 3)
    let all = (0..<rows).map { _ in row(fit, &generator) }
    func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
    let lines = [fit.variables.map { quoted($0.name) }] + all.map { $0.cells.map(quoted) }
    return (lines.map { $0.joined(separator: ",") + "\n" }.joined(), all.map(\.subgroup))
  }

  /// Runs a script in a folder with the rows; its output is one subgroup a line, or nothing.
  static func run(_ command: [String], files: [String: String]) throws -> [String]? {
    let folder = try Scratch()
    for (name, text) in files { try folder.add(name, text) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder.url
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: output, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  static func hasProgram(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  @Test(.enabled(if: hasProgram("python3")))
  func pythonAssignsAlike() throws {
    let export = try Self.export()
    let (csv, subgroups) = Self.data(export.fit, rows: 400)
    let main = """
      import csv
      from rules import subgroup
      for row in csv.DictReader(open("new.csv")):
          node = subgroup(row)
          print("" if node is None else node)
      # Numbers as other readers give them.
      assert subgroup({"x": 5, "o'b \\"q\\"": "high", "n": 2.0}) == 11
      assert subgroup({"x": 5.0, "o'b \\"q\\"": "high", "n": 3}) == 10
      assert subgroup({"x": float("nan")}) is None
      assert subgroup({}) is None

      """
    let found = try Self.run(
      ["python3", "main.py"],
      files: ["rules.py": export.text(.python), "new.csv": csv, "main.py": main])
    #expect(try #require(found) == subgroups)
    #expect(Set(subgroups) == ["", "4", "5", "6", "8", "10", "11"])
  }

  @Test(.enabled(if: hasProgram("python3")))
  func sqlAssignsAlike() throws {
    let export = try Self.export()
    let (csv, subgroups) = Self.data(export.fit, rows: 400)
    let main = """
      import csv, sqlite3
      rows = list(csv.reader(open("new.csv")))
      names = ", ".join('"' + name.replace('"', '""') + '"' for name in rows[0])
      base = sqlite3.connect(":memory:")
      base.execute("CREATE TABLE new (%s)" % names)
      number = lambda i, cell: float(cell) if i in (0, 3) else cell
      for row in rows[1:]:
          cells = [None if cell == "" else number(i, cell) for i, cell in enumerate(row)]
          base.execute("INSERT INTO new VALUES (?, ?, ?, ?)", cells)
      for (node,) in base.execute("SELECT " + open("rules.sql").read() + " FROM new ORDER BY rowid"):
          print("" if node is None else node)

      """
    let found = try Self.run(
      ["python3", "main.py"],
      files: ["rules.sql": export.text(.sql), "new.csv": csv, "main.py": main])
    #expect(try #require(found) == subgroups)
  }

  @Test(.enabled(if: hasProgram("Rscript")))
  func rAssignsAlike() throws {
    let export = try Self.export()
    let (csv, subgroups) = Self.data(export.fit, rows: 400)
    let main = """
      source("rules.R")
      new <- read.csv("new.csv", check.names = FALSE, na.strings = "")
      node <- subgroup(new)
      stopifnot(is.integer(node) || is.numeric(node))
      writeLines(ifelse(is.na(node), "", as.character(node)))

      """
    let found = try Self.run(
      ["Rscript", "main.R"],
      files: ["rules.R": export.text(.r), "new.csv": csv, "main.R": main])
    #expect(try #require(found) == subgroups)
  }

  @Test func textAndDocumentNameEverySubgroup() throws {
    let export = try Self.export()
    #expect(
      export.text(.text)
        == "subgroup 4: a\nsubgroup 5: b\nsubgroup 6: c\nsubgroup 8: d\nsubgroup 10: e\nsubgroup 11: f\n"
    )
    let document = try JSONValue(data: Data(export.text(.json).utf8))
    #expect(document["schema"]?.string == "metamob.rules/1")
    #expect(
      document["subgroups"]?.array?.compactMap { $0["node"]?.number } == [4, 5, 6, 8, 10, 11])
    #expect(document["nodes"]?.array?.count == 11)
  }

  @Test func aTreeWithoutASplitHasOneSubgroup() throws {
    let single = """
      {"schema": "metamob.fit/1",
       "call": {"data": "d.csv", "data_sha256": "0", "formula": "y ~ t | k | x", "level": 0.95},
       "variables": [], "runs": [{"method": "mob", "estimator": "reml", "tree": {"nodes": [
       {"id": 1, "n": 90, "rule": "", "split": null}]},
       "fit": {"subgroups": [{"node": 1, "estimate": 1, "ci": [0, 2]}]}}]}
      """
    let fit = try SavedFit(data: Data(single.utf8))
    let export = RuleExport(fit, fit.runs[0])
    #expect(export.text(.text) == "subgroup 1: all participants\n")
    #expect(export.text(.sql).hasSuffix("\n1\n"))
    #expect(export.text(.r).contains("rep(1, nrow(data))"))
    #expect(export.text(.python).hasSuffix("def subgroup(row):\n    return 1\n"))
  }
}

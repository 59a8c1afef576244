import Foundation
import TestSupport
import Testing

/// Fits whose chains cannot go on.
@Suite("Messages about longer chains")
struct ExtensionMessageTests {
  private static let csv = Sample().csv

  /// An unconverged fit of `d.csv`, with the data.
  private static let fit: [String: String] = {
    guard let folder = try? Scratch(), (try? folder.add("d.csv", csv)) != nil else { return [:] }
    let options = ["--chains", "2", "--warmup", "60", "--draws", "20"]
    _ = try? Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "fit"] + options, in: folder)
    let names = ["fit/fit.json", "fit/draws-1.csv", "fit/draws-2.csv"]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.text($0) ?? "") })
      .merging(["d.csv": csv]) { $1 }
  }()

  private static func wrong(
    _ options: [String] = [], without name: String? = nil, files: [String: String] = [:],
    code: Int32, _ error: String
  ) -> Message {
    var all = fit.merging(files) { $1 }
    if let name { all[name] = nil }
    return Message(["diagnose", "fit", "--extend"] + options, files: all, code: code, error)
  }

  private static let changed = csv.replacing("T1,control", with: "T2,control")

  static let messages: [Message] = [
    Message(
      ["diagnose", "fit/draws-1.csv", "--extend"], files: fit, code: 64,
      "option --extend needs one fit folder: draws files do not say how their chains go on"),
    Message(
      ["diagnose", "fit", "--data", "d.csv"], files: fit, code: 64, "option --data needs --extend"),
    wrong(
      without: "fit/fit.json", code: 66,
      "fit/fit.json: no such file; check the name and the folder"),
    wrong(
      without: "d.csv", code: 66,
      "d.csv, the data of the fit 'fit', does not exist; say with --data where it is"),
    wrong(
      ["--data", "elsewhere.csv"], code: 66,
      "elsewhere.csv, the data of the fit 'fit', does not exist; say with --data where it is"),
    wrong(
      without: "fit/draws-1.csv", code: 66,
      "fit/draws-1.csv: no such file, and 'fit/fit.json' names it among 2 chains; put it back, or "
        + "fit again with --out and --force"),
    wrong(
      ["--run", "metamob-si:reml"], code: 65,
      "'fit/fit.json': the run metamob-si:reml has no draws files; fit with --estimator bayes and "
        + "--out, or choose another run with --run"),
    wrong(
      files: [
        "fit/fit.json": fit["fit/fit.json"]?.replacing(
          "\"data\" : \"d.csv\"", with: "\"data\" : \"-\"") ?? ""
      ], code: 66, "the fit 'fit' read its data from standard input; give the file with --data"),
    wrong(
      files: [
        "fit/fit.json": fit["fit/fit.json"]?.replacing("\"alpha\" : 0.05", with: "\"alpha\" : 7")
          ?? ""
      ], code: 65,
      "'fit/fit.json', call.control.alpha: a number above 0 and at most 1 is wanted here"),
  ]

  @Test("One line, no result, the exit code", arguments: messages)
  func message(_ message: Message) throws {
    try check(message)
  }

  /// The error of a changed fit, and that its folder has not changed.
  private func error(_ files: [String: String], _ options: [String] = []) throws -> String {
    let folder = try Scratch()
    let all = Self.fit.merging(files) { $1 }
    for (name, content) in all { try folder.add(name, content) }
    let outcome = try Program.run(["diagnose", "fit", "--extend"] + options, in: folder)
    #expect(outcome.code == 65 && outcome.output.isEmpty)
    for (name, content) in all { #expect(folder.text(name) == content, "\(name)") }
    return outcome.errors
  }

  @Test("Data that have changed are told by their digest, and --data finds those that moved")
  func data() throws {
    let other = try error(["d.csv": Self.changed])
    #expect(
      other.hasPrefix(
        "metamob: error: d.csv is not the file that 'fit' was fitted to, or has changed since"))
    #expect(other.contains("give the right one with --data, or fit again"))
    let folder = try Scratch()
    for (name, content) in Self.fit { try folder.add(name, content) }
    try folder.add("there.csv", Self.csv)
    try FileManager.default.removeItem(at: folder.url(of: "d.csv"))
    let moved = try Program.run(
      ["diagnose", "fit", "--extend", "--data", "there.csv"], in: folder)
    #expect(moved.code == 0, "\(moved.errors)")
  }

  @Test("A last draw that is not of this model is refused; so is another tree")
  func otherDraws() throws {
    let text = Self.fit["fit/draws-2.csv"] ?? ""
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let last = try #require(lines.lastIndex { !$0.isEmpty && !$0.hasPrefix("#") })
    var cells = lines[last].split(separator: ",").map(String.init)
    // τ1, the last but one.
    cells[cells.count - 2] = "\(1.5 * (Double(cells[cells.count - 2]) ?? 0) + 1)"
    lines[last] = cells.joined(separator: ",")
    let draws = try error(["fit/draws-2.csv": lines.joined(separator: "\n")])
    #expect(draws.contains("chain 2 cannot go on from its last draw: its log density is -"))
    let noMetric = text.replacing("# Diagonal elements", with: "# Elements")
    let unadapted = try error(["fit/draws-2.csv": noMetric])
    #expect(unadapted.contains("no step size and metric in its file"))
    let document = Self.fit["fit/fit.json"] ?? ""
    let cut = try #require(document.firstMatch(of: /"breakpoint" : [-0-9.]+/)).output
    let tree = try error(["fit/fit.json": document.replacing(cut, with: "\"breakpoint\" : 0.5")])
    #expect(tree.contains("the data send ") && tree.contains("to node 2; they are not the data"))
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// Draws files and fit folders that cannot be diagnosed.
@Suite("Messages about draws")
struct DiagnoseMessageTests {
  /// The contents of the files, and then the message.
  private static func wrong(_ texts: String...) -> Message {
    let names = texts.indices.dropLast().map { "\($0 + 1).csv" }
    return Message(
      ["diagnose"] + names, files: Dictionary(uniqueKeysWithValues: zip(names, texts)),
      code: 65, texts.last ?? "")
  }

  static let files: [Message] = [
    Message(
      ["diagnose"], code: 64,
      "metamob diagnose needs FIT|FILE: FIT|FILE is missing; 'metamob diagnose --help' explains"),
    Message(
      ["diagnose", "no.csv"], code: 66,
      "no.csv: no such file; check the name and the folder"),
    Message(
      ["diagnose", "1.csv", "2.csv"], files: ["1.csv": "a\n1\n"], code: 66,
      "2.csv: no such file; check the name and the folder"),
    wrong("", "1.csv: the file is empty; let the sampler finish, or leave it out"),
    wrong(
      "\n",
      "1.csv: there is no column of a parameter; draws files have a line of names, of which "
        + "those that end in __ are the sampler's"),
    wrong(
      "lp__,energy__\n-1,2\n",
      "1.csv: there is no column of a parameter; draws files have a line of names, of which "
        + "those that end in __ are the sampler's"),
    wrong(
      "a,b\n", "1.csv: there are names but no draws after warm-up; let the sampler finish"),
    wrong(
      "# method = optimize\nlp__,a\n-1,2\n",
      "1.csv: its header says method = optimize, which makes no Markov chain; give the files of "
        + "method = sample"),
    wrong("1,2\n3,4\n", "1.csv: the first line holds numbers; it must name the columns"),
    wrong(
      "\"\",\"a\"\n\"1\",2\n",
      "1.csv: column 1 has no name; leave row names out when the file is written "
        + "(row.names = FALSE in R, index=False in Python)"),
    wrong(
      "a;b\n1;2\n",
      "1.csv, line 2, column \"a;b\": \"1;2\" is not a number; draws files are CSV with commas, "
        + "decimal points, and nan for what has no value"),
    wrong(
      "a,b\n1,2\n3\n",
      "1.csv, line 3: the row has 1 value where the header has 2 names; a run that was cut short "
        + "may have left half a line"),
    wrong(
      "a,b,a\n1,2,3\n",
      "1.csv, column \"a\": the name stands twice; rename one of the two columns"),
    wrong(
      "a\n1\u{0}\n", "1.csv: this is not text; draws files are CSV, as CmdStan writes them"),
    wrong(
      ".chain,a\n1,1\n2,1\n",
      "1.csv, column \".chain\": the file holds several chains; write one file a chain"),
    wrong(
      "a\n1\n", "b\n1\n",
      "2.csv: its columns are not those of 1.csv; give the chains of one model alone"),
    wrong(
      "a\n1\n2\n", "a\n1\n",
      "2.csv has 1 draw and 1.csv has 2; chains must be equally long: let the shorter one finish, "
        + "or leave it out"),
  ]

  /// A fit with two chains of 60 draws each, and the names of its files.
  private static let fit: [String: String] = {
    guard let folder = try? Scratch(Sample()) else {
      return [:]
    }
    _ = try? Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "fit"] + Sample.short, in: folder)
    let names = ["fit/fit.json", "fit/draws-1.csv", "fit/draws-2.csv"]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.text($0) ?? "") })
  }()

  private static func wrongFit(
    _ options: [String] = [], replacing name: String? = nil, by content: String? = nil,
    code: Int32 = 65, _ error: String
  ) -> Message {
    var files = fit
    if let name { files[name] = content }
    return Message(["diagnose", "fit"] + options, files: files, code: code, error)
  }

  /// The draws of a chain without those after the first ten rows.
  private static func cut(_ name: String) -> String {
    let lines = (fit[name] ?? "").split(separator: "\n")
    return lines.prefix(27).map { "\($0)\n" }.joined()
  }

  static let fits: [Message] = [
    wrongFit(
      replacing: "fit/fit.json", code: 66,
      "fit/fit.json: no such file; check the name and the folder"),
    wrongFit(
      replacing: "fit/fit.json", by: "{",
      "'fit/fit.json': the file is not JSON, or was cut off"),
    wrongFit(
      replacing: "fit/draws-2.csv", code: 66,
      "fit/draws-2.csv: no such file, and 'fit/fit.json' names it among 2 chains; put it back, or "
        + "fit again with --out and --force"),
    wrongFit(
      replacing: "fit/draws-1.csv", by: cut("fit/draws-1.csv"),
      "fit/draws-2.csv has 60 draws and fit/draws-1.csv has 10; chains must be equally long: let "
        + "the shorter one finish, or leave it out"),
    wrongFit(
      replacing: "fit/draws-1.csv", by: fit["fit/draws-1.csv"]?.replacing("effect_2", with: "e"),
      "fit/draws-2.csv: its columns are not those of fit/draws-1.csv; give the chains of one model "
        + "alone"),
    wrongFit(
      ["--run", "mob"],
      "'fit/fit.json' has no run 'mob'; it has metamob-si:reml and metamob-si:bayes"),
    wrongFit(
      ["--run", "metamob-si:reml"],
      "'fit/fit.json': the run metamob-si:reml has no draws files; fit with --estimator bayes and "
        + "--out, or choose another run with --run"),
    Message(
      ["diagnose", "fit", "fit/draws-1.csv"], files: fit, code: 64,
      "'fit' is a folder; give one fit folder alone, or draws files alone"),
    Message(
      ["diagnose", "fit/fit.json"], files: fit, code: 64,
      "'fit/fit.json' is the document of a fit; give the fit folder that it is in"),
    Message(
      ["diagnose", "fit/draws-1.csv", "--run", "mob"], files: fit, code: 64,
      "option --run chooses a run of a fit folder; draws files have none"),
  ]

  @Test("One line, no result, the exit code", arguments: files + fits)
  func message(_ message: Message) throws {
    try check(message)
  }

  @Test("Draws that are not those of the fit are refused")
  func otherDraws() throws {
    for (document, error) in [
      (
        Self.fit["fit/fit.json"]?.replacing("\"draws\" : 60,", with: "\"draws\" : 61,"),
        "fit/draws-1.csv has 60 draws, and 'fit/fit.json' says 61: "
      ),
      (
        Self.fit["fit/fit.json"],
        "fit/draws-1.csv has no column \"effect_2\": "
      ),
    ] {
      let folder = try Scratch()
      for (name, content) in Self.fit { try folder.add(name, content) }
      try folder.add("fit/fit.json", document ?? "")
      if error.contains("effect_2") {
        for name in ["fit/draws-1.csv", "fit/draws-2.csv"] {
          try folder.add(name, Self.fit[name]?.replacing("effect_2", with: "e") ?? "")
        }
      }
      let outcome = try Program.run(["diagnose", "fit"], in: folder)
      #expect(outcome.code == 65)
      #expect(
        outcome.errors == "metamob: error: \(error)the draws are not those of this fit; fit again "
          + "with --out and --force\n")
    }
  }

  @Test("Every member of a saved fit that a diagnosis needs is checked")
  func members() throws {
    let document = try JSONValue(data: Data((Self.fit["fit/fit.json"] ?? "").utf8))
    for path in [
      "runs", "runs.1.fit.draws", "runs.1.fit.draws_files", "runs.1.fit.chains",
      "runs.1.fit.diagnostics",
      "runs.1.fit.diagnostics.problems", "runs.1.fit.subgroups.0.rule", "runs.1.fit.inner_nodes",
      "runs.1.fit.inner_nodes.0.diagnostics", "runs.1.fit.inner_nodes.0.diagnostics.max_rhat",
    ] {
      let folder = try Scratch()
      for (name, content) in Self.fit { try folder.add(name, content) }
      let changed = document.replacing(path, by: path.hasSuffix("rule") ? nil : "?")
      try folder.add("fit/fit.json", try changed.text())
      let outcome = try Program.run(["diagnose", "fit"], in: folder)
      #expect(outcome.code == 65, "\(path)")
      #expect(outcome.errors.hasPrefix("metamob: error: 'fit/fit.json', "), "\(path)")
      #expect(outcome.errors.count { $0 == "\n" } == 1, "\(path)")
      #expect(outcome.output.isEmpty, "\(path)")
    }
  }
}

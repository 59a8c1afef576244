import Foundation
import JSON
import TestSupport
import Testing

/// Saved fits and new data that cannot be used.
@Suite("Messages about predictions")
struct PredictMessageTests {
  private static let csv = Sample().csv

  /// The document of a comparison; its trees are split at x.
  private static let document: String = {
    guard let folder = try? Scratch(), (try? folder.add("d.csv", csv)) != nil else { return "" }
    _ = try? Program.run(
      ["compare", "d.csv", Sample.formula, "--out", "fit"] + Sample.short, in: folder)
    return folder.text("fit/fit.json") ?? ""
  }()

  /// `predict fit new.csv` with a content of either file.
  private static func predict(_ document: String, _ error: String) -> Message {
    predict(document, csv, [], error)
  }

  private static func predict(_ document: String, _ new: String, _ error: String) -> Message {
    predict(document, new, [], error)
  }

  private static func predict(
    _ document: String, _ new: String, _ options: [String], code: Int32 = 65, _ error: String
  ) -> Message {
    Message(
      ["predict", "fit", "new.csv"] + options,
      files: ["fit/fit.json": document, "new.csv": new], code: code, error)
  }

  static let fits: [Message] = [
    Message(
      ["predict", "fit", "new.csv"], files: ["new.csv": csv], code: 66,
      "fit/fit.json: no such file; check the name and the folder"),
    predict("", "'fit/fit.json': the file is not JSON, or was cut off"),
    predict("hello", "'fit/fit.json': the file is not JSON, or was cut off"),
    predict(
      String(document.prefix(document.count / 2)),
      "'fit/fit.json': the file is not JSON, or was cut off"),
    predict("{}", "'fit/fit.json', schema: is missing"),
    predict("[1]", "'fit/fit.json', the document: an object is wanted here"),
    predict(
      #"{"schema": "metamob.priors/1"}"#,
      "'fit/fit.json', schema: \"metamob.fit/1\" is wanted here"),
    predict(
      document, csv, ["--run", "mob-si"],
      "'fit/fit.json' has no run 'mob-si'; it has metamob-si:reml and metamob-si:bayes"),
  ]

  static let data: [Message] = [
    Message(
      ["predict", "fit", "new.csv"], files: ["fit/fit.json": document], code: 66,
      "new.csv: no such file; check the name and the folder"),
    predict(
      document, "age,z\n30,a\n",
      "new.csv, column \"x\": the file has no such column; it has \"age\", \"z\""),
    predict(
      document, "x\n1\nabc\n",
      "new.csv, line 3, column \"x\": \"abc\" is not a number; write NA for a missing value"),
    predict(
      document, "x,effect\n1,2\n",
      "file 'new.csv' has a column 'effect' already, which predict adds; rename it there"),
    predict(
      document, csv, ["--out", "new.csv"], code: 73,
      "'new.csv' is the input 'new.csv'; choose another file for --out"),
    predict(
      document, csv, ["--out", "fit/fit.json"], code: 73,
      "'fit/fit.json' is the input 'fit/fit.json'; choose another file for --out"),
    predict(
      document, csv, ["--out", "fit"], code: 73,
      "'fit' is a folder; choose a file for --out"),
    predict(
      document, csv, ["--out", "no/p.csv"], code: 73,
      "cannot write 'no/p.csv': folder 'no' does not exist; create it first"),
    predict(
      document, csv, ["--out", "/dev/full"], code: 74,
      "cannot write '/dev/full': No space left on device"),
  ]

  @Test("One line, no result, no file, the exit code", arguments: fits + data)
  func message(_ message: Message) throws {
    try check(message)
  }

  /// A run by maximum likelihood whose root has one child for each level of z.
  @Test("A binomial fit and a split into several children are read")
  func severalChildren() throws {
    let document = try JSONValue(data: Data(Self.document.utf8))
    let run = document["runs"]?.array?[0]
    let nodes = try #require(run?["tree"]?["nodes"]?.array)
    let effects = try #require(run?["fit"]?["subgroups"]?.array)
    let split: JSONValue = [
      "variable": "z", "kind": "nominal", "levels": [["a"], ["b"], ["c"]],
      "children": [.number(2), .number(3), .number(4)], "robust_to_start": nil,
    ]
    let leaves = (2...4).map { id in
      nodes[nodes.count - 1].replacing("id", by: .number(Double(id)))
        .replacing("rule", by: .string("z is \(id)"))
    }
    let values = (2...4).map { id in
      effects[0].replacing("node", by: .number(Double(id)))
        .replacing("estimate", by: .number(Double(id) / 4))
    }
    let fit =
      document.replacing("call.family", by: "binomial").replacing("call.event", by: "yes")
      .replacing("runs.0.method", by: "palmtree").replacing("runs.0.estimator", by: "ml")
      .replacing(
        "runs.0.tree.nodes", by: .array([nodes[0].replacing("split", by: split)] + leaves)
      )
      .replacing("runs.0.fit.subgroups", by: .array(values))
    let folder = try Scratch()
    try folder.add("fit/fit.json", try fit.text())
    try folder.add("new.csv", "z\nc\na\nb\nd\n")
    let outcome = try Program.run(
      ["predict", "fit", "new.csv", "--run", "palmtree:ml"], in: folder)
    #expect(outcome.code == 0)
    let cells = outcome.output.split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).prefix(4).joined(separator: ",")
    }
    #expect(cells == ["c,4,z is 4,1", "a,2,z is 2,0.5", "b,3,z is 3,0.75", "d,,,"])
    #expect(
      outcome.errors == "metamob: warning: 1 row left without a subgroup because of a level that "
        + "the fit has not seen on the path\n")
  }

  @Test("Every member of a saved fit that predictions need is checked")
  func members() throws {
    let document = try JSONValue(data: Data(Self.document.utf8))
    for path in [
      "call", "variables", "runs", "runs.0.tree", "runs.0.tree.nodes", "runs.0.tree.nodes.0.split",
      "runs.0.tree.nodes.0.split.breakpoint", "runs.0.fit.subgroups", "runs.1.fit.subgroups.0.node",
    ] {
      let folder = try Scratch()
      try folder.add("fit/fit.json", try document.replacing(path, by: "?").text())
      try folder.add("new.csv", Self.csv)
      let outcome = try Program.run(["predict", "fit", "new.csv"], in: folder)
      #expect(outcome.code == 65, "\(path)")
      #expect(outcome.errors.hasPrefix("metamob: error: 'fit/fit.json', "), "\(path)")
      #expect(outcome.errors.count { $0 == "\n" } == 1, "\(path)")
      #expect(outcome.output.isEmpty, "\(path)")
    }
  }
}

extension JSONValue {
  /// A copy in which the value at a path of keys and positions is another one.
  func replacing(_ path: String, by value: JSONValue) -> JSONValue {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let key = keys.first else { return value }
    let rest = keys.count > 1 ? keys[1] : ""
    switch self {
    case .object(var members):
      members[key] = (members[key] ?? nil).replacing(rest, by: value)
      return .object(members)
    case .array(var elements):
      guard let position = Int(key), elements.indices.contains(position) else { return self }
      elements[position] = elements[position].replacing(rest, by: value)
      return .array(elements)
    default: return self
    }
  }
}

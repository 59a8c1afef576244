import Foundation
import JSON
import TestSupport
import Testing

/// `metamob priors`, and fits under every kind of set.
@Suite("Prior sets as users see them")
struct PriorsTests {
  private func run(_ arguments: [String], in folder: Scratch? = nil) throws -> Outcome {
    let outcome = try Program.run(arguments, in: folder ?? Scratch())
    #expect(outcome.code == 0 && outcome.errors == "", "\(arguments): \(outcome.errors)")
    return outcome
  }

  private func document(_ arguments: [String], in folder: Scratch? = nil) throws -> JSONValue {
    try JSONValue(
      data: Data(run(arguments + ["--format", "json"], in: folder).output.utf8))
  }

  @Test("The list has every set with its family and its τ1; tables by their rows")
  func list() throws {
    let sets = try #require(document(["priors", "list"])["sets"]?.array)
    #expect(sets.count == 163)
    for set in sets {
      let families = try #require(set["outcome"]?.array).compactMap(\.string)
      #expect(!families.isEmpty && set["for"]?.string?.isEmpty == false)
      for family in families { #expect(set["tau1"]?[family]?["family"]?.string != nil) }
    }
    let pain = try #require(sets.first { $0["name"]?.string == "turner-pain-drug-control" })
    #expect(pain["table"]?.string == "turner")
    #expect(close(pain["tau1"]?["binomial"]?["meanlog"]?.number ?? 0, -0.915, relative: 1e-12))
    #expect(pain["outcome"]?.array?.compactMap(\.string) == ["binomial"])
    let text = try run(["priors", "list"]).output
    #expect(text.contains("binomial: τ1 half-normal(0.5)"))
    #expect(text.contains("gaussian: τ1 half-normal(0.25) × within-arm SD"))
    for set in sets { #expect(text.contains(set["name"]?.string ?? "?")) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(try run(["priors", "list", "--format", "markdown"]).output.contains("turner-any"))
  }

  /// HN(0.5): R's quantiles (2.5, 25, 50, 75, 95, 97.5 %), and the range of 95 % of trial effects.
  @Test("What half-normal 0.5 says")
  func show() throws {
    let document = try document(["priors", "show", "half-normal-0.5"])
    #expect(document["gaussian"] == .null)
    let says = try #require(document["binomial"]?["says"])
    let quantiles = [
      "2.5": 0.01566899101071, "25": 0.1593196819822, "50": 0.337244875098,
      "75": 0.575174690188, "95": 0.97998199227, "97.5": 1.120701363802,
    ]
    for (percent, value) in quantiles {
      #expect(close(says["quantiles"]?[percent]?.number ?? 0, value, relative: 1e-10))
    }
    #expect(close(says["mean"]?.number ?? 0, 0.3989422804014, relative: 1e-10))
    #expect(close(says["range_95"]?.number ?? 0, 1.09097449, relative: 1e-7))
    #expect(close(says["odds_ratio_factor_95"]?.number ?? 0, 2.98, relative: 0.005))
    let classes = try #require(says["classes"]?.array)
    #expect(classes.map { $0["to"]?.number } == [0.1, 0.5, 1, nil])
    #expect(close(classes[1]["probability"]?.number ?? 0, 0.524170, relative: 1e-5))
    let text = try run(["priors", "show", "half-normal-0.5"]).output
    let flowing = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(
      flowing.contains(
        "95% of trial effects within a factor of 2.98 of the mean odds ratio (1.94 with τ1 at its "
          + "median, 0.337)."))
    #expect(flowing.contains("fairly extreme above 1 0.046"))
    #expect(flowing.contains("as in weakly-informative"))
  }

  @Test("Moments that do not exist are null, classes of unknown units as well")
  func absent() throws {
    let folder = try Scratch()
    try folder.add(
      "own.json",
      #"{"schema": "metamob.priors/1", "name": "own", "gaussian": {"tau1": {"family": "#
        + #""half-cauchy", "scale": 3}}}"#)
    let document = try document(["priors", "show", "own.json"], in: folder)
    let says = try #require(document["gaussian"]?["says"])
    #expect(says["mean"] == .null && says["sd"] == .null && says["classes"] == .null)
    // R: 5.04700726 for a scale of ½.
    #expect(close(says["range_95"]?.number ?? 0, 6 * 5.04700726, relative: 1e-7))
    let text = try run(["priors", "show", "own.json"], in: folder).output
    #expect(text.contains("units of the outcome") && !text.contains("nan"))
  }

  @Test("The figure is an SVG document, the same in every run")
  func plot() throws {
    let names = ["uisd-8", "near-flat", "turner-pain-drug-control", "rhodes-any", "half-cauchy"]
    for name in names {
      let folder = try Scratch()
      #expect(
        try run(["priors", "plot", name, "--out", "a.svg"], in: folder).output.isEmpty)
      _ = try run(["priors", "plot", name, "--out", "b.svg"], in: folder)
      let text = try #require(folder.text("a.svg"))
      #expect(text == folder.text("b.svg"))
      let parser = XMLDelegate()
      #expect(parser.accepts(text), "\(name)")
      #expect(text.contains("median ") && text.contains(">95% "))
      #expect(!text.contains("nan") && !text.contains("inf,"))
    }
  }

  static let messages: [Message] = [
    Message(
      ["priors"], code: 64,
      "metamob priors needs list|show|plot and NAME|FILE: list|show|plot is missing; 'metamob priors "
        + "--help' explains"),
    Message(
      ["priors", "lst"], code: 64,
      "metamob priors: 'lst' is not list, show or plot; did you mean list?"),
    Message(
      ["priors", "half-t"], code: 64,
      "metamob priors: 'half-t' is not list, show or plot; metamob priors show NAME shows a set"),
    Message(
      ["priors", "show"], code: 64,
      "metamob priors show needs NAME|FILE: 'metamob priors list' has the names of all sets"),
    Message(
      ["priors", "list", "half-t"], code: 64,
      "unexpected argument 'half-t'; metamob priors show NAME shows a set"),
    Message(
      ["priors", "show", "half-nomal-0.5"], code: 66,
      "unknown prior set 'half-nomal-0.5'; did you mean half-normal-0.5?"),
    Message(
      ["priors", "show", "no.json"], code: 66,
      "no.json: no such file; check the name and the folder"),
    Message(
      ["priors", "plot", "half-t"], code: 64, "metamob priors plot needs --out FILE.svg"),
    Message(
      ["priors", "plot", "half-t", "--out", "a.pdf"], code: 64,
      "option --out: 'a.pdf' does not end in .svg; figures of priors are written as SVG"),
    Message(
      ["priors", "show", "half-t", "--out", "a.svg"], code: 64,
      "option --out belongs to metamob priors plot; show prints to standard output"),
    Message(
      ["priors", "plot", "half-t", "--out", "no/a.svg"], code: 73,
      "cannot write 'no/a.svg': folder 'no' does not exist; create it first"),
  ]

  @Test("Wrong calls", arguments: messages)
  func message(_ message: Message) throws {
    try check(message)
  }
}

/// Reads XML to its end.
private final class XMLDelegate {
  /// Tags are balanced and every attribute is quoted.
  func accepts(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      guard tag.count(where: { $0 == "\"" }).isMultiple(of: 2) else { return false }
      let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" && $0 != "\n" }
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    return open.isEmpty
  }
}

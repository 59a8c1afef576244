import Foundation
import JSON
import TestSupport
import Testing

/// The same call gives the same bytes; what the seed has no part in does not depend on it.
@Suite("Reproducibility")
struct ReproducibilityTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func compare(_ out: String, _ options: [String]) throws {
    let outcome = try Program.run(
      ["compare", "d.csv", Sample.formula, "--out", out, "--allow-unconverged", "--chains", "4"]
        + ["--warmup", "60", "--draws", "60", "--tree-draws", "20"] + options, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  /// The document without what may depend on the machine.
  private func document(_ out: String) throws -> JSONValue {
    let document = try JSONValue(data: Data((folder.text("\(out)/fit.json") ?? "").utf8))
    return document.withoutTimes.replacing("call.control.threads", by: nil)
      .replacing("call.control.out", by: nil)
  }

  @Test("One, two or eight threads give the same bytes", arguments: ["metamob-si", "metamob-ri"])
  func threads(method: String) throws {
    for threads in ["1", "2", "8"] {
      try compare(threads, ["--threads", threads, "--method", method])
    }
    try compare("again", ["--threads", "2", "--method", method])
    let one = try document("1")
    for other in ["2", "8", "again"] {
      for name in ["summary.txt"] + (1...4).map({ "draws-\($0).csv" }) {
        #expect(folder.text("1/\(name)") != nil)
        #expect(folder.text("1/\(name)") == folder.text("\(other)/\(name)"), "\(other)/\(name)")
      }
      let same = try document(other)
      #expect(same == one, "\(other)")
    }
  }

  @Test("Chains differ, seeds differ, and REML has no part in either")
  func seeds() throws {
    try compare("a", ["--seed", "1"])
    try compare("b", ["--seed", "2"])
    let texts = ["a", "b"].flatMap { out in (1...4).map { folder.text("\(out)/draws-\($0).csv") } }
    let draws = texts.compactMap { $0.flatMap { DrawsTable($0)?.column("tau1") } }
    #expect(Set(draws).count == 8)
    let (a, b) = (try document("a"), try document("b"))
    #expect(a["runs"]?.array?[0] == b["runs"]?.array?[0])
    #expect(a["runs"]?.array?[1] != b["runs"]?.array?[1])
  }

  @Test("The digest of the data file is its SHA-256")
  func digest() throws {
    try folder.add("abc.csv", "s,t,y,x\nT1,a,1,1\nT1,b,2,2\nT2,a,3,1\nT2,b,4,2\nT2,b,5,7\n")
    let outcome = try Program.run(
      ["fit", "abc.csv", "y ~ t | s | x", "--estimator", "reml", "--format", "json"], in: folder)
    let expected = try Program.shell("sha256sum abc.csv | cut -d ' ' -f 1", in: folder.url)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    #expect((document["call"]?["data_sha256"]?.string ?? "") + "\n" == expected.output)
  }
}

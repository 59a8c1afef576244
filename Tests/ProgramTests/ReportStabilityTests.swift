import Foundation
import JSON
import TestSupport
import Testing

/// What stability found, predictive checks and sensitivity in `metamob report`.
@Suite("Reports of checks and stability")
struct ReportStabilityTests {
  private let folder: Scratch
  private static let reml = ["--estimator", "reml", "--min-size", "12", "--quiet"]

  init() throws {
    folder = try Scratch()
    try folder.add("data.csv", Sample(trials: 4, size: 60).csv)
    try folder.add("more.csv", Sample(trials: 4, size: 60, seed: 2).csv)
  }

  private func fit(_ options: [String]) throws {
    _ = try Program.success(
      ["fit", "data.csv", Sample.formula, "--quiet", "--out", "fit"] + options, in: folder)
  }

  private func stability(_ data: String, _ place: String) throws {
    _ = try Program.success(
      ["stability", data, Sample.formula, "--replicates", "5", "--honest", "--out", place]
        + Self.reml, in: folder)
  }

  private func page() throws -> (html: String, outline: PageOutline) {
    let html = try #require(folder.text("fit/report.html"))
    return (html, PageOutline(html))
  }

  @Test("The folder stability in the fit folder is shown, and named below the effects")
  func beside() throws {
    try fit(Self.reml)
    _ = try Program.success(["report", "fit"], in: folder)
    let without = try page()
    #expect(!without.outline.ids.contains("stability"))
    #expect(without.outline.text.contains("'metamob stability' with the same DATA, FORMULA"))
    try stability("data.csv", "fit/stability")
    _ = try Program.success(["report", "fit"], in: folder)
    let with = try page()
    #expect(with.outline.isWellFormed && with.outline.ids.contains("stability"))
    #expect(Set(with.outline.ids).count == with.outline.ids.count)
    #expect(with.outline.ids.contains("figure-stability-metamob-si-reml"))
    #expect(with.outline.text.contains("metamob plot stability fit/stability --out stability.svg"))
    #expect(!with.outline.text.contains("'metamob stability' with the same DATA, FORMULA"))
    let saved = try #require(folder.text("fit/stability/stability.json"))
    let found = try JSONValue(data: Data(saved.utf8))
    let root = try #require(found["trees"]?["root_split"]?.array?.first)
    let share = try #require(root["share"]?.number)
    let words =
      "Stability (10 trees of halves, by REML): "
      + "\(String(format: "%g", share * 100))% of them split the root on x"
    #expect(with.outline.text.contains(words), "\(words)")
    #expect(with.outline.text.contains("Honest effects"))
    #expect(!with.outline.text.contains("not one of this report"))
  }

  @Test(
    "Stability of other data is refused where it is named, and left out with a warning where not")
  func otherData() throws {
    try fit(Self.reml)
    try stability("more.csv", "fit/stability")
    let outcome = try Program.run(["report", "fit"], in: folder)
    #expect(outcome.code == 0 && outcome.errors.contains("its data are not those of the fit"))
    #expect(try !page().outline.ids.contains("stability"))
    let named = try Program.run(["report", "fit", "--stability", "fit/stability"], in: folder)
    #expect(named.code == 65)
    #expect(
      named.errors
        == "metamob: error: option --stability: 'fit/stability/stability.json': its data "
        + "are not those of the fit (data_sha256 differs)\n")
    try stability("data.csv", "right")
    _ = try Program.success(["report", "fit", "--stability", "right"], in: folder)
    #expect(try page().outline.ids.contains("stability"))
  }

  @Test("One analysis given twice is shown once; two of one run have ids of their own")
  func twice() throws {
    try fit(Self.reml)
    try stability("data.csv", "one")
    try stability("data.csv", "other")
    let figures = { (options: [String]) throws -> [String] in
      _ = try Program.success(["report", "fit"] + options, in: folder)
      let ids = try page().outline.ids
      #expect(Set(ids).count == ids.count)
      return ids.filter { $0.hasPrefix("figure-stability-") && $0.hasSuffix("-title") }
    }
    #expect(try figures(["--stability", "one", "--stability", "one/stability.json"]).count == 1)
    #expect(try figures(["--stability", "one", "--stability", "other"]).count == 2)
  }

  @Test("Checks have their figures and whole tables; sensitivity has both")
  func checks() throws {
    try fit(Sample.short + ["--allow-unconverged", "--sensitivity"])
    _ = try Program.success(["report", "fit"], in: folder)
    let (html, outline) = try page()
    #expect(outline.isWellFormed)
    for kind in ["ppc", "loo", "sensitivity"] {
      #expect(outline.ids.contains("figure-\(kind)-metamob-si"), "\(kind)")
    }
    for id in ["predictive", "sensitivity", "evidence"] {
      let section = try #require(
        html.components(separatedBy: "<section id=\"\(id)\"").last?
          .components(separatedBy: "</section>").first)
      for table in section.components(separatedBy: "<table").dropFirst() {
        let bodies = table.components(separatedBy: "<tbody").dropFirst().joined()
        let rows = bodies.components(separatedBy: "<tr").dropFirst().filter {
          !$0.contains("colspan")
        }
        let isPowerScaling = table.contains("verdict")
        for row in rows {
          let empty = row.components(separatedBy: "></td>").count - 1
          #expect(empty <= (isPowerScaling ? 1 : 0), "\(id): \(row)")
        }
      }
    }
  }
}

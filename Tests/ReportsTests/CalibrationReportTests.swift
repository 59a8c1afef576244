import Calibration
import Foundation
import JSON
import Testing

@testable import Reports

/// Reports on made-up ranks.
@Suite("Reports on calibration")
struct CalibrationReportTests {
  private static let plan = CalibrationPlan(replicates: 500, draws: 99, seed: 9)

  /// Even ranks, and ranks that are all in the lower half.
  private static func table(_ scenario: String, spoilt: Bool = false, failed: Int = 0) -> RankTable
  {
    var plan = plan
    plan.replicates += failed
    let even = [Int](repeating: 5, count: 100)
    let low = (0..<100).map { $0 < 50 ? 10 : 0 }
    return RankTable(
      scenario: scenario, sampler: "gibbs", plan: plan, failed: failed, dependent: 2,
      divergences: 3,
      rows: [
        .init(quantity: "effect_2", counts: even),
        .init(quantity: "tau1", counts: spoilt ? low : even),
      ])
  }

  private static let right = CalibrationVerdict([table("a-3"), table("b-3")])
  private static let wrong = CalibrationVerdict([table("a-3"), table("b-3", spoilt: true)])

  private static func text(_ verdict: CalibrationVerdict, width: Int = 80) -> String {
    TextRenderer(width: width).text(ReportContent(verdict))
  }

  @Test("The verdict is said in words")
  func verdict() {
    let right = Self.text(Self.right)
    #expect(right.contains("calibrated: the ranks of all 4 checks are inside the envelope"))
    #expect(!right.contains("NOT") && !right.contains("OUTSIDE"))
    let wrong = Self.text(Self.wrong)
    #expect(wrong.contains("NOT calibrated: 1 of 4 checks outside the envelope"))
    #expect(wrong.contains("OUTSIDE"))
    #expect(wrong.contains("500 simulated data sets"))
    #expect(!Self.right.passes == Self.wrong.passes)
  }

  @Test("Fits that failed are part of the verdict")
  func failed() {
    let verdict = CalibrationVerdict([Self.table("a-3", failed: 7)])
    #expect(!verdict.passes)
    #expect(Self.text(verdict).contains("NOT calibrated: 7 fits failed"))
  }

  @Test("No line is too wide", arguments: [60, 80, 120])
  func widths(width: Int) {
    let names = ["binomial-correlated-3-moderate", "gaussian-ri-3-other-families"]
    let verdict = CalibrationVerdict(names.map { Self.table($0, spoilt: true) })
    for line in Self.text(verdict, width: width).split(separator: "\n") {
      #expect(line.count <= width, "\(line)")
    }
  }

  @Test("Of many checks those with the smallest p-values are shown")
  func manyChecks() {
    let tables = (0..<30).map { Self.table("s\($0)-3", spoilt: $0 == 17) }
    let text = Self.text(CalibrationVerdict(tables))
    #expect(text.contains("The 40 smallest p-values of 60 checks"))
    #expect(text.contains("tau1, s17-3 gibbs"))
  }

  @Test("The document has every check")
  func document() throws {
    let json = CalibrationDocument(Self.wrong, version: "1.2").json
    #expect(json["schema"]?.string == "metamob.calibrate/1")
    #expect(json["calibrated"] == false)
    #expect(json["checks"] == JSONValue(4))
    let samplers = try #require(json["samplers"]?.array)
    #expect(samplers.map { $0["calibrated"] } == [true, false])
    let checks = try #require(samplers[1]["checks"]?.array)
    #expect(checks.map { $0["quantity"]?.string } == ["effect_2", "tau1"])
    #expect(checks.map { $0["inside"] } == [true, false])
    let (p, adjusted) = (checks[0]["p_value"]?.number, checks[0]["p_adjusted"]?.number)
    #expect(p == 1 && adjusted == 1)
  }

  // MARK: Files of ranks

  @Test("A file of ranks is read back, by the same version under the same settings alone")
  func rankFile() {
    let table = Self.table("a-3", spoilt: true, failed: 1)
    let text = RankFile.text(of: table, version: "1.2")
    func read(
      _ text: String, scenario: String = "a-3", sampler: String = "gibbs",
      plan: CalibrationPlan? = nil,
      version: String = "1.2"
    ) -> RankTable? {
      RankFile.table(
        text, scenario: scenario, sampler: sampler, plan: plan ?? table.plan, version: version)
    }
    #expect(read(text) == table)
    #expect(read(text, scenario: "b-3") == nil)
    #expect(read(text, sampler: "hmc") == nil)
    #expect(read(text, version: "1.3") == nil)
    var other = table.plan
    other.seed += 1
    #expect(read(text, plan: other) == nil)
    // The number of threads has no influence on ranks.
    other = table.plan
    other.threads = 8
    #expect(read(text, plan: other) == table)
  }

  @Test("A damaged file of ranks is none")
  func damagedRankFile() {
    let table = Self.table("a-3")
    let text = RankFile.text(of: table, version: "1.2")
    func read(_ text: String) -> RankTable? {
      RankFile.table(text, scenario: "a-3", sampler: "gibbs", plan: table.plan, version: "1.2")
    }
    for length in stride(from: 0, to: text.count - 2, by: 37) {
      let cut = read(String(text.prefix(length)))
      // A cut at the end of a row leaves fewer quantities.
      #expect(cut == nil || (cut?.rows.count ?? 0) < table.rows.count)
    }
    #expect(read(text.replacing("tau1,5", with: "tau1,6")) == nil)
    #expect(read(text.replacing("tau1,5", with: "tau1,x")) == nil)
  }

  // MARK: Figure

  @Test("The figure is well-formed, has a line a check and no number that is none")
  func figure() throws {
    let svg = CalibrationFigure(Self.wrong).svg
    let parser = XMLParserCheck()
    #expect(parser.accepts(svg))
    // Each check once, and its panel's envelope and axes.
    #expect(svg.components(separatedBy: "<path ").count - 1 == 4 + 2 * 2)
    #expect(svg.components(separatedBy: "stroke=\"#c0392b\"").count - 1 == 1)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg == CalibrationFigure(Self.wrong).svg)
  }
}

/// Whether tags are balanced and no stray mark-up stands between them.
private struct XMLParserCheck {
  func accepts(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard !rest[..<start].contains(">"), let end = rest[start...].firstIndex(of: ">") else {
        return false
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.contains("<") { return false }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " && $0 != "\n" })
      }
    }
    return open.isEmpty && !rest.contains(">")
  }
}

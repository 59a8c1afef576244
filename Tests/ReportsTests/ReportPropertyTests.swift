import Designs
import Foundation
import MixedModels
import Posterior
import Testing
import Trees

@testable import Reports
@testable import Subgroups

@Suite struct ReportPropertyTests {
  /// Names that try the layout: long ones with and without spaces, wide letters, control characters.
  private static let oddVariables: [PartitioningVariable] = [
    .init(
      name: "baseline roland-morris disability questionnaire, sum of 24 items",
      values: .numeric([])),
    .init(
      name: "centre",
      values: .nominal(codes: [], levels: (1...14).map { "Klinikum No. \($0)" })),
    .init(name: String(repeating: "long_name_", count: 10), values: .numeric([])),
    .init(
      name: "年齢\u{1B}[31m\n", values: .ordered(codes: [], levels: ["低い", "中", "<script>"])),
  ]

  /// Twelve leaves, eleven levels deep, over variables of every kind.
  private static var odd: Outline {
    (0..<11).reduce(.leaf(1512 - 11 * 126, p: 0.2)) { tree, step in
      let split: Split =
        switch step % 4 {
        case 0: .numeric(variable: 0, breakpoint: 10.25 + Double(step))
        case 1: .nominal(variable: 1, groups: [Array(0...6), Array(7...13)])
        case 2: .numeric(variable: 2, breakpoint: -3)
        default: .ordered(variable: 3, breakpoint: 1)
        }
      let leaf = Outline.leaf(126, p: 0.5, stop: .minSize)
      return .split(split, p: 0.0001, step % 2 == 0 ? [leaf, tree] : [tree, leaf])
    }
  }

  private static func analyses() throws -> [Analysis] {
    var fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    var analyses = [
      try fixture.comparison(tree, fixture.data.tree(.withoutAge)),
      try fixture.comparison(fixture.data.tree(.root), tree),
      try fixture.degenerate(tree), try fixture.degenerate(fixture.data.tree(.root)),
      try fixture.analysis([try fixture.bayesian(tree)]),
      try fixture.analysis([fixture.likelihood(tree)]),
    ]
    fixture.data.variables = oddVariables
    fixture.data.outcome = "the outcome with a name of many words that goes on and on and on"
    fixture.data.arms = TreatmentArms(
      column: "arm", reference: "usual care as given by the general practitioner",
      active: String(repeating: "verum", count: 12))
    fixture.data.trials = ["A", String(repeating: "Trial ", count: 20), "C\u{7}"]
    let deep = fixture.data.tree(odd)
    analyses += [
      try fixture.comparison(deep, deep), try fixture.analysis([try fixture.bayesian(deep)]),
      try fixture.comparison(fixture.data.tree(.chain(leaves: 40, of: 1512)), deep),
    ]
    return analyses
  }

  @Test(arguments: [60, 72, 80, 99, 100, 132, 200])
  func noLineIsWiderThanTheTerminal(width: Int) throws {
    for (place, analysis) in try Self.analyses().enumerated() {
      let lines = Printed(analysis, width: width).lines
      for line in lines where displayWidth(line) > width {
        Issue.record("analysis \(place), width \(width): \(line)")
      }
      #expect(!lines.contains { $0.hasSuffix(" ") })
    }
  }

  /// The words themselves may hold "inf", as in "weakly-informative".
  @Test func noNumberIsNotANumber() throws {
    for analysis in try Self.analyses() {
      for word in Printed(analysis).flowing.lowercased().split(whereSeparator: { !$0.isLetter })
      where ["nan", "inf", "infinity", "nil", "optional"].contains(word) {
        Issue.record("\(word)")
      }
    }
  }

  @Test func nothingInATextChangesTheTerminal() throws {
    for analysis in try Self.analyses() {
      let text = Printed(analysis).text
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    }
    let odd = try Self.analyses()[6]
    #expect(Printed(odd).flowing.contains("年齢\\u{1B}[31m\\n <= 中"))
    #expect(Printed(odd).flowing.contains("年齢\\u{1B}[31m\\n > 中"))
  }

  /// The same seed gives the same text, however long it took and with however many threads.
  @Test func timesAndThreadsAreNotInTheText() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    var analysis = try fixture.comparison(tree, tree)
    let before = Printed(analysis).text
    analysis.timing.total = 12345.678
    analysis.runs[0].timing.grow = 12345.678
    analysis.plan.threads = 13
    #expect(Printed(analysis).text == before)
  }

  /// Every row of every tree's figures is somewhere in a report, at every width.
  @Test(arguments: [80, 100, 160]) func widthsDifferInLayoutAlone(width: Int) throws {
    let fixture = Fixture()
    let analysis = try fixture.comparison(
      fixture.data.tree(.lowBackPain), fixture.data.tree(.withoutAge))
    func numbers(_ printed: Printed) -> [String: Int] {
      printed.flowing.split(separator: " ").map(String.init)
        .filter { $0.contains { $0.isNumber } && $0.contains(".") }
        .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(numbers(Printed(analysis, width: width)) == numbers(Printed(analysis, width: 120)))
  }

  @Test func wideTerminalsShowTreesSideBySide() throws {
    let fixture = Fixture()
    let tree = fixture.data.tree(.lowBackPain)
    let analysis = try fixture.comparison(tree, tree)
    for width in [100, 120, 160] {
      let line = Printed(analysis, width: width).lines.first { $0.hasPrefix("[1] root") } ?? ""
      #expect(line.occurrences(of: "[1] root") == 2, "\(width)")
    }
    let narrow = Printed(analysis).lines.filter { $0.hasPrefix("[1] root") }
    #expect(narrow.count == 2)
  }
}

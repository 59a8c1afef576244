import Foundation
import JSON
import TestSupport
import Testing

/// Subgroups and trials in which nothing compares the arms.
@Suite("One arm")
struct OneArmTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    // Level c has the active arm alone.
    let sample = Sample(size: 60).replacing("t") { _, cells in cells[4] == "c" ? "active" : nil }
    try folder.add("d.csv", sample.csv)
  }

  @Test("A subgroup with one arm is marked, and has no figure that is not a number")
  func subgroup() throws {
    let call = ["compare", "d.csv", "y ~ t | s", "--subgroups", "z", "--draws", "500"]
    let outcome = try Program.run(call + ["--format", "json"], in: folder)
    #expect([0, 3].contains(outcome.code), "\(outcome.errors)")
    for (estimator, what) in [
      ("REML", "its effect has no estimate"),
      ("Bayes", "its posterior effect is little more than the prior"),
    ] {
      #expect(
        outcome.errors.contains(
          "metamob: warning: subgroup [4] of the metamob-si tree by \(estimator) has participants of "
            + "the arm \"active\" alone: nothing compares the arms there, and \(what)"))
    }
    let document = try JSONValue(data: Data(outcome.output.utf8))
    let runs = try #require(document["runs"]?.array)
    let restricted = try #require(runs[0]["fit"]?["subgroups"]?.array)
    #expect(restricted[2]["estimate"] == .null && restricted[2]["se"] == .null)
    #expect(restricted[1]["estimate"]?.number != nil)
    let sampled = try #require(runs[1]["fit"]?["subgroups"]?.array)
    let sds = sampled.map { $0["effect"]?["sd"]?.number ?? .nan }
    #expect(sds.allSatisfy(\.isFinite) && sds[2] > 3 * sds[1])
    let text = try Program.run(call + ["--quiet"], in: folder)
    #expect(text.output.firstMatch(of: /\b(nan|inf)\b/.ignoresCase()) == nil)
  }

  @Test("Nobody is marked where both arms are there")
  func both() throws {
    try folder.add("d.csv", Sample().csv)
    let outcome = try Program.run(
      ["fit", "d.csv", "y ~ t | s", "--subgroups", "z", "--estimator", "reml"], in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("One trial alone is for mob; its other methods are refused in words")
  func oneTrial() throws {
    try folder.add("d.csv", Sample(trials: 1, size: 120).csv)
    let mob = try Program.run(
      ["compare", "d.csv", "y ~ t | s | x + z", "--method", "mob", "--draws", "400"], in: folder)
    #expect([0, 3].contains(mob.code), "\(mob.errors)")
    #expect(mob.output.firstMatch(of: /\b(nan|inf)\b/.ignoresCase()) == nil)
    for method in ["mob-si", "mob-ri", "palmtree", "metamob-ri", "metamob-si"] {
      let outcome = try Program.run(
        ["fit", "d.csv", "y ~ t | s | x + z", "--method", method], in: folder)
      #expect(outcome.code == 65)
      #expect(outcome.errors.contains("a meta-analysis needs two trials or more"))
    }
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// Evidence for splits and leave-one-out, from end to end.
@Suite struct EvidenceOptionTests {
  private let folder: Scratch

  init() throws { folder = try Scratch(Sample()) }

  private func fit(_ options: [String]) throws -> JSONValue {
    let arguments =
      ["fit", "d.csv", Sample.formula, "--allow-unconverged", "--format", "json"] + Sample.short
    let outcome = try Program.success(arguments + options, in: folder)
    let document = try JSONValue(data: Data(outcome.output.utf8))
    return try #require(document["runs"]?.array?.first?["fit"])
  }

  /// An effect of 3 residual SDs on one side of x, none on the other: the data speak for it whatever the scale,
  /// and at all splits of three variables together.
  @Test func findsARealDifference() throws {
    let fit = try fit([])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    let splits = try #require(fit["split_evidence"]?["splits"]?.array)
    let root = try #require(splits.first)
    #expect(root["node"] == .number(1))
    let own = try #require(root["log_bf10"]?.array?.compactMap { $0.number })
    #expect(own.count == 3)
    #expect(own.allSatisfy { $0 > log(150) })
    let averaged = try #require(root["averaged"]?["log_bf10"]?.array?.compactMap { $0.number })
    #expect(averaged[1] > log(20))
    #expect(averaged[1] < own[1])
    #expect(root["averaged"]?["variables"] == .number(2))
  }

  @Test func leavesOutParticipantsAndTrials() throws {
    let found = try fit([])
    let loo = try #require(found["loo"])
    #expect(loo["n"] == .number(120))
    #expect(loo["largest_pareto_k"]?.array?.count == 20)
    let counts = loo["pareto_k_histogram"]?["counts"]?.array?.compactMap { $0.number } ?? []
    #expect(counts.reduce(0, +) == 120)
    // σ = 1: a density of about −½ log 2πe each.
    #expect(abs(try #require(loo["elpd"]?.number) / 120 + 1.42) < 0.25)
    let trials = try #require(found["leave_one_trial_out"]?["trials"]?.array)
    #expect(trials.map { $0["n_active"]?.number } == [20, 20, 20])
    #expect(found["leave_one_trial_out"]?["se"] == .null)
    let off = try fit(["--loo", "off"])
    #expect(off["loo"] == .null && off["leave_one_trial_out"] == .null)
    #expect(off["split_evidence"] != .null)
  }

  @Test func saysItInTables() throws {
    let arguments = ["fit", "d.csv", Sample.formula, "--allow-unconverged"] + Sample.short
    let text = try Program.success(arguments, in: folder).output
    #expect(text.contains("Evidence for the splits\n"))
    #expect(text.contains("very strongly favour a difference"))
    #expect(text.contains("Prediction\n"))
    #expect(text.contains("Leave-one-out by participant: elpd"))
    #expect(text.contains("all trials"))
    let off = try Program.success(arguments + ["--loo", "off"], in: folder).output
    #expect(!off.contains("Prediction\n"))
    let reml = try Program.success(arguments + ["--estimator", "reml"], in: folder).output
    #expect(!reml.contains("Evidence for the splits"))
  }

  @Test(arguments: [
    ["--method", "metamob-ri"], ["--method", "palmtree"], ["--pool-effects"],
    ["--heterogeneity", "per-subgroup"], ["--heterogeneity", "per-subgroup-pooled"],
    ["--sampler", "gibbs"],
  ])
  func everyModel(options: [String]) throws {
    let fit = try fit(options)
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    #expect(fit["loo"] != .null)
    let isPooled = options.contains("per-subgroup-pooled")
    #expect((fit["leave_one_trial_out"] == .null) == isPooled)
    let root = try #require(fit["split_evidence"]?["splits"]?.array?.first)
    #expect(root["log_bf10"]?.array?.compactMap { $0.number }.min() ?? 0 > log(20))
  }

  @Test func binomial() throws {
    let events = Sample(trials: 3, size: 80).replacing("y") { row, cells in
      // The event is common in the active arm where x > 0.
      let isHelped = cells[1] == "active" && (Double(cells[3]) ?? 0) > 0
      return (row * 7 % 10) < (isHelped ? 8 : 3) ? "1" : "0"
    }
    try folder.add("d.csv", events.csv)
    let fit = try fit(["--max-depth", "2"])
    #expect(Shape.bayesianFit.violations(fit, at: "fit") == [])
    let root = try #require(fit["split_evidence"]?["splits"]?.array?.first)
    #expect(root["log_bf10"]?.array?.compactMap { $0.number }.min() ?? 0 > log(3))
    let averaged = try #require(root["averaged"]?["log_bf10"]?.array?.compactMap { $0.number })
    #expect(averaged[1] > 0 && root["averaged"]?["variables"] == .number(2))
    #expect(fit["log_marginal_likelihood"]?.number ?? 0 < 0)
    #expect(fit["leave_one_trial_out"]?["elpd"]?.number ?? 0 < 0)
  }

  @Test func prespecifiedSubgroupsAreNotSearched() throws {
    let arguments =
      ["fit", "d.csv", "y ~ t | s", "--subgroups", "z", "--allow-unconverged"] + Sample.short
    let text = try Program.success(arguments, in: folder).output
    #expect(text.contains("levels of z"))
    #expect(!text.contains("all splits"))
  }
}

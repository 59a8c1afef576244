import Foundation
import JSON
import TestSupport
import Testing

/// Figures of predictive checks, leave-one-out, priors and stability: every mark is where the document
/// says.
@Suite("Figures of checks")
struct CheckFigureTests {
  private func figure(
    _ kind: String, _ fit: String = "fit", in folder: Scratch, _ options: [String] = []
  ) throws -> SVGDocument {
    _ = try Program.success(["plot", kind, fit, "--out", "a.svg"] + options, in: folder)
    let figure = SVGDocument(try #require(folder.text("a.svg")))
    #expect(figure.isWellFormed)
    figure.expectApart(kind)
    return figure
  }

  private func document(_ file: String, in folder: Scratch) throws -> JSONValue {
    try JSONValue(data: Data(#require(folder.text(file)).utf8))
  }

  private func bayes(in folder: Scratch) throws -> JSONValue {
    let runs = try document("fit/fit.json", in: folder)["runs"]?.array
    return try #require(runs?.first { $0["estimator"]?.string == "bayes" }?["fit"])
  }

  // MARK: Predictive checks and leave-one-out

  @Test("ppc: a mark for every check, at its observed value")
  func predictive() throws {
    let folder = try FigureSample(leaves: 2).folder
    let checks = try #require(bayes(in: folder)["posterior_predictive"]?["checks"]?.array)
    let drawn = try figure("ppc", in: folder)
    let marks = drawn.hinted.filter { $0.element.name == "circle" }
    #expect(checks.count == 16 && marks.count == checks.count)
    // Columns of statistics stand side by side, in each the trials in their order.
    for (place, statistic) in ["mean", "sd"].enumerated() {
      let own = checks.filter { $0["statistic"]?.string == statistic }
      let drawn = marks[(place * own.count)..<((place + 1) * own.count)]
      SVGDocument.expectLinear(
        drawn.map { $0.element.number("cx") }, own.compactMap { $0["observed"]?.number }, statistic)
      for (mark, check) in zip(drawn, own) {
        let place = check["trial"]?.string ?? "all trials"
        #expect(mark.hint.hasPrefix("\(place), \(check["arm"]?.string ?? ""): observed "))
        let quartiles = (check["quartiles"]?.array ?? []).compactMap(\.number)
        let limits = (check["interval"]?.array ?? []).compactMap(\.number)
        try #require(quartiles.count == 3 && limits.count == 2)
        let all = [limits[0]] + quartiles + [limits[1]]
        #expect(all == all.sorted())
      }
    }
  }

  @Test("ppc: what the model misses has a cross and a bold p-value")
  func missed() throws {
    // Half of the participants sit at the lowest score, which no normal model gives.
    let folder = try Scratch()
    let sample = Sample(trials: 3, size: 60)
    let y = sample.column("y")
    let floored = sample.replacing("y") { _, cells in
      "\(max((Double(cells[y]) ?? 0) - 11, 0).rounded())"
    }
    try folder.add("data.csv", floored.csv)
    _ = try Program.success(
      ["fit", "data.csv", Sample.formula, "--quiet", "--allow-unconverged", "--out", "fit"]
        + Sample.short, in: folder)
    let fit = try document("fit/fit.json", in: folder)["runs"]?.array?.first?["fit"]
    let checks = try #require(fit?["posterior_predictive"]?["checks"]?.array)
    let missed = checks.count { $0["missed"] == .bool(true) }
    #expect(missed > 0)
    let drawn = try figure("ppc", in: folder)
    // Crosses have two strokes of their own; one more stands in the legend.
    let crosses = drawn.all("path").count { ($0.attributes["d"] ?? "").count { $0 == "M" } == 2 }
    #expect(crosses == missed + 1)
    #expect(drawn.texts.contains("observed, and missed by the model"))
    #expect(drawn.texts.contains { $0.hasPrefix("Share at lowest, 0") })
  }

  @Test("loo: bars hold all participants, dots stand at the largest k, trials at their densities")
  func leaveOneOut() throws {
    let folder = try FigureSample(leaves: 2).folder
    let fit = try bayes(in: folder)
    let drawn = try figure("loo", in: folder)
    let bars = drawn.hinted.filter { $0.element.name == "rect" }
      .compactMap { Int($0.hint.replacing(" participants", with: "")) }
    #expect(bars.reduce(0, +) == fit["loo"]?["n"]?.number.map { Int($0) })
    let largest = try #require(fit["loo"]?["largest_pareto_k"]?.array)
    let low = largest.compactMap { $0["k"]?.number }.filter { $0 <= 0.7 }
    let dots = drawn.hinted.filter { $0.hint.hasPrefix("k = ") }
    SVGDocument.expectLinear(dots.map { $0.element.number("cx") }, low, "k")
    let trials = try #require(fit["leave_one_trial_out"]?["trials"]?.array)
    let averages = trials.compactMap { trial in
      trial["elpd"]?.number.map { $0 / (trial["n_active"]?.number ?? .nan) }
    }
    let places = drawn.hinted.filter { $0.hint.hasSuffix(" a participant") }
    SVGDocument.expectLinear(places.map { $0.element.number("cx") }, averages, "trials")
  }

  // MARK: Priors

  @Test("sensitivity: every refit of every subgroup, on either tree", arguments: [false, true])
  func sensitivity(isBinary: Bool) throws {
    let sample = try FigureSample(leaves: 2, isBinary: isBinary, options: ["--sensitivity"])
    let fit = try bayes(in: sample.folder)
    let refits = try #require(fit["sensitivity"]?["refits"]?.array)
    let leaves = try #require(fit["subgroups"]?.array)
    let drawn = try figure("sensitivity", in: sample.folder)
    func marks(_ name: String) -> [(element: SVGDocument.Element, hint: String)] {
      drawn.hinted.filter { $0.element.name == name && $0.hint.contains(" ×") }
    }
    let circles = marks("circle")
    #expect(refits.count == 12 && circles.count == 12 * (leaves.count + 1))
    for (panel, leaf) in leaves.enumerated() {
      let centers = refits.compactMap { refit -> Double? in
        let own = refit["same_tree"]?["subgroups"]?.array?.first { $0["node"] == leaf["node"] }
        // The middle one of 21 quantiles is the median.
        return isBinary ? own?["quantiles"]?.array?[10].number : own?["mean"]?.number
      }
      SVGDocument.expectLinear(
        circles[(12 * panel)..<(12 * panel + 12)].map { $0.element.number("cx") }, centers,
        "panel \(panel)")
    }
    let deviations = refits.compactMap {
      $0["same_tree"]?["heterogeneity"]?.array?.first?["mean"]?.number
    }
    SVGDocument.expectLinear(circles.suffix(12).map { $0.element.number("cx") }, deviations, "τ1")
    let rules = Set(leaves.compactMap { $0["rule"]?.string })
    let regrown = refits.flatMap { $0["regrown"]?["subgroups"]?.array ?? [] }
    #expect(
      marks("rect").count == regrown.count { rules.contains($0["rule"]?.string ?? "") })
    for quantity in try #require(fit["sensitivity"]?["power_scaling"]?["quantities"]?.array) {
      #expect(drawn.texts.contains(quantity["quantity"]?.string ?? ""))
    }
  }

  // MARK: Stability

  @Test("stability: shares, cuts and the reported tree's own cuts; from a folder, a file, a fit")
  func stability() throws {
    let folder = try Scratch()
    try folder.add("data.csv", Sample(trials: 4, size: 60).csv)
    let shared = ["data.csv", Sample.formula, "--estimator", "reml", "--min-size", "12", "--quiet"]
    _ = try Program.success(["fit"] + shared + ["--out", "fit"], in: folder)
    _ = try Program.success(
      ["stability"] + shared + ["--replicates", "10", "--out", "fit/stability"], in: folder)
    let drawn = try figure("stability", in: folder)
    let svg = folder.text("a.svg")
    for place in ["fit/stability", "fit/stability/stability.json"] {
      _ = try figure("stability", place, in: folder)
      #expect(folder.text("a.svg") == svg, "\(place)")
    }
    let found = try document("fit/stability/stability.json", in: folder)
    let shares = try #require(found["trees"]?["variables"]?.array)
    for variable in shares {
      let share = try #require(variable["share"]?.number)
      let bar = try #require(
        drawn.hinted.first { $0.hint.hasPrefix("\(variable["variable"]?.string ?? ""): root ") })
      let percent = bar.hint.components(separatedBy: "anywhere ").last?.dropLast()
      #expect(abs((percent.flatMap { Double($0) } ?? .nan) - 100 * share) < 0.1)
    }
    for cuts in try #require(found["cuts"]?.array) {
      let splits = drawn.hinted.compactMap { mark in
        mark.hint.hasSuffix(" at the root")
          ? Int(mark.hint.components(separatedBy: ": ").last?.split(separator: " ").first ?? "")
          : nil
      }
      #expect(splits.reduce(0, +) >= Int(cuts["splits"]?.number ?? .infinity))
    }
    let nodes = try #require(found["run"]?["tree"]?["nodes"]?.array)
    for node in nodes where node["split"]?["breakpoint"]?.number != nil {
      #expect(drawn.texts.contains("[\(Int(node["id"]?.number ?? 0))]"))
    }
    #expect(drawn.texts.contains { $0.contains(" → ") })
  }

  @Test("What a figure lacks is said on one line")
  func messages() throws {
    let folder = try Scratch()
    try folder.add("data.csv", Sample().csv)
    _ = try Program.success(
      [
        "fit", "data.csv", Sample.formula, "--quiet", "--allow-unconverged", "--loo", "off",
        "--out",
        "fit",
      ] + Sample.short, in: folder)
    try folder.add("other/stability.json", "{\"schema\": \"metamob.fit/1\"}")
    let run = "'fit/fit.json': the run metamob-si:bayes "
    for (arguments, code, words) in [
      (
        ["sensitivity", "fit"], Int32(65),
        run + "was not fitted again under other priors; fit again with --sensitivity"
      ),
      (
        ["stability", "fit"], 66,
        "'fit' has no stability.json; write one with 'metamob stability DATA FORMULA --out "
          + "fit/stability', DATA, FORMULA and options being those of the fit"
      ), (["stability", "none"], 66, "none: no such file or folder; check the name"),
      (
        ["stability", "other"], 65,
        "'other/stability.json', schema: the document of a stability analysis is wanted here"
      ),
    ] {
      let outcome = try Program.run(["plot"] + arguments + ["--out", "b.svg"], in: folder)
      #expect(outcome.code == code)
      #expect(outcome.errors == "metamob: error: \(words)\n")
    }
    #expect(folder.text("b.svg") == nil)
  }

  // MARK: Odds ratios

  @Test("Odds ratios of figures are those of the posterior median, as in tables")
  func medians() throws {
    let folder = try FigureSample(leaves: 1, isBinary: true).folder
    let effect = try #require(bayes(in: folder)["subgroups"]?.array?.first?["effect"])
    let median = try #require(effect["median"]?.number)
    // What stands in place of the median would be seen.
    let drawn = try figure(
      "effects", in: folder, ["--y-limits", "\(median - 1e-4),\(median + 1e-4)"])
    let dot = try #require(drawn.hinted.first { $0.element.name == "circle" }?.element)
    let line = try #require(drawn.all("path").first { $0.attributes["stroke"] == "#dddddd" })
    let ends = (line.attributes["d"] ?? "").split { !"0123456789.".contains($0) }
      .compactMap { Double($0) }
    #expect(abs(dot.number("cx") - (ends[0] + ends[2]) / 2) < 0.1)
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// Every kind of figure of trees of 1, 2, 5 and 12 leaves.
@Suite("Figures as users see them")
struct PlotTests {
  static let kinds = [
    "tree", "forest", "trials", "heterogeneity", "shrinkage", "effects", "process", "profile",
    "trace",
    "rank", "autocorrelation", "energy", "pairs", "convergence", "priors", "loo", "ppc",
  ]

  private func svg(
    _ kind: String, _ sample: FigureSample, _ options: [String] = []
  ) throws -> SVGDocument {
    _ = try Program.success(
      ["plot", kind, "fit", "--out", "figure.svg"] + options, in: sample.folder)
    let text = try #require(sample.folder.text("figure.svg"))
    #expect(!text.contains("<script"), "\(kind)")
    let document = SVGDocument(text)
    #expect(document.isWellFormed, "\(kind)")
    let values = document.elements.flatMap { $0.attributes.values } + document.texts
    #expect(!values.contains { $0 == "nan" || $0 == "inf" || $0 == "-inf" }, "\(kind)")
    return document
  }

  @Test("Every kind is drawn, well-formed and with its names escaped", arguments: [1, 2, 5, 12])
  func kinds(leaves: Int) throws {
    let sample = try FigureSample(leaves: leaves)
    let fit = try #require(sample.folder.text("fit/fit.json"))
    let document = try JSONValue(data: Data(fit.utf8))
    let nodes = try #require(document["runs"]?.array?.last?["tree"]?["nodes"]?.array)
    let found = nodes.filter { $0["leaf"] == .bool(true) }
    #expect(found.count == leaves, "the data must have \(leaves) subgroups")
    for kind in Self.kinds where leaves > 1 || kind != "profile" {
      let figure = try svg(kind, sample)
      let root = try #require(figure.elements.first)
      #expect(root.name == "svg" && root.number("width") > 300 && root.number("height") > 100)
      #expect(figure.all("title").first?.text.isEmpty == false)
      #expect(figure.all("desc").first?.text.isEmpty == false)
      figure.expectApart(kind)
    }
    let tree = try svg("tree", sample)
    try check(tree, nodes: nodes, leaves: leaves)
  }

  /// Boxes of nodes, columns of leaves from left to right, texts of both trees.
  private func check(_ tree: SVGDocument, nodes: [JSONValue], leaves: Int) throws {
    #expect(tree.all("rect").count { $0.attributes["rx"] == "5" } == 2 * (leaves - 1))
    let ids = nodes.filter { $0["leaf"] == .bool(true) }.compactMap {
      $0["id"]?.number.map { Int($0) }
    }
    let sizes = nodes.filter { $0["leaf"] == .bool(true) }.compactMap {
      $0["n"]?.number.map { Int($0) }
    }
    let heads = zip(ids, sizes).map { "[\($0)] n = \($1)" }
    for head in heads { #expect(tree.texts.count { $0 == head } == 2, "\(head)") }
    let drawn = tree.all("text").filter { heads.contains($0.text) }
    let places = drawn.prefix(leaves).map { $0.number("x") }
    #expect(places == places.sorted() && Set(places).count == leaves)
    #expect(drawn.prefix(leaves).map(\.text) == heads)
    #expect(tree.texts.contains { $0.hasPrefix("REML, metamob-si") })
    #expect(tree.texts.contains { $0.hasPrefix("Bayes, metamob-si") })
    if leaves > 1 {
      #expect(tree.texts.contains("split in both trees"))
      #expect(tree.texts.contains { $0.hasPrefix("baseline_pain") })
    }
  }

  @Test("Bars and odds ratios of a binary outcome")
  func binary() throws {
    let sample = try FigureSample(leaves: 2, isBinary: true)
    for kind in ["tree", "forest", "trials", "effects", "heterogeneity", "profile", "priors"] {
      let figure = try svg(kind, sample)
      if kind == "forest" {
        #expect(figure.texts.contains { $0.hasPrefix("Odds ratio of y") })
        #expect(figure.texts.contains("odds ratio [95% interval]"))
        // The tick of no effect is 1.
        #expect(figure.texts.contains("1"))
      }
      if kind == "tree" { #expect(figure.texts.contains("share by arm")) }
    }
  }

  @Test("Options: size, limits, labels, title, palette, one run, one variable")
  func options() throws {
    let sample = try FigureSample(leaves: 2)
    let tree = try svg(
      "tree", sample,
      [
        "--width", "500", "--height", "640", "--y-limits", "0,40", "--title", "A & <B>", "--label",
        "baseline_pain_intensity_numeric_rating_scale=Pain <at> \"baseline\"", "--label", "y=Score",
        "--palette", "grey", "--font-size", "14",
      ])
    let root = try #require(tree.elements.first)
    #expect(root.number("width") == 500 && root.number("height") == 640)
    #expect(tree.all("title").first?.text == "A & <B>" && tree.texts.first == "A & <B>")
    #expect(tree.texts.contains("Pain <at>") || tree.texts.contains("Pain <at> \"baseline\""))
    #expect(tree.texts.contains("40") && tree.texts.contains("Score by arm"))
    let colors = Set(tree.elements.compactMap { $0.attributes["fill"] })
    #expect(colors.contains("#5c5c5c") && !colors.contains("#0072b2"))
    let alone = try svg("tree", sample, ["--run", "metamob-si:reml", "--title", ""])
    #expect(alone.all("rect").count { $0.attributes["rx"] == "5" } == 1)
    #expect(alone.texts.first?.hasPrefix("REML, metamob-si") == true)
    let trace = try svg("trace", sample, ["--variable", "tau1"])
    #expect(trace.texts.count { $0 == "draw" } == 1)
    let process = try svg("process", sample, ["--variable", "years_since_first_episode"])
    #expect(process.texts.contains { $0.hasPrefix("years_since_first_episode, p ") })
  }

  @Test("PDF and PNG are whole, and the same in every run")
  func rendered() throws {
    let sample = try FigureSample(leaves: 1)
    for (name, magic) in [
      ("a.png", [0x89, 0x50, 0x4E, 0x47]), ("a.pdf", [0x25, 0x50, 0x44, 0x46]),
    ] {
      let arguments = ["plot", "forest", "fit", "--out"]
      _ = try Program.success(arguments + [name], in: sample.folder)
      let first = try Data(contentsOf: sample.folder.url(of: name))
      #expect(first.prefix(4).map { Int($0) } == magic && first.count > 5000)
      _ = try Program.success(arguments + [name], in: sample.folder)
      #expect(try Data(contentsOf: sample.folder.url(of: name)) == first)
    }
  }

  @Test("What the document holds of participants: no group below five has outcomes")
  func privacy() throws {
    let sample = try FigureSample(leaves: 2)
    let text = try #require(sample.folder.text("fit/fit.json"))
    let document = try JSONValue(data: Data(text.utf8))
    let leaves = try #require(document["runs"]?.array?[0]["figures"]?["outcomes"]?.array)
    let groups = leaves.flatMap { leaf in
      ["by_arm", "by_trial", "by_trial_and_arm"].flatMap { leaf[$0]?.array ?? [] }
    }
    #expect(groups.count == 2 * (2 + 3 + 6))
    for group in groups {
      let n = try #require(group["n"]?.number)
      #expect((group["five"]?.array?.count ?? 0) == (n < 5 ? 0 : 5))
    }
    let total = leaves.flatMap { $0["by_arm"]?.array ?? [] }.reduce(0) {
      $0 + ($1["n"]?.number ?? 0)
    }
    #expect(total == document["data"]?["used"]?.number)
  }
}

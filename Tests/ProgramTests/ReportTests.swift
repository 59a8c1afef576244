import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `metamob report` on fits whose names need care.
@Suite("Reports of a saved fit")
struct ReportTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// Fits the sample, with names that break out of careless markup, and writes the report.
  private func page(_ options: [String], effect: Bool = true) throws -> PageOutline {
    var sample = Sample(trials: 3, size: 60)
    let (x, y, t) = (sample.column("x"), sample.column("y"), sample.column("t"))
    if !effect {
      sample = sample.replacing("y") { row, cells in
        cells[t] == "active" && !cells[x].hasPrefix("-")
          ? "\((Double(cells[y]) ?? 0) - 3)" : nil
      }
    }
    sample = sample.replacing("z") { _, cells in
      cells[sample.column("z")] == "a" ? "\"a \"\"quoted\"\" & </script>\"" : nil
    }
    sample.header[sample.column("z")] = "<script>alert(1)</script>"
    sample.header[x] = "x \"\"&\"\" é"
    sample.header[x] = "\"\(sample.header[x])\""
    try folder.add("data.csv", sample.csv)
    _ = try Program.success(
      [
        "compare", "data.csv", "y ~ t | s | `x \"&\" é` + `<script>alert(1)</script>`", "--out",
        "fit", "--quiet", "--allow-unconverged",
      ] + Sample.short + options, in: folder)
    let outcome = try Program.success(["report", "fit"], in: folder)
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
    return try PageOutline(#require(folder.text("fit/report.html")))
  }

  @Test("The page is well-formed, its ids are unique, its headings in order, its pictures named")
  func structure() throws {
    let page = try page(["--benefit", "higher", "--mcid", "1", "--tree-draws", "5"])
    #expect(page.isWellFormed)
    #expect(Set(page.ids).count == page.ids.count)
    #expect(page.headings.first == 1 && page.headings.count { $0 == 1 } == 1)
    for (above, below) in zip(page.headings, page.headings.dropFirst()) {
      #expect(below <= above + 1)
    }
    for picture in page.all("svg") {
      #expect(["img", "group"].contains(picture["role"]))
      let names = ["aria-labelledby", "aria-describedby"].compactMap { picture[$0] }
      #expect(names.count == 2 && names.allSatisfy(page.ids.contains))
    }
    #expect(page.all("img").isEmpty && page.all("iframe").isEmpty)
    #expect(page.all("html").first?["lang"] == "en" && page.all("main").count == 1)
    #expect(page.all("script").count == 1 && page.all("b").isEmpty)
    // Every place that is linked to is there; nothing is asked of the network.
    let links = page.all("a").compactMap { $0["href"] }
    #expect(links.allSatisfy { $0.hasPrefix("#") && page.ids.contains(String($0.dropFirst())) })
    #expect(links.count { $0.hasPrefix("#node-metamob-si-bayes-") } >= 3)
    #expect(page.all("link").allSatisfy { $0["href"] == "data:," })
    #expect(!page.elements.contains { $0.attributes["src"] != nil })
    for id in ["summary", "trials", "trees", "effects", "heterogeneity", "evidence", "diagnostics"]
    {
      #expect(page.ids.contains(id), "\(id)")
    }
    // Refits under other priors are made when asked for alone.
    #expect(!page.ids.contains("sensitivity") && page.ids.contains("predictive"))
    #expect(page.text.contains("<script>alert(1)</script>"))
    #expect(page.text.contains("a \"quoted\" & </script>"))
    #expect(page.bytes < 3_000_000)
  }

  @Test("Without a subgroup the report is whole, with the difference that could have been found")
  func nothingFound() throws {
    let page = try page([], effect: false)
    #expect(page.isWellFormed)
    #expect(page.text.contains("No subgroup was found by REML or by Bayes."))
    #expect(page.text.contains("80% power to find effects that differ by"))
    #expect(page.ids.contains("effects") && page.ids.contains("heterogeneity"))
    #expect(!page.text.contains("Differences between subgroups"))
  }

  @Test("Markdown goes to standard output; --run keeps to one run; draws can be missing")
  func forms() throws {
    _ = try page([])
    let markdown = try Program.success(["report", "fit", "--format", "markdown"], in: folder)
    #expect(markdown.output.hasPrefix("# Subgroups in the effect of active on y\n"))
    #expect(markdown.output.contains("## Reporting checklist"))
    #expect(markdown.output.contains("\\<script\\>alert(1)\\</script\\>"))
    let one = try Program.success(
      ["report", "fit", "--format", "markdown", "--run", "metamob-si:reml"], in: folder)
    #expect(!one.output.contains("Bayes"))
    try FileManager.default.removeItem(atPath: folder.at("fit/draws-1.csv"))
    _ = try Program.success(["report", "fit", "--out", "other.html"], in: folder)
    let other = try PageOutline(#require(folder.text("other.html")))
    #expect(other.isWellFormed && other.text.contains("draws files are not in the fit folder"))
    let again = try Program.success(["report", "fit", "--out", "again.html"], in: folder)
    #expect(again.code == 0)
    #expect(folder.text("again.html") == folder.text("other.html"))
  }

  @Test("Errors are one line with the right exit code")
  func errors() throws {
    func failure(_ arguments: [String], _ code: Int32, _ words: String) throws {
      let outcome = try Program.run(["report"] + arguments, in: folder)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(words) && outcome.errors.split(separator: "\n").count == 1)
    }
    try failure([], 64, "FIT is missing")
    try failure(["fit", "--format", "pdf"], 64, "html, markdown")
    try failure(["nowhere"], 66, "nowhere/fit.json")
    try folder.add("bad/fit.json", "{\"schema\": \"metamob.fit/1\"}")
    try failure(["bad"], 65, "bad/fit.json")
    try folder.add("cut/fit.json", "{\"schema\": ")
    try failure(["cut"], 65, "cut/fit.json")
  }
}

/// The elements of a page, read as XML.
final class PageOutline: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    subscript(_ name: String) -> String? { attributes[name] }
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  private(set) var isWellFormed = false
  let bytes: Int
  private var depthOfScript = 0

  init(_ page: String) {
    bytes = page.utf8.count
    super.init()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  var ids: [String] { elements.compactMap { $0["id"] } }
  var headings: [Int] {
    elements.compactMap { element in
      element.name.count == 2 && element.name.hasPrefix("h") ? Int(element.name.dropFirst()) : nil
    }
  }
  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

import Reports
import Testing

/// Blocks as HTML.
@Suite("HTML of blocks")
struct HTMLRendererTests {
  @Test("Every block has its form, and all text is escaped")
  func blocks() {
    let renderer = HTMLRenderer(headingLevel: 3)
    let signs = "<b> & \"q\" </script>"
    let escaped = "&lt;b&gt; &amp; &quot;q&quot; &lt;/script&gt;"
    #expect(renderer.html(.title(signs)) == "<h1>\(escaped)</h1>\n")
    #expect(renderer.html(.heading(signs)) == "<h3>\(escaped)</h3>\n")
    #expect(renderer.html(.subheading(signs)) == "<h4>\(escaped)</h4>\n")
    #expect(renderer.html(.paragraph(signs)) == "<p>\(escaped)</p>\n")
    #expect(renderer.html(.notes([signs])) == "<p class=\"note\">\(escaped)</p>\n")
    #expect(renderer.html(.list([signs, "x"])) == "<ul>\n<li>\(escaped)</li>\n<li>x</li>\n</ul>\n")
    #expect(
      renderer.html(.facts([.init(signs, ["a", signs])]))
        == "<dl>\n<div><dt>\(escaped)</dt><dd>a</dd><dd>\(escaped)</dd></div>\n</dl>\n")
    #expect(renderer.html(.facts([])).isEmpty && renderer.html(.list([])).isEmpty)
  }

  @Test("A table has a name, headers with their scope, and a cell in every place")
  func table() {
    let table = ReportTable(
      labelTitle: "who",
      panels: [.init("effect", ["mean", "SD"]), .init("", ["p"])],
      sections: [
        .init("", [.init("a<b", [["-1.5", "2"], ["0.1"]])]),
        .init("more", [.init("c", [[], ["0.2"]])]),
      ])
    let html = HTMLRenderer().html(.table(table), caption: "T & U")
    #expect(html.contains("aria-label=\"Table: T &amp; U\""))
    #expect(html.contains("<caption class=\"hidden\">T &amp; U</caption>"))
    #expect(html.contains("<th scope=\"colgroup\" colspan=\"2\">effect</th>"))
    #expect(html.contains("<th scope=\"rowgroup\" colspan=\"4\">more</th>"))
    #expect(
      html.contains(
        "<tr><th scope=\"row\">a&lt;b</th><td>−1.5</td><td>2</td><td class=\"edge\">0.1</td></tr>"))
    #expect(
      html.contains(
        "<tr><th scope=\"row\">c</th><td></td><td></td><td class=\"edge\">0.2</td></tr>"))
  }

  @Test("Control characters never reach the page")
  func control() {
    let html = HTMLRenderer().html(.paragraph("a\u{0}b\u{1B}[31m\nc"))
    #expect(!html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(html.contains("\\u{0}") && html.contains("\\n"))
  }
}

import Reports
import Testing

/// Reports as Markdown.
@Suite("Markdown")
struct MarkdownRendererTests {
  @Test("Every block has its form, and signs keep their own meaning")
  func blocks() {
    let table = ReportTable(
      labelTitle: "who",
      panels: [.init("effect", ["mean", "SD"]), .init("", ["p"])],
      sections: [
        .init("", [.init("a|b", [["1", "2"], ["0.1"]])]),
        .init("more", [.init("c", [[], ["0.2"]]), .init("d", [["3"]]), .init("e", [])]),
      ])
    let content = ReportContent(blocks: [
      .title("x_1"), .heading("Part"), .facts([.init("Rows", ["10", "2 left out"])]),
      .paragraph("Words."), .notes(["A note."]), .list(["one", "two"]), .table(table),
    ])
    let wanted = #"""
      # x\_1

      ## Part

      - **Rows**: 10; 2 left out

      Words.

      > A note.

      - one
      - two

      | who | effect: mean | effect: SD | p |
      |---|---:|---:|---:|
      | a\|b | 1 | 2 | 0.1 |
      | **more** | | | |
      | c |  |  | 0.2 |
      | d | 3 |  |  |
      | e |  |  |  |

      """#
    #expect(MarkdownRenderer().text(content) == wanted)
  }

  @Test("Trees are drawn as text")
  func trees() {
    let line = TreeDrawing.Line(depth: 0, node: 1, condition: "root", cells: ["7"], mark: "")
    let content = ReportContent(blocks: [
      .trees([TreeDrawing(title: "Tree", columns: ["n"], lines: [line])])
    ])
    let text = MarkdownRenderer().text(content)
    #expect(text.hasPrefix("```\n") && text.hasSuffix("\n```\n"))
    #expect(text.contains("[1] root"))
  }
}

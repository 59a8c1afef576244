import Words

/// Renders a report as Markdown with the tables of GitHub's flavour.
public struct MarkdownRenderer: Sendable, Equatable {
  /// The columns of what Markdown has no form for, trees, which are drawn as text.
  private static let width = 80

  /// A renderer.
  public init() {}

  /// The report as text that ends with a newline.
  public func text(_ content: ReportContent) -> String {
    content.blocks.map { lines($0).map { $0 + "\n" }.joined() }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  private func lines(_ block: ReportBlock) -> [String] {
    switch block {
    case .title(let text): ["# \(escaped(text))"]
    case .heading(let text): ["## \(escaped(text))"]
    case .subheading(let text): ["### \(escaped(text))"]
    case .facts(let facts):
      facts.map { "- **\(escaped($0.name))**: \($0.lines.map(escaped).joined(separator: "; "))" }
    case .paragraph(let text): [escaped(text)]
    case .notes(let notes): notes.map { "> \(escaped($0))" }
    case .list(let items): items.map { "- \(escaped($0))" }
    case .table(let table): lines(table)
    case .trees(let trees):
      ["```"] + drawing(trees) + ["```"]
    }
  }

  private func drawing(_ trees: [TreeDrawing]) -> [String] {
    TextRenderer(width: Self.width).text(ReportContent(blocks: [.trees(trees)]))
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// One row a line; a panel's heading stands before each of its columns, that of a section in a row
  /// of its own.
  private func lines(_ table: ReportTable) -> [String] {
    let titles = table.panels.flatMap { panel in
      panel.columns.map { [panel.heading, $0].filter { !$0.isEmpty }.joined(separator: ": ") }
    }
    var result = [row([table.labelTitle] + titles)]
    result.append("|---|" + titles.map { _ in "---:|" }.joined())
    for section in table.sections {
      if !section.heading.isEmpty {
        result.append("| **\(escaped(section.heading))** |" + titles.map { _ in " |" }.joined())
      }
      for line in section.rows {
        let cells = table.panels.indices.flatMap { panel in
          table.panels[panel].columns.indices.map { line.cells(of: panel)[checked: $0] ?? "" }
        }
        result.append(row([line.label] + cells))
      }
    }
    return result
  }

  private func row(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |"
  }

  /// Text on one line whose signs have no meaning in Markdown.
  private func escaped(_ text: String) -> String {
    var result = ""
    for character in shown(text, limit: .max) {
      if "\\`*_[]<>|#".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}

import Drawing
import Words

/// Renders blocks of a report as HTML that is well-formed XML as well; all text is escaped.
public struct HTMLRenderer: Sendable, Equatable {
  /// The level of `ReportBlock.heading`, 2 for `h2`; that of a subheading is one more.
  private let level: Int

  /// A renderer whose headings have a level.
  public init(headingLevel: Int = 2) { level = headingLevel }

  /// A block; `caption` names a table for those who do not see it.
  public func html(_ block: ReportBlock, caption: String = "") -> String {
    switch block {
    case .title(let text): "<h1>\(text.htmlEscaped)</h1>\n"
    case .heading(let text): "<h\(level)>\(text.htmlEscaped)</h\(level)>\n"
    case .subheading(let text): "<h\(level + 1)>\(text.htmlEscaped)</h\(level + 1)>\n"
    case .facts(let facts):
      facts.isEmpty
        ? ""
        : "<dl>\n"
          + facts.map { "<div><dt>\($0.name.htmlEscaped)</dt>\(lines($0))</div>\n" }
          .joined() + "</dl>\n"
    case .paragraph(let text): "<p>\(text.asProse)</p>\n"
    case .notes(let notes):
      notes.map { "<p class=\"note\">\($0.asProse)</p>\n" }.joined()
    case .list(let items):
      items.isEmpty
        ? "" : "<ul>\n" + items.map { "<li>\($0.asProse)</li>\n" }.joined() + "</ul>\n"
    case .table(let table): html(table, caption)
    case .trees(let trees):
      "<pre>"
        + TextRenderer(width: 80).text(ReportContent(blocks: [.trees(trees)])).htmlEscaped
        + "</pre>\n"
    }
  }

  private func lines(_ fact: ReportBlock.Fact) -> String {
    fact.lines.map { "<dd>\($0.htmlEscaped)</dd>" }.joined()
  }

  // MARK: Tables

  /// A table in a box of its own that scrolls where the page is too narrow.
  private func html(_ table: ReportTable, _ caption: String) -> String {
    let columns = 1 + table.panels.reduce(0) { $0 + $1.columns.count }
    let name = caption.htmlEscaped
    let bodies = table.sections.map { body($0, table, columns: columns) }.joined()
    return "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: \(name)\">\n"
      + "<table>\n<caption class=\"hidden\">\(name)</caption>\n<thead>\n\(heads(table))</thead>\n\(bodies)"
      + "</table>\n</div>\n"
  }

  /// One row of titles, with one of the panels' headings above where there are any.
  private func heads(_ table: ReportTable) -> String {
    let isGrouped = table.panels.contains { !$0.heading.isEmpty }
    let titles = table.panels.enumerated().flatMap { place, panel in
      panel.columns.enumerated().map { column, title in
        "<th scope=\"col\"\(edge(place, column))>\(title.htmlEscaped)</th>"
      }
    }.joined()
    let label = "<th scope=\"col\">\(table.labelTitle.htmlEscaped)</th>"
    guard isGrouped else { return "<tr class=\"titles\">\(label)\(titles)</tr>\n" }
    let groups = table.panels.map { panel in
      "<th scope=\"colgroup\" colspan=\"\(panel.columns.count)\">\(panel.heading.htmlEscaped)</th>"
    }.joined()
    return
      "<tr class=\"panels\"><td></td>\(groups)</tr>\n<tr class=\"titles\">\(label)\(titles)</tr>\n"
  }

  private func body(_ section: ReportTable.Section, _ table: ReportTable, columns: Int) -> String {
    let heading =
      section.heading.isEmpty
      ? ""
      : "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"\(columns)\">"
        + "\(section.heading.htmlEscaped)</th></tr>\n"
    let rows = section.rows.map { row in
      let cells = table.panels.indices.flatMap { panel in
        table.panels[panel].columns.indices.map { column in
          "<td\(edge(panel, column))>\(cell(row, panel, column).asProse)</td>"
        }
      }.joined()
      return "<tr><th scope=\"row\">\(row.label.htmlEscaped)</th>\(cells)</tr>\n"
    }.joined()
    return "<tbody>\n\(heading)\(rows)</tbody>\n"
  }

  private func cell(_ row: ReportTable.Row, _ panel: Int, _ column: Int) -> String {
    row.cells(of: panel)[checked: column] ?? ""
  }

  /// The first column of a panel stands apart from the one before.
  private func edge(_ panel: Int, _ column: Int) -> String {
    panel > 0 && column == 0 ? " class=\"edge\"" : ""
  }
}

extension String {
  /// The text as content, or as an attribute's value, of an HTML element that is XML as well; control
  /// characters are made visible.
  public var htmlEscaped: String { shown(self, limit: .max).svgEscaped }

  /// The same with minus signs before numbers, as in print.
  fileprivate var asProse: String { withMinusSigns.htmlEscaped }
}

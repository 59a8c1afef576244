/// Renders a report as plain text of a width: tables and trees in columns, text wrapped.
///
/// No line is wider than the width, whatever names the data have; from 100 columns on, trees stand
/// beside one another.
public struct TextRenderer: Sendable, Equatable {
  /// The longest line of running text, which is hard to read where it is longer.
  private static let longestLine = 100

  /// The number of columns.
  public let width: Int

  /// A renderer of a width; below 60 columns it is as for 60.
  public init(width: Int) {
    self.width = max(width, 60)
  }

  /// The report as text that ends with a newline.
  public func text(_ content: ReportContent) -> String {
    var lines: [String] = []
    for block in content.blocks {
      let more = self.lines(block)
      if !lines.isEmpty, !more.isEmpty { lines.append("") }
      lines += more
    }
    return lines.map { $0.withoutTrailingSpaces + "\n" }.joined()
  }

  private func lines(_ block: ReportBlock) -> [String] {
    switch block {
    case .title(let text): underlined(text, with: "=")
    case .heading(let text): underlined(text, with: "-")
    case .subheading(let text): hanging("", text)
    case .facts(let facts): lines(facts)
    case .paragraph(let text): hanging("", text)
    case .notes(let notes): notes.flatMap { hanging("", $0) }
    case .list(let items): items.flatMap { hanging("- ", $0) }
    case .table(let table): lines(table)
    case .trees(let trees): lines(trees)
    }
  }

  private func underlined(_ text: String, with line: String) -> [String] {
    let lines = wrapped(printable(text), width: width)
    let length = lines.map(displayWidth).max() ?? 0
    return lines + [String(repeating: line, count: length)]
  }

  /// A text behind a lead, its further lines as far to the right.
  private func hanging(_ lead: String, _ text: String) -> [String] {
    let indent = displayWidth(lead)
    let lines = wrapped(printable(text), width: min(width, Self.longestLine) - indent)
    return lines.enumerated().map { position, line in
      (position == 0 ? lead : String(repeating: " ", count: indent)) + line
    }
  }

  private func lines(_ facts: [ReportBlock.Fact]) -> [String] {
    let column = 2 + (facts.map { displayWidth($0.name) }.max() ?? 0)
    return facts.flatMap { fact in
      fact.lines.enumerated().flatMap { position, line in
        hanging(padded(position == 0 ? fact.name : "", column), line)
      }
    }
  }
}

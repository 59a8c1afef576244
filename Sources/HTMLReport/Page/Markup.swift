import Drawing
import Reports

extension ReportSection {
  /// The section as an element of a page.
  var html: String {
    "<section id=\"\(id)\" aria-labelledby=\"\(id)-heading\">\n"
      + "<h2 id=\"\(id)-heading\">\(title.htmlEscaped)</h2>\n"
      + Self.html(parts, under: title, level: 3) + "</section>\n"
  }

  /// Parts one after the other; `heading` is the one above, which names tables, and `level` that of
  /// subheadings.
  static func html(_ parts: [Part], under heading: String, level: Int) -> String {
    var caption = heading
    var result = ""
    for part in parts {
      switch part {
      case .block(let block):
        result += HTMLRenderer(headingLevel: level).html(block, caption: caption)
      case .subheading(let text):
        caption = text
        result += "<h\(level)>\(text.htmlEscaped)</h\(level)>\n"
      case .figure(let figure): result += figure.html
      case .nodes(let panels):
        result +=
          "<div class=\"nodes\">\n" + panels.map { $0.html(level: level) }.joined() + "</div>\n"
      case .more(let title, let parts):
        result +=
          "<details>\n<summary>\(title.htmlEscaped)</summary>\n"
          + html(parts, under: title, level: level) + "</details>\n"
      }
    }
    return result
  }

  /// The section as Markdown.
  var markdown: String { "## \(Self.line(title))\n\n" + Self.markdown(parts, level: 3) }

  static func markdown(_ parts: [Part], level: Int) -> String {
    let marks = String(repeating: "#", count: level)
    return parts.map { part in
      switch part {
      case .block(let block): MarkdownRenderer().text(ReportContent(blocks: [block]))
      case .subheading(let text): "\(marks) \(line(text))\n"
      case .figure(let figure):
        MarkdownRenderer().text(
          ReportContent(blocks: [
            .paragraph("Figure (metamob plot \(figure.call)): \(figure.page.summary)")
          ]))
      case .nodes(let panels):
        panels.map { "\(marks) \(line($0.title))\n\n" + markdown($0.parts, level: level + 1) }
          .joined(separator: "\n")
      case .more(let title, let parts):
        "\(marks) \(line(title))\n\n" + markdown(parts, level: level + 1)
      }
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A text on one line, its signs without a meaning in Markdown.
  private static func line(_ text: String) -> String {
    let paragraph = MarkdownRenderer().text(ReportContent(blocks: [.paragraph(text)]))
    return String(paragraph.dropLast())
  }
}

extension NodePanel {
  fileprivate func html(level: Int) -> String {
    "<article class=\"node\" id=\"\(id)\" aria-labelledby=\"\(id)-heading\">\n"
      + "<h\(level) id=\"\(id)-heading\" tabindex=\"-1\">\(title.htmlEscaped)</h\(level)>\n"
      + ReportSection.html(parts, under: title, level: level + 1) + "</article>\n"
  }
}

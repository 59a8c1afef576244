import Reports

extension Terminal {
  /// Writes a report to standard output: tables for the terminal's width, or Markdown.
  static func write(
    _ content: ReportContent, as format: Settings.Format
  ) throws(CommandError) {
    try write(
      format == .markdown
        ? MarkdownRenderer().text(content) : TextRenderer(width: outputWidth).text(content))
  }
}

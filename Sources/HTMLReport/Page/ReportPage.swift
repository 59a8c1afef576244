import Reports

/// The whole page: one file that needs nothing else.
struct ReportPage: Sendable {
  let title: String
  /// A line below the title.
  let lead: String
  let sections: [ReportSection]

  /// The page: well-formed XML that asks for no other file.
  var html: String {
    """
    <!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
    <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:" />
    <title>\(title.htmlEscaped)</title>
    <link rel="icon" href="data:," />
    <style>
    \(Self.style)</style>
    </head>
    <body>
    <a class="skip" href="#\(sections.first?.id ?? "main")">Skip to the report</a>
    <header>
    <h1>\(title.htmlEscaped)</h1>
    <p>\(lead.htmlEscaped)</p>
    </header>
    <div class="columns">
    <nav aria-label="Contents">
    <ul>
    \(sections.map { "<li><a href=\"#\($0.id)\">\($0.title.htmlEscaped)</a></li>\n" }.joined())</ul>
    </nav>
    <main id="main">
    \(sections.map(\.html).joined())</main>
    </div>
    <div id="said" class="hidden" role="status" aria-live="polite"></div>
    <script>
    //<![CDATA[
    \(Self.script)//]]>
    </script>
    </body>
    </html>

    """
  }

  /// The same as Markdown; the title is the file's only heading of the first level.
  var markdown: String {
    MarkdownRenderer().text(ReportContent(blocks: [.title(title), .paragraph(lead)])) + "\n"
      + sections.map(\.markdown).joined(separator: "\n")
  }
}

import Drawing
import Reports

extension ReportFigure {
  /// How small a figure becomes on a narrow page before it scrolls.
  private static var smallest: Double { 0.8 }

  /// The figure as an element of a page: its drawing with title and description, and how it is made alone.
  var html: String {
    let title = page.title.htmlEscaped
    let role = isNavigation ? "group" : "img"
    return """
      <figure id="\(id)">
      <div class="scroll" role="region" tabindex="0" aria-label="Figure: \(title)">
      <svg xmlns="http://www.w3.org/2000/svg" width="\(coordinate(page.width))" \
      height="\(coordinate(page.height))" viewBox="0 0 \(coordinate(page.width)) \
      \(coordinate(page.height))" font-family="\(Page.fontFamily)" role="\(role)" \
      style="min-width:\(coordinate(page.width * Self.smallest))px" \
      aria-labelledby="\(id)-title" aria-describedby="\(id)-text">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-text">\(page.summary.htmlEscaped)</desc>
      \(elements)</svg>
      </div>
      <figcaption>As a file: <code>metamob plot \(call.htmlEscaped)</code></figcaption>
      </figure>

      """
  }

  /// The drawing, its own ids told from those of other figures.
  ///
  /// Quotation marks of data are escaped, so that these can only be attributes.
  private var elements: String {
    page.canvas.elements
      .replacing("<clipPath id=\"", with: "<clipPath id=\"\(id)-")
      .replacing("clip-path=\"url(#", with: "clip-path=\"url(#\(id)-")
  }
}

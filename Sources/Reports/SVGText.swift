extension String {
  /// The text as content of an SVG element.
  var svgEscaped: String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(self) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}

/// A finished figure: its drawing with its size, title and description.
public struct Page: Sendable, Equatable {
  /// The drawing.
  public var canvas: Canvas
  /// The width of the drawing, in pixels.
  public var width: Double
  /// The height of the drawing, in pixels.
  public var height: Double
  /// What the figure shows, for those who do not see it and for tooltips.
  public var title: String
  /// The same at more length.
  public var summary: String

  /// A figure.
  public init(
    _ canvas: Canvas, width: Double, height: Double, title: String, summary: String
  ) {
    (self.canvas, self.width, self.height) = (canvas, width, height)
    (self.title, self.summary) = (title, summary)
  }

  /// The font families that figures ask for; the widths of ``TextWidth`` are those of the first two.
  public static let fontFamily = "DejaVu Sans, Verdana, sans-serif"

  /// The size of the document, in pixels; where one of the two is nil, the proportions stay.
  public func size(width: Double? = nil, height: Double? = nil) -> (width: Double, height: Double) {
    let factor = width.map { $0 / self.width } ?? height.map { $0 / self.height } ?? 1
    return (width ?? self.width * factor, height ?? self.height * factor)
  }

  /// The figure as an SVG document.
  ///
  /// A `width` or `height` other than the drawing's scales it; where one is nil, the proportions stay.
  public func svg(width: Double? = nil, height: Double? = nil) -> String {
    let size = size(width: width, height: height)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(coordinate(size.width))" \
      height="\(coordinate(size.height))" viewBox="0 0 \(coordinate(self.width)) \
      \(coordinate(self.height))" font-family="\(Self.fontFamily)" role="img" \
      aria-labelledby="title desc">
      <title id="title">\(title.svgEscaped)</title>
      <desc id="desc">\(summary.svgEscaped)</desc>
      <rect width="100%" height="100%" fill="#ffffff"/>
      \(canvas.elements)</svg>

      """
  }
}

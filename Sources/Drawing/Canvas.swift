/// A place on a canvas, in pixels from its upper left corner.
public struct Point: Sendable, Equatable {
  /// Rightwards.
  public var x: Double
  /// Downwards.
  public var y: Double

  /// A place.
  public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A number of an SVG attribute: at most two decimals; what is not finite or far outside is drawn at the
/// edge of what renderers bear.
public func coordinate(_ value: Double) -> String {
  guard value.isFinite else { return value == .infinity ? "99999" : value.isNaN ? "0" : "-99999" }
  let hundredths = (min(max(value, -99999), 99999) * 100).rounded()
  let whole = Int(hundredths)
  guard whole % 100 != 0 else { return "\(whole / 100)" }
  let sign = whole < 0 ? "-" : ""
  let (units, rest) = abs(whole).quotientAndRemainder(dividingBy: 100)
  return rest % 10 == 0
    ? "\(sign)\(units).\(rest / 10)" : "\(sign)\(units).\(rest < 10 ? "0" : "")\(rest)"
}

/// What is drawn, as SVG elements in the order in which they cover one another.
///
/// Text stays text; everything that comes from data is escaped here.
public struct Canvas: Sendable, Equatable {
  /// Where a text is held.
  public enum Anchor: String, Sendable {
    /// At its beginning.
    case start
    /// In its middle.
    case middle
    /// At its end.
    case end
  }

  /// How a text looks.
  public struct Font: Sendable, Equatable {
    /// In pixels.
    public var size: Double
    /// The colour.
    public var color: String
    /// Whether it is bold.
    public var isBold: Bool
    /// Whether it is set in italics.
    public var isItalic: Bool

    /// A font of a size and colour.
    public init(_ size: Double, _ color: String, isBold: Bool = false, isItalic: Bool = false) {
      (self.size, self.color, self.isBold, self.isItalic) = (size, color, isBold, isItalic)
    }
  }

  /// The elements.
  public private(set) var elements = ""

  /// An empty canvas.
  public init() {}

  /// A straight line.
  public mutating func line(_ from: Point, _ to: Point, _ stroke: Stroke) {
    elements +=
      "<path d=\"M\(place(from))L\(place(to))\" \(stroke.attributes)/>\n"
  }

  /// A line through points; gaps where there is a nil.
  public mutating func path(
    _ points: [Point?], _ stroke: Stroke, fill: String? = nil, fillOpacity: Double = 1,
    tooltip: String? = nil
  ) {
    let d = Self.outline(points)
    guard !d.isEmpty else { return }
    let filling =
      fill.map {
        "fill=\"\($0)\"" + (fillOpacity == 1 ? "" : " fill-opacity=\"\(coordinate(fillOpacity))\"")
      } ?? "fill=\"none\""
    close(
      "<path d=\"\(d)\" \(filling) \(stroke.attributes) stroke-linejoin=\"round\"", "path", tooltip)
  }

  /// An area within points, without an outline.
  public mutating func area(
    _ points: [Point], fill: String, opacity: Double = 1, tooltip: String? = nil
  ) {
    let d = Self.outline(points)
    guard !d.isEmpty else { return }
    close(
      "<path d=\"\(d)z\" fill=\"\(fill)\""
        + (opacity == 1 ? "" : " fill-opacity=\"\(coordinate(opacity))\""), "path", tooltip)
  }

  /// A rectangle.
  public mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String, stroke: Stroke? = nil,
    radius: Double = 0, tooltip: String? = nil
  ) {
    close(
      "<rect x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"\(coordinate(max(width, 0)))\" "
        + "height=\"\(coordinate(max(height, 0)))\""
        + (radius > 0 ? " rx=\"\(coordinate(radius))\"" : "") + " fill=\"\(fill)\""
        + (stroke.map { " \($0.attributes)" } ?? ""), "rect", tooltip)
  }

  /// A dot; hollow where its filling is the paper's colour.
  public mutating func circle(
    _ center: Point, radius: Double, fill: String, stroke: Stroke? = nil, opacity: Double = 1,
    tooltip: String? = nil
  ) {
    close(
      "<circle cx=\"\(coordinate(center.x))\" cy=\"\(coordinate(center.y))\" "
        + "r=\"\(coordinate(radius))\" fill=\"\(fill)\""
        + (opacity == 1 ? "" : " fill-opacity=\"\(coordinate(opacity))\"")
        + (stroke.map { " \($0.attributes)" } ?? ""), "circle", tooltip)
  }

  /// A square about a point.
  public mutating func square(
    _ center: Point, radius: Double, fill: String, stroke: Stroke? = nil, tooltip: String? = nil
  ) {
    rectangle(
      x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius, fill: fill,
      stroke: stroke, tooltip: tooltip)
  }

  /// Many equal dots, as one element.
  public mutating func dots(_ points: [Point], radius: Double, _ color: String, opacity: Double) {
    guard !points.isEmpty else { return }
    let d = points.map { "M\(place($0))h0" }.joined()
    elements +=
      "<path d=\"\(d)\" stroke=\"\(color)\" stroke-width=\"\(coordinate(2 * radius))\" "
      + "stroke-opacity=\"\(coordinate(opacity))\" stroke-linecap=\"round\"/>\n"
  }

  /// A cross about a point.
  public mutating func cross(_ center: Point, radius r: Double, _ stroke: Stroke) {
    let (x, y) = (center.x, center.y)
    path(
      [Point(x - r, y - r), Point(x + r, y + r), nil, Point(x - r, y + r), Point(x + r, y - r)],
      stroke)
  }

  /// A line that ends in a head; no more than a line where it is shorter than its head.
  public mutating func arrow(_ from: Point, _ to: Point, _ stroke: Stroke, head: Double = 4) {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = (dx * dx + dy * dy).squareRoot()
    line(from, to, stroke)
    guard length > head else { return }
    let (ux, uy) = (dx / length * head, dy / length * head)
    area(
      [
        to, Point(to.x - ux - uy * 0.6, to.y - uy + ux * 0.6),
        Point(to.x - ux + uy * 0.6, to.y - uy - ux * 0.6),
      ], fill: stroke.color)
  }

  /// A text on its baseline.
  public mutating func text(
    _ text: String, at point: Point, _ font: Font, anchor: Anchor = .start, angle: Double = 0,
    tooltip: String? = nil
  ) {
    guard !text.isEmpty else { return }
    var tag = "<text x=\"\(coordinate(point.x))\" y=\"\(coordinate(point.y))\""
    tag += " font-size=\"\(coordinate(font.size))\" fill=\"\(font.color)\""
    if font.isBold { tag += " font-weight=\"bold\"" }
    if font.isItalic { tag += " font-style=\"italic\"" }
    if anchor != .start { tag += " text-anchor=\"\(anchor.rawValue)\"" }
    if angle != 0 {
      tag += " transform=\"rotate(\(coordinate(angle)) \(place(point)))\""
    }
    let hint = tooltip.map { "<title>\($0.svgEscaped)</title>" } ?? ""
    elements += tag + ">\(text.svgEscaped)\(hint)</text>\n"
  }

  /// Puts another canvas on this one, moved.
  public mutating func add(_ other: Canvas, x: Double = 0, y: Double = 0) {
    guard !other.elements.isEmpty else { return }
    guard x != 0 || y != 0 else {
      elements += other.elements
      return
    }
    elements +=
      "<g transform=\"translate(\(coordinate(x)) \(coordinate(y)))\">\n\(other.elements)</g>\n"
  }

  /// Puts another canvas on this one, of which nothing is seen outside a rectangle.
  ///
  /// `id` must be the only one of its name in the document.
  public mutating func add(
    _ other: Canvas, clippedTo id: String, x: Double, y: Double, width: Double, height: Double
  ) {
    elements +=
      "<clipPath id=\"\(id)\"><rect x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
      + "width=\"\(coordinate(width))\" height=\"\(coordinate(height))\"/></clipPath>\n"
      + "<g clip-path=\"url(#\(id))\">\n\(other.elements)</g>\n"
  }

  /// Puts another canvas on this one as a link to a place of the same document; without a place it is put
  /// as it is.
  public mutating func add(_ other: Canvas, linkedTo place: String?, name: String) {
    guard let place, !other.elements.isEmpty else { return add(other) }
    elements +=
      "<a href=\"#\(place.svgEscaped)\" aria-label=\"\(name.svgEscaped)\">\n\(other.elements)</a>\n"
  }

  private mutating func close(_ opening: String, _ name: String, _ tooltip: String?) {
    elements +=
      tooltip.map { "\(opening)><title>\($0.svgEscaped)</title></\(name)>\n" } ?? "\(opening)/>\n"
  }

  private func place(_ point: Point) -> String { Self.place(point) }

  /// A place of a line to a tenth of a pixel, which nobody sees more of.
  private static func place(_ point: Point) -> String {
    let x = coordinate((point.x * 10).rounded() / 10)
    return "\(x) \(coordinate((point.y * 10).rounded() / 10))"
  }

  private static func outline(_ points: [Point?]) -> String {
    var result = ""
    var isDrawing = false
    for point in points {
      guard let point else {
        isDrawing = false
        continue
      }
      result += "\(isDrawing ? "L" : "M")\(place(point))"
      isDrawing = true
    }
    return result
  }
}

import Drawing

extension Sheet {
  /// Places of rows below one another within a height, in groups with some space between them: the middle of
  /// each row.
  static func rows(_ groups: [Int], from top: Double, to bottom: Double) -> [Double] {
    let gap = 0.55
    let units = Double(groups.reduce(0, +)) + gap * Double(max(groups.count - 1, 0))
    let unit = (bottom - top) / max(units, 1)
    var places: [Double] = []
    var y = top
    for group in groups {
      for _ in 0..<group {
        places.append(y + unit / 2)
        y += unit
      }
      y += gap * unit
    }
    return places
  }
}

extension Canvas {
  /// Writes the label of a row at its left, cut where it is wider than its room; what follows it stays.
  mutating func rowLabel(
    _ text: String, _ rest: String = "", x: Double, y: Double, width: Double, _ theme: Theme,
    _ font: Font? = nil
  ) {
    let font = font ?? theme.small
    let room = width - TextWidth.of(rest, size: font.size, isBold: font.isBold)
    let shown = TextWidth.fitted(text, size: font.size, width: room, isBold: font.isBold)
    self.text(
      shown + rest, at: Point(x, y + font.size * 0.36), font, tooltip: shown == text ? nil : text)
  }

  /// Draws a bar from the start of a horizontal scale.
  mutating func bar(
    _ value: Double, _ across: Scale, y: Double, height: Double, fill: String,
    stroke: Stroke? = nil, tooltip: String? = nil
  ) {
    rectangle(
      x: across.start, y: y - height / 2, width: across.clamped(value) - across.start,
      height: height, fill: fill, stroke: stroke, tooltip: tooltip)
  }

  /// Draws an interval as a line with the inner one thicker upon it.
  mutating func nested(
    outer: (Double, Double), inner: (Double, Double)?, _ across: Scale, y: Double, _ color: String
  ) {
    line(
      Point(across.clamped(outer.0), y), Point(across.clamped(outer.1), y),
      Stroke(color, width: 1.4))
    guard let inner else { return }
    line(
      Point(across.clamped(inner.0), y), Point(across.clamped(inner.1), y),
      Stroke(color, width: 5))
  }
}

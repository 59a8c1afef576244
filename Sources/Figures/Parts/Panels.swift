import Drawing

/// The place of a panel within its axes.
struct Frame: Sendable, Equatable {
  let x, y, width, height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }

  /// A horizontal scale over the panel.
  func across(_ low: Double, _ high: Double) -> Scale { Scale(low, high, from: x, to: right) }
  /// A vertical scale over the panel.
  func up(_ low: Double, _ high: Double) -> Scale { Scale(low, high, from: bottom, to: y) }
}

/// Panels side by side and below one another.
struct PanelGrid {
  let count: Int
  let columns: Int
  /// The height of a panel without its axes.
  let height: Double
  /// The room left of each panel.
  var left = 52.0
  /// The room below each panel.
  var below = 38.0
  /// The room above each panel, for its name.
  var above = 22.0

  private static let gap = 14.0
}

extension Sheet {
  /// Draws panels of equal size over the whole width; `draw` has the place of each.
  mutating func panels(_ grid: PanelGrid, draw: (inout Canvas, Int, Frame) -> Void) {
    let columns = max(1, min(grid.columns, grid.count))
    let cell = (width - 2 * Self.margin) / Double(columns)
    let rows = (grid.count + columns - 1) / columns
    let height = grid.above + grid.height + grid.below
    for place in 0..<grid.count {
      let frame = Frame(
        x: Self.margin + Double(place % columns) * cell + grid.left,
        y: y + Double(place / columns) * height + grid.above,
        width: cell - grid.left - 14, height: grid.height)
      draw(&canvas, place, frame)
    }
    skip(Double(rows) * height)
  }

  /// Writes the name of a panel above it; where it is too long, what follows it stays.
  static func name(
    _ text: String, _ rest: String = "", of frame: Frame, _ canvas: inout Canvas, _ theme: Theme,
    left: Double = 40
  ) {
    let font = Canvas.Font(theme.size * 0.95, theme.palette.ink, isBold: true)
    let room = frame.width + left - TextWidth.of(rest, size: font.size, isBold: true)
    let shown = TextWidth.fitted(text, size: font.size, width: room, isBold: true) + rest
    canvas.text(
      shown, at: Point(frame.x - left, frame.y - 7), font,
      tooltip: shown == text + rest ? nil : text)
  }
}

extension Canvas {
  /// Draws a curve of densities with the area below it.
  mutating func density(
    _ density: Density, _ across: Scale, _ up: Scale, _ stroke: Stroke, fill: String? = nil,
    opacity: Double = 0.2
  ) {
    let points = zip(density.at, density.values).filter { across.holds($0.0) }.map {
      Point(across($0.0), up.clamped($0.1))
    }
    guard let first = points.first, let last = points.last else { return }
    if let fill {
      area(
        [Point(first.x, up.start)] + points + [Point(last.x, up.start)], fill: fill,
        opacity: opacity)
    }
    path(points, stroke)
  }
}

/// Places at least some distance apart, as near to wanted ones as their order allows, within limits.
func spread(_ wanted: [Double], apart: Double, within limits: ClosedRange<Double>) -> [Double] {
  let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
  var places = wanted
  var lowest = limits.lowerBound
  for index in order {
    places[index] = max(places[index], lowest)
    lowest = places[index] + apart
  }
  var highest = limits.upperBound
  for index in order.reversed() {
    places[index] = min(places[index], highest)
    highest = places[index] - apart
  }
  return places
}

import Drawing
import Posterior

/// A figure while it is put together: title above, then parts, then remarks below.
struct Sheet {
  let theme: Theme
  /// The drawing.
  var canvas = Canvas()
  /// Where the next part begins.
  private(set) var y: Double
  /// The width of all.
  let width: Double
  private let title: String

  /// The space left and right of all parts.
  static let margin = 14.0

  /// A sheet of a width, with a title unless that is empty.
  init(_ title: String, width: Double, _ theme: Theme) {
    (self.title, self.width, self.theme) = (title, width, theme)
    y = Self.margin
    guard !title.isEmpty else { return }
    let size = theme.size * 1.15
    let lines = TextWidth.wrapped(
      title, size: size, width: width - 2 * Self.margin, lines: 3, isBold: true)
    for line in lines {
      y += size * 1.25
      canvas.text(
        line, at: Point(Self.margin, y), .init(size, theme.palette.ink, isBold: true))
    }
    y += theme.size
  }

  /// The width that a text in the middle of a place may have.
  func room(about x: Double) -> Double { 2 * min(x - Self.margin, width - Self.margin - x) }

  /// Leaves some space.
  mutating func skip(_ height: Double) { y += height }

  /// Writes remarks over the whole width.
  mutating func notes(_ notes: [String]) {
    let size = theme.smallSize
    for note in notes where !note.isEmpty {
      y += size * 0.3
      let lines = TextWidth.wrapped(
        note, size: size, width: width - 2 * Self.margin, lines: 6)
      for line in lines {
        y += size * 1.35
        canvas.text(line, at: Point(Self.margin, y), theme.note)
      }
    }
  }

  /// Draws the entries of a legend, each a mark of some width and a text, in as many lines as they need.
  mutating func legend(_ entries: [LegendEntry]) {
    guard !entries.isEmpty else { return }
    let size = theme.smallSize
    var x = Self.margin
    y += size * 1.5
    for entry in entries {
      let text = TextWidth.fitted(
        entry.text, size: size, width: width - 2 * Self.margin - LegendEntry.markWidth - 6)
      let extent = LegendEntry.markWidth + 6 + TextWidth.of(text, size: size) + 16
      if x > Self.margin, x + extent - 16 > width - Self.margin {
        x = Self.margin
        y += size * 1.6
      }
      entry.draw(&canvas, Point(x, y - size * 0.35))
      canvas.text(text, at: Point(x + LegendEntry.markWidth + 6, y), theme.small)
      x += extent
    }
    y += size * 0.6
  }

  /// The finished figure.
  func page(_ name: String, _ summary: String) -> Page {
    Page(
      canvas, width: width, height: y + Self.margin, title: title.isEmpty ? name : title,
      summary: summary)
  }
}

/// One mark of a legend and what it stands for.
struct LegendEntry {
  /// The width of every mark.
  static let markWidth = 22.0
  let text: String
  /// Draws the mark from a point at its left, in the middle of its height.
  let draw: (inout Canvas, Point) -> Void

  /// A dot with its interval: a hollow square on dashes for REML and ML, a dot for Bayes.
  static func estimate(_ text: String, _ look: EstimateLook) -> LegendEntry {
    LegendEntry(text: text) { canvas, point in
      canvas.line(point, Point(point.x + markWidth, point.y), look.stroke)
      look.mark(&canvas, Point(point.x + markWidth / 2, point.y))
    }
  }

  /// A line.
  static func line(_ text: String, _ stroke: Stroke) -> LegendEntry {
    LegendEntry(text: text) { canvas, point in
      canvas.line(point, Point(point.x + markWidth, point.y), stroke)
    }
  }

  /// A filled area.
  static func area(_ text: String, fill: String, stroke: Stroke? = nil) -> LegendEntry {
    LegendEntry(text: text) { canvas, point in
      canvas.rectangle(
        x: point.x + 4, y: point.y - 5, width: markWidth - 8, height: 10, fill: fill,
        stroke: stroke)
    }
  }
}

/// How the estimates of one estimator are drawn: told apart by shape and line, not by colour alone.
struct EstimateLook {
  let isBayesian: Bool
  let theme: Theme

  var color: String { isBayesian ? theme.palette.bayes : theme.palette.likelihood }
  var stroke: Stroke { Stroke(color, width: 1.5, dash: isBayesian ? nil : "5 2") }

  /// Draws the mark of the estimate.
  func mark(_ canvas: inout Canvas, _ point: Point, tooltip: String? = nil) {
    if isBayesian {
      canvas.circle(point, radius: 4, fill: color, tooltip: tooltip)
    } else {
      canvas.square(
        point, radius: 3.6, fill: theme.palette.paper, stroke: Stroke(color, width: 1.6),
        tooltip: tooltip)
    }
  }

  /// Draws an interval with its estimate on a horizontal scale; arrows show where it goes on.
  func draw(
    _ canvas: inout Canvas, _ effect: FigureRun.Effect, _ scale: Scale, y: Double,
    tooltip: String? = nil
  ) {
    if let interval = effect.newTrial {
      whisker(
        &canvas, interval.lower, interval.upper, scale, y: y,
        Stroke(color, width: 1, dash: "1 2.5"))
    }
    if let interval = effect.interval {
      whisker(&canvas, interval.lower, interval.upper, scale, y: y, stroke)
    }
    if let estimate = effect.estimate, scale.holds(estimate) {
      mark(&canvas, Point(scale(estimate), y), tooltip: tooltip)
    }
  }

  private func whisker(
    _ canvas: inout Canvas, _ lower: Double, _ upper: Double, _ scale: Scale, y: Double,
    _ stroke: Stroke
  ) {
    let (from, to) = (Point(scale.clamped(lower), y), Point(scale.clamped(upper), y))
    guard to.x > from.x else { return }
    let solid = Stroke(stroke.color, width: stroke.width)
    let middle = Point((from.x + to.x) / 2, y)
    if lower < scale.domain.lowerBound {
      canvas.arrow(middle, from, stroke)
    } else {
      canvas.line(Point(from.x, y - 3), Point(from.x, y + 3), solid)
    }
    if upper > scale.domain.upperBound {
      canvas.arrow(middle, to, stroke)
    } else {
      canvas.line(Point(to.x, y - 3), Point(to.x, y + 3), solid)
    }
    canvas.line(from, to, stroke)
  }
}

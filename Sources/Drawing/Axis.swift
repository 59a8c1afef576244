/// How the parts of a figure look: colours and sizes of text.
public struct Theme: Sendable, Equatable {
  /// The colours.
  public let palette: Palette
  /// The size of ordinary text, in pixels.
  public let size: Double

  /// A look.
  public init(_ palette: Palette = Palette(), size: Double = 12) {
    (self.palette, self.size) = (palette, size)
  }

  /// The size of tick labels and notes.
  public var smallSize: Double { size * 0.85 }
  /// Ordinary text.
  public var plain: Canvas.Font { .init(size, palette.ink) }
  /// Names of panels.
  public var bold: Canvas.Font { .init(size, palette.ink, isBold: true) }
  /// Tick labels.
  public var small: Canvas.Font { .init(smallSize, palette.ink) }
  /// Remarks.
  public var note: Canvas.Font { .init(smallSize, palette.faint) }
  /// Axes.
  public var axis: Stroke { Stroke(palette.faint, width: 0.8) }
  /// The line of no effect and others that values are held against.
  public var reference: Stroke { Stroke(palette.faint, width: 1) }
  /// Grids.
  public var grid: Stroke { Stroke(palette.pale, width: 0.7) }
}

extension Canvas {
  /// An axis below a panel, its labels thinned until they keep apart; its title may have `titleWidth`
  /// pixels, by default those of the axis.
  public mutating func bottomAxis(
    _ scale: Scale, y: Double, _ theme: Theme, title: String? = nil,
    titleWidth: Double? = nil, ticks: [Tick]? = nil
  ) {
    line(Point(scale.start, y), Point(scale.end, y), theme.axis)
    let size = theme.smallSize
    var free = -Double.infinity
    for tick in ticks ?? scale.ticks(Int(abs(scale.end - scale.start) / (size * 5))) {
      let x = scale(tick.value)
      let half = TextWidth.of(tick.label, size: size) / 2
      line(Point(x, y), Point(x, y + 4), theme.axis)
      guard x - half > free else { continue }
      text(tick.label, at: Point(x, y + 5 + size), theme.small, anchor: .middle)
      free = x + half + size * 0.5
    }
    if let title {
      let width = abs(scale.end - scale.start)
      text(
        TextWidth.fitted(title, size: theme.size, width: titleWidth ?? max(width * 1.1, 80)),
        at: Point((scale.start + scale.end) / 2, y + 9 + size + theme.size), theme.plain,
        anchor: .middle)
    }
  }

  /// The height of an axis below a panel with a title.
  public static func bottomAxisHeight(_ theme: Theme, hasTitle: Bool = true) -> Double {
    theme.smallSize + 9 + (hasTitle ? theme.size + 6 : 0)
  }

  /// An axis left of a panel; `start` of the scale is its lower end.
  public mutating func leftAxis(
    _ scale: Scale, x: Double, _ theme: Theme, title: String? = nil, ticks: [Tick]? = nil
  ) {
    line(Point(x, scale.start), Point(x, scale.end), theme.axis)
    let size = theme.smallSize
    let ticks = ticks ?? scale.ticks(max(2, Int(abs(scale.end - scale.start) / (size * 2.6))))
    for tick in ticks {
      let y = scale(tick.value)
      line(Point(x - 4, y), Point(x, y), theme.axis)
      text(tick.label, at: Point(x - 6, y + size * 0.36), theme.small, anchor: .end)
    }
    if let title {
      let width = ticks.map { TextWidth.of($0.label, size: size) }.max() ?? 0
      let place = Point(x - 12 - width, (scale.start + scale.end) / 2)
      text(
        TextWidth.fitted(title, size: theme.size, width: abs(scale.end - scale.start) * 1.2),
        at: place,
        theme.plain, anchor: .middle, angle: -90)
    }
  }

  /// The width of an axis left of a panel.
  public static func leftAxisWidth(
    _ scale: Scale, _ theme: Theme, hasTitle: Bool = true, ticks: [Tick]? = nil
  ) -> Double {
    let size = theme.smallSize
    let ticks = ticks ?? scale.ticks(max(2, Int(abs(scale.end - scale.start) / (size * 2.6))))
    return 8 + (ticks.map { TextWidth.of($0.label, size: size) }.max() ?? 0)
      + (hasTitle ? theme.size + 8 : 0)
  }
}

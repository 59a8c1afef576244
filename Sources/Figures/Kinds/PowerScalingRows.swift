import Drawing
import JSON
import Reports

/// Power-scaling: how far each quantity moves when prior or likelihood count a little more or less.
struct PowerScalingRows {
  /// One quantity.
  struct Row {
    let name: String
    /// To the prior of the heterogeneity, to all priors, to the likelihood.
    let values: [Double?]
    /// What the figures say, empty where that is nothing.
    let verdict: String
    /// The largest sensitivity.
    var largest: Double { values.compactMap { $0 }.max() ?? 0 }
    /// The largest sensitivity to a prior.
    var toPriors: Double { values.prefix(2).compactMap { $0 }.max() ?? 0 }
  }

  let rows: [Row]
  private let omitted: Int
  /// Above it a quantity is called sensitive.
  private let threshold: Double

  /// The most quantities that are drawn: of more, those that are most sensitive to priors.
  private static let mostRows = 24

  /// What stands below.
  static let note =
    "Power-scaling: the distance between posteriors with prior or likelihood raised to powers near 1 "
    + "(Kallioinen et al. 2024), 0.05 being the usual limit."

  init(_ saved: JSONCursor) throws(SavedFitError) {
    threshold = try saved.member("threshold").number()
    var rows: [Row] = []
    for quantity in try saved.member("quantities").elements() {
      var values: [Double?] = []
      for key in ["heterogeneity_prior", "priors", "likelihood"] {
        values.append(try quantity.member(key).unlessNull?.number())
      }
      let verdict = try quantity.member("verdict").string()
      rows.append(
        Row(
          name: try quantity.member("quantity").string(), values: values,
          verdict: verdict == "-" ? "" : verdict.replacing("-", with: " ")))
    }
    let all = rows
    let kept = all.indices.sorted { (all[$1].toPriors, $0) < (all[$0].toPriors, $1) }
      .prefix(Self.mostRows).sorted()
    self.rows = kept.map { all[$0] }
    omitted = all.count - kept.count
  }

  /// Draws the rows below what a sheet has already.
  func draw(_ sheet: inout Sheet, _ theme: Theme, _ options: FigureOptions) {
    let size = theme.smallSize
    func widest(_ texts: [String], most: Double) -> Double {
      min((texts.map { TextWidth.of($0, size: size) }.max() ?? 0) + 12, most)
    }
    let labelWidth = widest(rows.map(\.name), most: 220)
    let textWidth = widest(rows.map(\.verdict), most: 230)
    sheet.skip(theme.size * 1.2)
    let height = Double(rows.count) * size * 1.55
    let frame = Frame(
      x: Sheet.margin + labelWidth, y: sheet.y + 22,
      width: sheet.width - 2 * Sheet.margin - labelWidth - textWidth, height: height)
    Sheet.name(
      "Power-scaling"
        + (omitted > 0 ? ", the \(rows.count) quantities that are most sensitive to priors" : ""),
      of: frame, &sheet.canvas, theme, left: labelWidth)
    let across = Scale(
      0, max((rows.map(\.largest).max() ?? 0) * 1.06, threshold * 1.6), from: frame.x,
      to: frame.right - 4)
    for (row, y) in zip(rows, Sheet.rows([rows.count], from: frame.y, to: frame.bottom)) {
      sheet.canvas.rowLabel(
        row.name, x: Sheet.margin, y: y, width: labelWidth - 8, theme)
      sheet.canvas.line(Point(frame.x, y), Point(frame.right, y), theme.grid)
      for place in row.values.indices.reversed() {
        guard let value = row.values[place] else { continue }
        mark(
          place, &sheet.canvas, Point(across.clamped(value), y), theme,
          tooltip: "\(row.name): \(NumberStyle.ratio(value))")
      }
      sheet.canvas.text(
        TextWidth.fitted(row.verdict, size: size, width: textWidth - 8),
        at: Point(sheet.width - Sheet.margin, y + size * 0.36), theme.small, anchor: .end)
    }
    let limit = Stroke(theme.palette.alarm, width: 1.2, dash: "5 3")
    sheet.canvas.line(
      Point(across(threshold), frame.y), Point(across(threshold), frame.bottom), limit)
    sheet.canvas.bottomAxis(across, y: frame.bottom, theme, title: "sensitivity")
    sheet.skip(22 + height + Canvas.bottomAxisHeight(theme))
    let names = ["to the prior of heterogeneity", "to all priors", "to the likelihood"]
    sheet.legend(
      names.enumerated().map { place, name in
        LegendEntry(text: name) { canvas, point in
          mark(place, &canvas, Point(point.x + LegendEntry.markWidth / 2, point.y), theme)
        }
      } + [.line("limit", limit)])
  }

  private func mark(
    _ place: Int, _ canvas: inout Canvas, _ point: Point, _ theme: Theme, tooltip: String? = nil
  ) {
    let palette = theme.palette
    switch place {
    case 0: canvas.circle(point, radius: 3.2, fill: palette.bayes, tooltip: tooltip)
    case 1:
      canvas.square(
        point, radius: 3.2, fill: palette.paper, stroke: Stroke(palette.bayes, width: 1.3),
        tooltip: tooltip)
    default: canvas.cross(point, radius: 2.8, Stroke(palette.ink, width: 1.3))
    }
  }
}

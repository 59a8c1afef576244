import Drawing
import Reports

/// The objective of a node along the candidate cuts of its variables, the chosen one first.
struct ProfileFigure {
  let fit: FigureFit
  let options: FigureOptions
  let theme: Theme
  private let evidence: NodeCurves

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.options) = (fit, options)
    theme = options.theme
    evidence = try NodeCurves(
      fit, run, options, key: "profiles", heights: "objectives", line: "undivided")
  }

  func page() -> Page {
    let curves = evidence.curves
    let columns = min(curves.count, 3)
    let width = max(options.width ?? (columns == 1 ? 560 : 300 * Double(columns)), 320)
    var sheet = Sheet(
      options.title ?? "Objective along the cuts of node \(evidence.node.id)", width: width, theme)
    let values = curves.flatMap { $0.heights + [$0.line ?? .nan] }
    let grid = PanelGrid(
      count: curves.count, columns: columns, height: options.panelHeight(columns == 1 ? 230 : 180),
      left: 74,
      below: evidence.axisHeight(
        (width - 2 * Sheet.margin) / Double(columns) - 88, theme))
    sheet.panels(grid) { canvas, place, frame in
      draw(&canvas, curves[place], place, frame, values)
    }
    sheet.legend([
      .line("without a cut", undivided), .line("chosen cut", chosen),
      .area("cuts that gain at least 90% of what the best one gains", fill: "#e8eef4"),
    ])
    let objective =
      fit.isBinomial
      ? "negative log-likelihood, with the priors' penalty by Bayes"
      : "residual sum of squares, with the priors' penalty by Bayes"
    sheet.notes([
      evidence.words(fit, options)
        + " Objective: \(objective); lower is better. The variable is chosen by its p-value, and only then its cut; "
        + "runners-up stand beside it on the same scale."
    ])
    return sheet.page("Objective along the cuts", summary)
  }

  private var undivided: Stroke { Stroke(theme.palette.faint, width: 1.2, dash: "6 3") }
  private var chosen: Stroke { Stroke(theme.palette.ink, width: 1.2, dash: "2 2") }

  private func draw(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ place: Int, _ frame: Frame, _ values: [Double]
  ) {
    let isChosen = evidence.node.split?.variable == curve.variable
    let name = fit.label(curve.variable, options)
    Sheet.name(
      name, ", \(NumberStyle.pStatement(curve.pValue))\(isChosen ? ", chosen" : "")", of: frame,
      &canvas,
      theme)
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) }
      ?? Scale(holding: values, from: frame.bottom, to: frame.y)
    if let range = curve.nearlyBest, let values = curve.values {
      let across = Scale(holding: values, margin: 0.04, from: frame.x, to: frame.right)
      canvas.rectangle(
        x: across(range.lowerBound) - 2, y: frame.y,
        width: across(range.upperBound) - across(range.lowerBound) + 4, height: frame.height,
        fill: "#e8eef4")
    }
    canvas.leftAxis(up, x: frame.x, theme, title: place == 0 ? "objective" : nil)
    if let line = curve.line, up.holds(line) {
      canvas.line(Point(frame.x, up(line)), Point(frame.right, up(line)), undivided)
    }
    if let values = curve.values {
      numeric(&canvas, curve, values, frame, up, isChosen: isChosen)
    } else {
      levels(&canvas, curve, frame, up, isChosen: isChosen)
    }
  }

  private func numeric(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ values: [Double], _ frame: Frame, _ up: Scale,
    isChosen: Bool
  ) {
    let across = Scale(holding: values, margin: 0.04, from: frame.x, to: frame.right)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: fit.label(curve.variable, options))
    let points = zip(values, curve.heights).map { Point(across($0), up.clamped($1)) }
    canvas.path(points, Stroke(theme.palette.bayes, width: 1.5))
    if values.count <= 40 {
      for point in points { canvas.circle(point, radius: 2, fill: theme.palette.bayes) }
    }
    if isChosen, let cut = evidence.node.split?.breakpoint, across.holds(cut) {
      canvas.line(Point(across(cut), frame.y), Point(across(cut), frame.bottom), chosen)
    }
  }

  /// Thresholds of an ordered variable in their order, groupings of a nominal one from the best on.
  private func levels(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ frame: Frame, _ up: Scale, isChosen: Bool
  ) {
    let labels = curve.labels.map { curve.isUnordered ? "{\($0)}" : "≤ \($0)" }
    let slot = frame.width / Double(max(labels.count, 1))
    let across = { (place: Int) in frame.x + (Double(place) + 0.5) * slot }
    let points = curve.heights.enumerated().map { Point(across($0.offset), up.clamped($0.element)) }
    if !curve.isUnordered { canvas.path(points, Stroke(theme.palette.bayes, width: 1.2)) }
    let best = curve.heights.indices.min { curve.heights[$0] < curve.heights[$1] }
    for (place, point) in points.enumerated() {
      if isChosen, place == best {
        canvas.line(Point(point.x, frame.y), Point(point.x, frame.bottom), chosen)
      }
      canvas.circle(
        point, radius: 3, fill: theme.palette.bayes,
        tooltip: "\(labels[place]): \(NumberStyle.significant(curve.heights[place], digits: 6))")
    }
    canvas.categoryAxis(labels, across, slot: slot, y: frame.bottom, end: frame.right, theme)
  }

  private var summary: String {
    evidence.words(fit, options) + " "
      + evidence.curves.map { curve in
        "\(curve.variable) (\(NumberStyle.pStatement(curve.pValue))): smallest objective "
          + "\(NumberStyle.significant(curve.heights.min(), digits: 6)), without a cut "
          + "\(NumberStyle.significant(curve.line, digits: 6))"
          + (curve.nearlyBest.map {
            ", at least 90% of the best gain from \(NumberStyle.significant($0.lowerBound, digits: 5)) to "
              + NumberStyle.significant($0.upperBound, digits: 5)
          } ?? "")
      }.joined(separator: "; ") + "."
  }
}

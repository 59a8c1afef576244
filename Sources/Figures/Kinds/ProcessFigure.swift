import Drawing
import Reports

/// The score process of a node along its variables, with the critical line and the chosen cut.
struct ProcessFigure {
  let fit: FigureFit
  let options: FigureOptions
  let theme: Theme
  private let evidence: NodeCurves

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.options) = (fit, options)
    theme = options.theme
    evidence = try NodeCurves(
      fit, run, options, key: "processes", heights: "statistics", line: "critical")
  }

  func page() -> Page {
    let curves = evidence.curves
    let columns = min(curves.count, 3)
    let width = max(options.width ?? (columns == 1 ? 560 : 300 * Double(columns)), 320)
    var sheet = Sheet(
      options.title ?? "Score process of node \(evidence.node.id)", width: width, theme)
    let numeric = curves.filter { !$0.isByLevel }
    let highest = numeric.flatMap { $0.heights + [$0.line ?? 0] }.max() ?? 1
    let grid = PanelGrid(
      count: curves.count, columns: columns, height: options.panelHeight(columns == 1 ? 230 : 180),
      left: 58,
      below: evidence.axisHeight(
        (width - 2 * Sheet.margin) / Double(columns) - 72, theme))
    sheet.panels(grid) { canvas, place, frame in
      draw(&canvas, curves[place], frame, highest: highest)
    }
    sheet.legend([
      .line("critical value, p = \(NumberStyle.significant(fit.alpha)) after adjustment", critical),
      .line("chosen cut", chosen),
    ])
    sheet.notes([
      evidence.words(fit, options)
        + " LM statistic of a change of the node's coefficients after each value; its maximum is the test's. Of "
        + "categorical tests bars are what each level adds, and their sum is held against the critical value."
    ])
    return sheet.page("Score process", summary)
  }

  private var critical: Stroke { Stroke(theme.palette.alarm, width: 1.4, dash: "6 3") }
  private var chosen: Stroke { Stroke(theme.palette.ink, width: 1.2, dash: "2 2") }

  private func draw(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ frame: Frame, highest: Double
  ) {
    let name = fit.label(curve.variable, options)
    Sheet.name(
      name, ", \(NumberStyle.pStatement(curve.pValue))", of: frame, &canvas, theme)
    let own = curve.isByLevel ? max(curve.heights.reduce(0, +), curve.line ?? 0) : highest
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) } ?? frame.up(0, own * 1.08)
    canvas.leftAxis(up, x: frame.x, theme, title: "LM statistic")
    if let line = curve.line, up.holds(line) {
      canvas.line(Point(frame.x, up(line)), Point(frame.right, up(line)), critical)
    }
    if let values = curve.values {
      numeric(&canvas, curve, values, frame, up)
    } else {
      levels(&canvas, curve, frame, up)
    }
  }

  private func numeric(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ values: [Double], _ frame: Frame, _ up: Scale
  ) {
    let across = Scale(holding: values, margin: 0.04, from: frame.x, to: frame.right)
    canvas.bottomAxis(
      across, y: frame.bottom, theme, title: fit.label(curve.variable, options))
    let points = zip(values, curve.heights).map { Point(across($0), up.clamped($1)) }
    canvas.path(points, Stroke(theme.palette.bayes, width: 1.5))
    if values.count <= 40 {
      for point in points { canvas.circle(point, radius: 2, fill: theme.palette.bayes) }
    }
    if let split = evidence.node.split, split.variable == curve.variable,
      let cut = split.breakpoint,
      across.holds(cut)
    {
      canvas.line(Point(across(cut), frame.y), Point(across(cut), frame.bottom), chosen)
    }
  }

  /// What levels add, side by side; their sum as a bar that stands back.
  private func levels(
    _ canvas: inout Canvas, _ curve: SavedCurve, _ frame: Frame, _ up: Scale
  ) {
    let labels = curve.labels + (curve.isByLevel ? ["sum"] : [])
    let heights = curve.heights + (curve.isByLevel ? [curve.heights.reduce(0, +)] : [])
    let slot = frame.width / Double(max(labels.count, 1))
    let across = { (place: Int) in frame.x + (Double(place) + 0.5) * slot }
    for (place, height) in heights.enumerated() {
      let isSum = curve.isByLevel && place == labels.count - 1
      let y = up.clamped(height)
      canvas.rectangle(
        x: across(place) - slot * 0.3, y: y, width: slot * 0.6, height: frame.bottom - y,
        fill: isSum ? theme.palette.pale : "#b3cfe4", stroke: Stroke(theme.palette.ink, width: 0.7),
        tooltip: "\(labels[place]): \(NumberStyle.significant(height))")
    }
    canvas.categoryAxis(
      labels, across, slot: slot, y: frame.bottom, end: frame.right, theme)
  }

  private var summary: String {
    evidence.words(fit, options) + " "
      + evidence.curves.map { curve in
        let statistic =
          curve.isByLevel ? curve.heights.reduce(0, +) : curve.heights.max()
        return "\(curve.variable): statistic \(NumberStyle.significant(statistic)), critical value "
          + "\(NumberStyle.significant(curve.line)), \(NumberStyle.pStatement(curve.pValue))"
      }.joined(separator: "; ") + "."
  }
}

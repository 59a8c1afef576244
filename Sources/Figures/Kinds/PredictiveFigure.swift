import Drawing
import JSON
import Posterior
import Reports

/// Posterior predictive checks: statistics of the data beside their distribution over replicated data sets,
/// by trial and arm.
struct PredictiveFigure {
  /// One arm of one trial, or of all where `trial` is nil, with a check a statistic.
  private struct Row {
    let trial: String?
    let arm: String
    let checks: [PredictedStatistic]
    var least: Double { checks.map(\.pValue).min() ?? 1 }
  }

  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  private let statistics: [String]
  /// The rows by trial, all trials together first.
  private let groups: [[Row]]
  private let omitted: Int
  private let missed: Int
  private let replicates: Int?
  private let bounds: JSONValue?

  /// The most trials that are drawn: of more, those with the smallest p-values.
  private static let mostTrials = 30

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    guard let saved = run.part("posterior_predictive") else {
      throw .lacking(
        "the run \(run.name) has no posterior predictive checks (earlier versions made none, and with case "
          + "weights that are no counts events have none); fit again with --estimator bayes")
    }
    let checks = try reading { () throws(SavedFitError) in
      try PredictedStatistic.all(saved)
    }
    replicates = saved.value["replicates"]?.number.map { Int($0) }
    bounds = saved.value["bounds"]
    missed = checks.count { $0.isMissed }
    statistics = PredictedStatistic.order.filter { name in
      checks.contains { $0.statistic == name }
    }
    let all = ([nil] + fit.trials.map { Optional($0.name) }).map { trial in
      [fit.reference, fit.active].map { arm in
        Row(trial: trial, arm: arm, checks: checks.filter { $0.trial == trial && $0.arm == arm })
      }.filter { !$0.checks.isEmpty }
    }.filter { !$0.isEmpty }
    guard !all.isEmpty else { throw .lacking("the run \(run.name) has no checks of its data") }
    let trials = all.indices.filter { all[$0][0].trial != nil }
    func least(_ place: Int) -> Double { all[place].map(\.least).min() ?? 1 }
    let kept = trials.sorted { (least($0), $0) < (least($1), $1) }.prefix(Self.mostTrials)
    groups = all.indices.filter { all[$0][0].trial == nil || kept.contains($0) }.map { all[$0] }
    omitted = trials.count - kept.count
  }

  // MARK: Layout

  private struct Columns {
    let trial, arm, panels, panel: Double
    /// The room of the p-values at the right of a panel.
    let pValues: Double
  }

  func page() -> Page {
    let rows = groups.map(\.count)
    let trialWidth = width(of: groups.map { name($0[0].trial) }, least: 60, most: 170, bold: true)
    let armWidth = width(of: groups.joined().map { "\($0.arm) \(size($0))" }, least: 40, most: 190)
    let pWidth = TextWidth.of("<0.001", size: theme.smallSize) + 10
    let fixed = 2 * Sheet.margin + trialWidth + armWidth
    let usual =
      fixed + Double(statistics.count)
      * (statistics.count > 2 ? 210 : statistics.count > 1 ? 270 : 380)
    let width = max(options.width ?? usual, fixed + Double(statistics.count) * 170, 460)
    var sheet = Sheet(
      options.title ?? "Posterior predictive checks by trial and arm", width: width, theme)
    let columns = Columns(
      trial: Sheet.margin, arm: Sheet.margin + trialWidth, panels: fixed - Sheet.margin,
      panel: (width - fixed) / Double(statistics.count), pValues: pWidth)
    let top = sheet.y + theme.size * 2.4
    let usualHeight = (Double(rows.reduce(0, +)) + 0.55 * Double(rows.count)) * theme.size * 1.3
    let bottom = top + options.panelHeight(usualHeight)
    let places = Sheet.rows(rows, from: top, to: bottom)
    labels(&sheet.canvas, places, columns, width: width)
    for (place, statistic) in statistics.enumerated() {
      let left = columns.panels + Double(place) * columns.panel
      let frame = Frame(
        x: left + 8, y: top, width: columns.panel - columns.pValues - 22, height: bottom - top)
      draw(&sheet.canvas, statistic, frame, places, columns)
    }
    sheet.skip(
      bottom + 3 - sheet.y + Canvas.bottomAxisHeight(theme, hasTitle: false))
    sheet.legend(legend)
    sheet.notes(notes)
    return sheet.page("Posterior predictive checks", summary)
  }

  private func width(
    of texts: [String], least: Double, most: Double, bold: Bool = false
  ) -> Double {
    let widest = texts.map { TextWidth.of($0, size: theme.smallSize, isBold: bold) }.max() ?? 0
    return min(max(widest, least), most) + 10
  }

  private func name(_ trial: String?) -> String { trial ?? "all trials" }

  private func size(_ row: Row) -> String { row.checks.first.map { "\($0.participants)" } ?? "" }

  private func labels(
    _ canvas: inout Canvas, _ places: [Double], _ columns: Columns, width: Double
  ) {
    var next = 0
    for group in groups {
      let first = places[next]
      let bold = Canvas.Font(theme.smallSize, theme.palette.ink, isBold: true)
      canvas.rowLabel(
        name(group[0].trial), x: columns.trial, y: first, width: columns.arm - columns.trial - 8,
        theme, bold)
      for row in group {
        canvas.rowLabel(
          row.arm, " \(size(row))", x: columns.arm, y: places[next],
          width: columns.panels - columns.arm - 8, theme)
        next += 1
      }
      if next < places.count {
        let y = (places[next - 1] + places[next]) / 2
        canvas.line(Point(Sheet.margin, y), Point(width - Sheet.margin, y), theme.grid)
      }
    }
  }

  // MARK: A statistic

  private func draw(
    _ canvas: inout Canvas, _ statistic: String, _ frame: Frame, _ places: [Double],
    _ columns: Columns
  ) {
    let rows = groups.flatMap { $0 }
    let checks = rows.map { row in row.checks.first { $0.statistic == statistic } }
    let values = checks.compactMap { $0 }.flatMap { check in
      [check.observed, check.interval.lower, check.interval.upper]
    }
    let across = Scale(holding: values, margin: 0.04, from: frame.x, to: frame.right)
    let lines = TextWidth.wrapped(
      title(statistic), size: theme.size, width: columns.panel - columns.pValues - 12, lines: 2,
      isBold: true)
    for (place, line) in lines.enumerated() {
      let y = frame.y - 6 - Double(lines.count - 1 - place) * theme.size * 1.15
      canvas.text(line, at: Point(frame.x, y), theme.bold)
    }
    canvas.text(
      "p", at: Point(frame.right + 8 + columns.pValues - 10, frame.y - 6), theme.note, anchor: .end)
    canvas.bottomAxis(across, y: frame.bottom + 3, theme)
    for (row, (check, y)) in zip(rows, zip(checks, places)) {
      guard let check else { continue }
      draw(&canvas, check, across, isActive: row.arm == fit.active, y: y)
      let font = Canvas.Font(
        theme.smallSize, theme.palette.ink, isBold: check.isMissed)
      canvas.text(
        NumberStyle.pValue(check.pValue),
        at: Point(frame.right + 8 + columns.pValues - 10, y + theme.smallSize * 0.36), font,
        anchor: .end)
    }
  }

  private func color(_ isActive: Bool) -> String {
    isActive ? theme.palette.active : theme.palette.reference
  }

  private func draw(
    _ canvas: inout Canvas, _ check: PredictedStatistic, _ across: Scale, isActive: Bool, y: Double
  ) {
    canvas.nested(
      outer: (check.interval.lower, check.interval.upper),
      inner: check.quartiles.count == 3 ? (check.quartiles[0], check.quartiles[2]) : nil, across,
      y: y, color(isActive))
    let tooltip =
      "\(name(check.trial)), \(check.arm): observed \(NumberStyle.significant(check.observed)), replicated "
      + "\(NumberStyle.significant(check.mean)), p = \(NumberStyle.pValue(check.pValue))"
    mark(
      &canvas, Point(across(check.observed), y), isMissed: check.isMissed, tooltip: tooltip)
  }

  /// The observed value: a dot, or a cross where the model misses it.
  private func mark(
    _ canvas: inout Canvas, _ point: Point, isMissed: Bool, tooltip: String? = nil
  ) {
    let palette = theme.palette
    if isMissed {
      canvas.circle(
        point, radius: 4.6, fill: palette.paper, stroke: Stroke(palette.ink, width: 1.2),
        tooltip: tooltip)
      canvas.cross(point, radius: 2.6, Stroke(palette.ink, width: 1.6))
    } else {
      canvas.circle(
        point, radius: 2.8, fill: palette.ink, stroke: Stroke(palette.paper, width: 0.8),
        tooltip: tooltip)
    }
  }

  // MARK: Words

  private func title(_ statistic: String) -> String {
    let outcome = fit.label(fit.outcome, options)
    func bound(_ key: String) -> String {
      bounds?[key]?.number.map { ", \(NumberStyle.significant($0, digits: 5).withMinus)" } ?? ""
    }
    switch statistic {
    case "mean": return "Mean \(outcome)"
    case "sd": return "SD of \(outcome)"
    case "floor": return "Share at lowest\(bound("lower"))"
    case "ceiling": return "Share at highest\(bound("upper"))"
    case "events": return "Share with event"
    default: return statistic
    }
  }

  private var legend: [LegendEntry] {
    func interval(_ text: String, _ isActive: Bool) -> LegendEntry {
      LegendEntry(text: text) { canvas, point in
        let across = Scale(0, 1, from: point.x, to: point.x + LegendEntry.markWidth)
        canvas.nested(outer: (0, 1), inner: (0.3, 0.7), across, y: point.y, color(isActive))
      }
    }
    func dot(_ text: String, _ isMissed: Bool) -> LegendEntry {
      LegendEntry(text: text) { canvas, point in
        mark(&canvas, Point(point.x + LegendEntry.markWidth / 2, point.y), isMissed: isMissed)
      }
    }
    return [
      interval("replicated, \(fit.reference): 95% and middle half", false),
      interval("replicated, \(fit.active)", true), dot("observed", false),
    ] + (missed > 0 ? [dot("observed, and missed by the model", true)] : [])
  }

  private var notes: [String] {
    let sets = replicates.map { "\($0) data sets drawn from the posterior. " } ?? ""
    let some =
      omitted > 0
      ? " The \(Self.mostTrials) trials with the smallest p-values, of \(Self.mostTrials + omitted)."
      : ""
    return [
      "\(run.name). \(sets)The number after an arm is that of its participants. p: two-sided posterior "
        + "predictive p-value; checks are missed where it is small for their number and the distance matters."
        + some
    ]
  }

  private var summary: String {
    let words = groups.joined().flatMap(\.checks).filter(\.isMissed).prefix(12).map { check in
      "\(title(check.statistic)) of \(name(check.trial)), \(check.arm): observed "
        + "\(NumberStyle.significant(check.observed)), replicated "
        + "\(NumberStyle.significant(check.mean)), p = \(NumberStyle.pValue(check.pValue))"
    }
    return words.isEmpty
      ? "The model repeats every statistic that was checked."
      : "The model misses \(missed): \(words.joined(separator: "; "))."
  }
}

/// One statistic of one arm, of a trial or of all, beside its distribution over replicated data sets.
struct PredictedStatistic {
  let statistic: String
  let trial: String?
  let arm: String
  let participants: Int
  let observed: Double
  let mean: Double
  let interval: Interval
  /// Three numbers; none in fits of earlier versions.
  let quartiles: [Double]
  let pValue: Double
  let isMissed: Bool

  /// The order of statistics in a figure.
  static let order = ["mean", "sd", "floor", "ceiling", "events"]

  /// The checks of a saved fit; those without an interval are left out.
  static func all(_ saved: JSONCursor) throws(SavedFitError) -> [PredictedStatistic] {
    var result: [PredictedStatistic] = []
    for check in try saved.member("checks").elements() {
      guard let interval = try check.member("interval").interval() else { continue }
      result.append(
        PredictedStatistic(
          statistic: try check.member("statistic").string(),
          trial: try check.member("trial").unlessNull?.string(),
          arm: try check.member("arm").string(), participants: try check.member("n").integer(),
          observed: try check.member("observed").number(),
          mean: try check.member("replicated_mean").number(), interval: interval,
          quartiles: check.value["quartiles"]?.array?.compactMap(\.number) ?? [],
          pValue: try check.member("p_value").number(),
          isMissed: try check.member("missed").flag()))
    }
    return result
  }
}

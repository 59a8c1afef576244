import Drawing
import JSON
import Reports
import Words

/// Leave-one-out: how far single participants move the posterior (Pareto k), and how well the active arm of
/// each trial is predicted by its controls and the other trials.
struct LeaveOneOutFigure {
  /// One participant among those with the largest Pareto k.
  private struct Influence {
    let label: String
    /// The node, as its label ends.
    let node: String
    let paretoK: Double
  }

  /// The active arm of one trial.
  private struct Trial {
    let name: String
    let active: Int
    let density: Double?
    /// The log predictive density of a participant, on average.
    var average: Double? { density.map { $0 / Double(max(active, 1)) } }
  }

  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  private let largest: [Influence]
  private let limits: [Double]
  private let counts: [Double]
  private let participants: Int
  private let unreliable: Int
  private let trials: [Trial]
  private let omitted: Int

  /// Above it a participant's term cannot be relied on.
  private static let threshold = 0.7
  /// The most trials that are drawn: of more, those that are predicted worst.
  private static let mostTrials = 40

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    let loo = run.part("loo")
    let byTrial = run.part("leave_one_trial_out")
    guard loo != nil || byTrial != nil else {
      throw .lacking(
        "the run \(run.name) has no leave-one-out (it is left out where used rows × draws exceed 2·10⁷, and "
          + "under --loo off); fit again with --loo on")
    }
    largest = try reading { () throws(SavedFitError) in try Self.largest(loo) }
    let trials = try reading { () throws(SavedFitError) in try Self.trials(byTrial) }
    limits = loo?.value["pareto_k_histogram"]?["limits"]?.array?.compactMap(\.number) ?? []
    let counts =
      loo?.value["pareto_k_histogram"]?["counts"]?.array?.compactMap(\.number) ?? []
    self.counts = counts.count == limits.count + 1 && limits.count > 1 ? counts : []
    participants = Int(counts.reduce(0, +))
    unreliable = loo?.value["pareto_k_above_0.7"]?.number.map { Int($0) } ?? 0
    let worst = trials.indices.sorted {
      (trials[$0].average ?? -.infinity, $0) < (trials[$1].average ?? -.infinity, $1)
    }.prefix(Self.mostTrials)
    self.trials = worst.sorted().map { trials[$0] }
    omitted = trials.count - worst.count
  }

  private static func largest(_ saved: JSONCursor?) throws(SavedFitError) -> [Influence] {
    var result: [Influence] = []
    for element in try saved?.member("largest_pareto_k").elements() ?? [] {
      // An infinite k is null.
      let k = try element.member("k").unlessNull?.number() ?? .infinity
      result.append(
        Influence(
          label: try element.member("trial").string(),
          node: " [\(try element.member("node").integer())]", paretoK: k))
    }
    return result
  }

  private static func trials(_ saved: JSONCursor?) throws(SavedFitError) -> [Trial] {
    var result: [Trial] = []
    for trial in try saved?.member("trials").elements() ?? [] {
      result.append(
        Trial(
          name: try trial.member("trial").string(), active: try trial.member("n_active").integer(),
          density: try trial.member("elpd").unlessNull?.number()))
    }
    return result
  }

  // MARK: Layout

  func page() -> Page {
    let width = max(options.width ?? 760, 560)
    var sheet = Sheet(options.title ?? "Leave-one-out: \(verdict)", width: width, theme)
    if !counts.isEmpty || !largest.isEmpty { participantsLeftOut(&sheet) }
    if !trials.isEmpty { trialsLeftOut(&sheet) }
    if !counts.isEmpty || !largest.isEmpty {
      sheet.legend([.line("k = \(NumberStyle.significant(Self.threshold))", limitStroke)])
    }
    sheet.notes(notes)
    return sheet.page("Leave-one-out", summary)
  }

  private var limitStroke: Stroke { Stroke(theme.palette.alarm, width: 1.4, dash: "6 3") }

  private func participantsLeftOut(_ sheet: inout Sheet) {
    let height = options.panelHeight(max(190, Double(largest.count) * theme.smallSize * 1.4))
    let top = sheet.y + 22
    let middle = sheet.width / 2
    if !counts.isEmpty {
      histogram(
        &sheet.canvas,
        Frame(x: Sheet.margin + 50, y: top, width: middle - Sheet.margin - 72, height: height))
    }
    if !largest.isEmpty {
      let labels = largest.map { TextWidth.of($0.label + $0.node, size: theme.smallSize) }
      let labelWidth = min((labels.max() ?? 0) + 12, 190)
      influences(
        &sheet.canvas,
        Frame(
          x: middle + 10 + labelWidth, y: top,
          width: sheet.width - Sheet.margin - middle - labelWidth - 14, height: height),
        labelWidth: labelWidth)
    }
    sheet.skip(22 + height + Canvas.bottomAxisHeight(theme) + 6)
  }

  private func histogram(_ canvas: inout Canvas, _ frame: Frame) {
    let step = limits[1] - limits[0]
    let edges = [limits[0] - step] + limits + [(limits.last ?? 0) + step]
    let used = counts.indices.filter { counts[$0] > 0 }
    let low = min(edges[used.first ?? 0], 0)
    let high = max(edges[(used.last ?? 0) + 1], 0.8)
    let across = frame.across(low, high)
    let highest = counts.max() ?? 1
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) }
      ?? frame.up(0, highest * 1.08)
    Sheet.name("All \(counted(participants, "participant"))", of: frame, &canvas, theme)
    for place in used {
      let isHigh = edges[place] >= Self.threshold - 1e-9
      let (left, right) = (across(edges[place]), across(edges[place + 1]))
      let y = up.clamped(counts[place])
      canvas.rectangle(
        x: left, y: y, width: right - left, height: frame.bottom - y,
        fill: isHigh ? theme.palette.alarm : "#b3cfe4",
        stroke: Stroke(theme.palette.ink, width: 0.7),
        tooltip: "\(NumberStyle.significant(counts[place], digits: 6)) participants")
      guard isHigh else { continue }
      canvas.text(
        NumberStyle.significant(counts[place], digits: 6), at: Point((left + right) / 2, y - 4),
        theme.small, anchor: .middle)
    }
    line(&canvas, across, frame)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: "Pareto k")
    canvas.leftAxis(up, x: frame.x, theme, title: "participants", ticks: up.countTicks(6))
  }

  private func line(_ canvas: inout Canvas, _ across: Scale, _ frame: Frame) {
    let x = across(Self.threshold)
    canvas.line(Point(x, frame.y), Point(x, frame.bottom), limitStroke)
  }

  private func influences(_ canvas: inout Canvas, _ frame: Frame, labelWidth: Double) {
    let finite = largest.map(\.paretoK).filter(\.isFinite)
    let across = frame.across(min(0, finite.min() ?? 0), max((finite.max() ?? 0) * 1.06, 0.8))
    Sheet.name(
      "The \(counted(largest.count, "participant")) with the largest k", of: frame, &canvas, theme,
      left: labelWidth)
    let places = Sheet.rows([largest.count], from: frame.y, to: frame.bottom)
    for (found, y) in zip(largest, places) {
      canvas.rowLabel(
        found.label, found.node, x: frame.x - labelWidth, y: y, width: labelWidth - 8, theme)
      canvas.line(Point(frame.x, y), Point(frame.right, y), theme.grid)
      let isHigh = found.paretoK > Self.threshold
      let point = Point(across.clamped(found.paretoK), y)
      if isHigh {
        canvas.cross(point, radius: 3.2, Stroke(theme.palette.alarm, width: 2))
      } else {
        canvas.circle(
          point, radius: 3, fill: theme.palette.bayes,
          tooltip: "k = \(NumberStyle.ratio(found.paretoK))")
      }
    }
    line(&canvas, across, frame)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: "Pareto k, trial [node]")
  }

  private func trialsLeftOut(_ sheet: inout Sheet) {
    let smallSize = theme.smallSize
    let texts = trials.map { text($0) }
    let textWidth = (texts.map { TextWidth.of($0, size: smallSize) }.max() ?? 0) + 12
    let labels = trials.map { TextWidth.of(label($0), size: smallSize) }
    let labelWidth = min((labels.max() ?? 0) + 12, 230)
    let height = options.panelHeight(max(Double(trials.count) * theme.size * 1.5, 30))
    sheet.skip(theme.size * 0.6)
    let frame = Frame(
      x: Sheet.margin + labelWidth, y: sheet.y + 22,
      width: sheet.width - 2 * Sheet.margin - labelWidth - textWidth, height: height)
    Sheet.name(
      "The active arm of each trial, predicted from its controls and all other trials", of: frame,
      &sheet.canvas, theme, left: labelWidth)
    let values = trials.compactMap(\.average)
    let across = Scale(holding: values, margin: 0.08, from: frame.x + 6, to: frame.right - 6)
    let places = Sheet.rows([trials.count], from: frame.y, to: frame.bottom)
    if let average, across.holds(average) {
      sheet.canvas.line(
        Point(across(average), frame.y), Point(across(average), frame.bottom), theme.reference)
    }
    for (trial, (text, y)) in zip(trials, zip(texts, places)) {
      sheet.canvas.rowLabel(
        trial.name, ", n = \(trial.active)", x: Sheet.margin, y: y, width: labelWidth - 8, theme)
      sheet.canvas.line(Point(frame.x, y), Point(frame.right, y), theme.grid)
      if let value = trial.average {
        sheet.canvas.circle(
          Point(across(value), y), radius: 3.6, fill: theme.palette.bayes,
          tooltip: "\(trial.name): \(NumberStyle.ratio(value)) a participant")
      }
      sheet.canvas.text(
        text, at: Point(sheet.width - Sheet.margin, y + smallSize * 0.36), theme.small, anchor: .end
      )
    }
    sheet.canvas.bottomAxis(
      across, y: frame.bottom + 2, theme,
      title: "log predictive density of a participant, on average",
      titleWidth: sheet.room(about: (across.start + across.end) / 2))
    sheet.skip(22 + height + 2 + Canvas.bottomAxisHeight(theme))
  }

  private func label(_ trial: Trial) -> String { "\(trial.name), n = \(trial.active)" }

  private func text(_ trial: Trial) -> String {
    "together \(NumberStyle(decimals: 1).quantity(trial.density).withMinus)"
  }

  /// The mean over the participants of all trials that are drawn; nil where a trial has none.
  private var average: Double? {
    let densities = trials.compactMap(\.density)
    let active = trials.reduce(0) { $0 + $1.active }
    guard densities.count == trials.count, active > 0, trials.count > 1 else { return nil }
    return densities.reduce(0, +) / Double(active)
  }

  // MARK: Words

  private var verdict: String {
    guard !counts.isEmpty else { return "trials" }
    return unreliable == 0
      ? "no participant has a Pareto k above 0.7"
      : "\(counted(unreliable, "participant")) with a Pareto k above 0.7"
  }

  private var notes: [String] {
    var notes = ["\(run.name), the tree being given."]
    if !counts.isEmpty {
      notes[0] +=
        " Pareto k tells how far one participant moves the posterior: above 0.7 the sum over participants "
        + "cannot be relied on, and the model may not suit that participant."
    }
    if !trials.isEmpty {
      notes.append(
        "Trials further to the left are predicted worse: outcomes that vary more, or an effect unlike that of "
          + "the others."
          + (average == nil ? "" : " Line: the mean over participants.")
          + (omitted > 0
            ? " The \(trials.count) that are predicted worst, of \(trials.count + omitted)." : ""))
    }
    return notes
  }

  private var summary: String {
    let first = largest.first.map {
      "Largest Pareto k \(NumberStyle.ratio($0.paretoK)), \($0.label)\($0.node)."
    }
    let density = run.part("loo")?.value["elpd"]?.number.map {
      "Expected log predictive density \(NumberStyle(decimals: 1).quantity($0).withMinus)."
    }
    let byTrial = trials.map { "\(label($0)): \(text($0))" }.joined(separator: "; ")
    return [verdict + ".", first, density, byTrial.isEmpty ? nil : byTrial + "."]
      .compactMap { $0 }.joined(separator: " ")
  }
}

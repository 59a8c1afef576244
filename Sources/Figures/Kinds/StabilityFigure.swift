import Drawing
import JSON
import Reports
import Words

/// What trees of parts of the participants have in common: variables of their splits, numbers of subgroups,
/// cut points, the splits of the reported tree, and effects corrected for the search.
struct StabilityFigure {
  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  let found: SavedStability
  let style: EffectStyle

  /// The most variables whose frequencies are drawn, and whose cuts are.
  private static let mostVariables = 20

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    let found = try reading { () throws(SavedFitError) in try SavedStability(fit.document) }
    guard let found else {
      throw .lacking("the stability analysis has no tree of a part of the participants")
    }
    self.found = found
    style = EffectStyle(fit, found.subgroups.map(\.effect))
  }

  /// What the parts are.
  var ofParts: String { found.isOfHalves ? "halves" : "all trials but one" }

  func page() -> Page {
    let width = max(options.width ?? 760, 600)
    var sheet = Sheet(
      options.title ?? "Stability: \(counted(found.trees, "tree")) of \(ofParts)", width: width,
      theme)
    frequencies(&sheet)
    cuts(&sheet)
    if !found.splits.isEmpty { splits(&sheet) }
    if found.subgroups.count > 1, found.subgroups.contains(where: { $0.corrected != nil }) {
      effects(&sheet)
    }
    sheet.notes(notes)
    return sheet.page("Stability of the tree", summary)
  }

  /// The colour of what is found at the root, and of what is found anywhere.
  var rootFill: String { theme.palette.bayes }
  var anywhereFill: String { "#b3cfe4" }
  var outline: Stroke { Stroke(theme.palette.ink, width: 0.7) }
  /// The line of the reported tree's own cuts.
  var own: Stroke { Stroke(theme.palette.ink, width: 1.4, dash: "4 3") }

  static let percents = [0, 0.25, 0.5, 0.75, 1].map {
    Tick(value: $0, label: NumberStyle.percent($0))
  }

  // MARK: Variables and numbers of leaves

  private func frequencies(_ sheet: inout Sheet) {
    let variables = Array(found.variables.prefix(Self.mostVariables))
    let labels = variables.map { label($0) }
    let half = (sheet.width - 2 * Sheet.margin) * 0.6
    let labelWidth = min(
      max((labels.map { TextWidth.of($0, size: theme.smallSize) }.max() ?? 0) + 10, 60),
      half * 0.48)
    let height = max(
      options.panelHeight(120), Double(variables.count) * theme.smallSize * 2.1)
    let left = Frame(
      x: Sheet.margin + labelWidth, y: sheet.y + 28, width: half - labelWidth - 24, height: height)
    let named = Frame(x: left.x, y: left.y - 6, width: left.width, height: left.height)
    Sheet.name(
      "Variable that splits", of: named, &sheet.canvas, theme, left: labelWidth)
    let across = left.across(0, 1)
    let places = Sheet.rows([variables.count], from: left.y, to: left.bottom)
    let bar = min(height / Double(max(variables.count, 1)) * 0.38, 12)
    for (variable, (label, y)) in zip(variables, zip(labels, places)) {
      sheet.canvas.rowLabel(label, x: Sheet.margin, y: y, width: labelWidth - 8, theme)
      let tooltip =
        "\(label): root \(NumberStyle.share(variable.root))"
        + (variable.name == nil ? "" : ", anywhere \(NumberStyle.share(variable.anywhere))")
      func draw(_ share: Double, y: Double, fill: String) {
        guard share > 0 else { return }
        sheet.canvas.bar(
          share, across, y: y, height: bar, fill: fill, stroke: outline, tooltip: tooltip)
      }
      guard variable.name != nil else {
        draw(variable.root, y: y, fill: theme.palette.pale)
        continue
      }
      draw(variable.root, y: y - bar / 2, fill: rootFill)
      draw(variable.anywhere, y: y + bar / 2, fill: anywhereFill)
    }
    sheet.canvas.line(Point(left.x, left.y), Point(left.x, left.bottom), theme.axis)
    sheet.canvas.bottomAxis(
      across, y: left.bottom, theme, title: "share of trees", ticks: Self.percents)
    let x = Sheet.margin + half + 46
    leaves(
      &sheet.canvas,
      Frame(
        x: x, y: left.y, width: sheet.width - Sheet.margin - x - 6, height: left.height))
    sheet.skip(28 + height + Canvas.bottomAxisHeight(theme))
    sheet.legend([
      .area("at the root", fill: rootFill, stroke: outline),
      .area("anywhere", fill: anywhereFill, stroke: outline),
      LegendEntry(text: "of the reported tree") { canvas, point in
        canvas.line(point, Point(point.x + LegendEntry.markWidth, point.y), own)
      },
    ])
  }

  private func label(_ variable: SavedStability.Variable) -> String {
    variable.name.map { fit.label($0, options) } ?? "no split"
  }

  private func leaves(_ canvas: inout Canvas, _ frame: Frame) {
    let reported = run.leaves.count
    let numbers = found.leaves.map(\.count) + [reported]
    let (low, high) = (numbers.min() ?? 1, numbers.max() ?? 1)
    let slot = frame.width / Double(high - low + 1)
    let up = frame.up(0, 1)
    let named = Frame(x: frame.x, y: frame.y - 6, width: frame.width, height: frame.height)
    Sheet.name("Number of subgroups", of: named, &canvas, theme)
    canvas.leftAxis(up, x: frame.x, theme, ticks: Self.percents)
    for (count, share) in found.leaves {
      let x = frame.x + (Double(count - low) + 0.5) * slot
      let width = min(slot * 0.7, 40)
      canvas.rectangle(
        x: x - width / 2, y: up(share), width: width, height: frame.bottom - up(share),
        fill: anywhereFill, stroke: outline,
        tooltip: "\(counted(count, "subgroup")): \(NumberStyle.share(share))")
    }
    let x = frame.x + (Double(reported - low) + 0.5) * slot
    canvas.line(Point(x, frame.y), Point(x, frame.bottom), own)
    let step = max(1, (high - low + 1) / max(1, Int(frame.width / (theme.smallSize * 2))) + 1)
    let stride = frame.width / Double(high - low + 1) > theme.smallSize * 1.8 ? 1 : step
    canvas.bottomAxis(
      Scale(
        Double(low), Double(high) + (low == high ? 1e-9 : 0), from: frame.x + slot / 2,
        to: frame.right - slot / 2), y: frame.bottom, theme, title: "subgroups",
      ticks: low == high
        ? []
        : Swift.stride(from: low, through: high, by: stride).map {
          Tick(value: Double($0), label: "\($0)")
        })
    if low == high {
      canvas.text(
        "\(low)", at: Point(x, frame.bottom + 5 + theme.smallSize), theme.small, anchor: .middle)
    }
  }

  // MARK: Words

  private var notes: [String] {
    var notes = [
      "\(run.name), \(counted(found.trees, "tree")) of \(ofParts)"
        + (found.failed > 0 ? "; no tree in \(found.failed) more parts." : ".")
        + (found.isOfHalves
          ? " A half has less power than all participants: it finds fewer splits than another study of this size "
            + "would. Shares are not probabilities that a split is real."
          : " Trees without one trial have nearly all participants in common.")
    ]
    let more = found.variables.count - Self.mostVariables
    if more > 0 { notes.append("\(more) further variables split less often.") }
    if let slope = found.slope {
      notes.append(
        "Differences from the overall effect that a half finds are \(NumberStyle.share(slope)) as large in the "
          + "other half.")
    }
    return notes
  }

  private var summary: String {
    let variables = found.variables.map {
      "\(label($0)) splits the root of \(NumberStyle.share($0.root))"
        + ($0.name == nil ? "" : ", any node of \(NumberStyle.share($0.anywhere))")
    }
    let leaves = found.leaves.map {
      "\(counted($0.count, "subgroup")) in \(NumberStyle.share($0.share))"
    }
    return
      "Of \(counted(found.trees, "tree")) of \(ofParts): \(variables.joined(separator: "; ")). "
      + "\(leaves.joined(separator: ", "))."
  }
}

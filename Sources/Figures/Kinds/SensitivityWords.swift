import Drawing
import JSON
import Posterior
import Reports
import Words

/// What is written below the refits.
extension SensitivityFigure {
  var legend: [LegendEntry] {
    func refit(_ text: String, _ isRegrown: Bool) -> LegendEntry {
      LegendEntry(text: text) { canvas, point in
        canvas.line(
          point, Point(point.x + LegendEntry.markWidth, point.y), stroke(isRegrown: isRegrown))
        mark(
          isRegrown: isRegrown, &canvas, Point(point.x + LegendEntry.markWidth / 2, point.y))
      }
    }
    var entries = [refit("the reported tree", false)]
    let regrown = panels.flatMap(\.regrown)
    if regrown.contains(where: { !$0.isNotGrown }) {
      entries.append(refit("tree grown again", true))
    }
    if regrown.contains(where: \.isMissing) {
      entries.append(
        LegendEntry(text: "the tree grown again has no such subgroup") { canvas, point in
          canvas.cross(
            Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 2.4,
            Stroke(theme.palette.alarm, width: 1.4))
        })
    }
    entries.append(
      .area(
        "as reported: \(NumberStyle.percent(fit.level)) interval, \(fit.centerWord)",
        fill: "#e8eef4"))
    return entries
  }

  var notes: [String] {
    var notes = ["\(run.name). \(found.sentence)"]
    if !panels.isEmpty {
      notes.append(
        "×½, ×1 and ×2: the median of the analysis's prior, times that. All forms have the same median; they "
          + "differ in what they think of large values."
          + (isApart ? " Axes of effects have the same length, but not the same place." : ""))
    }
    let obstacles = found.refits.filter { $0.obstacle != nil }
    if !obstacles.isEmpty {
      notes.append(
        "Without a fit: "
          + obstacles.map { "\($0.name) (\($0.obstacle ?? ""))" }.joined(separator: ", ") + ".")
    }
    if scaling?.rows.isEmpty == false { notes.append(PowerScalingRows.note) }
    return notes
  }

  var summary: String {
    let words = panels.map { panel in
      let centers = panel.same.compactMap { $0?.center }
      func word(_ value: Double?) -> String {
        panel.isEffect ? style.value(value) : NumberStyle.significant(value)
      }
      return
        "\(panel.title): reported \(word(panel.reported.estimate)), under other priors from "
        + "\(word(centers.min())) to \(word(centers.max()))"
    }
    return (found.sentence.isEmpty ? "" : found.sentence + " ")
      + (words.isEmpty ? "" : words.joined(separator: "; ") + ".")
  }
}

extension FigureRun {
  /// The rule of a node as the document has it.
  func rule(_ id: Int) -> String {
    saved.value["tree"]?["nodes"]?.array?.first { $0["id"]?.number == Double(id) }?["rule"]?
      .string ?? ""
  }

  /// The posterior of an SD between trials: that of all, or that of a leaf.
  func deviation(_ name: String, in leaf: Int?) -> Effect {
    let fit = saved.value["fit"]
    let owner =
      leaf == nil
      ? fit
      : fit?["subgroups"]?.array?.first { $0["node"]?.number == leaf.map(Double.init) }
    let posterior = owner?["heterogeneity"]?[name]
    let limits = (posterior?["ci"]?.array ?? []).compactMap(\.number)
    return Effect(
      estimate: posterior?["mean"]?.number,
      interval: limits.count == 2 ? Interval(lower: limits[0], upper: limits[1]) : nil)
  }
}

import Drawing
import Foundation
import Inference
import JSON
import Numerics
import Reports

/// The priors of a run on the data's scale, a panel a parameter.
struct PriorsFigure {
  /// One prior.
  private struct Panel {
    let name: String
    let density: Density?
    let words: String
    /// Median and 95 % quantile, or the limits of the central 95 %.
    let marks: [(label: String, value: Double)]
  }

  let fit: FigureFit
  let run: FigureRun
  let options: FigureOptions
  let theme: Theme
  private let panels: [Panel]
  private let set: PriorSet

  init(_ fit: FigureFit, _ run: FigureRun, _ options: FigureOptions) throws(FigureError) {
    (self.fit, self.run, self.options) = (fit, run, options)
    theme = options.theme
    set = try run.priors(fit)
    guard let entries = set.entries(fit.family) else {
      throw .lacking("the run \(run.name) has no priors")
    }
    let saved = run.saved.value["fit"]?["priors"]
    func isUsed(_ key: String) -> Bool { saved?[key] != nil && saved?[key] != .null }
    var panels: [Panel] = []
    if isUsed("effect") { panels.append(Self.panel("Treatment effect", entries.effect)) }
    if isUsed("tau1") {
      panels.append(Self.panel("τ1, SD of effects between trials", entries.tau1.prior))
    }
    if isUsed("tau0") {
      panels.append(Self.panel("τ0, SD of intercepts between trials", entries.tau0.prior))
    }
    if isUsed("sigma") {
      panels.append(Self.panel("σ, residual SD", entries.sigma.prior))
    }
    if isUsed("intercept") { panels.append(Self.panel("Intercepts", entries.intercept)) }
    self.panels = panels
    guard !panels.isEmpty else { throw .lacking("the run \(run.name) has no priors") }
  }

  private static func panel(_ name: String, _ entry: PriorSet.CoefficientEntry) -> Panel {
    switch entry.family {
    case .flat: return Panel(name: name, density: nil, words: "flat", marks: [])
    case .normal(let mean, let sd):
      let center = mean ?? 0
      let density = Density(from: center - 3.2 * sd, to: center + 3.2 * sd) { x in
        let z = (x - center) / sd
        return exp(-z * z / 2) / (sd * (2 * Double.pi).squareRoot())
      }
      return Panel(
        name: name, density: density,
        words: "normal(\(NumberStyle.significant(center)), \(NumberStyle.significant(sd)))",
        marks: [("2.5%", center - 1.959964 * sd), ("97.5%", center + 1.959964 * sd)])
    }
  }

  private static func panel(_ name: String, _ prior: HeterogeneityPrior) -> Panel {
    if let value = prior.fixedValue {
      return Panel(
        name: name, density: nil, words: "fixed at \(NumberStyle.significant(value))", marks: [])
    }
    let high = 1.3 * prior.quantile(0.95)
    let end = high.isFinite && high > 0 ? high : 1
    return Panel(
      name: name,
      density: Density(from: 0, to: end) { exp(prior.logDensity(max($0, end * 1e-4)).value) },
      words: prior.words,
      marks: [("median", prior.quantile(0.5)), ("95%", prior.quantile(0.95))])
  }

  func page() -> Page {
    let columns = panels.count > 1 ? 2 : 1
    let width = max(options.width ?? 720, 340)
    var sheet = Sheet(
      options.title ?? "Priors on the data's scale: \(set.name)", width: width, theme)
    let grid = PanelGrid(
      count: panels.count, columns: columns, height: options.panelHeight(130), left: 48, below: 42,
      above: 40)
    sheet.panels(grid) { canvas, place, frame in draw(&canvas, panels[place], frame) }
    sheet.notes([
      "\(run.name). Dashed: \(panels.contains { $0.marks.first?.label == "median" } ? "median and 95% quantile, or " : "")"
        + "the central 95%."
    ])
    return sheet.page(
      "Priors", panels.map { "\($0.name): \($0.words)" }.joined(separator: "; ") + ".")
  }

  private func draw(_ canvas: inout Canvas, _ panel: Panel, _ frame: Frame) {
    let named = Frame(x: frame.x, y: frame.y - 15, width: frame.width, height: frame.height)
    Sheet.name(panel.name, of: named, &canvas, theme)
    canvas.text(
      TextWidth.fitted(panel.words, size: theme.smallSize, width: frame.width + 40),
      at: Point(frame.x - 40, frame.y - 7), theme.note)
    guard let density = panel.density else {
      canvas.text(
        panel.words, at: Point(frame.x + frame.width / 2, frame.y + frame.height / 2), theme.plain,
        anchor: .middle)
      return
    }
    let across = frame.across(density.at.first ?? 0, density.at.last ?? 1)
    // A density that grows without end towards 0 is cut.
    let typical = density.values.sorted()[density.values.count * 9 / 10]
    let top = min(density.highest, 4 * typical) * 1.1
    let up = frame.up(options.limits?.lowerBound ?? 0, options.limits?.upperBound ?? top)
    canvas.density(
      density, across, up, Stroke(theme.palette.bayes, width: 1.5), fill: theme.palette.bayes,
      opacity: 0.2)
    for mark in panel.marks where across.holds(mark.value) {
      canvas.line(
        Point(across(mark.value), frame.y + 12), Point(across(mark.value), frame.bottom),
        Stroke(theme.palette.faint, dash: "4 3"))
      let text = "\(mark.label) \(NumberStyle.significant(mark.value).withMinus)"
      let isLeft = across(mark.value) > frame.x + frame.width * 0.65
      canvas.text(
        text, at: Point(across(mark.value) + (isLeft ? -4 : 4), frame.y + 11),
        theme.small, anchor: isLeft ? .end : .start)
    }
    canvas.bottomAxis(across, y: frame.bottom, theme, title: unit)
    canvas.leftAxis(up, x: frame.x, theme)
  }

  private var unit: String {
    fit.isBinomial ? "log odds" : fit.label(fit.outcome, options)
  }
}

import Drawing
import Foundation
import Inference
import Numerics
import Posterior
import Reports
import Subgroups

/// Prior and posterior of the SDs between trials, with what REML or ML found.
struct HeterogeneityFigure {
  /// One SD.
  private struct Panel {
    let name: String
    let draws: [Double]
    let prior: HeterogeneityPrior
    let likelihood: Double?
  }

  let draws: RunDraws
  let options: FigureOptions
  let theme: Theme
  private let panels: [Panel]

  init(_ draws: RunDraws, _ options: FigureOptions) throws(FigureError) {
    (self.draws, self.options) = (draws, options)
    theme = options.theme
    let run = draws.run
    let other = draws.fit.runs.first { $0.method == run.method && !$0.isBayesian }
    guard let priors = try run.priors(draws.fit).entries(draws.fit.family) else {
      throw .lacking("the run \(run.name) has no priors")
    }
    var panels: [Panel] = []
    for (name, word, prior, found) in [
      ("tau1", "effects", priors.tau1.prior, other?.tau.effects),
      ("tau0", "intercepts", priors.tau0.prior, other?.tau.intercepts),
    ] {
      let places = draws.family(name)
      for place in places {
        let column = draws.draws.names[place]
        let node = column == name ? "" : ", node \(column.dropFirst(name.count + 1))"
        panels.append(
          Panel(
            name: "\(name == "tau1" ? "τ1" : "τ0"), SD of \(word) between trials\(node)",
            draws: Array(draws.draws.variable(place)), prior: prior,
            likelihood: column == name ? found : nil))
      }
    }
    guard !panels.isEmpty else {
      throw .lacking(
        "the method \(run.method.rawValue) has no heterogeneity between trials; choose another run with --run"
      )
    }
    self.panels = panels
  }

  func page() -> Page {
    let columns = panels.count > 1 ? 2 : 1
    let width = options.width ?? (columns == 2 ? 760 : 520)
    var sheet = Sheet(
      options.title ?? "Heterogeneity between trials: prior and posterior", width: max(width, 320),
      theme)
    let grid = PanelGrid(
      count: panels.count, columns: columns, height: options.panelHeight(190), left: 48, below: 40)
    sheet.panels(grid) { canvas, place, frame in draw(&canvas, panels[place], frame) }
    let hasLikelihood = panels.contains { $0.likelihood != nil }
    sheet.legend(
      [
        .area("posterior (\(draws.run.method.rawValue))", fill: "#b3cfe4"),
        .line("prior", priorStroke),
        .line("median of the posterior", Stroke(theme.palette.bayes, width: 1.5)),
      ] + (hasLikelihood ? [.line("REML or ML estimate", likelihoodStroke)] : []))
    sheet.notes([
      "A posterior that lies on its prior says that the data tell nothing of the heterogeneity; with two or three "
        + "trials that is the rule."
    ])
    return sheet.page("Heterogeneity between trials", summary)
  }

  private var priorStroke: Stroke { Stroke(theme.palette.faint, width: 1.5, dash: "6 3") }
  private var likelihoodStroke: Stroke {
    Stroke(theme.palette.likelihood, width: 2, dash: "2 2")
  }

  private func draw(_ canvas: inout Canvas, _ panel: Panel, _ frame: Frame) {
    let sorted = panel.draws.sorted()
    let high = max(quantile(sorted: sorted, 0.995), panel.likelihood ?? 0, 1e-12)
    let end = max(high, min(panel.prior.quantile(0.95), 3 * high)) * 1.02
    let posterior = Density(of: panel.draws, floor: 0)
    let prior =
      panel.prior.fixedValue == nil
      ? Density(from: 0, to: end) { exp(panel.prior.logDensity(max($0, end * 1e-4)).value) } : nil
    let highest = posterior?.highest ?? prior?.highest ?? 1
    let top =
      options.limits?.upperBound ?? max(highest, min(prior?.highest ?? 0, 1.6 * highest)) * 1.08
    let across = frame.across(0, end)
    let up = frame.up(options.limits?.lowerBound ?? 0, top)
    Sheet.name(panel.name, of: frame, &canvas, theme)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: axisTitle)
    canvas.leftAxis(up, x: frame.x, theme)
    if let posterior {
      canvas.density(
        posterior, across, up, Stroke(theme.palette.bayes, width: 1.5), fill: theme.palette.bayes,
        opacity: 0.25)
    }
    if let prior { canvas.density(prior, across, up, priorStroke) }
    let median = quantile(sorted: sorted, 0.5)
    canvas.line(
      Point(across(median), frame.bottom), Point(across(median), frame.y + frame.height * 0.15),
      Stroke(theme.palette.bayes, width: 1.5))
    guard let found = panel.likelihood, across.holds(found) else { return }
    canvas.line(Point(across(found), frame.bottom), Point(across(found), frame.y), likelihoodStroke)
    canvas.square(
      Point(across(found), frame.bottom), radius: 4, fill: theme.palette.paper,
      stroke: Stroke(theme.palette.likelihood, width: 1.6),
      tooltip: "estimate \(NumberStyle.significant(found))")
  }

  private var axisTitle: String {
    draws.fit.isBinomial ? "log odds ratio" : draws.fit.label(draws.fit.outcome, options)
  }

  private var summary: String {
    panels.map { panel in
      let sorted = panel.draws.sorted()
      let figures = [0.025, 0.5, 0.975].map {
        NumberStyle.significant(quantile(sorted: sorted, $0))
      }
      return
        "\(panel.name): posterior median \(figures[1]), 95% from \(figures[0]) to \(figures[2])"
        + (panel.likelihood.map { ", REML or ML \(NumberStyle.significant($0))" } ?? "")
    }.joined(separator: "; ") + "."
  }
}

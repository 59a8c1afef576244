import Drawing
import Numerics
import Posterior
import Reports

/// Energies of each chain of Hamiltonian Monte Carlo, and their changes from draw to draw.
struct EnergyFigure {
  let draws: RunDraws
  let options: FigureOptions
  let theme: Theme

  init(_ draws: RunDraws, _ options: FigureOptions) throws(FigureError) {
    (self.draws, self.options) = (draws, options)
    theme = options.theme
    let hasSteps = draws.records.contains { $0.leapfrogSteps.contains { $0 > 0 } }
    guard hasSteps, draws.records.allSatisfy({ $0.energy.count > 1 }) else {
      throw .lacking(
        "the run \(draws.run.name) has no energies: it was not sampled by hmc; fit with --sampler hmc"
      )
    }
  }

  func page() -> Page {
    let count = draws.records.count
    let columns = min(count, 4)
    let width = max(options.width ?? 230 * Double(max(columns, 2)), 320)
    var sheet = Sheet(options.title ?? "Energies of the chains", width: width, theme)
    let centered = draws.records.map { record in
      let center = mean(record.energy)
      return record.energy.map { $0 - center }
    }
    let changes = draws.records.map { record in
      zip(record.energy.dropFirst(), record.energy).map { $0 - $1 }
    }
    let ends = (centered + changes).joined().filter(\.isFinite).map(abs)
    let extent = max(quantile(sorted: ends.sorted(), 0.998) * 1.1, 1e-9)
    let bins = 30
    let histograms = zip(centered, changes).map { energies, changes in
      (
        Histogram(energies, from: -extent, to: extent, bins: bins),
        Histogram(changes, from: -extent, to: extent, bins: bins)
      )
    }
    let highest = histograms.flatMap { $0.0.counts + $0.1.counts }.max() ?? 1
    let grid = PanelGrid(
      count: count, columns: columns, height: options.panelHeight(150), left: 46, below: 40)
    sheet.panels(grid) { canvas, place, frame in
      let fraction = EnergyDiagnostics.missingInformation(draws.records[place].energy)
      Sheet.name(
        "Chain \(place + 1): E-BFMI \(NumberStyle.ratio(fraction))", of: frame, &canvas, theme)
      let up =
        options.limits.map { frame.up($0.lowerBound, $0.upperBound) }
        ?? frame.up(0, Double(highest) * 1.05)
      let across = frame.across(-extent, extent)
      canvas.leftAxis(up, x: frame.x, theme)
      canvas.bottomAxis(across, y: frame.bottom, theme, title: "energy")
      steps(&canvas, histograms[place].0, across, up, energyStroke, fill: "#b3cfe4")
      steps(&canvas, histograms[place].1, across, up, changeStroke, fill: nil)
    }
    sheet.legend([
      .area("energy less its mean", fill: "#b3cfe4", stroke: energyStroke),
      .line("change of the energy from draw to draw", changeStroke),
    ])
    sheet.notes([
      "Where changes are much narrower than energies (E-BFMI below 0.3) chains explore their tails slowly."
    ])
    return sheet.page("Energies of the chains", "Histograms of energies of \(count) chains.")
  }

  private var energyStroke: Stroke { Stroke(theme.palette.bayes, width: 1) }
  private var changeStroke: Stroke { Stroke(theme.palette.likelihood, width: 1.5, dash: "4 2") }

  private func steps(
    _ canvas: inout Canvas, _ histogram: Histogram, _ across: Scale, _ up: Scale,
    _ stroke: Stroke, fill: String?
  ) {
    var points = [Point(across.start, up.clamped(0))]
    for (bin, count) in histogram.counts.enumerated() {
      let y = up.clamped(Double(count))
      points += [
        Point(across(histogram.edges[bin]), y), Point(across(histogram.edges[bin + 1]), y),
      ]
    }
    points.append(Point(across.end, up.clamped(0)))
    canvas.path(points, stroke, fill: fill, fillOpacity: 0.6)
  }
}

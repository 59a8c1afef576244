import Drawing
import Numerics
import Posterior
import Reports

/// Pairs of parameters as clouds of draws, divergent transitions marked.
struct PairsFigure {
  let draws: RunDraws
  let options: FigureOptions
  let theme: Theme
  private let parameters: [Int]
  private let divergent: [Int]

  private static let mostParameters = 4
  /// The most draws of a cloud; divergent ones are all drawn.
  private static let mostPoints = 500

  init(_ draws: RunDraws, _ options: FigureOptions) throws(FigureError) {
    (self.draws, self.options) = (draws, options)
    theme = options.theme
    let main = draws.mainParameters.filter { place in
      let values = draws.draws.variable(place)
      return values.contains { $0 != values.first }
    }
    let spreads = main.filter { !draws.draws.names[$0].hasPrefix("effect_") }
    let effects = main.filter { draws.draws.names[$0].hasPrefix("effect_") }
    let chosen = spreads.prefix(Self.mostParameters - min(effects.count, 1))
    parameters = Array(chosen) + effects.prefix(Self.mostParameters - chosen.count)
    guard parameters.count > 1 else {
      throw .lacking("the run \(draws.run.name) has fewer than two parameters that vary")
    }
    divergent = draws.records.enumerated().flatMap { chain, record in
      record.divergent.indices.filter { record.divergent[$0] }.map {
        chain * draws.draws.iterations + $0
      }
    }
  }

  func page() -> Page {
    let count = parameters.count
    let width = max(options.width ?? 190 * Double(count) + 20, 320)
    var sheet = Sheet(options.title ?? "Pairs of parameters", width: width, theme)
    let scales = parameters.map { parameter in
      let sorted = draws.draws.variable(parameter).filter(\.isFinite).sorted()
      let (low, high) = (quantile(sorted: sorted, 0.002), quantile(sorted: sorted, 0.998))
      return (low - 0.04 * (high - low), high + 0.04 * (high - low))
    }
    let cell = (width - 2 * Sheet.margin) / Double(count)
    let grid = PanelGrid(
      count: count * count, columns: count, height: options.panelHeight(cell - 66), left: 48,
      below: 26, above: 18)
    sheet.panels(grid) { canvas, place, frame in
      let (row, column) = (place / count, place % count)
      guard column <= row else { return }
      let across = frame.across(scales[column].0, scales[column].1)
      canvas.bottomAxis(across, y: frame.bottom, theme)
      if row == column {
        diagonal(&canvas, parameters[row], across, frame)
      } else {
        let up = frame.up(scales[row].0, scales[row].1)
        canvas.leftAxis(up, x: frame.x, theme)
        cloud(&canvas, parameters[column], parameters[row], across, up)
      }
    }
    let cross = Stroke(theme.palette.alarm, width: 1.8)
    sheet.legend([
      LegendEntry(text: "draw") { [theme] canvas, point in
        canvas.circle(
          Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 2, fill: theme.palette.bayes)
      },
      LegendEntry(text: "divergent transition (\(divergent.count))") { canvas, point in
        canvas.cross(Point(point.x + LegendEntry.markWidth / 2, point.y), radius: 3.5, cross)
      },
    ])
    sheet.notes([
      "\(draws.run.name). Divergent transitions that crowd in one place show where the sampler cannot follow the "
        + "posterior. Of many draws \(Self.mostPoints) are drawn."
    ])
    let names = parameters.map { draws.draws.names[$0] }.joined(separator: ", ")
    return sheet.page("Pairs of parameters", "Draws of \(names) against one another.")
  }

  private func diagonal(
    _ canvas: inout Canvas, _ parameter: Int, _ across: Scale, _ frame: Frame
  ) {
    Sheet.name(
      draws.label(draws.draws.names[parameter]), of: frame, &canvas, theme, left: 20)
    let values = Array(draws.draws.variable(parameter))
    // No bin lies where no draw is: that of an SD would begin below 0.
    let shown = values.filter { across.holds($0) }
    let (low, high) = (across.domain.lowerBound, across.domain.upperBound)
    let histogram = Histogram(
      shown, from: shown.min() ?? low, to: shown.max() ?? high, bins: 24)
    let up = frame.up(0, Double(histogram.counts.max() ?? 1) * 1.05)
    for (bin, count) in histogram.counts.enumerated() where count > 0 {
      let (left, right) = (across(histogram.edges[bin]), across(histogram.edges[bin + 1]))
      canvas.rectangle(
        x: left, y: up(Double(count)), width: right - left,
        height: frame.bottom - up(Double(count)),
        fill: "#b3cfe4", stroke: Stroke(theme.palette.paper, width: 0.5))
    }
  }

  private func cloud(
    _ canvas: inout Canvas, _ first: Int, _ second: Int, _ across: Scale, _ up: Scale
  ) {
    let (x, y) = (Array(draws.draws.variable(first)), Array(draws.draws.variable(second)))
    let step = max(1, (x.count + Self.mostPoints - 1) / Self.mostPoints)
    let points = stride(from: 0, to: x.count, by: step)
      .filter { across.holds(x[$0]) && up.holds(y[$0]) }
      .map { Point(across(x[$0]), up(y[$0])) }
    canvas.dots(points, radius: 1.4, theme.palette.bayes, opacity: 0.5)
    for index in divergent {
      canvas.cross(
        Point(across.clamped(x[index]), up.clamped(y[index])), radius: 3,
        Stroke(theme.palette.alarm, width: 1.6))
    }
  }
}

import Drawing
import Numerics
import Posterior
import Reports

/// What the chains look like, a panel a parameter: draws in order, ranks, or autocorrelations.
struct ChainFigure {
  /// What is drawn.
  enum Form {
    case trace, rank, autocorrelation
  }

  let draws: RunDraws
  let options: FigureOptions
  let form: Form
  let theme: Theme
  private let parameters: [Int]
  private let omitted: Int

  /// The most parameters that are drawn unasked.
  private static let mostParameters = 9
  private static let bins = 20
  private static let lags = 40
  /// The most points of a chain's line.
  private static let mostPoints = 300

  init(_ draws: RunDraws, _ options: FigureOptions, _ form: Form) throws(FigureError) {
    (self.draws, self.options, self.form) = (draws, options, form)
    theme = options.theme
    if let name = options.variable {
      guard let place = draws.draws.index(of: name) else {
        throw .unknown(
          option: "--variable",
          "the draws have no parameter \"\(name)\"; they have "
            + draws.draws.names.prefix(20).joined(separator: ", ")
            + (draws.draws.names.count > 20 ? ", …" : ""))
      }
      (parameters, omitted) = ([place], 0)
    } else {
      let main = draws.mainParameters
      parameters = Array(main.prefix(Self.mostParameters))
      omitted = draws.draws.names.count - parameters.count
    }
  }

  func page() -> Page {
    let columns = parameters.count > 4 ? 3 : parameters.count > 1 ? 2 : 1
    let width = max(options.width ?? (columns == 1 ? 560 : 320 * Double(columns)), 320)
    var sheet = Sheet(options.title ?? title, width: width, theme)
    let grid = PanelGrid(
      count: parameters.count, columns: columns,
      height: options.panelHeight(columns == 1 ? 200 : 120),
      left: 56, below: 40)
    sheet.panels(grid) { canvas, place, frame in
      Sheet.name(draws.label(draws.draws.names[parameters[place]]), of: frame, &canvas, theme)
      switch form {
      case .trace: trace(&canvas, parameters[place], frame, place)
      case .rank: rank(&canvas, parameters[place], frame)
      case .autocorrelation: autocorrelation(&canvas, parameters[place], frame)
      }
    }
    sheet.legend(
      (0..<min(draws.draws.chains, 12)).map {
        .line("chain \($0 + 1)", stroke($0, width: 1.6))
      })
    sheet.notes([
      note
        + (omitted > 0
          ? " \(omitted) more parameters are not drawn; --variable NAME shows one of them." : "")
    ])
    let names = parameters.map { draws.draws.names[$0] }.joined(separator: ", ")
    return sheet.page(title, "\(title) of \(draws.draws.chains) chains: \(names).")
  }

  /// Lines of traces are too dense for dashes.
  private func stroke(_ chain: Int, width: Double) -> Stroke {
    var stroke = theme.palette.stroke(chain, width: width)
    if form == .trace { stroke.dash = nil }
    return stroke
  }

  private var title: String {
    switch form {
    case .trace: "Draws of the chains"
    case .rank: "Ranks of the chains' draws"
    case .autocorrelation: "Autocorrelation of the chains"
    }
  }

  private var note: String {
    switch form {
    case .trace:
      "\(draws.run.name). Chains that have converged look alike and wander about one level. Of long chains each "
        + "line shows the lowest and the highest draw of each stretch."
    case .rank:
      "\(draws.run.name). Draws of all chains are ranked together; where chains have converged each has about as "
        + "many in every bin. Grey: 99% of counts of independent draws."
    case .autocorrelation:
      "\(draws.run.name). The sooner the lines fall to zero, the more a draw tells."
    }
  }

  private func trace(_ canvas: inout Canvas, _ parameter: Int, _ frame: Frame, _ place: Int) {
    let chains = draws.chains(parameter)
    let values = chains.flatMap { $0 }
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) }
      ?? Scale(holding: values, from: frame.bottom, to: frame.y)
    let across = frame.across(1, Double(max(draws.draws.iterations, 2)))
    canvas.leftAxis(up, x: frame.x, theme)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: "draw")
    for (chain, draws) in chains.enumerated() {
      let points = Self.envelope(draws).map { Point(across(Double($0.0 + 1)), up.clamped($0.1)) }
      canvas.path(
        points, Stroke(theme.palette.stroke(chain).color, width: 0.6, opacity: 0.75),
        tooltip: "chain \(chain + 1)")
    }
  }

  /// Draws with their places; of many, the lowest and the highest of each stretch.
  private static func envelope(_ draws: [Double]) -> [(Int, Double)] {
    let all = draws.enumerated().map { ($0.offset, $0.element) }
    guard draws.count > mostPoints else { return all }
    let stretches = mostPoints / 2
    return (0..<stretches).flatMap { stretch -> [(Int, Double)] in
      let range = (stretch * draws.count / stretches)..<((stretch + 1) * draws.count / stretches)
      guard let low = range.min(by: { draws[$0] < draws[$1] }),
        let high = range.max(by: { draws[$0] < draws[$1] })
      else { return [] }
      return low == high ? [all[low]] : [all[min(low, high)], all[max(low, high)]]
    }
  }

  private func rank(_ canvas: inout Canvas, _ parameter: Int, _ frame: Frame) {
    let (chains, length) = (draws.draws.chains, draws.draws.iterations)
    let values = Array(draws.draws.variable(parameter))
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: Self.bins), count: chains)
    for (rank, index) in order.enumerated() {
      counts[index / max(length, 1)][min(rank * Self.bins / max(values.count, 1), Self.bins - 1)] +=
        1
    }
    let expected = Double(length) / Double(Self.bins)
    let share = 1 / Double(Self.bins)
    let spread = 2.576 * (Double(length) * share * (1 - share)).squareRoot()
    let highest = max(Double(counts.joined().max() ?? 1), expected + spread)
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) } ?? frame.up(0, highest * 1.08)
    let across = frame.across(0, Double(Self.bins))
    canvas.rectangle(
      x: frame.x, y: up.clamped(expected + spread), width: frame.width,
      height: up.clamped(max(expected - spread, 0)) - up.clamped(expected + spread), fill: "#eeeeee"
    )
    canvas.line(
      Point(frame.x, up.clamped(expected)), Point(frame.right, up.clamped(expected)),
      theme.reference)
    canvas.leftAxis(up, x: frame.x, theme)
    let total = draws.draws.count
    let ticks = [0, 5, 10, 15, 20].map {
      Tick(value: Double($0), label: "\($0 * total / Self.bins)")
    }
    canvas.bottomAxis(across, y: frame.bottom, theme, title: "rank", ticks: ticks)
    for (chain, counts) in counts.enumerated() {
      let steps = counts.enumerated().flatMap { bin, count -> [Point?] in
        let y = up.clamped(Double(count))
        return [Point(across(Double(bin)), y), Point(across(Double(bin + 1)), y)]
      }
      canvas.path(steps, theme.palette.stroke(chain, width: 1.3), tooltip: "chain \(chain + 1)")
    }
  }

  private func autocorrelation(_ canvas: inout Canvas, _ parameter: Int, _ frame: Frame) {
    let lines = draws.chains(parameter).map { autocorrelations($0, lags: Self.lags) }
    let lowest = min(lines.compactMap { $0?.min() }.min() ?? 0, -0.1)
    let up =
      options.limits.map { frame.up($0.lowerBound, $0.upperBound) } ?? frame.up(lowest * 1.1, 1)
    let across = frame.across(0, Double(Self.lags))
    canvas.leftAxis(up, x: frame.x, theme)
    canvas.bottomAxis(across, y: frame.bottom, theme, title: "lag")
    canvas.line(Point(frame.x, up.clamped(0)), Point(frame.right, up.clamped(0)), theme.reference)
    for (chain, line) in lines.enumerated() {
      guard let line else { continue }
      canvas.path(
        line.enumerated().map { Point(across(Double($0.offset)), up.clamped($0.element)) },
        theme.palette.stroke(chain, width: 1.3), tooltip: "chain \(chain + 1)")
    }
  }
}

public import Calibration
import Drawing
import Foundation

/// The figure of a calibration: for each sampler and scenario how far the distribution of the ranks is
/// from the uniform one, a line a quantity, over the envelope that all checks share.
public struct CalibrationFigure: Sendable {
  private let verdict: CalibrationVerdict

  private static let columns = 4
  private static let width = 200
  private static let height = 110
  private static let margin = (left: 44, right: 14, top: 30, bottom: 22)

  /// A figure of a calibration.
  public init(_ verdict: CalibrationVerdict) {
    self.verdict = verdict
  }

  /// The figure as SVG.
  public var svg: String {
    let count = max(verdict.tables.count, 1)
    let columns = min(Self.columns, count)
    let rows = (count + columns - 1) / columns
    let cell = (
      width: Self.width + Self.margin.left + Self.margin.right,
      height: Self.height + Self.margin.top + Self.margin.bottom
    )
    let size = (columns * cell.width, rows * cell.height + 26)
    let panels = verdict.tables.indices.map { index in
      let x = index % columns * cell.width + Self.margin.left
      let y = index / columns * cell.height + Self.margin.top
      return "<g transform=\"translate(\(x),\(y))\">\n\(panel(index))</g>\n"
    }
    let caption =
      "Share of ranks below a value, less that value; each line one quantity. Grey: envelope that "
      + "holds all lines of all panels with a probability of at least "
      + "\(NumberStyle.percent(1 - verdict.level)). Red: outside."
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size.0)" height="\(size.1)" \
      viewBox="0 0 \(size.0) \(size.1)" font-family="sans-serif" font-size="10">
      <title>Simulation-based calibration</title>
      <desc>\(caption)</desc>
      <rect width="100%" height="100%" fill="#fff"/>
      \(panels.joined())<text x="\(Self.margin.left)" y="\(size.1 - 10)">\(caption)</text>
      </svg>

      """
  }

  // MARK: Panels

  /// The size at which a title ends with its panel; bold letters are about 0.7 wide.
  private static func titleSize(_ title: String) -> Int {
    min(10, Int(Double(width + margin.right) / (0.7 * Double(max(title.count, 1)))))
  }

  /// Differences are drawn in tenths of a pixel, whole numbers being short.
  private func panel(_ index: Int) -> String {
    let table = verdict.tables[index]
    let (envelope, gamma) = verdict.envelopes[index]
    let ranks = Double(envelope.replicates)
    let limits = envelope.limits(gamma)
    func differences(_ sums: [Int]) -> [Double] {
      [0] + zip(sums, envelope.probabilities).map { Double($0) / ranks - $1 } + [0]
    }
    let lower = differences(limits.map(\.lower))
    let upper = differences(limits.map(\.upper))
    let lines = table.rows.map { differences(envelope.cumulated($0.counts)) }
    let largest = ([lower, upper] + lines).joined().map(abs).max() ?? 0
    let scale = PanelScale(
      positions: [0] + envelope.probabilities + [1], largest: largest > 0 ? 1.05 * largest : 1,
      width: Self.width, height: Self.height)
    let checks = verdict.checks(of: index)
    let band = scale.path(lower) + scale.continued(upper) + "z"
    // Failing lines last, over the others.
    let strokes = [true, false].flatMap { passing in
      zip(checks, lines).filter { $0.0.passes == passing }.map { check, line -> String in
        let (color, opacity) = passing ? ("#2a5c8a", "0.45") : ("#c0392b", "1")
        return "<path d=\"\(scale.path(line))\" stroke=\"\(color)\" stroke-opacity=\"\(opacity)\">"
          + "<title>\(check.quantity)</title></path>\n"
      }
    }
    return
      "<text y=\"-12\" font-weight=\"bold\" font-size=\"\(Self.titleSize(table.name))\""
      + (verdict.passes(index) ? "" : " fill=\"#c0392b\"") + ">\(table.name.svgEscaped)</text>\n"
      + "<g transform=\"scale(.1)\" fill=\"none\" stroke-width=\"9\">\n"
      + "<path d=\"\(band)\" fill=\"#ddd\"/>\n" + strokes.joined() + "</g>\n" + axes(scale)
  }

  private func axes(_ scale: PanelScale) -> String {
    let (width, height) = (Self.width, Self.height)
    let tick = String(format: "%.2f", scale.tick)
    let offset = Double(height) / 2 * scale.tick / scale.largest
    let labels = [("+" + tick, -offset), ("0", 0), ("−" + tick, offset)].map { label, shift in
      let y = String(format: "%.1f", Double(height) / 2 + shift + 3.5)
      return "<text x=\"-5\" y=\"\(y)\" text-anchor=\"end\">\(label)</text>"
    }
    let places = [("0", 0), ("0.5", width / 2), ("1", width)].map { label, x in
      "<text x=\"\(x)\" y=\"\(height + 13)\" text-anchor=\"middle\">\(label)</text>"
    }
    return "<path d=\"M0,0V\(height)H\(width)M0,\(height / 2)H\(width)\" fill=\"none\" "
      + "stroke=\"#888\" stroke-width=\".6\"/>\n" + (labels + places).joined() + "\n"
  }
}

/// Differences at positions → paths of a panel.
private struct PanelScale {
  let positions: [Double]
  let largest: Double
  let width: Int
  let height: Int

  /// A round number that is at least half of the largest difference, or nearly so.
  var tick: Double {
    let places: [Double] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
    return places.first { $0 <= largest } ?? 0.01
  }

  private func point(_ place: Int, _ difference: Double) -> (x: Int, y: Int) {
    let y = Double(height) / 2 * (1 - difference / largest)
    return (Int((10 * Double(width) * positions[place]).rounded()), Int((10 * y).rounded()))
  }

  /// The path of differences from left to right.
  func path(_ differences: [Double]) -> String {
    var last = point(0, differences[0])
    var path = "M\(last.x),\(last.y)"
    for (place, difference) in differences.enumerated().dropFirst() {
      let next = point(place, difference)
      path += "l\(next.x - last.x),\(next.y - last.y)"
      last = next
    }
    return path
  }

  /// The path of differences from right to left.
  func continued(_ differences: [Double]) -> String {
    differences.indices.reversed().map { place in
      let next = point(place, differences[place])
      return "L\(next.x),\(next.y)"
    }.joined()
  }
}

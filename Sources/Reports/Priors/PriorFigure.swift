import Designs
import Drawing
import Foundation
public import Inference

/// The figure of a prior set: the density of τ1 for each family of outcomes that it has, with median and
/// 95 % quantile.
public struct PriorFigure: Sendable {
  private let set: PriorSet

  private static let width = 340
  private static let height = 200
  private static let margin = (left: 24, right: 24, top: 64, bottom: 46)
  private static let points = 240

  /// A figure of a set.
  public init(_ set: PriorSet) {
    self.set = set
  }

  /// The figure as SVG.
  public var svg: String {
    let families = Family.allCases.filter { set.entries($0) != nil }
    let margin = Self.margin
    let cell = Self.width + margin.left + margin.right
    let size = (families.count * cell, Self.height + margin.top + margin.bottom)
    let panels = families.enumerated().map { place, family in
      "<g transform=\"translate(\(place * cell + margin.left),\(margin.top))\">\n"
        + panel(family) + "</g>\n"
    }
    let title = "Prior set \(set.name): SD of treatment effects between trials, τ1".svgEscaped
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size.0)" height="\(size.1)" \
      viewBox="0 0 \(size.0) \(size.1)" font-family="sans-serif" font-size="11">
      <title>\(title)</title>
      <desc>Density of the prior, with its median and its 95% quantile.</desc>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="\(margin.left)" y="18" font-weight="bold">\(set.name.svgEscaped)</text>
      \(panels.joined())</svg>

      """
  }

  private func panel(_ family: Family) -> String {
    guard let entry = set.entries(family)?.tau1 else { return "" }
    let measure = PriorMeasure(entry.unit, family)
    let scale = DensityScale(entry.prior, width: Self.width, height: Self.height)
    let heading = "\(family.outcomeWords): \(entry.words(family))".svgEscaped
    let marks = [("median", 0.5), ("95%", 0.95)].enumerated().map { place, mark in
      let value = entry.prior.quantile(mark.1)
      let x = scale.x(value)
      let label = "\(mark.0) \(NumberStyle.significant(value))"
      return "<path d=\"M\(x),\(place * 14 - 6)V\(Self.height)\" stroke=\"#c0392b\" "
        + "stroke-dasharray=\"4 3\"/>\n"
        + "<text x=\"\(x)\" y=\"\(place * 14 - 10)\" dx=\"4\" dy=\"8\" fill=\"#c0392b\">\(label)</text>\n"
    }
    let ticks = scale.ticks.map { tick in
      let x = scale.x(tick)
      return "<path d=\"M\(x),\(Self.height)v4\" stroke=\"#888\"/>"
        + "<text x=\"\(x)\" y=\"\(Self.height + 16)\" text-anchor=\"middle\">"
        + "\(NumberStyle.significant(tick))</text>\n"
    }
    let curve =
      entry.prior.fixedValue == nil
      ? "<path d=\"\(scale.path(Self.points))\" fill=\"#2a5c8a\" fill-opacity=\".15\" "
        + "stroke=\"#2a5c8a\" stroke-width=\"1.5\"/>\n" : ""
    return "<text y=\"-28\">\(heading)</text>\n" + curve
      + "<path d=\"M0,\(Self.height)H\(Self.width)\" stroke=\"#888\"/>\n" + ticks.joined()
      + marks.joined()
      + "<text x=\"\(Self.width / 2)\" y=\"\(Self.height + 34)\" text-anchor=\"middle\">"
      + "τ1 in \(measure.words)</text>\n"
  }
}

/// τ and its density → places of a panel.
private struct DensityScale {
  let prior: HeterogeneityPrior
  let width: Int
  let height: Int
  /// The largest τ that is drawn.
  let end: Double
  /// The largest density that is drawn; a density that grows without end towards 0 is cut there.
  private let top: Double

  init(_ prior: HeterogeneityPrior, width: Int, height: Int) {
    (self.prior, self.width, self.height) = (prior, width, height)
    let high = 1.25 * prior.quantile(0.95)
    let end = high > 0 && high.isFinite ? high : 1
    self.end = end
    let least = prior.quantile(0.025)
    let densities = (0...200).map { Double($0) / 200 * end }.filter { $0 >= least }
      .map { exp(prior.logDensity($0).value) }
    let top = (densities + [exp(prior.logDensity(least).value)]).filter(\.isFinite).max() ?? 1
    self.top = top > 0 ? 1.15 * top : 1
  }

  /// The place of τ, in tenths of a pixel.
  func x(_ tau: Double) -> String { String(format: "%.1f", Double(width) * tau / end) }

  private func y(_ density: Double) -> String {
    String(format: "%.1f", Double(height) * (1 - min(density / top, 1)))
  }

  /// The outline of the density down to the axis.
  func path(_ points: Int) -> String {
    var path = "M0,\(height)"
    for point in 0...points {
      let tau = Double(point) / Double(points) * end
      path += "L\(x(tau)),\(y(exp(prior.logDensity(tau).value)))"
    }
    return path + "V\(height)z"
  }

  /// Four to ten round numbers.
  var ticks: [Double] {
    let power = pow(10, (log10(end)).rounded(.down))
    let step = [0.1, 0.2, 0.5, 1].map { $0 * power }.first { end / $0 <= 10 } ?? power
    return (0...Int(end / step)).map { Double($0) * step }
  }
}

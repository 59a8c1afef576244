/// The colours of a figure; what a colour tells is told by a shape, a line style or a place as well.
public struct Palette: Sendable, Equatable {
  /// The palettes that can be asked for; the raw values are the words of the command line.
  public enum Name: String, CaseIterable, Sendable {
    /// Okabe and Ito's eight colours, told apart with any form of colour blindness.
    case okabeIto = "okabe-ito"
    /// Paul Tol's `bright`.
    case tolBright = "tol-bright"
    /// Greys alone, for journals that print in black.
    case grey
  }

  /// Of text and main lines.
  public let ink = "#1a1a1a"
  /// Of axes and secondary text.
  public let faint = "#5a5a5a"
  /// Of grids and areas that stand back.
  public let pale = "#dddddd"
  /// Of the paper.
  public let paper = "#ffffff"
  /// Of the reference arm.
  public let reference: String
  /// Of the active arm.
  public let active: String
  /// Of what REML or ML found.
  public let likelihood: String
  /// Of what the posterior says.
  public let bayes: String
  /// Of what must be seen: divergences, limits.
  public let alarm: String
  /// Of chains and trials, in their order.
  public let series: [String]

  /// The colours of a palette.
  public init(_ name: Name = .okabeIto) {
    switch name {
    case .okabeIto:
      (reference, active) = ("#e69f00", "#0072b2")
      (likelihood, bayes, alarm) = ("#d55e00", "#0072b2", "#d55e00")
      series = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1a1a1a"]
    case .tolBright:
      (reference, active) = ("#ccbb44", "#4477aa")
      (likelihood, bayes, alarm) = ("#ee6677", "#4477aa", "#ee6677")
      series = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777"]
    case .grey:
      (reference, active) = ("#c4c4c4", "#5c5c5c")
      (likelihood, bayes, alarm) = ("#707070", "#1a1a1a", "#1a1a1a")
      series = ["#1a1a1a", "#707070", "#a8a8a8", "#444444", "#8c8c8c"]
    }
  }

  /// The line of the series at a place: colours come round, and with each of them another dash.
  public func stroke(_ place: Int, width: Double = 1.2) -> Stroke {
    let dashes: [String?] = [nil, "5 2", "2 2", "7 2 2 2", "1 2"]
    return Stroke(
      series[place % series.count], width: width, dash: dashes[place % dashes.count])
  }
}

/// How a line is drawn.
public struct Stroke: Sendable, Equatable {
  /// The colour.
  public var color: String
  /// The width in pixels.
  public var width: Double
  /// The lengths of dashes and gaps, nil for a solid line.
  public var dash: String?
  /// From 0 to 1.
  public var opacity: Double

  /// A line of a colour.
  public init(_ color: String, width: Double = 1, dash: String? = nil, opacity: Double = 1) {
    (self.color, self.width, self.dash, self.opacity) = (color, width, dash, opacity)
  }

  var attributes: String {
    "stroke=\"\(color)\"" + (width == 1 ? "" : " stroke-width=\"\(coordinate(width))\"")
      + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "")
      + (opacity == 1 ? "" : " stroke-opacity=\"\(coordinate(opacity))\"")
  }
}

public import Drawing

/// What the user wants of a figure.
public struct FigureOptions: Sendable, Equatable {
  /// The least width of the drawing, in pixels; nil for what the figure needs.
  public var width: Double?
  /// The height of the drawing; nil for what the figure needs.
  public var height: Double?
  /// The limits of the axis of outcomes, effects or densities; nil to hold all that is drawn.
  public var limits: ClosedRange<Double>?
  /// The colours.
  public var palette: Palette.Name
  /// The size of ordinary text, in pixels.
  public var fontSize: Double
  /// The title; nil for the figure's own, empty for none.
  public var title: String?
  /// What stands for a column's name.
  public var labels: [String: String]
  /// The node whose evidence is shown, nil for the root.
  public var node: Int?
  /// The variable, or the parameter of draws, that is shown; nil for the figure's own choice.
  public var variable: String?
  /// The run by its name, `METHOD` or `METHOD:ESTIMATOR`; nil for the default.
  public var run: String?

  /// Whether the nodes of trees lead to places of the same document, whose names ``anchor(_:node:)`` gives.
  public var linksNodes = false

  /// The name of the place that a node leads to: `node-metamob-si-bayes-3`.
  public static func anchor(_ run: String, node: Int) -> String {
    "node-\(run.replacing(":", with: "-"))-\(node)"
  }

  /// How much higher than by default panels are, in pixels.
  var stretch = 0.0

  /// The defaults.
  public init() {
    (palette, fontSize, labels) = (.okabeIto, 12, [:])
  }

  /// The height of a panel that is `usual` pixels high by default.
  func panelHeight(_ usual: Double) -> Double { max(usual + stretch, 40) }

  var theme: Theme { Theme(Palette(palette), size: fontSize) }
}

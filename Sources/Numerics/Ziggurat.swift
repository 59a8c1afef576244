import Foundation

/// One of the 256 horizontal layers of equal area that cover half of a standard normal density.
///
/// The layers are stacked under f(x) = exp(−x²/2): layer i spans |x| < `width`, and all of its
/// points with |x| below the width of layer i + 1 lie under the curve (Marsaglia & Tsang 2000).
@usableFromInline
struct ZigguratLayer: Sendable {
  /// The layer's width divided by 2⁵³: turns a signed 54-bit integer into a place in the layer.
  @usableFromInline let scale: Double
  /// Integers of a smaller magnitude give a point under the curve without further test.
  @usableFromInline let core: UInt64
  /// f at the layer's width: its lower edge.
  let floor: Double
  /// f at the next layer's width: its upper edge.
  let ceiling: Double

  /// The width of the lowest layer's rectangle, where the tail begins.
  static let tailStart = 3.654152885361009
  /// The layers from the lowest, which holds the tail, to the top.
  @usableFromInline static let all = stacked()

  /// The area of each layer: the lowest rectangle and the tail beyond it.
  static let area =
    tailStart * density(tailStart) + (Double.pi / 2).squareRoot() * erfc(tailStart / 2.squareRoot())

  static func density(_ x: Double) -> Double { exp(-0.5 * x * x) }

  /// The 256 layers; the lowest has the width that a rectangle of its area and height would have.
  static func stacked() -> [ZigguratLayer] {
    var widths = [area / density(tailStart), tailStart]
    for i in 1..<255 {
      widths.append((-2 * log(density(widths[i]) + area / widths[i])).squareRoot())
    }
    widths.append(0)
    return (0..<256).map { i in
      ZigguratLayer(
        scale: widths[i] * 0x1p-53, core: UInt64(widths[i + 1] / widths[i] * 0x1p53),
        floor: density(widths[i]), ceiling: density(widths[i + 1]))
    }
  }
}

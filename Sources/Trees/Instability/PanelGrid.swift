/// Gauss-Legendre nodes on an interval in panels whose widths double from one end on.
///
/// A function that varies at the scale `finest` near that end, and at its distance from it
/// elsewhere, is integrated, and interpolated between the nodes, to about 10⁻¹².
struct PanelGrid {
  /// All nodes, panel after panel.
  private(set) var nodes: [Double] = []
  /// Their weights.
  private(set) var weights: [Double] = []
  private var panels: [ClosedRange<Double>] = []

  /// A grid from `start` on to `end`, which may be below it.
  init(from start: Double, to end: Double, finest: Double, coarsest: Double) {
    let length = abs(end - start)
    let direction = end > start ? 1.0 : -1.0
    var width = min(max(finest, 1e-7 * length), coarsest)
    var done = 0.0
    while done < length {
      // A rest shorter than half a panel belongs to this one.
      let next = length - done < 1.5 * width ? length : done + width
      let (a, b) = (start + direction * done, start + direction * next)
      panels.append(min(a, b)...max(a, b))
      if done > 0 { width = min(2 * width, coarsest) }
      done = next
    }
    for panel in panels {
      let half = (panel.upperBound - panel.lowerBound) / 2
      let middle = (panel.upperBound + panel.lowerBound) / 2
      for i in 0..<Legendre.points {
        nodes.append(middle + half * Legendre.nodes[i])
        weights.append(half * Legendre.weights[i])
      }
    }
  }

  /// ∫ f(x | other) g(x) dx over the grid, g being given by its values at the nodes.
  ///
  /// Where the kernel is narrower than a panel, g is interpolated.
  func integral(of values: [Double], _ kernel: RadialKernel, at other: Double) -> Double {
    let center = kernel.correlation * other
    let lower = center - kernel.reach.below * kernel.deviation
    let upper = center + kernel.reach.above * kernel.deviation
    var result = 0.0
    for (place, panel) in panels.enumerated() {
      guard panel.lowerBound < upper, panel.upperBound > lower else { continue }
      let first = place * Legendre.points
      if panel.upperBound - panel.lowerBound <= kernel.piece {
        for i in first..<(first + Legendre.points) {
          result += weights[i] * values[i] * kernel.density(nodes[i], given: other)
        }
      } else {
        let part = max(panel.lowerBound, lower)...min(panel.upperBound, upper)
        result += piecewise(
          part, of: panel, values[first..<(first + Legendre.points)], kernel, at: other)
      }
    }
    return result
  }

  /// The integral over a part of a panel, in pieces that 16 points suffice for.
  private func piecewise(
    _ part: ClosedRange<Double>, of panel: ClosedRange<Double>, _ values: ArraySlice<Double>,
    _ kernel: RadialKernel, at other: Double
  ) -> Double {
    let length = part.upperBound - part.lowerBound
    let pieces = max(1, Int((length / kernel.piece).rounded(.up)))
    let half = length / Double(2 * pieces)
    let (low, high) = (panel.lowerBound, panel.upperBound)
    var result = 0.0
    for piece in 0..<pieces {
      let middle = part.lowerBound + half * Double(2 * piece + 1)
      for i in 0..<Legendre.points {
        let x = middle + half * Legendre.nodes[i]
        let scaled = (2 * x - low - high) / (high - low)
        result +=
          half * Legendre.weights[i] * kernel.density(x, given: other)
          * Legendre.interpolate(values, at: scaled)
      }
    }
    return result
  }
}

/// The Gauss-Legendre rule of 16 points on [−1, 1] (Abramowitz & Stegun, table 25.4).
private enum Legendre {
  static let points = 16
  private static let positive: [(node: Double, weight: Double)] = [
    (0.095_012_509_837_637_440_185, 0.189_450_610_455_068_496_285),
    (0.281_603_550_779_258_913_230, 0.182_603_415_044_923_588_867),
    (0.458_016_777_657_227_386_342, 0.169_156_519_395_002_538_189),
    (0.617_876_244_402_643_748_447, 0.149_595_988_816_576_732_081),
    (0.755_404_408_355_003_033_895, 0.124_628_971_255_533_872_052),
    (0.865_631_202_387_831_743_880, 0.095_158_511_682_492_784_810),
    (0.944_575_023_073_232_576_078, 0.062_253_523_938_647_892_863),
    (0.989_400_934_991_649_932_596, 0.027_152_459_411_754_094_852),
  ]
  static let nodes = positive.reversed().map { -$0.node } + positive.map(\.node)
  static let weights = positive.reversed().map(\.weight) + positive.map(\.weight)
  /// The barycentric weights (−1)^i sqrt((1 − x²) w).
  private static let barycentric = nodes.indices.map { i in
    ((1 - nodes[i] * nodes[i]) * weights[i]).squareRoot() * (i % 2 == 0 ? 1 : -1)
  }

  /// The polynomial through values at the nodes.
  static func interpolate(_ values: ArraySlice<Double>, at x: Double) -> Double {
    var (above, below) = (0.0, 0.0)
    for i in 0..<points {
      let distance = x - nodes[i]
      if distance == 0 { return values[values.startIndex + i] }
      let weight = barycentric[i] / distance
      above += weight * values[values.startIndex + i]
      below += weight
    }
    return above / below
  }
}

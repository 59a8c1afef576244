import Foundation
import Numerics

/// The trapezoidal rule over a smooth density that falls like a normal one in every direction.
struct PosteriorGrid {
  /// The points whose weight is not next to nothing.
  let points: [[Double]]
  /// Their shares of the integral; they add up to 1.
  let weights: [Double]
  /// The logarithm of the integral.
  let logIntegral: Double
  /// The logarithm of the volume of one cell of the grid.
  let logCell: Double
  /// The share of the points at the edge of the grid, a check of its extent.
  let edgeMass: Double

  /// A rule about a mode with the given SD along each coordinate.
  init(
    around mode: [Double], spread: [Double], _ resolution: VarianceQuadrature.Resolution,
    _ logDensity: ([Double]) -> Double
  ) {
    let axes = mode.indices.map { i in
      PosteriorGrid.axis(i, mode, resolution.spacing * spread[i], resolution.depth, logDensity)
    }
    var grid: [[Double]] = [[]]
    var onEdge = [false]
    for axis in axes {
      onEdge = onEdge.flatMap { edge in
        axis.indices.map { edge || $0 == 0 || $0 == axis.count - 1 }
      }
      grid = grid.flatMap { point in axis.map { point + [$0] } }
    }
    let logDensities = grid.map(logDensity)
    let total = logSumExp(logDensities)
    let cell = axes.reduce(0.0) { $1.count > 1 ? $0 + log($1[1] - $1[0]) : $0 }
    logIntegral = total + cell
    logCell = cell
    // Points below e^−depth of the whole add nothing to the digits that are wanted.
    let kept = logDensities.indices.filter { logDensities[$0] > total - resolution.depth }
    points = kept.map { grid[$0] }
    let masses = kept.map { exp(logDensities[$0] - total) }
    let sum = masses.reduce(0, +)
    weights = masses.map { $0 / sum }
    edgeMass = grid.indices.reduce(0) {
      $0 + (onEdge[$1] && grid[$1].count > 0 ? exp(logDensities[$1] - total) : 0)
    }
  }

  /// Points along a coordinate, out to where the density has fallen by e^−depth on both sides.
  private static func axis(
    _ i: Int, _ mode: [Double], _ step: Double, _ depth: Double,
    _ logDensity: ([Double]) -> Double
  ) -> [Double] {
    let top = logDensity(mode)
    func reach(_ direction: Double) -> Int {
      var point = mode
      for count in 1...200 {
        point[i] = mode[i] + direction * step * Double(count)
        if !(logDensity(point) > top - depth) { return count + 1 }
      }
      return 200
    }
    let below = reach(-1)
    let above = reach(1)
    return (-below...above).map { mode[i] + step * Double($0) }
  }
}

extension PosteriorGrid {
  /// The marginal log density of a coordinate, up to a constant, at the grid's places on it.
  func marginal(_ coordinate: Int) -> (places: [Double], logDensities: [Double]) {
    var masses: [Double: Double] = [:]
    for (point, weight) in zip(points, weights) { masses[point[coordinate], default: 0] += weight }
    let places = masses.keys.sorted()
    return (places, places.map { log(masses[$0] ?? 0) })
  }
}

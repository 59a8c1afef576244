import MixedModels
import Numerics

extension VariancePriors {
  /// The largest number of variances over which a grid costs little beside the chains.
  private static let largestGrid = 3
  /// The first coordinates are the priors' own, on which a wall of the likelihood may be too steep for
  /// the grid to follow; the second start from nearly standard normals.
  private static let passes = 2

  /// Coordinates of the free components on which their posterior given a model is close to independent
  /// standard normals (article HeterogeneityGeometry).
  ///
  /// Nil where there are too many components for a grid, or one of them has no such coordinate.
  func adaptedCoordinates(_ model: MarginalModel) -> [VarianceCoordinate]? {
    guard (1...Self.largestGrid).contains(free.count) else { return nil }
    var coordinates = centred(coordinates(rows: model.statistics.rows), for: model)
    for _ in 0..<Self.passes {
      guard let next = VarianceTarget(model, self, coordinates).adaptedCoordinates() else {
        return nil
      }
      coordinates = next
    }
    return VarianceTarget(model, self, coordinates).isNearlyNormal ? coordinates : nil
  }
}

extension VarianceTarget {
  /// Whether the log density falls along every coordinate about as a standard normal one does, which at
  /// three SDs is by 4.5; more where coordinates are correlated.
  fileprivate var isNearlyNormal: Bool {
    let origin = [Double](repeating: 0, count: dimension)
    let top = value(at: origin)
    return origin.indices.allSatisfy { i in
      [-3.0, 3.0].allSatisfy { end in
        var point = origin
        point[i] = end
        return (1...30).contains(top - value(at: point))
      }
    }
  }

  /// Coordinates adapted to the posterior, from a coarse grid on the target's own.
  fileprivate func adaptedCoordinates() -> [VarianceCoordinate]? {
    guard let mode = try? VarianceQuadrature.mode(self) else { return nil }
    let grid = PosteriorGrid(
      around: mode, spread: VarianceQuadrature.spread(self, mode), .rough
    ) { value(at: $0) }
    var adapted: [VarianceCoordinate] = []
    for (i, base) in coordinates.enumerated() {
      let marginal = grid.marginal(i)
      guard marginal.places.count >= 2 else { return nil }
      let step = marginal.places[1] - marginal.places[0]
      let tails = MarginalTails(i, mode, marginal, step) { value(at: $0) }
      let coordinate = AdaptedCoordinate(
        base, start: marginal.places[0] - step * Double(tails.below.count), step: step,
        logDensities: tails.below.reversed() + marginal.logDensities + tails.above)
      guard let coordinate else { return nil }
      adapted.append(.adapted(coordinate))
    }
    return adapted
  }
}

/// How a marginal log density goes on past a grid: as the density does along its coordinate through
/// the mode.
private struct MarginalTails {
  /// Outwards from the first place.
  private(set) var below: [Double] = []
  /// Outwards from the last place.
  private(set) var above: [Double] = []

  /// By how much the log density falls until the last places: nine SDs of a normal.
  private static let depth = 40.0
  /// A fall that the places are too far apart to follow.
  private static let wall = 60.0
  private static let longest = 60

  init(
    _ coordinate: Int, _ mode: [Double], _ marginal: (places: [Double], logDensities: [Double]),
    _ step: Double, _ logDensity: ([Double]) -> Double
  ) {
    let top = marginal.logDensities.max() ?? 0
    func tail(from place: Double, _ value: Double, _ step: Double) -> [Double] {
      var point = mode
      point[coordinate] = place
      let shift = value - logDensity(point)
      var values: [Double] = []
      while (values.last ?? value) > top - Self.depth, values.count < Self.longest {
        point[coordinate] += step
        let next = logDensity(point) + shift
        guard next > top - Self.wall else { break }
        values.append(next)
      }
      return values
    }
    guard let first = marginal.places.first, let last = marginal.places.last,
      let low = marginal.logDensities.first, let high = marginal.logDensities.last
    else { return }
    below = tail(from: first, low, -step)
    above = tail(from: last, high, step)
  }
}

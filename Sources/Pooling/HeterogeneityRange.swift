import Foundation

/// Where the posterior of u = log τ has its mass and that of its moments.
struct HeterogeneityRange {
  /// The ends of the first panels in ascending order, the modes among them.
  let breaks: [Double]
  /// The largest log density of τ^k times the posterior that was met, for each moment k that exists.
  private let tops: [Double]
  /// Whether the range ends where numbers do, before the moments are exhausted.
  let isCut: Bool

  /// The upper end.
  var upper: Double { breaks[breaks.count - 1] }

  /// Beyond it τ² would leave the range of numbers.
  private static let limit = 340.0
  /// What is below e^−40 of the whole adds nothing to sixteen digits.
  private static let depth = 40.0

  init(_ density: HeterogeneityDensity) {
    let modes = Self.modes(density)
    let first = modes[0]
    let last = modes[modes.count - 1]
    let top = modes.map(density.logDensity).max() ?? 0
    let below = Self.outwards(from: first, sign: -1, end: density.support.lower) { u in
      density.logDensity(u) + log(max(1, first - u)) < top - Self.depth
    }
    let order = [2, 1, 0].first(where: density.tail.hasMoment) ?? 0
    var tops = (0...order).map { top + Double($0) * last }
    let end = min(density.support.upper, max(Self.limit, last + 1))
    let above = Self.outwards(from: last, sign: 1, end: end) { u in
      let value = density.logDensity(u)
      return tops.indices.allSatisfy { order in
        let moment = value + Double(order) * u
        tops[order] = max(tops[order], moment)
        return moment + log(max(1, u - last)) < tops[order] - Self.depth
      }
    }
    self.tops = tops
    isCut = above.last == end && end < density.support.upper
    var breaks = Array(below.reversed())
    for (lower, upper) in zip(modes, modes.dropFirst()) {
      let parts = max(1, Int((upper - lower).rounded(.up)))
      breaks += (0..<parts).map { lower + (upper - lower) * Double($0) / Double(parts) }
    }
    breaks.append(last)
    breaks += above
    self.breaks = breaks
  }

  /// Whether a log density at a point adds nothing to any moment.
  func isNegligible(_ value: Double, at u: Double) -> Bool {
    tops.indices.allSatisfy { value + Double($0) * u < tops[$0] - Self.depth }
  }

  /// Points ever further from a mode until one is negligible, without the mode itself.
  private static func outwards(
    from mode: Double, sign: Double, end: Double, isNegligible: (Double) -> Bool
  ) -> [Double] {
    var points: [Double] = []
    var step = 0.5
    var reached = mode
    while reached != end, points.count < 1_100 {
      var next = sign * min(sign * (reached + sign * step), sign * end)
      if isNegligible(next) {
        // A nearer end saves panels in which the density is zero almost everywhere.
        var near = reached
        for _ in 0..<24 {
          let middle = (near + next) / 2
          if isNegligible(middle) { next = middle } else { near = middle }
        }
        points.append(next)
        break
      }
      points.append(next)
      reached = next
      step *= 2
    }
    return points
  }

  /// The local maxima of the density in ascending order: those of a grid, refined.
  private static func modes(_ density: HeterogeneityDensity) -> [Double] {
    let (lower, upper) = density.support
    var places = density.studies.variances.flatMap { [0.5 * log($0)] }
    let spread = density.studies.estimates.map(abs).max() ?? 0
    if spread > 0 { places.append(log(spread)) }
    if let center = density.priorCenter { places.append(center) }
    let low = max((places.min() ?? 0) - 5, lower)
    let high = min((places.max() ?? 0) + 5, upper)
    guard low < high else { return [min(max(low, lower), upper)] }
    let count = min(max(Int((high - low) / 0.25), 20), 4_000)
    var grid = (0...count).map { low + (high - low) * Double($0) / Double(count) }
    if let center = density.priorCenter, center > low, center < high { grid.append(center) }
    grid.sort()
    let values = grid.map(density.logDensity)
    var modes: [Double] = []
    for i in grid.indices {
      let left = i > 0 ? values[i - 1] : -.infinity
      let right = i + 1 < grid.count ? values[i + 1] : -.infinity
      guard values[i] >= left, values[i] > right || i == grid.count - 1 else { continue }
      let found = maximum(
        between: grid[max(i - 1, 0)], and: grid[min(i + 1, grid.count - 1)], density.logDensity)
      if modes.last.map({ found - $0 > 1e-6 }) ?? true { modes.append(found) }
    }
    return modes.isEmpty ? [grid[values.firstIndex(of: values.max() ?? 0) ?? 0]] : modes
  }

  /// The place of a maximum by golden section.
  private static func maximum(
    between lower: Double, and upper: Double, _ function: (Double) -> Double
  ) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (lower, upper)
    var c = b - ratio * (b - a)
    var d = a + ratio * (b - a)
    var (atC, atD) = (function(c), function(d))
    for _ in 0..<40 {
      if atC > atD {
        (b, d, atD) = (d, c, atC)
        c = b - ratio * (b - a)
        atC = function(c)
      } else {
        (a, c, atC) = (c, d, atD)
        d = a + ratio * (b - a)
        atD = function(d)
      }
    }
    return (a + b) / 2
  }
}

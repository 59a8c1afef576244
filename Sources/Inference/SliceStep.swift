import Numerics

/// A sampler that moves one coordinate at a time by slice steps (Neal 2003).
protocol SliceStepping: ~Copyable {
  /// The coordinates, on which posterior SDs are about 1 or less.
  var position: [Double] { get set }
  /// The sampler's random numbers.
  var stream: RandomStream { get set }
  /// The log density with one coordinate at a place, where the state it belongs to stays; `position`
  /// keeps its own.
  mutating func logDensity(_ coordinate: Int, at place: Double) -> Double
}

/// How an interval is found.
private enum Slice {
  /// The step of an interval.
  static let width = 2.0
  static let expansions = 40
}

extension SliceStepping where Self: ~Copyable {
  /// A step of one coordinate, with stepping out and shrinkage.
  mutating func slice(_ coordinate: Int) {
    let old = position[coordinate]
    let level = logDensity(coordinate, at: old) - stream.exponential()
    var left = old - Slice.width * stream.uniform()
    var right = left + Slice.width
    var below = stream.integer(below: Slice.expansions)
    var above = Slice.expansions - 1 - below
    while below > 0, logDensity(coordinate, at: left) > level {
      left -= Slice.width
      below -= 1
    }
    while above > 0, logDensity(coordinate, at: right) > level {
      right += Slice.width
      above -= 1
    }
    while right - left > 1e-12 {
      let new = left + (right - left) * stream.uniform()
      if logDensity(coordinate, at: new) > level {
        position[coordinate] = new
        return
      }
      if new < old { left = new } else { right = new }
    }
    _ = logDensity(coordinate, at: old)
  }
}

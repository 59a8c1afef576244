/// A natural cubic spline through values at equally spaced knots, straight beyond the last ones.
///
/// Value, slope and curvature are continuous everywhere.
public struct NaturalSpline: Sendable, Equatable {
  /// The first knot.
  public let start: Double
  /// The distance of neighbouring knots.
  public let spacing: Double
  /// The number of knots.
  public let count: Int
  private let steps: Double
  /// Of each interval, then of the last knot: value, slope, curvature ÷ 2 and third derivative ÷ 6.
  private let coefficients: [Double]

  /// A spline through at least two values.
  public init(start: Double, spacing: Double, values: [Double]) {
    precondition(values.count >= 2, "\(values.count) values; a spline needs two")
    self.start = start
    self.spacing = spacing
    count = values.count
    steps = 1 / spacing
    let curvature = NaturalSpline.curvatures(values, spacing)
    var coefficients: [Double] = []
    coefficients.reserveCapacity(4 * values.count)
    for i in values.indices.dropLast() {
      let rise = (values[i + 1] - values[i]) / spacing
      coefficients.append(values[i])
      coefficients.append(rise - spacing * (2 * curvature[i] + curvature[i + 1]) / 6)
      coefficients.append(curvature[i] / 2)
      coefficients.append((curvature[i + 1] - curvature[i]) / (6 * spacing))
    }
    let (last, before) = (values.count - 1, values.count - 2)
    let rise = (values[last] - values[before]) / spacing
    coefficients += [
      values[last], rise + spacing * (curvature[before] + 2 * curvature[last]) / 6, 0, 0,
    ]
    self.coefficients = coefficients
  }

  /// The second derivatives at the knots, zero at both ends: a tridiagonal system.
  private static func curvatures(_ values: [Double], _ spacing: Double) -> [Double] {
    var curvature = [Double](repeating: 0, count: values.count)
    guard values.count > 2 else { return curvature }
    // The upper diagonal after elimination.
    var upper = curvature
    for i in 1..<(values.count - 1) {
      let right = 6 * (values[i + 1] - 2 * values[i] + values[i - 1]) / (spacing * spacing)
      let pivot = 4 - upper[i - 1]
      upper[i] = 1 / pivot
      curvature[i] = (right - curvature[i - 1]) / pivot
    }
    for i in stride(from: values.count - 2, to: 0, by: -1) {
      curvature[i] -= upper[i] * curvature[i + 1]
    }
    return curvature
  }

  /// The last knot.
  public var end: Double { start + spacing * Double(count - 1) }

  /// Value, slope and curvature at a point; the value is not a number where the point is not.
  public func evaluate(_ x: Double) -> (value: Double, slope: Double, curvature: Double) {
    let place = (x - start) * steps
    if place < 0 { return (coefficients[0] + coefficients[1] * (x - start), coefficients[1], 0) }
    guard place < Double(count - 1) else {
      let last = 4 * (count - 1)
      return (coefficients[last] + coefficients[last + 1] * (x - end), coefficients[last + 1], 0)
    }
    let interval = Int(place)
    let t = x - start - spacing * Double(interval)
    return coefficients.withUnsafeBufferPointer { all in
      let (a, b) = (all[4 * interval], all[4 * interval + 1])
      let (c, d) = (all[4 * interval + 2], all[4 * interval + 3])
      return (a + t * (b + t * (c + t * d)), b + t * (2 * c + 3 * t * d), 2 * c + 6 * t * d)
    }
  }

  /// Whether the spline rises everywhere.
  public var isIncreasing: Bool {
    (0..<count).allSatisfy { i in
      let (b, c) = (coefficients[4 * i + 1], coefficients[4 * i + 2])
      let d = coefficients[4 * i + 3]
      // The slope is a parabola: least at an end of the interval or at its vertex.
      let vertex = d > 0 ? -c / (3 * d) : -1
      let least = vertex > 0 && vertex < spacing ? b + vertex * (2 * c + 3 * vertex * d) : b
      return least > 0
    }
  }

  /// The point at which an increasing spline has a value.
  public func inverse(_ value: Double) -> Double {
    let last = 4 * (count - 1)
    if value <= coefficients[0] { return start + (value - coefficients[0]) / coefficients[1] }
    if value >= coefficients[last] {
      return end + (value - coefficients[last]) / coefficients[last + 1]
    }
    var (lower, upper) = (start, end)
    var x = 0.5 * (lower + upper)
    // Newton's steps, halving the bracket where one leaves it.
    for _ in 0..<200 {
      let at = evaluate(x)
      if at.value > value { upper = x } else { lower = x }
      let newton = x - (at.value - value) / at.slope
      let next = newton > lower && newton < upper ? newton : 0.5 * (lower + upper)
      if next == x { break }
      x = next
    }
    return x
  }
}

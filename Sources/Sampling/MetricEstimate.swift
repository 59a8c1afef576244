/// The running variances of the coordinates within one window of warm-up (Welford's recursion).
struct MetricEstimate: Sendable, Equatable {
  private(set) var count = 0.0
  private var means: [Double]
  private var squares: [Double]

  /// An estimate without positions.
  init(dimension: Int) {
    means = [Double](repeating: 0, count: dimension)
    squares = means
  }

  /// Takes in one coordinate's value of the position that `advance` has announced.
  mutating func add(_ value: Double, coordinate i: Int) {
    let deviation = value - means[i]
    means[i] += deviation / count
    squares[i] += deviation * (value - means[i])
  }

  /// Announces the next position.
  mutating func advance() { count += 1 }

  /// The variances, drawn towards 10⁻³ with the weight of five positions as in Stan: the diagonal
  /// of the inverse metric.
  var regularised: [Double] {
    squares.map { square in
      let variance = count > 1 ? square / (count - 1) : 0
      return (count * variance + 5e-3) / (count + 5)
    }
  }
}

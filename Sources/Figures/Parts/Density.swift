import Foundation
import Numerics

/// A curve of densities.
struct Density: Sendable {
  /// Where the density is known, ascending.
  let at: [Double]
  /// The densities.
  let values: [Double]

  var highest: Double { values.filter(\.isFinite).max() ?? 0 }

  /// The most draws that a density is made of; more are thinned evenly.
  private static let mostDraws = 20_000

  /// The density of draws by a Gaussian kernel whose bandwidth is Silverman's rule
  /// 0.9 min(SD, IQR / 1.34) n^(−1/5) (R's `bw.nrd0`).
  ///
  /// Draws that cannot lie below `floor` are mirrored there, so that the density does not sag towards it.
  /// Nil where the draws do not vary.
  init?(of draws: [Double], floor: Double? = nil, points: Int = 120) {
    let finite = draws.filter(\.isFinite)
    let step = max(1, (finite.count + Self.mostDraws - 1) / Self.mostDraws)
    let sample = stride(from: 0, to: finite.count, by: step).map { finite[$0] }.sorted()
    guard sample.count > 1, let low = sample.first, let high = sample.last, high > low else {
      return nil
    }
    let spread = (quantile(sorted: sample, 0.75) - quantile(sorted: sample, 0.25)) / 1.34
    let deviation = standardDeviation(sample)
    let scale = spread > 0 ? min(spread, deviation) : deviation
    let width = 0.9 * scale * pow(Double(sample.count), -0.2)
    // The far tails of a few draws would leave the rest no room.
    let from = max(floor ?? -.infinity, quantile(sorted: sample, 0.001) - 3 * width)
    let to = quantile(sorted: sample, 0.999) + 3 * width
    let places = (0..<points).map { from + Double($0) / Double(points - 1) * (to - from) }
    at = places
    let factor = 1 / (Double(sample.count) * width * (2 * Double.pi).squareRoot())
    values = places.map { x in
      var sum = Density.kernels(sample, about: x, width)
      if let floor { sum += Density.kernels(sample, about: 2 * floor - x, width) }
      return sum * factor
    }
  }

  /// A density that is known by a formula.
  init(from low: Double, to high: Double, points: Int = 120, _ density: (Double) -> Double) {
    at = (0..<points).map { low + Double($0) / Double(points - 1) * (high - low) }
    values = at.map { max(density($0), 0) }
  }

  /// Σ exp(−(x − xᵢ)² / 2h²) over the ascending draws within five widths.
  private static func kernels(_ sorted: [Double], about x: Double, _ width: Double) -> Double {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < x - 5 * width { low = middle + 1 } else { high = middle }
    }
    var sum = 0.0
    var place = low
    while place < sorted.count, sorted[place] <= x + 5 * width {
      let z = (sorted[place] - x) / width
      sum += exp(-z * z / 2)
      place += 1
    }
    return sum
  }
}

/// Counts of draws in equal bins.
struct Histogram: Sendable {
  /// The edges, one more than counts.
  let edges: [Double]
  /// Draws in each bin.
  let counts: [Int]

  init(_ values: [Double], from low: Double, to high: Double, bins: Int) {
    let width = high > low ? (high - low) / Double(bins) : 1
    edges = (0...bins).map { low + Double($0) * width }
    var counts = [Int](repeating: 0, count: bins)
    for value in values where value.isFinite && value >= low && value <= high {
      counts[min(Int((value - low) / width), bins - 1)] += 1
    }
    self.counts = counts
  }
}

/// The autocorrelations of a chain at lags from 0 on; nil where it does not vary.
func autocorrelations(_ chain: [Double], lags: Int) -> [Double]? {
  let center = mean(chain)
  let deviations = chain.map { $0 - center }
  let total = deviations.reduce(0) { $0 + $1 * $1 }
  guard total > 0, total.isFinite else { return nil }
  return (0...min(lags, chain.count - 1)).map { lag in
    zip(deviations, deviations.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / total
  }
}

import Foundation
import Numerics
public import Posterior

/// The figures of one quantity's posterior that was had without draws.
public struct PosteriorFigures: Sendable, Equatable {
  /// The mean; nil where the posterior has none.
  public let mean: Double?
  /// The standard deviation; nil where the posterior has none.
  public let sd: Double?
  /// The median.
  public let median: Double
  /// Where the density is largest.
  public let mode: Double
  /// The interval that leaves equal tails.
  public let central: Interval
  /// The shortest interval.
  public let shortest: Interval
  /// Why a figure is nil.
  public let note: String?

  /// A quantity with one value.
  static func point(_ value: Double) -> PosteriorFigures {
    let interval = Interval(lower: value, upper: value)
    return PosteriorFigures(
      mean: value, sd: 0, median: value, mode: value, central: interval, shortest: interval,
      note: nil)
  }

  /// Whether the figures are within the range of numbers.
  var isFinite: Bool {
    [
      mean ?? 0, sd ?? 0, median, mode, central.lower, central.upper, shortest.lower,
      shortest.upper,
    ]
    .allSatisfy(\.isFinite)
  }

  /// The figures of a quantity x as those of shift + unit × x.
  func scaled(by unit: Double, shift: Double = 0) -> PosteriorFigures {
    func moved(_ interval: Interval) -> Interval {
      Interval(lower: shift + unit * interval.lower, upper: shift + unit * interval.upper)
    }
    return PosteriorFigures(
      mean: mean.map { shift + unit * $0 }, sd: sd.map { unit * $0 },
      median: shift + unit * median, mode: shift + unit * mode, central: moved(central),
      shortest: moved(shortest), note: note)
  }
}

/// The first two moments of a quantity, as far as they exist.
struct Moments {
  let mean: Double?
  let variance: Double?
  /// Why one is nil.
  var note: String?
}

extension PosteriorFigures {
  /// The figures of a distribution whose moments are known.
  init(
    _ distribution: some ContinuousDistribution, _ moments: Moments, level: Double
  ) throws(NumericalError) {
    let central = try distribution.centralInterval(level: level)
    let peak = try distribution.peak(within: central)
    self.init(
      mean: moments.mean, sd: moments.variance.map { max($0, 0).squareRoot() },
      median: try distribution.quantile(0.5), mode: peak.mode, central: central,
      shortest: try distribution.shortestInterval(level: level, central: central, peak: peak),
      note: moments.note)
  }
}

import Foundation
import Numerics

/// Importance weights of draws, the largest of them smoothed by a generalised Pareto distribution
/// (PSIS; Vehtari, Simpson, Gelman, Yao & Gabry 2024).
public struct SmoothedWeights: Sendable, Equatable {
  /// The logarithms of the weights, which add up to 1; one a draw.
  public let logarithms: [Double]
  /// The shape k of the tail: up to 0.7 the weights can be relied on.
  ///
  /// Infinite where the tail could not be fitted; zero where all the largest ratios are equal.
  public let paretoK: Double

  private static let shortestTail = 5

  /// Smooths log ratios (target over proposal, up to a constant), none of them infinite.
  ///
  /// `relativeEfficiency` is the effective over the actual number of draws: it sets the length of the tail.
  public init(logRatios: [Double], relativeEfficiency: Double = 1) {
    var top = -Double.infinity
    for ratio in logRatios where ratio > top { top = ratio }
    var values = logRatios
    for s in values.indices { values[s] -= top }
    let length = SmoothedWeights.tailLength(values.count, relativeEfficiency)
    if length >= SmoothedWeights.shortestTail, length < values.count {
      paretoK = SmoothedWeights.smoothTail(&values, length)
    } else {
      paretoK = .infinity
    }
    let total = logSumExp(values)
    for s in values.indices { values[s] -= total }
    logarithms = values
  }

  /// The weights themselves.
  public var weights: [Double] { logarithms.map { exp($0) } }

  /// The largest shape at which an estimate from so many draws can be relied on.
  public static func threshold(draws: Int) -> Double { min(1 - 1 / log10(Double(draws)), 0.7) }

  /// The number of draws whose weights are smoothed.
  static func tailLength(_ draws: Int, _ relativeEfficiency: Double) -> Int {
    let count = Double(draws)
    return Int(min(0.2 * count, 3 * (count / relativeEfficiency).squareRoot()).rounded(.up))
  }

  /// Replaces the largest values, at most zero, by the logarithms of quantiles of the fitted tail;
  /// returns its shape.
  private static func smoothTail(_ values: inout [Double], _ length: Int) -> Double {
    let cutoff = value(ofRank: values.count - length, in: values)
    let tail = largest(length, of: values, above: cutoff)
    guard let least = tail.first.map({ values[$0] }), least < -100 * Double.ulpOfOne else {
      return 0
    }
    let threshold = exp(cutoff)
    let fit = ParetoTail(ascending: tail.map { exp(values[$0]) - threshold })
    guard fit.shape.isFinite else { return .infinity }
    for (place, draw) in tail.enumerated() {
      let excess = fit.quantile((Double(place) + 0.5) / Double(length))
      values[draw] = min(log(excess + threshold), 0)
    }
    return fit.shape
  }

  /// The draws of the largest values in ascending order of these; equal values stand in the order of draws.
  ///
  /// All but those equal to `cutoff` are above it.
  private static func largest(
    _ length: Int, of values: [Double], above cutoff: Double
  ) -> [Int] {
    var above: [Int] = []
    for draw in values.indices where values[draw] > cutoff { above.append(draw) }
    let missing = length - above.count
    if missing > 0 {
      above += values.indices.filter { values[$0] == cutoff }.suffix(missing)
    }
    return above.sorted { (values[$0], $0) < (values[$1], $1) }
  }

  /// The value of a rank in ascending order, counted from 1.
  private static func value(ofRank rank: Int, in values: [Double]) -> Double {
    var work = values
    return work.withUnsafeMutableBufferPointer {
      select($0, rank - 1)
      return $0[rank - 1]
    }
  }
}

import Foundation
import Numerics

/// How far a posterior moves when one part of its density, a prior or the likelihood, is raised to a
/// power near 1: power-scaling sensitivity (Kallioinen, Paananen, Bürkner & Vehtari 2023; article
/// PowerScalingSensitivity).
public struct PowerScaling: Sendable, Equatable {
  /// The larger of the two Pareto k of the weights; above `threshold` the sensitivities cannot be
  /// relied on.
  public let paretoK: Double
  /// The largest k at which so many draws can be relied on.
  public let threshold: Double
  private let down: [Double]
  private let up: [Double]

  /// The power by which the part is weakened; it is strengthened by 2 minus that.
  static let power = 0.99

  /// The weights of draws for a part whose log density at each draw is given, all finite.
  public init(logDensities: [Double]) {
    let mean = logDensities.reduce(0, +) / Double(max(logDensities.count, 1))
    let smoothed = [Self.power - 1, 1 - Self.power].map { power in
      // About their mean, so that a density of many participants loses no digits.
      SmoothedWeights(logRatios: logDensities.map { power * ($0 - mean) })
    }
    down = smoothed[0].weights
    up = smoothed[1].weights
    paretoK = max(smoothed[0].paretoK, smoothed[1].paretoK)
    threshold = SmoothedWeights.threshold(draws: max(logDensities.count, 2))
  }

  /// Weights as they are, for a check without smoothing.
  init(unsmoothed logDensities: [Double]) {
    let weights = [Self.power - 1, 1 - Self.power].map { power -> [Double] in
      let scaled = logDensities.map { power * $0 }
      let total = logSumExp(scaled)
      return scaled.map { exp($0 - total) }
    }
    (down, up) = (weights[0], weights[1])
    (paretoK, threshold) = (0, SmoothedWeights.threshold(draws: max(logDensities.count, 2)))
  }

  /// Whether the weights can be relied on.
  public var isReliable: Bool { paretoK <= threshold }

  /// The sensitivity D of a quantity: the distance that its marginal moves per doubling of the power,
  /// the mean of both directions; nil for draws that do not vary.
  public func sensitivity(of draws: [Double]) -> Double? {
    let order = draws.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }
    let (scale, shorter) = (log2(2 - Self.power), abs(log2(Self.power)))
    guard let stronger = Self.distance(draws, order, up),
      let weaker = Self.distance(draws, order, down)
    else { return nil }
    return 0.5 * (stronger / scale + weaker / shorter)
  }

  /// The cumulative Jensen-Shannon distance between the draws with equal weights and with others
  /// (Nguyen & Vreeken 2015), between 0 and 1: the larger of those of x and of −x.
  static func distance(_ draws: [Double], _ weights: [Double]) -> Double? {
    let order = draws.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }
    return distance(draws, order, weights)
  }

  private static func distance(
    _ draws: [Double], _ order: [Int], _ weights: [Double]
  ) -> Double? {
    guard let first = order.first, let last = order.last, draws[first] < draws[last] else {
      return nil
    }
    let ascending = divergence(order.map { draws[$0] }, order.map { weights[$0] })
    let reversed = Array(order.reversed())
    let descending = divergence(reversed.map { -draws[$0] }, reversed.map { weights[$0] })
    return max(ascending, descending).squareRoot()
  }

  /// [CJS(P‖Q) + CJS(Q‖P)] / ∫(P + Q) of the distribution functions P of equal and Q of other weights
  /// over sorted values.
  private static func divergence(_ sorted: [Double], _ weights: [Double]) -> Double {
    let step = 1 / Double(sorted.count)
    var (p, q) = (0.0, 0.0)
    var (sum, area) = (0.0, 0.0)
    for place in sorted.indices.dropLast() {
      p += step
      q += weights[place]
      let width = sorted[place + 1] - sorted[place]
      guard width > 0 else { continue }
      let middle = 0.5 * (p + q)
      // The terms in Q − P of both directions cancel.
      sum += width * (term(p, middle) + term(q, middle))
      area += width * (p + q)
    }
    return max(sum / area, 0)
  }

  /// a log2(a / m).
  private static func term(_ a: Double, _ middle: Double) -> Double {
    a > 0 ? a * log2(a / middle) : 0
  }
}

/// What the sensitivities of a quantity to the priors and to the likelihood say together.
public enum PowerScalingVerdict: String, Sendable, Equatable, CaseIterable {
  /// Neither prior moves it.
  case none = "-"
  /// The prior moves it and the likelihood does as well: they may be in conflict.
  case conflict = "prior-data conflict"
  /// The prior moves it, the likelihood hardly: a strong prior or a weak likelihood.
  case weakLikelihood = "strong prior or weak likelihood"

  /// The sensitivity above which a quantity counts as sensitive (priorsense).
  public static let threshold = 0.05

  /// The verdict on a pair of sensitivities; one that does not exist counts as none.
  public init(prior: Double?, likelihood: Double?) {
    guard let prior, prior >= Self.threshold else {
      self = .none
      return
    }
    self = (likelihood ?? 0) >= Self.threshold ? .conflict : .weakLikelihood
  }
}

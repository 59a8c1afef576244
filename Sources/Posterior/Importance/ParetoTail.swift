import Foundation

/// A generalised Pareto distribution fitted to the excesses of a tail over its threshold.
///
/// The estimate is that of Zhang & Stephens (2009), with the weakly informative prior on the shape of
/// Vehtari, Simpson, Gelman, Yao & Gabry (2024).
public struct ParetoTail: Sendable, Equatable {
  /// The shape k: moments of order 1/k and above do not exist.
  ///
  /// Infinite where no fit is possible.
  public let shape: Double
  /// The scale σ, in the unit of the excesses.
  public let scale: Double

  private static let fewestGridPoints = 30
  private static let priorWeight = 10.0
  private static let priorShape = 0.5

  /// Fits positive excesses in ascending order.
  public init(ascending excesses: [Double]) {
    let n = Double(excesses.count)
    guard let largest = excesses.last, largest > 0 else {
      (shape, scale) = (.infinity, .nan)
      return
    }
    let count = ParetoTail.fewestGridPoints + Int(n.squareRoot())
    let quartile = excesses[max(Int(n / 4 + 0.5), 1) - 1]
    let grid = (1...count).map { (j: Int) -> Double in
      let ratio: Double = Double(count) / (Double(j) - 0.5)
      return 1 / largest + (1 - ratio.squareRoot()) / (3 * quartile)
    }
    let profile = grid.map { theta in
      let k = ParetoTail.meanLog(theta, excesses)
      return n * (log(-theta / k) - k - 1)
    }
    let top = profile.max() ?? .nan
    let weights = profile.map { exp($0 - top) }
    let theta = zip(grid, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    let k = ParetoTail.meanLog(theta, excesses)
    guard k.isFinite else {
      (shape, scale) = (.infinity, .nan)
      return
    }
    scale = -k / theta
    shape = (n * k + ParetoTail.priorWeight * ParetoTail.priorShape) / (n + ParetoTail.priorWeight)
  }

  private static func meanLog(_ theta: Double, _ excesses: [Double]) -> Double {
    // Logarithms of products, where factors differ enough from 1 to keep their digits.
    guard abs(theta) * (excesses.last ?? 0) > 1e-3 else {
      return excesses.reduce(0) { $0 + log1p(-theta * $1) } / Double(excesses.count)
    }
    var sum = 0.0
    var product = 1.0
    for excess in excesses {
      let factor = 1 - theta * excess
      guard factor < 1e100 else {
        sum += log(factor)
        continue
      }
      product *= factor
      if product > 1e100 || product < 1e-100 {
        sum += log(product)
        product = 1
      }
    }
    return (sum + log(product)) / Double(excesses.count)
  }

  /// The excess at a probability.
  public func quantile(_ probability: Double) -> Double {
    let exponent = -log1p(-probability)
    return shape == 0 ? scale * exponent : scale * expm1(shape * exponent) / shape
  }
}

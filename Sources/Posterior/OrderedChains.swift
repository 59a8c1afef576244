import Numerics

/// The draws of one quantity together with their order: sorted once, for all figures of it.
///
/// The diagnostics of the draws are its methods, one file a family. They are those of Vehtari,
/// Gelman, Simpson, Carpenter & Bürkner (2021), as R's package posterior computes them, and all are
/// nil where any draw is not finite or all are equal.
public struct OrderedChains: Sendable {
  /// The draws.
  public let chains: ChainValues
  /// The draws in ascending order over all chains; empty if any is not finite.
  public let sorted: [Double]
  /// For each element of `sorted` its place in `chains.values`.
  let order: [Int32]
  /// Whether every draw is finite.
  public let isFinite: Bool

  /// Sorts the draws; O(n).
  public init(_ chains: ChainValues) {
    self.chains = chains
    isFinite = chains.values.allSatisfy(\.isFinite)
    guard isFinite else {
      (sorted, order) = ([], [])
      return
    }
    let order = ascendingOrder(chains.values)
    self.order = order
    sorted = order.map { chains.values[Int($0)] }
  }

  /// Whether all draws are finite and equal.
  public var isConstant: Bool { isFinite && sorted.first == sorted.last }

  /// Whether the diagnostics are defined.
  var varies: Bool { isFinite && !isConstant }

  /// A quantile over all draws, type 7.
  public func quantile(_ probability: Double) -> Double {
    Numerics.quantile(sorted: sorted, probability)
  }

  /// The mean over all draws; not a number if any draw is not finite.
  public var mean: Double {
    isFinite ? pairedSum(chains.values) { $0 } / Double(chains.count) : .nan
  }

  /// The standard deviation over all draws, divisor n − 1; not a number if any is not finite.
  public var standardDeviation: Double {
    guard isFinite else { return .nan }
    guard !isConstant else { return 0 }
    let center = SIMD4(repeating: mean)
    let squares = pairedSum(chains.values) { ($0 - center) * ($0 - center) }
    return (squares / Double(chains.count - 1)).squareRoot()
  }
}

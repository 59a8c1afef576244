/// The draws of one quantity: iteration × chain.
public struct ChainValues: Sendable, Equatable {
  /// The number of chains.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// All values: chain after chain, within it the draws in order.
  public let values: [Double]

  /// The draws of chains that are equally long.
  public init(_ chains: [[Double]]) {
    self.init(values: Array(chains.joined()), chains: chains.count)
  }

  /// The draws of equally long chains, chain after chain.
  public init(values: [Double], chains: Int) {
    precondition(chains > 0 && values.count % chains == 0, "\(values.count) draws of \(chains)")
    self.chains = chains
    self.iterations = values.count / chains
    self.values = values
  }

  /// One variable of an array of draws.
  public init(_ draws: Draws, variable: Int) {
    self.init(values: Array(draws.variable(variable)), chains: draws.chains)
  }

  /// The number of draws over all chains.
  public var count: Int { values.count }

  /// The first and the last half of each chain as chains of their own; the middle draw of an odd
  /// number is left out.
  public var split: ChainValues {
    guard iterations % 2 == 1 else { return ChainValues(values: values, chains: 2 * chains) }
    let half = iterations / 2
    var halves: [Double] = []
    halves.reserveCapacity(2 * chains * half)
    for start in stride(from: 0, to: count, by: iterations) {
      halves += values[start..<(start + half)]
      halves += values[(start + half + 1)..<(start + iterations)]
    }
    return ChainValues(values: halves, chains: 2 * chains)
  }

  /// The chains with every value replaced by a function of it.
  public func map(_ transform: (Double) -> Double) -> ChainValues {
    ChainValues(values: values.map(transform), chains: chains)
  }

  /// Whether diagnostics are defined: every value is finite, and not all are equal.
  public var varies: Bool {
    guard let first = values.first else { return false }
    var differs = false
    for value in values {
      guard value.isFinite else { return false }
      if value != first { differs = true }
    }
    return differs
  }
}

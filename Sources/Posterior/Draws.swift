/// Posterior draws of named variables: iteration × chain × variable.
public struct Draws: Sendable, Equatable {
  /// One name a variable.
  public let names: [String]
  /// The number of chains.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// All values: variable after variable, within it chain after chain, within it the draws in order.
  public var values: [Double]

  /// An array of draws filled with zeros.
  public init(names: [String], chains: Int, iterations: Int) {
    self.names = names
    self.chains = chains
    self.iterations = iterations
    values = [Double](repeating: 0, count: names.count * chains * iterations)
  }

  /// The number of draws of a variable over all chains.
  public var count: Int { chains * iterations }

  /// The value of a variable in one draw.
  @inlinable
  public subscript(variable variable: Int, chain chain: Int, iteration iteration: Int) -> Double {
    get { values[(variable * chains + chain) * iterations + iteration] }
    set { values[(variable * chains + chain) * iterations + iteration] = newValue }
  }

  /// All draws of one variable, chain after chain.
  public func variable(_ index: Int) -> ArraySlice<Double> {
    values[(index * count)..<((index + 1) * count)]
  }

  /// The position of a variable by name.
  public func index(of name: String) -> Int? {
    names.firstIndex(of: name)
  }
}

/// Makes the summaries of many quantities that have equally many draws.
public struct Summariser: Sendable {
  /// The number of chains of a quantity.
  public let chains: Int
  /// The number of draws of each chain.
  public let iterations: Int
  /// The level of central and shortest intervals.
  public let level: Double
  /// The normal scores of the ranks of the split chains.
  public let scores: NormalScores

  /// A summariser for quantities of one shape.
  public init(chains: Int, iterations: Int, level: Double) {
    self.chains = chains
    self.iterations = iterations
    self.level = level
    scores = NormalScores(count: chains * 2 * (iterations / 2))
  }

  /// The summary of one quantity's draws.
  public func summary(of values: ChainValues) -> PosteriorSummary {
    summary(of: OrderedChains(values))
  }

  /// The summary of one quantity's draws, sorted already.
  func summary(of ordered: OrderedChains) -> PosteriorSummary {
    let values = ordered.chains
    precondition(
      values.chains == chains && values.iterations == iterations,
      "\(values.chains) × \(values.iterations) draws in place of \(chains) × \(iterations)")
    let (mean, sd) = (ordered.mean, ordered.standardDeviation)
    // Ranks and deviations serve R-hat and the bulk effective sample size alike.
    let defined = ordered.varies && iterations > 3
    let bulk = defined ? CenteredChains(ordered.rankNormalized(scores)) : nil
    return PosteriorSummary(
      mean: mean, sd: sd, median: ordered.quantile(0.5),
      central: .central(sorted: ordered.sorted, level: level),
      shortest: .shortest(sorted: ordered.sorted, level: level),
      mcseMean: ordered.essMean.map { sd / $0.squareRoot() },
      rhat: bulk.flatMap { ordered.rhat(bulk: $0, scores) },
      essBulk: bulk.flatMap { $0.iterations > 2 ? EffectiveSampleSize.of($0) : nil },
      essTail: ordered.essTail)
  }

  /// The summary of draws of one quantity, chain after chain.
  public func summary(of values: [Double]) -> PosteriorSummary {
    summary(of: ChainValues(values: values, chains: chains))
  }
}

extension Draws {
  /// The summaries of all variables, in their order.
  public func summaries(level: Double) -> [PosteriorSummary] {
    let summariser = Summariser(chains: chains, iterations: iterations, level: level)
    return names.indices.map { summariser.summary(of: ChainValues(self, variable: $0)) }
  }
}

/// The potential scale reduction factor R-hat.
public enum PotentialScaleReduction {
  /// R-hat of chains as they are given, neither split nor ranked.
  ///
  /// √((B/W + N − 1)/N) with N draws a chain, B = N × variance of the chain means, W = mean variance
  /// within chains. Nil for fewer than two chains or two draws a chain.
  public static func basic(_ chains: ChainValues) -> Double? {
    guard chains.chains > 1, chains.iterations > 1, chains.varies else { return nil }
    return basic(CenteredChains(chains))
  }

  static func basic(_ centered: CenteredChains) -> Double {
    let n = Double(centered.iterations)
    let within = centered.autocovariance(lag: 0) * n / (n - 1)
    return ((n * centered.varianceOfMeans / within + n - 1) / n).squareRoot()
  }
}

extension OrderedChains {
  /// R-hat of the split chains, without ranks.
  public var rhatBasic: Double? { PotentialScaleReduction.basic(chains.split) }

  /// R-hat of the rank-normalised split chains, of the draws and of their distances from the
  /// median, whichever is larger.
  ///
  /// `scores` are those of `splitCount` ranks. Also nil where all distances are equal.
  public func rhat(_ scores: NormalScores) -> Double? {
    guard varies, chains.iterations > 3 else { return nil }
    return rhat(bulk: CenteredChains(rankNormalized(scores)), scores)
  }

  /// R-hat from the rank-normalised split chains.
  func rhat(bulk: CenteredChains, _ scores: NormalScores) -> Double? {
    let folded = foldedRankNormalized(scores)
    guard folded.varies else { return nil }
    let location = PotentialScaleReduction.basic(bulk)
    return max(location, PotentialScaleReduction.basic(CenteredChains(folded)))
  }
}

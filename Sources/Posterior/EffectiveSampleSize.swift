import Foundation

/// The effective sample size of chains, by Geyer's initial monotone sequence.
public enum EffectiveSampleSize {
  /// The effective sample size of chains as they are given; nil below three draws a chain.
  public static func of(_ chains: ChainValues) -> Double? {
    guard chains.iterations > 2, chains.varies else { return nil }
    return of(CenteredChains(chains))
  }

  static func of(_ centered: CenteredChains) -> Double {
    let pairs = initialPositiveSequence(centered)
    let draws = Double(centered.chains * centered.iterations)
    return draws / max(integratedTime(pairs), 1 / log10(draws))
  }

  /// The pairs (ρ₂ₘ, ρ₂ₘ₊₁) of autocorrelations up to the first whose sum is not positive.
  ///
  /// Lags are computed only as far as they are needed: a few for chains that mix well.
  private static func initialPositiveSequence(_ centered: CenteredChains) -> [Pair] {
    let n = Double(centered.iterations)
    let atZero = centered.autocovariance(lag: 0)
    let within = atZero * n / (n - 1)
    let total = atZero + centered.varianceOfMeans
    func correlation(_ lag: Int) -> Double {
      1 - (within - centered.autocovariance(lag: lag)) / total
    }
    var pairs = [Pair(even: 1, odd: correlation(1))]
    var last = pairs[0]
    var lag = 0
    while lag < centered.iterations - 5 && last.even + last.odd > 0 {
      lag += 2
      last = Pair(even: correlation(lag), odd: correlation(lag + 1))
      // The pair that ends the sequence is left at zero but for a positive even member.
      let ends = last.even + last.odd < 0
      pairs.append(ends ? Pair(even: max(last.even, 0), odd: 0) : last)
    }
    return pairs
  }

  /// The integrated autocorrelation time, after the sequence has been made monotone.
  private static func integratedTime(_ positive: [Pair]) -> Double {
    var pairs = positive
    let last = pairs.count - 1
    // Below six draws a chain there is one pair alone, and R's empty range 1:0 counts ρ₀ once.
    guard last > 0 else { return 2 }
    for m in 1..<last
    where pairs[m].even + pairs[m].odd > pairs[m - 1].even + pairs[m - 1].odd {
      let half = (pairs[m - 1].even + pairs[m - 1].odd) / 2
      pairs[m] = Pair(even: half, odd: half)
    }
    let sum = pairs[..<last].reduce(0) { $0 + $1.even + $1.odd }
    return -1 + 2 * sum + pairs[last].even
  }

  /// The autocorrelations at an even lag and the next.
  private struct Pair {
    var even: Double
    var odd: Double
  }
}

extension OrderedChains {
  /// The effective sample size of the rank-normalised draws: how well the bulk is known.
  ///
  /// `scores` are those of `splitCount` ranks.
  public func essBulk(_ scores: NormalScores) -> Double? {
    guard varies else { return nil }
    return EffectiveSampleSize.of(rankNormalized(scores))
  }

  /// The smaller of the effective sample sizes of the 5 % and the 95 % quantile.
  public var essTail: Double? {
    guard let low = essQuantile(0.05), let high = essQuantile(0.95) else { return nil }
    return min(low, high)
  }

  /// The effective sample size for the mean.
  public var essMean: Double? { EffectiveSampleSize.of(chains.split) }

  /// The effective sample size for the standard deviation: that of |x − mean|.
  public var essSD: Double? {
    guard varies else { return nil }
    let center = mean
    return EffectiveSampleSize.of(chains.map { abs($0 - center) }.split)
  }

  /// The effective sample size for a quantile: that of the indicator x ≤ quantile.
  public func essQuantile(_ probability: Double) -> Double? {
    guard varies else { return nil }
    let limit = quantile(probability)
    return EffectiveSampleSize.of(chains.map { $0 <= limit ? 1 : 0 }.split)
  }
}

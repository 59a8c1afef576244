import Numerics

/// Every figure of one parameter's chains, as R's package posterior has them.
///
/// What the definition leaves undefined (constant draws, draws that are not finite, too few draws)
/// is nil.
public struct ParameterDiagnostics: Sendable, Equatable {
  /// The name, as the draws file has it.
  public let name: String
  /// Mean, spread, rank-normalised R-hat, bulk and tail effective sample size.
  public let summary: PosteriorSummary
  /// R-hat of the split chains, without ranks.
  public let rhatBasic: Double?
  /// The effective sample size for the mean.
  public let essMean: Double?
  /// The effective sample size for the standard deviation.
  public let essSD: Double?
  /// The effective sample size for the 5 % quantile.
  public let essQ5: Double?
  /// The effective sample size for the 95 % quantile.
  public let essQ95: Double?
  /// The Monte-Carlo standard error of the standard deviation.
  public let mcseSD: Double?
  /// The Monte-Carlo standard error of the 5 % quantile.
  public let mcseQ5: Double?
  /// The Monte-Carlo standard error of the 95 % quantile.
  public let mcseQ95: Double?
  /// The standard deviation; nil for a single draw and for draws that are not finite.
  public let sd: Double?
  /// How the chains differ most; nil where that is undefined.
  public let pattern: ChainPattern?

  /// The mean; nil for draws that are not finite.
  public var mean: Double? { isFinite ? summary.mean : nil }
  /// Whether every draw is finite.
  public var isFinite: Bool { summary.mean.isFinite }
  /// Whether all draws are finite and equal.
  public var isConstant: Bool { summary.sd == 0 }

  init(name: String, _ ordered: OrderedChains, summary: PosteriorSummary) {
    self.name = name
    self.summary = summary
    rhatBasic = ordered.rhatBasic
    essMean = ordered.essMean
    essSD = ordered.essSD
    essQ5 = ordered.essQuantile(0.05)
    essQ95 = ordered.essQuantile(0.95)
    mcseSD = ordered.mcseSD
    mcseQ5 = ordered.mcseQuantile(0.05)
    mcseQ95 = ordered.mcseQuantile(0.95)
    sd = ordered.isFinite && ordered.sorted.count > 1 ? summary.sd : nil
    pattern = ordered.varies ? ChainPattern(ordered.chains, rhatBasic: rhatBasic) : nil
  }
}

extension Summariser {
  /// Every figure of one parameter's draws.
  public func diagnostics(of values: ChainValues, name: String) -> ParameterDiagnostics {
    let ordered = OrderedChains(values)
    return ParameterDiagnostics(name: name, ordered, summary: summary(of: ordered))
  }
}

/// How chains with a large R-hat differ: what points to the likely cause.
public enum ChainPattern: Sendable, Equatable {
  /// They move in one direction from their first half to their second.
  case drift
  /// One chain, counted from 1, is away from the others.
  case oneChain(Int)
  /// They are at different places.
  case location
  /// They are at the same place, and more spread out in some than in others.
  case spread

  /// The pattern of chains that vary; nil below two draws a chain.
  ///
  /// A common drift is one that exceeds the standard deviation of the chain means; a chain is away
  /// if it is three times as far from the mean of the others as these from one another (SD).
  init?(_ chains: ChainValues, rhatBasic: Double?) {
    guard chains.iterations > 1, let rhatBasic else { return nil }
    if rhatBasic <= Convergence.rhatLimit {
      self = .spread
      return
    }
    let length = chains.iterations
    let half = length / 2
    var means: [Double] = []
    var drift = 0.0
    for start in stride(from: 0, to: chains.count, by: length) {
      let draws = chains.values[start..<(start + length)]
      let (first, second) = (draws.prefix(half), draws.suffix(half))
      means.append(mean(Array(draws)))
      drift += mean(Array(second)) - mean(Array(first))
    }
    drift = abs(drift) / Double(chains.chains)
    let spread = means.count > 1 ? variance(means).squareRoot() : 0
    if drift > spread {
      self = .drift
    } else {
      self = Self.outlier(means).map { .oneChain($0 + 1) } ?? .location
    }
  }

  private static func outlier(_ means: [Double]) -> Int? {
    guard means.count > 2 else { return nil }
    return means.indices.first { index in
      let others = means.indices.filter { $0 != index }.map { means[$0] }
      return abs(means[index] - mean(others)) > 3 * variance(others).squareRoot()
    }
  }
}

import Foundation
public import Inference
import MixedModels

/// Priors for estimates, and where they come from.
public struct SourcedPriors: Sendable, Equatable {
  /// The priors.
  public let priors: PoolingPriors
  /// In a few words where they come from.
  public let source: String

  /// Priors with their source.
  public init(_ priors: PoolingPriors, source: String) {
    self.priors = priors
    self.source = source
  }

  /// Priors for estimates in any unit.
  ///
  /// The mean has the flat prior; τ that of DuMouchel (1994), s₀/(s₀ + τ)² with s₀² the harmonic mean
  /// of the squared standard errors: its median is s₀, where half of the spread of such estimates is
  /// heterogeneity. It knows no unit, so that measuring in another one changes no conclusion.
  public static func unitFree(_ estimates: [StudyEstimate]) -> SourcedPriors {
    // Relative to the smallest, so that no square leaves the range of numbers.
    let least = estimates.map(\.se).min() ?? 1
    let precision = estimates.reduce(0) { $0 + (least / $1.se) * (least / $1.se) }
    let scale = least * (Double(estimates.count) / precision).squareRoot()
    return SourcedPriors(
      PoolingPriors(
        mean: .init(mean: 0, sd: .infinity), heterogeneity: .lomax(shape: 1, scale: scale)),
      source: "the default without a unit (DuMouchel; scaled by the harmonic mean standard error)")
  }

  /// The priors of effect and τ1 of a prior set, for estimates in the unit of the set's numbers; nil
  /// where these are in units that estimates do not tell.
  public init?(absolute entries: PriorSet.Entries, source: String) {
    guard entries.effect.unit == .absolute, entries.tau1.unit == .absolute else { return nil }
    let mean: PoolingPriors
    switch entries.effect.family {
    case .flat:
      mean = PoolingPriors(
        mean: .init(mean: 0, sd: .infinity), heterogeneity: entries.tau1.prior)
    case .normal(let center?, let sd):
      mean = PoolingPriors(
        mean: .init(mean: center, sd: sd), heterogeneity: entries.tau1.prior)
    case .normal(nil, _): return nil
    }
    self.init(mean, source: source)
  }
}

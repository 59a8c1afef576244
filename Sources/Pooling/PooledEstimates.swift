public import Designs
import Numerics

/// A two-stage meta-analysis: estimates, the posterior of the hierarchical model, and the classical
/// estimates beside it.
public struct PooledEstimates: Sendable, Equatable {
  /// The estimates in their order.
  public let estimates: [StudyEstimate]
  /// The priors.
  public let priors: PoolingPriors
  /// The posterior.
  public let bayes: HierarchicalPosterior
  /// REML, DL, PM and EE, each without and with the adjustment of Hartung & Knapp.
  public let classical: [ClassicalEstimate]

  /// The classical estimate of a method.
  public func classical(
    _ method: HeterogeneityEstimator, hartungKnapp: Bool
  ) -> ClassicalEstimate? {
    classical.first { $0.method == method && $0.isHartungKnapp == hartungKnapp }
  }
}

/// Pools estimates with known standard errors; intervals are at a level.
///
/// - Precondition: two estimates or more, all finite, with positive standard errors.
/// - Throws: `improper` where the posterior has no finite integral; `numerical` where a search does
///   not end.
public func pool(
  _ estimates: [StudyEstimate], priors: PoolingPriors, level: Double = 0.95
) throws(PoolingFailure) -> PooledEstimates {
  let bayes = try HierarchicalPosterior(estimates, priors, level: level)
  do throws(NumericalError) {
    return PooledEstimates(
      estimates: estimates, priors: priors, bayes: bayes,
      classical: try ClassicalPooling(estimates, level: level).estimates())
  } catch {
    throw .numerical(error)
  }
}

extension PooledEstimates {
  /// Pools the trials' effects among some participants of a design, each trial analysed by itself.
  ///
  /// nil where fewer than two trials have an estimate, where the posterior is improper or cannot be
  /// had, and for a design with case weights, which trials analysed one by one do not know.
  public init?(_ design: Design, rows: [Int], priors: PoolingPriors, level: Double) {
    guard design.weights == nil else { return nil }
    let estimates = TrialEffects(design, rows: rows).estimates
    guard estimates.count > 1, let pooled = try? pool(estimates, priors: priors, level: level)
    else {
      return nil
    }
    self = pooled
  }
}

import MixedModels
import Numerics
import Sampling

/// The coordinates on which the chains of a model move: adapted to its posterior, or the priors' own.
struct SamplingCoordinates: Sendable {
  private let model: MarginalModel
  private let priors: VariancePriors
  private let coordinates: [VarianceCoordinate]
  private let isAdapted: Bool

  init(_ model: MarginalModel, _ priors: VariancePriors) {
    self.model = model
    self.priors = priors
    let adapted = priors.adaptedCoordinates(model)
    isAdapted = adapted != nil
    coordinates = adapted ?? priors.coordinates(rows: model.statistics.rows)
  }

  /// The density of one chain, for its thread.
  func target() -> VarianceTarget { VarianceTarget(model, priors, coordinates) }

  /// Where chains start: further apart than the posterior is wide, where its width is known.
  var starts: StartingPoints {
    let spread = isAdapted ? 2.0 : 1.0
    let dimension = coordinates.count
    return StartingPoints { _, stream in (0..<dimension).map { _ in spread * stream.normal() } }
  }

  /// A plan for these coordinates.
  ///
  /// Where the density is nearly normal in all directions, steps need not be as cautious as Stan's.
  func plan(_ plan: SamplerPlan) -> SamplerPlan {
    var own = plan
    if isAdapted { own.regularisation = 0.1 }
    return own
  }
}

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
    coordinates =
      adapted ?? priors.centred(priors.coordinates(rows: model.statistics.rows), for: model)
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

extension VariancePriors {
  /// Coordinates on which σ is at zero at the mode of the posterior, so that chains need not look for it: in a
  /// subgroup, or about subgroups, σ may be far from the within-arm SD of all participants.
  func centred(
    _ coordinates: [VarianceCoordinate], for model: MarginalModel
  ) -> [VarianceCoordinate] {
    let target = VarianceTarget(model, self, coordinates)
    guard free.first == 0, case .logarithm(_, let unit) = coordinates[0],
      let mode = try? VarianceQuadrature.mode(target)
    else { return coordinates }
    var centred = coordinates
    centred[0] = .logarithm(reference: target.variances(at: mode).sigma, unit: unit)
    return centred
  }
}

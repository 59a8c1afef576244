import Foundation
public import Inference

/// The priors of one between-trial SD under which a fit is done again (article RefitsUnderOtherPriors).
///
/// All are built on the median m of the analysis's prior, times ½, 1 and 2, so that they say the same about
/// what is typical and differ in what they think of large values.
public struct PriorGrid: Sendable, Equatable {
  /// The form of a prior.
  public enum Shape: String, Sendable, Equatable, CaseIterable {
    /// With median m: scale m / 0.6745.
    case halfNormal = "half-normal"
    /// With median m: scale m.
    case halfCauchy = "half-cauchy"
    /// From 0 to four scales of the half-normal: nearly all that this one allows, and all of it alike.
    case uniform
    /// With median m: rate log 2 / m.
    case exponential
  }

  /// One prior of the grid.
  public struct Entry: Sendable, Equatable {
    /// Its form.
    public let shape: Shape
    /// What the analysis's median is multiplied by.
    public let factor: Double
    /// The prior.
    public let prior: HeterogeneityPrior
  }

  /// What the median is multiplied by.
  public static let factors = [0.5, 1, 2]

  /// The priors, form by form.
  public let entries: [Entry]

  /// The grid about a prior; nil where this fixes the SD at 0, or has no median.
  public init?(around prior: HeterogeneityPrior) {
    let median = prior.quantile(0.5)
    guard median > 0, median.isFinite else { return nil }
    var scale = median / HeterogeneityPrior.halfNormal(scale: 1).quantile(0.5)
    // Without rounding, so that the analysis itself is one of the refits.
    if case .halfNormal(let given) = prior { scale = given }
    entries = Shape.allCases.flatMap { shape in
      Self.factors.map { factor in
        Entry(
          shape: shape, factor: factor,
          prior: shape.prior(median: factor * median, scale: factor * scale))
      }
    }
  }
}

extension PriorGrid.Shape {
  /// The prior of this form for a median and the scale of the half-normal that has it.
  fileprivate func prior(median: Double, scale: Double) -> HeterogeneityPrior {
    switch self {
    case .halfNormal: .halfNormal(scale: scale)
    case .halfCauchy: .halfCauchy(scale: median)
    case .uniform: .uniform(lower: 0, upper: 4 * scale)
    case .exponential: .exponential(rate: log(2) / median)
    }
  }
}

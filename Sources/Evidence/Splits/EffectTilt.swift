import Foundation
import Inference
import MixedModels
import Numerics

/// What the likelihood of given variances becomes when the effects of some leaves, independent in the model,
/// are equal or have differences of a given size (article SplitBayesFactors, "Given the variances").
///
/// Given the variances the effects are normal, and so are all priors: putting one prior in the place of
/// another is a ratio of normal integrals in closed form. Several leaves may have one effect under every
/// supposition, as those do that differ in their intercepts alone.
struct EffectTilt: Sendable {
  /// The number C of effects that may differ.
  let effects: Int
  /// Which of them each leaf has.
  let groups: [Int]
  /// The model's prior of each.
  let prior: CoefficientPrior.Normal
  /// The prior SDs of a difference.
  let scales: [Double]
  /// The first row is 1/√C throughout, the others are orthonormal contrasts.
  private let rotation: Matrix

  /// Leaf by leaf its effect, counted from 0 without gaps.
  init(groups: [Int], prior: CoefficientPrior.Normal, scales: [Double]) {
    let effects = (groups.max() ?? -1) + 1
    self.effects = effects
    self.groups = groups
    self.prior = prior
    self.scales = scales
    var rotation = Matrix(rows: effects, columns: effects)
    let count = Double(effects)
    for j in 0..<effects { rotation[0, j] = 1 / count.squareRoot() }
    for i in 1..<max(effects, 1) {
      // Helmert's: the mean of the first i against the next.
      let length = Double(i * (i + 1)).squareRoot()
      for j in 0..<i { rotation[i, j] = 1 / length }
      rotation[i, i] = -Double(i) / length
    }
    self.rotation = rotation
  }

  /// The log likelihoods of the suppositions less that of the model, up to a common constant.
  struct Ratios {
    /// Of equal effects.
    let equal: Double
    /// Of different ones, a number for each scale.
    let different: [Double]
  }

  /// The ratios from the moments of the leaves' effects in the model; nil where these are not determined.
  func ratios(_ moments: ColumnMoments) -> Ratios? {
    guard let own = try? Cholesky(moments.covariance) else { return nil }
    let precision = own.inverse
    let pull = precision.times(moments.mean)
    let before = 0.5 * own.logDeterminant + 0.5 * dot(moments.mean, pull)
    // What the likelihood alone says of the effects, added up over leaves that share one.
    let pi = prior.precision
    var likelihood = Matrix(rows: effects, columns: effects)
    var slope = [Double](repeating: 0, count: effects)
    for (i, a) in groups.enumerated() {
      slope[a] += pull[i] - pi * (pi > 0 ? prior.mean : 0)
      for (j, b) in groups.enumerated() {
        likelihood[a, b] += precision[i, j] - (i == j ? pi : 0)
      }
    }
    var rotated = rotation * likelihood * rotation.transposed
    var rotatedSlope = rotation.times(slope)
    let count = Double(effects)
    if pi > 0 {
      // The mean of the effects has the prior of one.
      rotated[0, 0] += pi / count
      rotatedSlope[0] += pi / count.squareRoot() * prior.mean
    }
    guard rotated[0, 0] > 0 else { return nil }
    let equal =
      0.5 * (rotatedSlope[0] * rotatedSlope[0] / rotated[0, 0] - log(rotated[0, 0])) - before
    var different: [Double] = []
    for scale in scales {
      var changed = rotated
      let contrast = 2 / (scale * scale)
      for i in 1..<max(effects, 1) { changed[i, i] += contrast }
      guard let factor = try? Cholesky(changed) else { return nil }
      let half = factor.solveLower(rotatedSlope)
      different.append(
        0.5 * (dot(half, half) - factor.logDeterminant + (count - 1) * log(contrast)) - before)
    }
    return Ratios(equal: equal, different: different)
  }
}

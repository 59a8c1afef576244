import Foundation
import Inference
import MixedModels
import Numerics

/// What the likelihood of given variances becomes when the effects of some leaves, independent in the model,
/// are equal or have differences of a given size (article SplitBayesFactors, "Given the variances").
///
/// Given the variances the effects are normal, and so are all priors: putting one prior in the place of
/// another is a ratio of normal integrals in closed form.
struct EffectTilt: Sendable {
  /// The number C of effects.
  let effects: Int
  /// The model's prior of each.
  let prior: CoefficientPrior.Normal
  /// The prior SDs of a difference.
  let scales: [Double]
  /// The first row is 1/√C throughout, the others are orthonormal contrasts.
  private let rotation: Matrix

  init(effects: Int, prior: CoefficientPrior.Normal, scales: [Double]) {
    self.effects = effects
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

  /// The ratios from the moments of the effects in the model; nil where these are not determined.
  func ratios(_ moments: ColumnMoments) -> Ratios? {
    guard let own = try? Cholesky(moments.covariance) else { return nil }
    // Precision and its product with the mean, in the rotated coordinates.
    var precision = rotation * own.inverse * rotation.transposed
    let mean = rotation.times(moments.mean)
    var pull = precision.times(mean)
    let before = 0.5 * own.logDeterminant + 0.5 * dot(mean, pull)
    let pi = prior.precision
    let count = Double(effects)
    if pi > 0 {
      // The mean's direction: one effect's precision for that of the mean of C.
      precision[0, 0] += pi / count - pi
      pull[0] += (pi / count - pi) * count.squareRoot() * prior.mean
    }
    guard precision[0, 0] > 0 else { return nil }
    let equal = 0.5 * (pull[0] * pull[0] / precision[0, 0] - log(precision[0, 0])) - before
    var different: [Double] = []
    for scale in scales {
      var changed = precision
      let contrast = 2 / (scale * scale)
      for i in 1..<max(effects, 1) { changed[i, i] += contrast - pi }
      guard let factor = try? Cholesky(changed) else { return nil }
      let half = factor.solveLower(pull)
      different.append(
        0.5 * (dot(half, half) - factor.logDeterminant + (count - 1) * log(contrast)) - before)
    }
    return Ratios(equal: equal, different: different)
  }
}

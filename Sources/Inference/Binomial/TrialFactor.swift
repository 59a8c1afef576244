import MixedModels

/// The lower Cholesky factor L of the covariance of a trial's random intercept and effect: b = L v with v
/// standard normal; or slopes in its elements.
struct TrialFactor: Equatable {
  var intercept: Double
  var cross: Double
  var effect: Double

  @inline(__always)
  init(intercept: Double, cross: Double, effect: Double) {
    (self.intercept, self.cross, self.effect) = (intercept, cross, effect)
  }

  /// The factor of two SDs and a correlation.
  @inline(__always)
  init(_ tau0: Double, _ tau1: Double, correlation: Double) {
    intercept = tau0
    cross = tau1 * correlation
    effect = tau1 * Self.complement(correlation)
  }

  /// The factor of a model's SDs, a term that it lacks having the SD 0, and then its correlation if it has
  /// one.
  init(_ deviations: [Double], _ terms: ModelTerms) {
    let q = terms.randomTerms
    self.init(
      terms.randomIntercept ? deviations[0] : 0, terms.randomEffect ? deviations[q - 1] : 0,
      correlation: terms.isCorrelated ? deviations[q] : 0)
  }

  /// L v.
  @inline(__always)
  func times(_ v: (Double, Double)) -> (Double, Double) {
    (intercept * v.0, cross * v.0 + effect * v.1)
  }

  /// From slopes in the elements those in the SDs and the correlation.
  @inline(__always)
  static func pullBack(
    _ slope: TrialFactor, tau1: Double, correlation: Double
  ) -> (tau0: Double, tau1: Double, correlation: Double) {
    let rest = complement(correlation)
    return (
      slope.intercept, slope.cross * correlation + slope.effect * rest,
      tau1 * (slope.cross - slope.effect * correlation / rest)
    )
  }

  /// √(1 − ρ²); at ±1 that of a correlation which differs from it by less than rounding.
  @inline(__always)
  private static func complement(_ correlation: Double) -> Double {
    max((1 - correlation) * (1 + correlation), 1e-18).squareRoot()
  }
}

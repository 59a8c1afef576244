import Foundation
public import Numerics

/// Profile-likelihood intervals of fixed coefficients: the values at which twice the fall of the
/// log-likelihood, maximised over all else, is below the χ² quantile with one degree of freedom.
///
/// It is the likelihood, not the restricted one, as `confint` of lme4 has it: restricted likelihoods
/// of models that differ in a coefficient do not compare. A coefficient is fixed by taking its column's
/// part from the cross-products of the outcome, so that rows are not touched.
public struct CoefficientProfile {
  private let model: MarginalModel
  private let maximum: VarianceEstimate
  private let modes: [Double]
  private let errors: [Double]

  /// The maximum of the likelihood of a model, whatever its own treatment of the coefficients is.
  public init(_ model: MarginalModel) throws(NumericalError) {
    let profiled = model.profiled
    let maximiser = VarianceMaximiser(profiled)
    maximum = try maximiser.maximum()
    self.model = profiled
    modes = maximiser.density.conditionalEffects(at: maximum.variances).columns
    let covariance = maximiser.density.columnCovariance()
    errors = (0..<covariance.rows).map { covariance[$0, $0].squareRoot() }
  }

  /// The interval of a column's coefficient; nil where it is not estimated, is a stratified intercept,
  /// or the likelihood does not fall so far.
  public func interval(of role: FixedRole, level: Double) -> (lower: Double, upper: Double)? {
    guard let column = model.columns.roles.firstIndex(where: { $0.fixedRole == role }),
      errors[column] > 0, level > 0, level < 1
    else { return nil }
    guard let below = distance(column, -1, level), let above = distance(column, 1, level) else {
      return nil
    }
    let carriesOrigin = model.columns.roles[column].carriesOrigin(model.terms.intercepts)
    let center = modes[column] + (carriesOrigin ? model.statistics.origin : 0)
    return (center - below * errors[column], center + above * errors[column])
  }

  /// How many standard errors from the estimate, to one side, the likelihood has fallen.
  private func distance(_ column: Int, _ side: Double, _ level: Double) -> Double? {
    let fall = Distributions.chiSquaredQuantile(level, df: 1)
    let target = maximum.logLikelihood - fall / 2
    func excess(_ distance: Double) -> Double {
      let value = modes[column] + side * distance * errors[column]
      let fixed = model.fixing(column, at: value)
      return ((try? VarianceMaximiser(fixed).maximum())?.logLikelihood ?? -.infinity) - target
    }
    var (near, far) = (0.0, 1.5 * fall.squareRoot())
    while excess(far) > 0 {
      (near, far) = (far, 2 * far)
      guard far < 1e3 * fall.squareRoot() else { return nil }
    }
    if near == 0 { near = 1e-3 }
    return try? Minimiser.root(between: near, and: far, tolerance: 1e-10, excess)
  }
}

extension MarginalModel {
  /// The model without a column, whose coefficient is fixed: for its likelihood alone, since the
  /// cells' own sums still have the column's part.
  fileprivate func fixing(_ column: Int, at value: Double) -> MarginalModel {
    var roles = columns.roles
    roles.remove(at: column)
    return MarginalModel(
      statistics, terms, treatment,
      GlobalColumns(independent: roles, aliased: columns.aliased + [columns.roles[column]]),
      products.fixing(column, at: value))
  }
}

import Foundation
public import Numerics

/// A Gaussian mixed model fitted by REML or ML.
public struct MixedModelFit: Sendable, Equatable {
  /// The maximum over the variances.
  public let estimate: VarianceEstimate
  /// All fixed coefficients: the columns as the model has them (intercepts, effects, covariates),
  /// stratified intercepts by trial and leaf, then those that cannot be estimated.
  public let fixed: [FixedEffect]
  /// The predicted random terms (conditional modes) of each trial: K × q.
  public let trialEffects: [[Double]]
  /// The number of parameters, variances included, as lme4 counts them.
  public let parameterCount: Int
  /// The number of participants.
  public let rows: Int
  /// What inference on combinations of the coefficients needs.
  let inference: FixedInference?
  /// The estimates of the estimable coefficients from the outcome's origin, in their order.
  let estimates: [Double]

  /// The parts of a fit of another family, whose inference is its own.
  public init(
    estimate: VarianceEstimate, fixed: [FixedEffect], trialEffects: [[Double]],
    parameterCount: Int, rows: Int
  ) {
    self.estimate = estimate
    self.fixed = fixed
    self.trialEffects = trialEffects
    self.parameterCount = parameterCount
    self.rows = rows
    inference = nil
    estimates = fixed.compactMap(\.estimate)
  }

  /// Fits a model without proper priors: variances at the maximum, then coefficients, standard
  /// errors and degrees of freedom there.
  ///
  /// Throws where σ cannot be estimated or the outcome is fitted exactly.
  public init(_ model: MarginalModel) throws(NumericalError) {
    let maximiser = VarianceMaximiser(model)
    let estimate = try maximiser.maximum()
    let density = maximiser.density
    guard density.evaluate(estimate.variances) > -.infinity else {
      throw .library("the model cannot be evaluated at its maximum")
    }
    let effects = ConditionalEffects(density)
    let inference = FixedInference(maximiser.information, at: estimate.variances)
    let coefficients = effects.columns + effects.intercepts
    let origins =
      model.columns.roles.map { $0.carriesOrigin(model.terms.intercepts) }
      + model.absorbed.map { _ in true }
    let values = zip(coefficients, origins).map { value, carriesOrigin in
      value + (carriesOrigin ? model.statistics.origin : 0)
    }
    let roles = model.fixedRoles
    let estimated = roles.indices.map { i -> FixedEffect in
      guard let found = inference.contrast(inference.unit(i), estimate: values[i]) else {
        return .aliased(roles[i])
      }
      return FixedEffect(
        role: roles[i], estimate: values[i], standardError: found.standardError,
        satterthwaite: found.satterthwaite, kenwardRogerError: found.kenwardRogerError,
        kenwardRogerDF: found.kenwardRogerDF)
    }
    self.estimate = estimate
    self.inference = inference
    estimates = values
    fixed = estimated + model.columns.aliased.map { .aliased($0.fixedRole) }
    trialEffects = effects.trialEffects
    parameterCount = model.parameterCount
    rows = model.statistics.rows
  }

  /// The coefficient of a role.
  public func coefficient(_ role: FixedRole) -> FixedEffect? {
    fixed.first { $0.role == role }
  }

  /// The covariance of the estimable coefficients, in the order of `fixed`; without rows where the
  /// inference is that of another family.
  ///
  /// It is computed when asked for: with stratified intercepts its order is that of leaves × trials.
  public var covariance: Matrix { inference?.fullCovariance ?? Matrix(rows: 0, columns: 0) }

  /// The inference on Σ weight × coefficient; nil where a coefficient with a weight cannot be
  /// estimated, or has no such inference.
  public func contrast(_ weights: [(role: FixedRole, weight: Double)]) -> ContrastEstimate? {
    guard let inference, let row = row(weights) else { return nil }
    return inference.contrast(row, estimate: dot(row, estimates))
  }

  /// The joint test that several such sums are zero; nil as for one, and where none is left.
  public func jointTest(_ contrasts: [[(role: FixedRole, weight: Double)]]) -> JointTest? {
    guard let inference else { return nil }
    let rows = contrasts.compactMap(row)
    guard rows.count == contrasts.count, !rows.isEmpty else { return nil }
    return inference.jointTest(rows, estimates: rows.map { dot($0, estimates) })
  }

  /// The weights of all estimable coefficients in a sum; nil where one of the sum is not among them.
  private func row(_ weights: [(role: FixedRole, weight: Double)]) -> [Double]? {
    var row = [Double](repeating: 0, count: estimates.count)
    for entry in weights {
      guard let place = fixed.firstIndex(where: { $0.role == entry.role }), place < row.count
      else { return nil }
      row[place] += entry.weight
    }
    return row
  }
}

extension MarginalModel {
  /// The number of parameters as lme4 counts them: coefficients, between-trial variances, their
  /// covariance, the residual variance.
  public var parameterCount: Int {
    coefficientCount + terms.randomTerms + (terms.isCorrelated ? 1 : 0) + 1
  }
}

/// The likelihood of a model and the criteria made of it, by a fit by maximum likelihood: restricted
/// likelihoods of models with different coefficients do not compare.
public struct LikelihoodCriteria: Sendable, Equatable {
  /// The maximal log-likelihood.
  public let logLikelihood: Double
  /// The number of parameters, variances included; the search for a tree is not in it.
  public let parameterCount: Int
  /// −2 log-likelihood + 2 parameters.
  public let aic: Double
  /// −2 log-likelihood + log(n) parameters.
  public let bic: Double

  /// The criteria of a model, refitted by maximum likelihood whatever its own treatment of the
  /// coefficients is.
  public init(refitting model: MarginalModel) throws(NumericalError) {
    logLikelihood = try VarianceMaximiser(model.profiled).maximum().logLikelihood
    parameterCount = model.parameterCount
    aic = -2 * logLikelihood + 2 * Double(parameterCount)
    bic = -2 * logLikelihood + log(Double(model.statistics.rows)) * Double(parameterCount)
  }
}

/// The interval that a new trial's treatment effect falls into: β̂ ± t √(SE² + τ̂1²).
///
/// The reference is t on K − 2 degrees of freedom, as Higgins, Thompson & Spiegelhalter (2009, J R
/// Stat Soc A 172:137) propose: K trials give K − 1 for τ1², and one goes with the mean effect's
/// estimate. `trials` is the number of trials with both arms; nil below three.
public func predictionInterval(
  estimate: Double, standardError: Double, tau: Double, trials: Int, level: Double
) -> (lower: Double, upper: Double)? {
  guard trials >= 3, standardError.isFinite, tau.isFinite, level > 0, level < 1 else { return nil }
  let width =
    Distributions.tQuantile(0.5 + level / 2, df: Double(trials - 2))
    * (standardError * standardError + tau * tau).squareRoot()
  return (estimate - width, estimate + width)
}

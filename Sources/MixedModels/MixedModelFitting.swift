public import Numerics

extension MixedModelFit {
  /// Fits a model without proper priors: variances at the maximum, then coefficients, standard
  /// errors and degrees of freedom there.
  ///
  /// Throws where σ cannot be estimated or the outcome is fitted exactly.
  public init(_ model: MarginalModel) throws(NumericalError) {
    let maximiser = VarianceMaximiser(model)
    let estimate = try maximiser.maximum()
    let density = maximiser.density
    _ = density.evaluate(estimate.variances)
    let effects = ConditionalEffects(density)
    let equations = DenseNormalEquations(model)
    let coefficients = effects.columns + effects.intercepts
    let degrees = try DegreesOfFreedom(
      equations, at: estimate.variances,
      residuals: equations.residuals(
        coefficients, at: estimate.variances, quadratic: density.quadraticAtMode),
      rows: model.statistics.rows, restricted: model.treatment != .profiled)
    let origin = model.statistics.origin
    let roles = model.fixedRoles
    let estimated = roles.indices.map { i -> FixedEffect in
      var contrast = [Double](repeating: 0, count: roles.count)
      contrast[i] = 1
      let residual = Double(model.statistics.rows - roles.count)
      return FixedEffect(
        role: roles[i], estimate: coefficients[i] + (roles[i].isIntercept ? origin : 0),
        standardError: degrees.covariance[i, i].squareRoot(),
        satterthwaite: estimate.variances.tau.isEmpty
          ? residual : degrees.satterthwaite(contrast))
    }
    self.estimate = estimate
    fixed = estimated + model.columns.aliased.map { .aliased($0.fixedRole) }
    trialEffects = effects.trialEffects
    parameterCount = roles.count + estimate.variances.tau.count + 1
    rows = model.statistics.rows
  }
}

extension FixedRole {
  var isIntercept: Bool {
    if case .intercept = self { true } else { false }
  }
}

extension DenseNormalEquations {
  /// e_k = Z_k'V_k⁻¹(y − Xβ̂) of every trial.
  func residuals(_ coefficients: [Double], at variances: Variances, quadratic: Double)
    -> TrialResiduals
  {
    let residual = variances.sigma * variances.sigma
    let scores = randomFixed.indices.map { k -> [Double] in
      let fitted = randomFixed[k].times(coefficients)
      let rest = zip(randomOutcome[k], fitted).map { $0 - $1 }
      guard let m = try? InformationPieces.middle(randomRandom[k], variances) else { return rest }
      let image = randomRandom[k].times(m.times(rest))
      return zip(rest, image).map { ($0 - $1) / residual }
    }
    return TrialResiduals(scores: scores, quadratic: quadratic)
  }
}

import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Trees

extension JointModel {
  func marginalModel(_ leaves: Leaves) -> MarginalModel {
    MarginalModel(
      ModelStatistics(design, leaf: leaves.codes, leaves: leaves.nodes.count), terms,
      criterion == .reml ? .restricted : .profiled)
  }

  func gaussianRound(_ leaves: Leaves) throws(AnalysisError) -> Round {
    let model = marginalModel(leaves)
    let maximiser = VarianceMaximiser(model)
    if maximiser.density.growsWithoutLimit { throw .exactFit }
    let estimate: VarianceEstimate
    do {
      estimate = try maximiser.maximum()
    } catch {
      throw .notFitted(error)
    }
    let effects = maximiser.density.conditionalEffects(at: estimate.variances)
    func coefficient(_ role: GlobalColumns.Role) -> Double? {
      model.columns.index(of: role).map { effects.columns[$0] }
    }
    return Round(
      logLikelihood: terms.randomTerms > 0 || criterion == .ml
        ? estimate.logLikelihood : model.linearLogLikelihood(sigma: estimate.variances.sigma),
      shared: SharedEffects(
        trialEffects: effects.trialEffects.flatMap(\.self),
        trialIntercepts: trialIntercepts { coefficient(.trialIntercept(trial: $0)) },
        covariates: (0..<model.statistics.covariates).map { coefficient(.covariate($0)) ?? 0 }),
      effects: leaves.nodes.indices.map { coefficient(.effect(leaf: $0)) })
  }
}

/// The Gaussian joint model of some leaves, fitted by REML or ML.
struct GaussianJointFit: FittedJointModel {
  let fit: MixedModelFit
  let criteria: InformationCriteria
  let byLikelihood: InformationCriteria?
  private let maximiser: VarianceMaximiser
  private let model: MarginalModel

  init(_ joint: JointModel, _ leaves: Leaves) throws(AnalysisError) {
    let model = joint.marginalModel(leaves)
    self.model = model
    maximiser = VarianceMaximiser(model)
    do {
      fit = try MixedModelFit(model)
    } catch {
      throw .notFitted(error)
    }
    let ml = try? LikelihoodCriteria(refitting: model)
    byLikelihood = ml.map {
      InformationCriteria(logLikelihood: $0.logLikelihood, aic: $0.aic, bic: $0.bic)
    }
    // Without random terms the log-likelihood is that of `lm`, not the restricted one.
    let logLikelihood =
      joint.terms.randomTerms > 0 || joint.criterion == .ml
      ? fit.estimate.logLikelihood
      : model.linearLogLikelihood(sigma: fit.estimate.variances.sigma)
    criteria = InformationCriteria(
      logLikelihood, parameters: fit.parameterCount, rows: fit.rows)
  }

  func estimate(
    _ weights: [(role: FixedRole, weight: Double)], level: Double
  ) -> LikelihoodEstimate {
    var result = LikelihoodEstimate()
    guard let found = fit.contrast(weights) else { return result }
    result.estimate = found.estimate
    result.standardError = found.standardError
    result.kenwardRogerError = found.kenwardRogerError
    result.kenwardRogerDF = found.kenwardRogerDF
    result.kenwardRogerP = found.kenwardRogerPValue
    guard let df = found.satterthwaite, df > 0 else { return result }
    result.degreesOfFreedom = df
    let width = Distributions.tQuantile(0.5 + level / 2, df: df) * found.standardError
    result.interval = Interval(lower: found.estimate - width, upper: found.estimate + width)
    result.pValue = found.pValue
    return result
  }

  func equality(leaves: Int) -> (satterthwaite: EqualityTest?, kenwardRoger: EqualityTest?) {
    let test = fit.jointTest(equalEffects(leaves))
    return (
      test?.satterthwaite.map(EqualityTest.init), test?.kenwardRoger.map(EqualityTest.init)
    )
  }

  func profileInterval(ofEffect leaf: Int, level: Double) -> Interval? {
    let limits = try? CoefficientProfile(model).interval(of: .effect(leaf: leaf), level: level)
    return (limits ?? nil).map { Interval(lower: $0.lower, upper: $0.upper) }
  }

  func interval(ofTerm term: Int, level: Double) -> Interval? {
    interval(of: .deviation(term: term), level: level)
  }

  func residualInterval(level: Double) -> Interval? { interval(of: .residual, level: level) }

  private func interval(of parameter: VarianceParameter, level: Double) -> Interval? {
    let limits = try? maximiser.interval(of: parameter, around: fit.estimate, level: level)
    return limits.map { Interval(lower: $0.lower, upper: $0.upper) }
  }
}

/// The contrasts of the effects of leaves 1, 2, … with that of leaf 0.
func equalEffects(_ leaves: Int) -> [[(role: FixedRole, weight: Double)]] {
  (1..<max(leaves, 1)).map { leaf in
    [(role: .effect(leaf: leaf), weight: 1), (role: .effect(leaf: 0), weight: -1)]
  }
}

extension EqualityTest {
  fileprivate init(_ test: FTest) {
    self.init(
      statistic: test.statistic, numeratorDF: Double(test.numerator),
      denominatorDF: test.denominator, pValue: test.pValue)
  }
}

extension InformationCriteria {
  init(_ logLikelihood: Double, parameters: Int, rows: Int) {
    self.init(
      logLikelihood: logLikelihood, aic: -2 * logLikelihood + 2 * Double(parameters),
      bic: -2 * logLikelihood + log(Double(rows)) * Double(parameters))
  }
}

extension MarginalModel {
  /// The log-likelihood of the linear model without random terms, as `logLik` of `lm`, of the
  /// restricted estimate of σ.
  fileprivate func linearLogLikelihood(sigma: Double) -> Double {
    let n = Double(statistics.rows)
    let residual = sigma * sigma * (n - Double(coefficientCount)) / n
    return -0.5 * n * (log(2 * Double.pi * residual) + 1) + 0.5 * statistics.logWeights
  }
}

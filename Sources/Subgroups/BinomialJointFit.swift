import Designs
import Foundation
import MixedModels
import Numerics
import Posterior
import Trees

extension JointModel {
  func binomialRound(_ leaves: Leaves) throws(AnalysisError) -> Round {
    let fit = try binomialFit(leaves)
    func coefficient(_ role: FixedRole) -> Double? { fit.coefficient(role)?.estimate }
    return Round(
      logLikelihood: fit.logLikelihood,
      shared: SharedEffects(
        trialEffects: fit.trialEffects.flatMap(\.self),
        trialIntercepts: trialIntercepts { coefficient(.intercept(leaf: nil, trial: $0)) },
        covariates: design.covariates.names.indices.map { coefficient(.covariate($0)) ?? 0 }),
      effects: leaves.nodes.indices.map { coefficient(.effect(leaf: $0)) })
  }

  func binomialFit(_ leaves: Leaves) throws(AnalysisError) -> BinomialFit {
    do {
      return try BinomialFit(
        BinomialStatistics(design, leaf: leaves.codes, leaves: leaves.nodes.count), terms,
        quadraturePoints: quadraturePoints)
    } catch {
      throw .notFitted(error)
    }
  }
}

/// The binomial joint model of some leaves, fitted by maximum likelihood.
struct BinomialJointFit: FittedJointModel {
  let fit: MixedModelFit
  let criteria: InformationCriteria
  let byLikelihood: InformationCriteria?
  private let binomial: BinomialFit

  init(_ joint: JointModel, _ leaves: Leaves) throws(AnalysisError) {
    let binomial = try joint.binomialFit(leaves)
    self.binomial = binomial
    fit = MixedModelFit(
      estimate: VarianceEstimate(
        variances: binomial.variances, logLikelihood: binomial.logLikelihood,
        isSingular: binomial.isSingular),
      fixed: binomial.fixed.map(FixedEffect.init), trialEffects: binomial.trialEffects,
      parameterCount: binomial.parameterCount, rows: binomial.rows)
    criteria = InformationCriteria(
      binomial.logLikelihood, parameters: binomial.parameterCount, rows: binomial.rows)
    byLikelihood = criteria
  }

  func estimate(
    _ weights: [(role: FixedRole, weight: Double)], level: Double
  ) -> LikelihoodEstimate {
    var result = LikelihoodEstimate()
    guard let row = row(weights) else { return result }
    let estimate = dot(row, binomial.fixed.prefix(row.count).map { $0.estimate ?? 0 })
    result.estimate = estimate
    let variance = dot(row, binomial.covariance.times(row))
    guard variance > 0 else { return result }
    let error = variance.squareRoot()
    result.standardError = error
    let width = Distributions.normalQuantile(0.5 + level / 2) * error
    result.interval = Interval(lower: estimate - width, upper: estimate + width)
    result.pValue = Distributions.tTwoSided(estimate / error, df: .infinity)
    return result
  }

  /// Wald's χ².
  func equality(leaves: Int) -> (satterthwaite: EqualityTest?, kenwardRoger: EqualityTest?) {
    let rows = equalEffects(leaves).compactMap(row)
    guard !rows.isEmpty, rows.count == leaves - 1 else { return (nil, nil) }
    let images = rows.map { binomial.covariance.times($0) }
    var covariance = Matrix(rows: rows.count, columns: rows.count)
    for i in rows.indices {
      for j in rows.indices { covariance[i, j] = dot(rows[i], images[j]) }
    }
    let values = rows.map { dot($0, binomial.fixed.prefix($0.count).map { $0.estimate ?? 0 }) }
    guard let factor = try? Cholesky(covariance) else { return (nil, nil) }
    let statistic = dot(values, factor.solve(values))
    let df = Double(rows.count)
    let test = EqualityTest(
      statistic: statistic, numeratorDF: df, denominatorDF: nil,
      pValue: exp(Distributions.logChiSquaredUpperTail(statistic, df: df)))
    return (test, nil)
  }

  /// The weights of all coefficients that have estimates; nil where one with a weight has none.
  private func row(_ weights: [(role: FixedRole, weight: Double)]) -> [Double]? {
    var row = [Double](repeating: 0, count: binomial.covariance.rows)
    for entry in weights {
      guard let place = fit.fixed.firstIndex(where: { $0.role == entry.role }), place < row.count
      else { return nil }
      row[place] += entry.weight
    }
    return row
  }

  func profileInterval(ofEffect leaf: Int, level: Double) -> Interval? {
    let profile = BinomialProfile(binomial, level: level)
    return (try? profile.interval(of: .effect(leaf: leaf)) ?? nil).map {
      Interval(lower: $0.lower, upper: $0.upper)
    }
  }

  func interval(ofTerm term: Int, level: Double) -> Interval? {
    (try? BinomialProfile(binomial, level: level).interval(ofTerm: term)).map {
      Interval(lower: $0.lower, upper: $0.upper)
    }
  }

  func residualInterval(level: Double) -> Interval? { nil }
}

extension FixedEffect {
  init(_ coefficient: BinomialCoefficient) {
    self.init(
      role: coefficient.role, estimate: coefficient.estimate,
      standardError: coefficient.standardError,
      satterthwaite: nil)
  }
}

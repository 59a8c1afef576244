public import Designs
import Foundation
public import MixedModels
import Numerics

/// What the units of a prior set are in a data set.
public struct OutcomeScale: Sendable, Equatable {
  /// s_w: the SD pooled over trial × arm cells of the used rows.
  public let withinArmSD: Double
  /// The SD of the outcome in the used rows.
  public let outcomeSD: Double
  /// The mean of the outcome in the used rows.
  public let outcomeMean: Double
  /// The SD of each covariate in the used rows.
  public let covariateSDs: [Double]

  /// The units of a design.
  public init(_ design: Design) {
    var count = [Double](repeating: 0, count: 2 * design.trials.count)
    var sum = count
    for row in 0..<design.rows {
      let cell = 2 * Int(design.trial[row]) + Int(design.arm[row])
      count[cell] += 1
      sum[cell] += design.outcome[row]
    }
    var squares = 0.0
    for row in 0..<design.rows {
      let cell = 2 * Int(design.trial[row]) + Int(design.arm[row])
      let deviation = design.outcome[row] - sum[cell] / count[cell]
      squares += deviation * deviation
    }
    let degrees = count.reduce(0) { $0 + max($1 - 1, 0) }
    outcomeSD = standardDeviation(design.outcome)
    // Without two participants in any cell only the total SD is left.
    withinArmSD = degrees > 0 && squares > 0 ? (squares / degrees).squareRoot() : outcomeSD
    outcomeMean = mean(design.outcome)
    covariateSDs = design.covariates.columns.map { standardDeviation($0) }
  }

  /// Units of 1 about a mean of 0, but for the covariates'.
  public init(covariateSDs: [Double]) {
    (withinArmSD, outcomeSD, outcomeMean) = (1, 1, 0)
    self.covariateSDs = covariateSDs
  }

  /// The units of a binomial design: 1, per covariate SD where so named.
  static func logOdds(_ design: Design) -> OutcomeScale {
    OutcomeScale(covariateSDs: design.covariates.columns.map { standardDeviation($0) })
  }
}

/// A prior set on the scale of one data set.
public struct ResolvedPriors: Sendable, Equatable {
  /// The set's name.
  public let name: String
  /// Of the coefficients.
  public let coefficients: CoefficientPrior
  /// Of the between-trial SD of intercepts.
  public var tau0: HeterogeneityPrior
  /// Of the between-trial SD of effects.
  public var tau1: HeterogeneityPrior
  /// Of the residual SD; 1 for a binomial outcome.
  public let sigma: HeterogeneityPrior
  /// Of the correlation of random intercept and random effect.
  public let correlation: CorrelationPrior
  /// Of the SD of pooled effects between subgroups: that of τ1 in the set `weakly-informative`,
  /// whatever the set.
  public let omega: HeterogeneityPrior
  /// What the units came to.
  public internal(set) var scale: OutcomeScale

  /// Resolves a set to a design's scale.
  ///
  /// Throws where the set has no entries for the outcome's family, or a prior has no mass on its scale.
  public init(_ set: PriorSet, for design: Design) throws(PriorError) {
    let scale = design.family == .binomial ? .logOdds(design) : OutcomeScale(design)
    try self.init(set, design.family, scale)
    try PriorMass(self, design, file: set.file).check()
  }

  /// Resolves a set to a scale.
  ///
  /// Throws where the set has no entries for the family.
  public init(_ set: PriorSet, _ family: Family, _ scale: OutcomeScale) throws(PriorError) {
    guard let entries = set.entries(family) else {
      throw .missingFamily(file: set.file, family: family.rawValue)
    }
    name = set.name
    self.scale = scale
    coefficients = CoefficientPrior(
      intercept: scale.normal(entries.intercept), effect: scale.normal(entries.effect),
      coefficients: scale.covariateSDs.map { scale.normal(entries.coefficient, covariate: $0) })
    tau0 = entries.tau0.prior.scaled(by: scale.factor(entries.tau0.unit))
    tau1 = entries.tau1.prior.scaled(by: scale.factor(entries.tau1.unit))
    sigma = entries.sigma.prior.scaled(by: scale.factor(entries.sigma.unit))
    correlation = entries.correlation
    let omega = PriorReader.defaults(family).tau1
    self.omega = omega.prior.scaled(by: scale.factor(omega.unit))
  }

  /// The same distributions for the data of a design, whose scale says no more than where the
  /// samplers' coordinates are centred.
  public func unchanged(on design: Design) -> ResolvedPriors {
    var result = self
    if design.family == .gaussian { result.scale = OutcomeScale(design) }
    return result
  }

  /// The priors of a model's random terms, in their order.
  public func tau(_ terms: ModelTerms) -> [HeterogeneityPrior] {
    (terms.randomIntercept ? [tau0] : []) + (terms.randomEffect ? [tau1] : [])
  }
}

extension OutcomeScale {
  func factor(_ unit: PriorSet.Unit, covariate: Double = 1) -> Double {
    switch unit {
    case .absolute: 1
    case .withinArmSD: withinArmSD
    case .outcomeSD: outcomeSD
    case .withinArmSDPerCovariateSD: withinArmSD / covariate
    }
  }

  func normal(
    _ entry: PriorSet.CoefficientEntry, covariate: Double = 1
  ) -> CoefficientPrior.Normal {
    let factor = factor(entry.unit, covariate: covariate)
    return switch entry.family {
    case .flat: .init(mean: 0, sd: .infinity)
    case .normal(let mean, let sd):
      .init(mean: mean.map { $0 * factor } ?? outcomeMean, sd: sd * factor)
    }
  }
}

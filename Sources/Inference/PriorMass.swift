import Designs
import Foundation
import MixedModels

/// Whether priors leave anything of what an outcome can show.
///
/// A prior that was meant for another unit may exclude every value that the data allow. Chains on such
/// a conflict move without end, and what they would find is of no use, so it is refused beforehand.
struct PriorMass {
  /// Beyond so many SDs a normal distribution counts as nothing.
  private static let deviations = 8.0
  /// So many ranges of the outcome are still its scale.
  private static let ranges = 10.0
  /// On the log odds scale these are the limits of an outcome.
  private static let logOdds = 10.0

  private let priors: ResolvedPriors
  private let family: Family
  private let file: String
  private let lower: Double
  private let upper: Double
  private let hasCovariates: Bool

  init(_ priors: ResolvedPriors, _ design: Design, file: String) {
    self.priors = priors
    self.file = file
    family = design.family
    hasCovariates = !design.covariates.columns.isEmpty
    if family == .binomial {
      (lower, upper) = (-Self.logOdds, Self.logOdds)
    } else {
      (lower, upper) = (design.outcome.min() ?? 0, design.outcome.max() ?? 0)
    }
  }

  /// Throws where a prior has no mass on the scale of the outcome.
  func check() throws(PriorError) {
    let reach = Self.ranges * (upper - lower)
    func check(
      _ key: String, _ prior: CoefficientPrior.Normal, _ limits: ClosedRange<Double>
    ) throws(PriorError) {
      let width = Self.deviations * prior.sd
      guard prior.mean + width >= limits.lowerBound, prior.mean - width <= limits.upperBound
      else { throw failure(key) }
    }
    try check("effect", priors.coefficients.effect, -reach...reach)
    // With covariates an intercept is the outcome at values of theirs that may be far away.
    if !hasCovariates {
      try check("intercept", priors.coefficients.intercept, (lower - reach)...(upper + reach))
    }
    for (key, prior) in [("tau0", priors.tau0), ("tau1", priors.tau1)]
    where prior.lowerEnd > reach { throw failure(key) }
    guard family == .gaussian else { return }
    let sigma = priors.sigma
    guard sigma.lowerEnd <= reach, sigma.upperEnd >= 1e-3 * priors.scale.withinArmSD else {
      throw failure("sigma")
    }
  }

  private func failure(_ key: String) -> PriorError {
    let what =
      family == .binomial
      ? "log odds, which a sample shows between \(plain(lower)) and \(plain(upper))"
      : "the outcome, which is between \(plain(lower)) and \(plain(upper))"
    return .invalid(
      file: file, key: "\(family.rawValue).\(key)",
      problem: "the prior has no mass on the scale of \(what); look at its numbers and its unit")
  }
}

extension HeterogeneityPrior {
  /// Below it the prior has no mass to speak of.
  fileprivate var lowerEnd: Double {
    switch self {
    case .uniform(let lower, _): lower
    case .fixed(let value): value
    case .logNormal(let m, let s): exp(m - 8 * s)
    default: 0
    }
  }

  /// Above it the prior has no mass to speak of.
  fileprivate var upperEnd: Double {
    switch self {
    case .halfNormal(let scale): 8 * scale
    case .exponential(let rate): 40 / rate
    case .halfLogistic(let scale): 40 * scale
    case .uniform(_, let upper): upper
    case .logNormal(let m, let s): exp(m + 8 * s)
    case .fixed(let value): value
    case .halfT, .halfCauchy, .lomax, .logT: .infinity
    }
  }
}

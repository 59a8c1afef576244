public import Numerics

/// One fixed coefficient of a binomial joint model.
public struct BinomialCoefficient: Sendable, Equatable {
  /// Why there is no estimate.
  public enum Absence: Sendable, Equatable {
    /// Other coefficients determine it, or it has no data.
    case aliased
    /// It has no finite maximum-likelihood estimate, or depends on one that has none.
    case separated
  }

  /// What it stands for.
  public let role: FixedRole
  /// The estimate on the logit scale; nil where there is none.
  public let estimate: Double?
  /// The standard error.
  public let standardError: Double?
  /// Why the estimate is absent.
  public let absence: Absence?

  /// The Wald statistic.
  public var z: Double? {
    guard let estimate, let standardError else { return nil }
    return estimate / standardError
  }

  /// The two-sided p-value of the Wald test of 0.
  public var pValue: Double? {
    z.map { Distributions.tTwoSided($0, df: .infinity) }
  }

  /// The Wald interval of a level.
  public func interval(level: Double) -> (lower: Double, upper: Double)? {
    guard let estimate, let standardError else { return nil }
    let reach = Distributions.normalQuantile(0.5 + level / 2) * standardError
    return (estimate - reach, estimate + reach)
  }
}

/// A binomial joint model fitted by maximum likelihood: a logistic regression, or with random terms a
/// mixed model by the Laplace approximation or adaptive Gauss-Hermite quadrature, as lme4's `glmer` has
/// it with nAGQ = 1 and above.
public struct BinomialFit: Sendable {
  /// The between-trial SDs and their correlation; σ = 1.
  public let variances: Variances
  /// The log-likelihood of the outcomes as a sequence (no binomial coefficients).
  public let logLikelihood: Double
  /// Whether a τ, or what the correlation leaves of one, is below 1e-4, as lme4 counts a fit singular.
  public let isSingular: Bool
  /// All fixed coefficients: intercepts, effects, covariates, those with an estimate first.
  public let fixed: [BinomialCoefficient]
  /// The covariance of the coefficients that have estimates, in their order: from the Hessian of the
  /// log-likelihood in all parameters.
  public let covariance: Matrix
  /// The conditional modes of the random terms of each trial: K × q.
  public let trialEffects: [[Double]]
  /// The number of parameters as lme4 counts them: coefficients that are not aliased, and variances.
  public let parameterCount: Int
  /// The number of rows.
  public let rows: Int
  /// The points of the quadrature a random term; 1 is the Laplace approximation.
  public let quadraturePoints: Int
  let problem: BinomialProblem
  let maximum: BinomialMaximiser.Maximum

  /// Fits a joint model to the cells of a design and its leaves.
  ///
  /// Throws where a between-trial SD grows without limit.
  public init(
    _ statistics: BinomialStatistics, _ terms: ModelTerms, quadraturePoints: Int = 1
  ) throws(NumericalError) {
    let problem = BinomialProblem(statistics, terms)
    var maximiser = BinomialMaximiser(
      likelihood: try BinomialLikelihood(problem, quadraturePoints: quadraturePoints))
    var maximum = try maximiser.globalMaximum()
    if !maximiser.likelihood.hessianIsExact {
      maximum.hessian = maximiser.likelihood.differencedHessian(maximum.position)
    }
    var unused: [Double] = []
    _ = maximiser.likelihood.evaluate(maximum.position, gradient: &unused)
    let p = problem.matrix.roles.count
    let theta = Array(maximum.position[p...])
    let coordinates = problem.coordinates
    variances = coordinates.variances(theta)
    logLikelihood = -maximum.value
    isSingular = Self.isSingular(coordinates, theta)
    covariance = Self.covariance(problem, maximum)
    fixed = Self.coefficients(problem, maximum, covariance)
    trialEffects = maximiser.likelihood.modes.map {
      coordinates.effects(theta, ($0.first, $0.second))
    }
    parameterCount =
      problem.isReported.filter(\.self).count + problem.separated.count + coordinates.count
    rows = problem.rows
    self.quadraturePoints = quadraturePoints
    self.problem = problem
    self.maximum = maximum
  }

  /// The coefficient of a role.
  public func coefficient(_ role: FixedRole) -> BinomialCoefficient? {
    fixed.first { $0.role == role }
  }

  /// Whether a coefficient has no finite estimate.
  public var isSeparated: Bool { !problem.separated.isEmpty }

  private static func isSingular(_ coordinates: RandomCoordinates, _ theta: [Double]) -> Bool {
    let diagonal =
      coordinates.count == 3 ? [theta[0], theta[2]] : theta
    return diagonal.contains { abs($0) < 1e-4 }
  }

  /// The β block of the inverse Hessian in β and the θ that are not at zero.
  ///
  /// In a θ at zero the likelihood is even, and it has no part in it. Where the Hessian is not positive definite that of β
  /// given θ stands in, as in lme4.
  private static func covariance(
    _ problem: BinomialProblem, _ maximum: BinomialMaximiser.Maximum
  ) -> Matrix {
    let p = problem.matrix.roles.count
    let free = maximum.isFree.indices.filter { maximum.isFree[$0] }
    let reported = problem.isReported.indices.filter { problem.isReported[$0] }
    guard
      let inverse = PositiveSystem.inverse(maximum.hessian, free)
        ?? PositiveSystem.inverse(maximum.hessian, Array(0..<p))
    else {
      return Matrix(rows: reported.count, columns: reported.count, repeating: .nan)
    }
    var result = Matrix(rows: reported.count, columns: reported.count)
    for (j, b) in reported.enumerated() {
      for (i, a) in reported.enumerated() {
        result[i, j] = inverse[a, b] / (problem.scales[a] * problem.scales[b])
      }
    }
    return result
  }

  private static func coefficients(
    _ problem: BinomialProblem, _ maximum: BinomialMaximiser.Maximum, _ covariance: Matrix
  ) -> [BinomialCoefficient] {
    let reported = problem.isReported.indices.filter { problem.isReported[$0] }
    let estimated = reported.enumerated().map { place, column in
      BinomialCoefficient(
        role: problem.matrix.roles[column],
        estimate: maximum.position[column] / problem.scales[column],
        standardError: covariance[place, place].isNaN
          ? nil : covariance[place, place].squareRoot(), absence: nil)
    }
    func absent(_ roles: [FixedRole], _ absence: BinomialCoefficient.Absence)
      -> [BinomialCoefficient]
    {
      roles.map {
        BinomialCoefficient(role: $0, estimate: nil, standardError: nil, absence: absence)
      }
    }
    return estimated + absent(problem.separated, .separated) + absent(problem.aliased, .aliased)
  }
}

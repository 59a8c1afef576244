import Foundation
import MixedModels
import Numerics

/// The joint model with n × n matrices and every column written out: the definition that the fast
/// code is measured against.
struct DenseModel {
  /// One fixed column a list, with its prior.
  var fixed: [(values: [Double], prior: CoefficientPrior.Normal)] = []
  /// The columns of the random terms, trial after trial.
  var random: [(values: [Double], term: Int)] = []
  let outcome: [Double]
  let isProfiled: Bool
  /// Orthonormal rows C with C'X = 0 over the flat columns X, and log |X'X|.
  private var contrasts: (rows: Matrix, logDeterminant: Double)?

  /// The columns that `model` estimates, built from the rows of its data.
  init(_ data: SampleData, _ model: MarginalModel) throws {
    outcome = data.outcome
    isProfiled = model.treatment == .profiled
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    var prior = CoefficientPrior(
      intercept: flat, effect: flat, coefficients: data.covariates.map { _ in flat })
    if case .integrated(let given) = model.treatment { prior = given }
    let active = data.arm.map(Double.init)
    func column(_ value: (Int) -> Double) -> [Double] { data.outcome.indices.map(value) }
    for role in model.columns.roles {
      switch role {
      case .intercept(let j):
        fixed.append((column { data.leaf[$0] == j ? 1 : 0 }, prior.intercept))
      case .effect(let j):
        fixed.append((column { data.leaf[$0] == j ? active[$0] : 0 }, prior.effect))
      case .covariate(let i): fixed.append((data.covariates[i], prior.coefficients[i]))
      }
    }
    for (j, k) in model.stratifiedCells {
      fixed.append(
        (column { data.leaf[$0] == j && data.trial[$0] == k ? 1 : 0 }, prior.intercept))
    }
    let terms =
      (model.terms.randomIntercept ? [false] : []) + (model.terms.randomEffect ? [true] : [])
    for k in 0..<data.trials {
      for (r, isActive) in terms.enumerated() {
        let values = column { data.trial[$0] == k ? (isActive ? active[$0] : 1) : 0 }
        random.append((values, r))
      }
    }
    guard let x = flatColumns, !isProfiled else { return }
    let eigen = try SymmetricEigen(x * x.transposed)
    let rows = (0..<(outcome.count - x.columns)).map { Array(eigen.vectors.column($0)) }
    contrasts = (Matrix(rows: rows), try Cholesky(x.transposed * x).logDeterminant)
  }

  /// The columns with flat priors, n × p; nil without any.
  private var flatColumns: Matrix? {
    let flat = fixed.filter { !$0.prior.sd.isFinite }.map(\.values)
    return flat.isEmpty ? nil : Matrix(rows: flat).transposed
  }

  /// Var(y) given the flat coefficients.
  private func covariance(_ at: Variances) -> Matrix {
    let n = outcome.count
    var v = Matrix(rows: n, columns: n)
    func add(_ weight: Double, _ column: [Double]) {
      for j in 0..<n where column[j] != 0 {
        for i in 0..<n { v[i, j] += weight * column[i] * column[j] }
      }
    }
    for i in 0..<n { v[i, i] = at.sigma * at.sigma }
    for (values, term) in random { add(at.tau[term] * at.tau[term], values) }
    for (values, prior) in fixed where prior.sd.isFinite { add(prior.sd * prior.sd, values) }
    return v
  }

  /// log N(y; mean, v).
  private static func logNormal(_ deviation: [Double], _ v: Matrix) throws -> Double {
    let factor = try Cholesky(v)
    let z = factor.solveLower(deviation)
    return -0.5 * (Double(deviation.count) * log(2 * Double.pi) + factor.logDeterminant + dot(z, z))
  }

  /// The log density: proper coefficients enter the covariance; flat ones are removed by contrasts C
  /// with C'X = 0, where log p(C'y) − ½ log |X'X| is the restricted log-likelihood (Harville 1974).
  func logDensity(_ at: Variances) throws -> Double {
    let v = covariance(at)
    var deviation = outcome
    for (values, prior) in fixed where prior.sd.isFinite {
      for i in deviation.indices { deviation[i] -= prior.mean * values[i] }
    }
    guard let x = flatColumns else { return try Self.logNormal(deviation, v) }
    guard let (c, logDeterminant) = contrasts else {
      let factor = try Cholesky(v)
      let image = factor.solve(x)
      let beta = try Cholesky(x.transposed * image).solve(image.transposed.times(deviation))
      return try Self.logNormal(zip(deviation, x.times(beta)).map { $0 - $1 }, v)
    }
    return try Self.logNormal(c.times(deviation), c * (v * c.transposed)) - 0.5 * logDeterminant
  }

  /// Mean and covariance of the fixed coefficients and the trial effects given the variances, in the
  /// order of the columns.
  func conditional(_ at: Variances) throws -> (mean: [Double], covariance: Matrix) {
    // The random terms in units of their SDs, so that τ = 0 is no special case.
    let scales = fixed.map { _ in 1.0 } + random.map { at.tau[$0.term] }
    let columns = fixed.map(\.values) + random.map(\.values)
    let count = columns.count
    let lambda = 1 / (at.sigma * at.sigma)
    var precision = Matrix(rows: count, columns: count)
    var right = [Double](repeating: 0, count: count)
    for i in 0..<count {
      for j in 0..<count {
        precision[i, j] = lambda * scales[i] * scales[j] * dot(columns[i], columns[j])
      }
      right[i] = lambda * scales[i] * dot(columns[i], outcome)
      let prior = i < fixed.count ? fixed[i].prior : .init(mean: 0, sd: 1)
      precision[i, i] += prior.precision
      right[i] += prior.precision * prior.mean
    }
    let factor = try Cholesky(precision)
    let mean = factor.solve(right)
    var covariance = factor.inverse
    for i in 0..<count { for j in 0..<count { covariance[i, j] *= scales[i] * scales[j] } }
    return (zip(scales, mean).map { $0 * $1 }, covariance)
  }
}

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
  /// Case weights, 1 without.
  let weights: [Double]
  let isProfiled: Bool
  /// Orthonormal rows C with C'X = 0 over the flat columns X, and log |X'X|.
  private var contrasts: (rows: Matrix, logDeterminant: Double)?

  /// The columns that `model` estimates, built from the rows of its data.
  init(_ data: SampleData, _ model: MarginalModel) throws {
    outcome = data.outcome
    weights = data.weights ?? data.outcome.map { _ in 1 }
    isProfiled = model.treatment == .profiled
    let flat = CoefficientPrior.Normal(mean: 0, sd: .infinity)
    var prior = CoefficientPrior(
      intercept: flat, effect: flat, coefficients: data.covariates.map { _ in flat })
    if case .integrated(let given) = model.treatment { prior = given }
    let active = data.arm.map(Double.init)
    func column(_ value: (Int) -> Double) -> [Double] { data.outcome.indices.map(value) }
    for role in model.columns.roles {
      switch role {
      case .trialIntercept(let k):
        fixed.append((column { data.trial[$0] == k ? 1 : 0 }, prior.intercept))
      case .intercept(let j):
        let isDifference = model.terms.intercepts == .perTrial
        fixed.append(
          (
            column { data.leaf[$0] == j ? 1 : 0 },
            isDifference ? .init(mean: 0, sd: prior.intercept.sd) : prior.intercept
          ))
      case .effect(let j):
        fixed.append((column { data.leaf[$0] == j ? active[$0] : 0 }, prior.effect))
      case .meanEffect: fixed.append((active, prior.effect))
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
    for i in 0..<n { v[i, i] = at.sigma * at.sigma / weights[i] }
    for column in scaledRandom(at) { add(1, column) }
    for (values, prior) in fixed where prior.sd.isFinite { add(prior.sd * prior.sd, values) }
    return v
  }

  /// ZΛ, so that the random terms' part of the covariance is ZΛ(ZΛ)'.
  private func scaledRandom(_ at: Variances) -> [[Double]] {
    guard at.tau.count == 2 else {
      return random.map { column in column.values.map { at.tau[column.term] * $0 } }
    }
    let rest = (1 - at.correlation * at.correlation).squareRoot()
    return stride(from: 0, to: random.count, by: 2).flatMap { k in
      let (one, active) = (random[k].values, random[k + 1].values)
      return [
        zip(one, active).map { at.tau[0] * $0 + at.correlation * at.tau[1] * $1 },
        active.map { rest * at.tau[1] * $0 },
      ]
    }
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
    // The random terms as b = Λu, so that τ = 0 is no special case.
    let columns = fixed.map(\.values) + scaledRandom(at)
    let count = columns.count
    let lambda = 1 / (at.sigma * at.sigma)
    var precision = Matrix(rows: count, columns: count)
    var right = [Double](repeating: 0, count: count)
    for i in 0..<count {
      let weighted = zip(weights, columns[i]).map { $0 * $1 }
      for j in 0..<count { precision[i, j] = lambda * dot(weighted, columns[j]) }
      right[i] = lambda * dot(weighted, outcome)
      let prior = i < fixed.count ? fixed[i].prior : .init(mean: 0, sd: 1)
      precision[i, i] += prior.precision
      right[i] += prior.precision * prior.mean
    }
    let factor = try Cholesky(precision)
    let scale = effectsOfUnits(at)
    return (
      scale.times(factor.solve(right)), scale * (factor.inverse * scale.transposed)
    )
  }

  /// The matrix from coefficients and u to coefficients and b.
  private func effectsOfUnits(_ at: Variances) -> Matrix {
    let count = fixed.count + random.count
    var scale = Matrix.identity(count)
    for (place, column) in random.enumerated() {
      let i = fixed.count + place
      scale[i, i] = at.tau[column.term]
      guard at.tau.count == 2, column.term == 1 else { continue }
      scale[i, i - 1] = at.correlation * at.tau[1]
      scale[i, i] *= (1 - at.correlation * at.correlation).squareRoot()
    }
    return scale
  }
}

import Numerics

/// The fixed effects of a joint model that are solved for together.
///
/// They are leaf intercepts (where the model has them), leaf effects and covariates. Stratified
/// intercepts are not among them: each belongs to one cell and is eliminated there.
public struct GlobalColumns: Sendable, Equatable {
  /// What a column stands for.
  public enum Role: Sendable, Equatable {
    /// The intercept of a leaf.
    case intercept(leaf: Int)
    /// The treatment effect of a leaf.
    case effect(leaf: Int)
    /// The coefficient of a covariate.
    case covariate(Int)
  }

  /// The estimable columns, in order.
  public let roles: [Role]
  /// Columns with neither data nor a proper prior: a leaf in which no trial has both arms, a covariate
  /// that the others determine.
  public let aliased: [Role]

  /// The columns of a model.
  ///
  /// Those with a proper prior all stay; of those with a flat one the columns
  /// that do not depend on other flat coefficients, stratified intercepts included: then, and only
  /// then, the posterior of the coefficients is proper.
  public init(_ statistics: ModelStatistics, _ terms: ModelTerms, _ prior: CoefficientPrior) {
    let all = GlobalColumns.all(statistics, terms)
    let flat = all.filter { prior.normal(of: $0, origin: 0).precision == 0 }
    let isEliminated = terms.intercepts == .perLeafAndTrial && prior.intercept.precision == 0
    let kept = independentColumns(
      DenseCells.crossProduct(statistics, flat, afterIntercepts: isEliminated),
      lengths: flat.map { role in
        statistics.cells.reduce(0) { $0 + DenseCells.product($1, role, role) }
      })
    let aliased = flat.indices.filter { !kept.contains($0) }.map { flat[$0] }
    self.aliased = aliased
    roles = all.filter { !aliased.contains($0) }
  }

  /// The position of a column.
  public func index(of role: Role) -> Int? { roles.firstIndex(of: role) }

  private static func all(_ statistics: ModelStatistics, _ terms: ModelTerms) -> [Role] {
    let leaves = 0..<statistics.leaves
    let intercepts = terms.intercepts == .perLeafAndTrial ? [] : leaves.map(Role.intercept)
    return intercepts + leaves.map(Role.effect)
      + (0..<statistics.covariates).map(Role.covariate)
  }
}

/// The columns of a Gram matrix that do not depend on earlier ones: those whose squared residual
/// after the columns kept before exceeds 1e-10 of their squared length (R's `lm` has 1e-7 on the
/// length itself).
func independentColumns(_ gram: Matrix, lengths: [Double]) -> [Int] {
  var kept: [Int] = []
  var factor: [[Double]] = []
  for j in 0..<gram.columns {
    var row = [Double](repeating: 0, count: kept.count)
    for (a, i) in kept.enumerated() {
      var sum = gram[i, j]
      for b in 0..<a { sum -= factor[a][b] * row[b] }
      row[a] = sum / factor[a][a]
    }
    let rest = gram[j, j] - dot(row, row)
    guard rest > 1e-10 * lengths[j] else { continue }
    kept.append(j)
    factor.append(row + [rest.squareRoot()])
  }
  return kept
}

/// Cross-products of the regressors of a joint model, from cells.
enum DenseCells {
  /// The sum over a cell's rows of one column's regressor, and its products with others.
  static func sum(_ cell: CellStatistics, _ role: GlobalColumns.Role) -> Double {
    switch role {
    case .intercept(let leaf): leaf == cell.leaf ? cell.count : 0
    case .effect(let leaf): leaf == cell.leaf ? cell.activeCount : 0
    case .covariate(let i): cell.covariate[i]
    }
  }

  /// Σ t × regressor.
  static func activeSum(_ cell: CellStatistics, _ role: GlobalColumns.Role) -> Double {
    switch role {
    case .intercept(let leaf), .effect(let leaf): leaf == cell.leaf ? cell.activeCount : 0
    case .covariate(let i): cell.activeCovariate[i]
    }
  }

  /// Σ y × regressor.
  static func outcome(_ cell: CellStatistics, _ role: GlobalColumns.Role) -> Double {
    switch role {
    case .intercept(let leaf): leaf == cell.leaf ? cell.outcome : 0
    case .effect(let leaf): leaf == cell.leaf ? cell.activeOutcome : 0
    case .covariate(let i): cell.covariateOutcome[i]
    }
  }

  /// Σ regressor × regressor.
  static func product(
    _ cell: CellStatistics, _ a: GlobalColumns.Role, _ b: GlobalColumns.Role
  ) -> Double {
    switch (a, b) {
    case (.intercept(let leaf), _): leaf == cell.leaf ? sum(cell, b) : 0
    case (_, .intercept(let leaf)): leaf == cell.leaf ? sum(cell, a) : 0
    case (.effect(let leaf), _): leaf == cell.leaf ? activeSum(cell, b) : 0
    case (_, .effect(let leaf)): leaf == cell.leaf ? activeSum(cell, a) : 0
    case (.covariate(let i), .covariate(let j)):
      cell.covariateProduct[i * cell.covariate.count + j]
    }
  }

  /// X'X over all cells, or what is left of it after an intercept in every cell.
  static func crossProduct(
    _ statistics: ModelStatistics, _ roles: [GlobalColumns.Role], afterIntercepts: Bool
  ) -> Matrix {
    var gram = Matrix(rows: roles.count, columns: roles.count)
    for cell in statistics.cells {
      for (j, b) in roles.enumerated() {
        for (i, a) in roles.enumerated() {
          gram[i, j] += product(cell, a, b)
          if afterIntercepts { gram[i, j] -= sum(cell, a) * sum(cell, b) / cell.count }
        }
      }
    }
    return gram
  }
}

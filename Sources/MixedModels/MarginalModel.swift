import Foundation

/// The Gaussian joint model of one tree in the form that its density needs.
///
/// It holds cross-products by trial, priors, and what is left to absorb in each cell. Immutable, so
/// chains share it.
public struct MarginalModel: Sendable {
  /// The sufficient statistics.
  public let statistics: ModelStatistics
  /// The terms of the model.
  public let terms: ModelTerms
  /// How coefficients leave the density.
  public let treatment: CoefficientTreatment
  /// The coefficients that are solved for together.
  public let columns: GlobalColumns

  /// One cell whose stratified intercept is eliminated: its sums over local columns.
  struct Absorbed {
    let cell: Int
    let trial: Int
    /// Global columns with a non-zero sum in the cell.
    let columns: [Int]
    /// The sums over those columns.
    let sums: [Double]
    /// The sums over the random terms.
    let randomSums: [Double]
    let count: Double
    let outcome: Double
  }

  /// Raw cross-products of one trial.
  struct Block {
    /// q × p, row after row.
    var randomColumns: [Double]
    /// q × q.
    var randomRandom: [Double]
    /// q.
    var randomOutcome: [Double]
  }

  let absorbed: [Absorbed]
  let blocks: [Block]
  /// The blocks' numbers, trial after trial.
  let randomColumns: [Double]
  let randomRandom: [Double]
  let randomOutcome: [Double]
  /// The constants of the coefficients' priors: ½ log precision, or ½ log 2π where it is flat.
  let priorConstant: Double
  /// p × p, summed over trials.
  let gram: [Double]
  /// p.
  let columnOutcome: [Double]
  let outcomeSquared: Double
  let columnPrecision: [Double]
  let columnMean: [Double]
  let interceptPrecision: Double
  let interceptMean: Double

  /// Prepares the model of a tree from its sufficient statistics.
  public init(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ treatment: CoefficientTreatment
  ) {
    self.statistics = statistics
    self.terms = terms
    self.treatment = treatment
    let prior: CoefficientPrior
    if case .integrated(let given) = treatment {
      prior = given
    } else {
      prior = .flat(covariates: statistics.covariates)
    }
    columns = GlobalColumns(statistics, terms, prior)
    let roles = columns.roles
    let normals = roles.map { prior.normal(of: $0, origin: statistics.origin) }
    columnPrecision = normals.map(\.precision)
    columnMean = normals.map(\.mean)
    interceptPrecision = prior.intercept.precision
    interceptMean = prior.intercept.mean - statistics.origin
    let collected = MarginalModel.collect(statistics, terms, roles)
    gram = collected.gram
    columnOutcome = collected.columnOutcome
    blocks = collected.blocks
    randomColumns = blocks.flatMap(\.randomColumns)
    randomRandom = blocks.flatMap(\.randomRandom)
    randomOutcome = blocks.flatMap(\.randomOutcome)
    outcomeSquared = statistics.cells.reduce(0) { $0 + $1.outcomeSquared }
    absorbed =
      terms.intercepts == .perLeafAndTrial
      ? statistics.cells.indices.map {
        MarginalModel.absorb(statistics.cells[$0], at: $0, terms, roles)
      } : []
    let constant = { (precision: Double) in
      0.5 * (precision > 0 ? log(precision) : log(2 * Double.pi))
    }
    priorConstant =
      columnPrecision.reduce(0) { $0 + constant($1) }
      + Double(absorbed.count) * constant(interceptPrecision)
  }

  /// The number p of columns solved for together.
  public var order: Int { columns.roles.count }

  /// The number of all fixed coefficients that can be estimated, stratified intercepts included.
  public var coefficientCount: Int { order + absorbed.count }

  /// The leaf and trial of each stratified intercept, in their order; empty without such.
  public var stratifiedCells: [(leaf: Int, trial: Int)] {
    absorbed.map { (statistics.cells[$0.cell].leaf, $0.trial) }
  }

  private static func collect(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ roles: [GlobalColumns.Role]
  ) -> (gram: [Double], columnOutcome: [Double], blocks: [Block]) {
    let p = roles.count
    let q = terms.randomTerms
    var gram = [Double](repeating: 0, count: p * p)
    var columnOutcome = [Double](repeating: 0, count: p)
    var blocks = [Block](
      repeating: Block(
        randomColumns: [Double](repeating: 0, count: q * p),
        randomRandom: [Double](repeating: 0, count: q * q),
        randomOutcome: [Double](repeating: 0, count: q)),
      count: statistics.trials)
    for cell in statistics.cells {
      for (j, b) in roles.enumerated() {
        columnOutcome[j] += DenseCells.outcome(cell, b)
        for (i, a) in roles.enumerated() { gram[i + j * p] += DenseCells.product(cell, a, b) }
      }
      blocks[cell.trial].add(cell, terms, roles)
    }
    return (gram, columnOutcome, blocks)
  }

  private static func absorb(
    _ cell: CellStatistics, at index: Int, _ terms: ModelTerms, _ roles: [GlobalColumns.Role]
  ) -> Absorbed {
    let sums = roles.map { DenseCells.sum(cell, $0) }
    let local = sums.indices.filter { sums[$0] != 0 }
    let random = terms.randomSums(cell)
    return Absorbed(
      cell: index, trial: cell.trial, columns: local, sums: local.map { sums[$0] },
      randomSums: random, count: cell.count, outcome: cell.outcome)
  }
}

extension MarginalModel.Block {
  fileprivate mutating func add(
    _ cell: CellStatistics, _ terms: ModelTerms, _ roles: [GlobalColumns.Role]
  ) {
    let p = roles.count
    let active = terms.randomIsActive
    for (r, isActive) in active.enumerated() {
      for (j, role) in roles.enumerated() {
        randomColumns[r * p + j] +=
          isActive ? DenseCells.activeSum(cell, role) : DenseCells.sum(cell, role)
      }
      for (s, other) in active.enumerated() {
        randomRandom[r * active.count + s] += isActive || other ? cell.activeCount : cell.count
      }
      randomOutcome[r] += isActive ? cell.activeOutcome : cell.outcome
    }
  }
}

extension ModelTerms {
  /// For each random term whether its regressor is the treatment (else it is 1).
  var randomIsActive: [Bool] {
    (randomIntercept ? [false] : []) + (randomEffect ? [true] : [])
  }

  func randomSums(_ cell: CellStatistics) -> [Double] {
    randomIsActive.map { $0 ? cell.activeCount : cell.count }
  }
}

extension CoefficientPrior {
  /// The prior of a column's coefficient, the outcome being counted from its origin.
  func normal(of role: GlobalColumns.Role, origin: Double) -> Normal {
    switch role {
    case .intercept: Normal(mean: intercept.mean - origin, sd: intercept.sd)
    case .effect: effect
    case .covariate(let i): coefficients[i]
    }
  }
}

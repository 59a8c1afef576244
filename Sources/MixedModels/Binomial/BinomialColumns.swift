/// The model matrix of a binomial joint model, one sparse row a cell: intercepts, then effects, then
/// covariates.
public struct BinomialMatrix: Sendable {
  /// What each column stands for.
  public let roles: [FixedRole]
  /// Where the entries of each cell begin; their number stands last.
  public let starts: [Int]
  /// The column of each entry.
  public let columns: [Int32]
  /// The value of each entry.
  public let values: [Double]

  init(roles: [FixedRole], rows: [[(column: Int, value: Double)]]) {
    self.roles = roles
    var starts = [0]
    for row in rows { starts.append(starts[starts.count - 1] + row.count) }
    self.starts = starts
    columns = rows.flatMap { $0.map { Int32($0.column) } }
    values = rows.flatMap { $0.map(\.value) }
  }

  /// All columns of a model, those that cannot be estimated included.
  public init(_ statistics: BinomialStatistics, _ terms: ModelTerms) {
    let intercepts = terms.intercepts
    let roles =
      Self.intercepts(statistics, intercepts)
      + (terms.hasTreatment ? (0..<statistics.leaves).map(FixedRole.effect) : [])
      + (0..<statistics.covariates).map(FixedRole.covariate)
    let places = Dictionary(uniqueKeysWithValues: zip(roles, roles.indices))
    let rows = statistics.cells.map { cell -> [(column: Int, value: Double)] in
      var entries = Self.roles(cell, intercepts).compactMap { role in
        places[role].map { (column: $0, value: 1.0) }
      }
      let first = roles.count - statistics.covariates
      for i in 0..<statistics.covariates {
        let value = statistics.patterns[cell.pattern * statistics.covariates + i]
        if value != 0 { entries.append((first + i, value)) }
      }
      return entries
    }
    self.init(roles: roles, rows: rows)
  }

  private static func intercepts(
    _ statistics: BinomialStatistics, _ intercepts: Intercepts
  ) -> [FixedRole] {
    switch intercepts {
    case .perLeaf:
      return (0..<statistics.leaves).map { .intercept(leaf: $0, trial: nil) }
    case .perLeafAndTrial:
      var present = [Bool](repeating: false, count: statistics.leaves * statistics.trials)
      for cell in statistics.cells { present[cell.leaf * statistics.trials + cell.trial] = true }
      return present.indices.filter { present[$0] }.map {
        .intercept(leaf: $0 / statistics.trials, trial: $0 % statistics.trials)
      }
    case .perTrial:
      return (0..<statistics.trials).map { .intercept(leaf: nil, trial: $0) }
        + (1..<max(statistics.leaves, 1)).map { .intercept(leaf: $0, trial: nil) }
    }
  }

  /// The 0/1 columns that a cell has, as far as they exist.
  private static func roles(
    _ cell: BinomialStatistics.Cell, _ intercepts: Intercepts
  ) -> [FixedRole] {
    let own: [FixedRole] =
      switch intercepts {
      case .perLeaf: [.intercept(leaf: cell.leaf, trial: nil)]
      case .perLeafAndTrial: [.intercept(leaf: cell.leaf, trial: cell.trial)]
      case .perTrial:
        [.intercept(leaf: nil, trial: cell.trial), .intercept(leaf: cell.leaf, trial: nil)]
      }
    return cell.isActive ? own + [.effect(leaf: cell.leaf)] : own
  }

  /// Those of some columns whose coefficients the likelihood leaves without a bound: they have no data,
  /// others of them determine them, or the outcomes are separated in them.
  ///
  /// What else is in the linear predictor is taken as given. A flat prior of the chosen coefficients has a
  /// proper posterior if and only if there is none.
  public func unboundedColumns(
    _ statistics: BinomialStatistics, where isChosen: (FixedRole) -> Bool
  ) -> [FixedRole] {
    let chosen = roles.indices.filter { isChosen(roles[$0]) }
    guard !chosen.isEmpty else { return [] }
    let all = Array(statistics.cells.indices)
    let candidate = restricted(rows: all, columns: chosen)
    let independent = candidate.independentColumns(weights: statistics.cells.map(\.count))
    let dependent = candidate.roles.indices.filter { !independent.contains($0) }
    guard dependent.isEmpty else { return dependent.map { candidate.roles[$0] } }
    var scaled = candidate
    _ = scaled.scaled()
    let signs = statistics.cells.map { $0.outcomes.events ? ($0.outcomes.others ? 0 : 1) : -1 }
    let isSeparated = SeparatedCells(scaled, signs: signs).flags
    let kept = all.filter { !isSeparated[$0] }
    guard kept.count < all.count else { return [] }
    let isEstimable = scaled.estimable(in: kept, isAll: false).isEstimable
    return scaled.roles.indices.filter { !isEstimable[$0] }.map { scaled.roles[$0] }
  }

  /// The number of cells.
  var rows: Int { starts.count - 1 }

  /// One row with zeros filled in.
  func dense(_ row: Int) -> [Double] {
    var result = [Double](repeating: 0, count: roles.count)
    for entry in starts[row]..<starts[row + 1] { result[Int(columns[entry])] = values[entry] }
    return result
  }

  /// The matrix with some rows and columns alone.
  func restricted(rows kept: [Int], columns chosen: [Int]) -> BinomialMatrix {
    var places = [Int?](repeating: nil, count: roles.count)
    for (place, column) in chosen.enumerated() { places[column] = place }
    return BinomialMatrix(
      roles: chosen.map { roles[$0] },
      rows: kept.map { row in
        (starts[row]..<starts[row + 1]).compactMap { entry in
          places[Int(columns[entry])].map { (column: $0, value: values[entry]) }
        }
      })
  }
}

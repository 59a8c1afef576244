import Numerics

/// A binomial joint model ready to be maximised: what can be estimated, in which cells.
struct BinomialProblem: Sendable {
  /// The estimable columns of cells that are not separated, scaled.
  let matrix: BinomialMatrix
  /// What each column was divided by.
  let scales: [Double]
  /// Whether a column's own coefficient can be estimated; others stand for what a separated one left.
  let isReported: [Bool]
  /// Columns that others determine.
  let aliased: [FixedRole]
  /// Columns whose coefficients have no finite estimate.
  let separated: [FixedRole]
  /// The weights and weighted events of the cells.
  let counts: [Double]
  let events: [Double]
  /// The first cell of trial k's control arm is `starts[2k]`, that of its active arm `starts[2k + 1]`.
  let starts: [Int]
  /// The columns that each trial's cells have.
  let trialColumns: [[Int]]
  /// The model's random terms.
  let coordinates: RandomCoordinates
  /// Which intercepts the model has.
  let intercepts: Intercepts
  /// The number of rows.
  let rows: Int

  /// The number of trials.
  var trials: Int { trialColumns.count }

  init(_ statistics: BinomialStatistics, _ terms: ModelTerms) {
    let full = BinomialMatrix(statistics, terms)
    let cells = statistics.cells
    let all = Array(cells.indices)
    let independent = full.independentColumns(weights: cells.map(\.count))
    let candidate = full.restricted(rows: all, columns: independent)
    let isSeparated = Self.separated(candidate, cells)
    let kept = all.filter { !isSeparated[$0] }
    let choice = candidate.estimable(in: kept, isAll: kept.count == all.count)
    var matrix = candidate.restricted(rows: kept, columns: choice.columns)
    scales = matrix.scaled()
    self.matrix = matrix
    isReported = choice.columns.map { choice.isEstimable[$0] }
    aliased = full.roles.indices.filter { !independent.contains($0) }.map { full.roles[$0] }
    separated = independent.indices.filter { !choice.isEstimable[$0] }.map { candidate.roles[$0] }
    counts = kept.map { cells[$0].count }
    events = kept.map { cells[$0].events }
    var starts = [Int](repeating: 0, count: 2 * statistics.trials + 1)
    for cell in kept { starts[2 * cells[cell].trial + (cells[cell].isActive ? 1 : 0) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    self.starts = starts
    trialColumns = (0..<statistics.trials).map { trial in
      matrix.columns(ofRows: starts[2 * trial]..<starts[2 * trial + 2])
    }
    coordinates = RandomCoordinates(terms)
    intercepts = terms.intercepts
    rows = statistics.rows
  }

  /// The separated cells: none where Newton's method converges with moderate linear predictors.
  private static func separated(
    _ matrix: BinomialMatrix, _ cells: [BinomialStatistics.Cell]
  ) -> [Bool] {
    let signs = cells.map { $0.outcomes.events ? ($0.outcomes.others ? 0 : 1) : -1 }
    let none = [Bool](repeating: false, count: signs.count)
    guard signs.contains(where: { $0 != 0 }), !matrix.roles.isEmpty else { return none }
    var scaled = matrix
    _ = scaled.scaled()
    if signs.count > 100,
      LogisticRegression.converges(scaled, counts: cells.map(\.count), events: cells.map(\.events))
    {
      return none
    }
    return SeparatedCells(scaled, signs: signs).flags
  }
}

extension BinomialMatrix {
  /// The columns that are no combination of earlier ones.
  func independentColumns(weights: [Double]) -> [Int] {
    var gram = Matrix(rows: roles.count, columns: roles.count)
    for row in 0..<rows {
      for a in starts[row]..<starts[row + 1] {
        for b in starts[row]..<starts[row + 1] {
          gram[Int(columns[a]), Int(columns[b])] += weights[row] * values[a] * values[b]
        }
      }
    }
    return MixedModels.independentColumns(gram, lengths: roles.indices.map { gram[$0, $0] })
  }

  /// The columns to fit in some rows, and which coefficients those rows can give.
  func estimable(in kept: [Int], isAll: Bool) -> (columns: [Int], isEstimable: [Bool]) {
    if isAll {
      return (Array(roles.indices), [Bool](repeating: true, count: roles.count))
    }
    var basis = OrthonormalBasis(dimension: roles.count)
    for row in kept { basis.insert(dense(row)) }
    let isEstimable = roles.indices.map { basis.spans($0) }
    let order = roles.indices.filter { isEstimable[$0] } + roles.indices.filter { !isEstimable[$0] }
    let independent = restricted(rows: kept, columns: order)
      .independentColumns(weights: kept.map { _ in 1 })
    return (independent.map { order[$0] }, isEstimable)
  }

  /// Divides each column by the root mean square of its entries; returns the divisors.
  mutating func scaled() -> [Double] {
    var squares = [Double](repeating: 0, count: roles.count)
    var entries = squares
    for (entry, column) in columns.enumerated() {
      squares[Int(column)] += values[entry] * values[entry]
      entries[Int(column)] += 1
    }
    let scales = zip(squares, entries).map { $1 > 0 ? ($0 / $1).squareRoot() : 1 }
    let rows = (0..<self.rows).map { row in
      (starts[row]..<starts[row + 1]).map {
        (column: Int(columns[$0]), value: values[$0] / scales[Int(columns[$0])])
      }
    }
    self = BinomialMatrix(roles: roles, rows: rows)
    return scales
  }

  /// The columns that have an entry in some rows, ascending.
  func columns(ofRows range: Range<Int>) -> [Int] {
    Set(columns[starts[range.lowerBound]..<starts[range.upperBound]].map(Int.init)).sorted()
  }
}

/// What a column's regressor is within one cell.
enum Regressor {
  case one
  case active
  case covariate(Int)
}

extension CellStatistics {
  /// Σ w × regressor.
  @inline(__always)
  func sum(_ a: Regressor) -> Double {
    switch a {
    case .one: count
    case .active: activeCount
    case .covariate(let i): covariate[i]
    }
  }

  /// Σ w t × regressor.
  @inline(__always)
  func activeSum(_ a: Regressor) -> Double {
    switch a {
    case .one, .active: activeCount
    case .covariate(let i): activeCovariate[i]
    }
  }

  /// Σ w y × regressor.
  @inline(__always)
  func outcome(_ a: Regressor) -> Double {
    switch a {
    case .one: outcome
    case .active: activeOutcome
    case .covariate(let i): covariateOutcome[i]
    }
  }

  /// Σ w × regressor × regressor.
  @inline(__always)
  func product(_ a: Regressor, _ b: Regressor) -> Double {
    switch (a, b) {
    case (.one, _): sum(b)
    case (_, .one): sum(a)
    case (.active, _): activeSum(b)
    case (_, .active): activeSum(a)
    case (.covariate(let i), .covariate(let j)): covariateProduct[i * covariate.count + j]
    }
  }
}

/// The columns that are not zero in a cell.
struct LocalColumns {
  private var intercept: [Int]
  private var effect: [Int]
  private var trial: [Int]
  private var meanEffect = -1
  private var covariate: [(column: Int, covariate: Int)] = []

  init(_ roles: [GlobalColumns.Role], _ statistics: ModelStatistics) {
    intercept = [Int](repeating: -1, count: statistics.leaves)
    effect = intercept
    trial = [Int](repeating: -1, count: statistics.trials)
    for (column, role) in roles.enumerated() {
      switch role {
      case .trialIntercept(let k): trial[k] = column
      case .intercept(let leaf): intercept[leaf] = column
      case .meanEffect: meanEffect = column
      case .effect(let leaf): effect[leaf] = column
      case .covariate(let i): covariate.append((column, i))
      }
    }
  }

  /// Writes the columns that a cell has and what they are there.
  func find(_ cell: CellStatistics, _ columns: inout [Int], _ regressors: inout [Regressor]) {
    columns.removeAll(keepingCapacity: true)
    regressors.removeAll(keepingCapacity: true)
    if trial[cell.trial] >= 0 {
      columns.append(trial[cell.trial])
      regressors.append(.one)
    }
    if intercept[cell.leaf] >= 0 {
      columns.append(intercept[cell.leaf])
      regressors.append(.one)
    }
    if meanEffect >= 0 {
      columns.append(meanEffect)
      regressors.append(.active)
    }
    if effect[cell.leaf] >= 0 {
      columns.append(effect[cell.leaf])
      regressors.append(.active)
    }
    for entry in covariate {
      columns.append(entry.column)
      regressors.append(.covariate(entry.covariate))
    }
  }
}

/// The cross-products of a model's columns, random terms and outcome (article Formulas), by trial
/// where the random terms are concerned; after the stratified intercepts where these are absorbed.
struct CrossProducts: Sendable {
  /// X'X, p × p.
  private(set) var gram: [Double]
  /// The squared lengths of the columns, before stratified intercepts.
  private(set) var lengths: [Double]
  /// X'y.
  private(set) var columnOutcome: [Double]
  /// Z_k'X_k, q × p row after row, trial after trial.
  private(set) var randomColumns: [Double]
  /// Z_k'Z_k, q × q.
  private(set) var randomRandom: [Double]
  /// The same before the stratified intercepts.
  private(set) var rawRandomRandom: [Double]
  /// Z_k'y_k.
  private(set) var randomOutcome: [Double]
  /// y'y.
  private(set) var outcomeSquared = 0.0
  private let p: Int
  private let q: Int

  init(
    _ statistics: ModelStatistics, _ terms: ModelTerms, _ roles: [GlobalColumns.Role],
    absorbing: Bool
  ) {
    p = roles.count
    q = terms.randomTerms
    gram = [Double](repeating: 0, count: p * p)
    lengths = [Double](repeating: 0, count: p)
    columnOutcome = lengths
    randomColumns = [Double](repeating: 0, count: statistics.trials * q * p)
    randomRandom = [Double](repeating: 0, count: statistics.trials * q * q)
    randomOutcome = [Double](repeating: 0, count: statistics.trials * q)
    rawRandomRandom = randomRandom
    let local = LocalColumns(roles, statistics)
    let random: [Regressor] = terms.randomIsActive.map { $0 ? .active : .one }
    var columns: [Int] = []
    var regressors: [Regressor] = []
    for cell in statistics.cells {
      local.find(cell, &columns, &regressors)
      outcomeSquared += cell.outcomeSquared
      if absorbing { outcomeSquared -= cell.outcome * cell.outcome / cell.count }
      for (a, i) in columns.enumerated() {
        add(cell, column: i, regressors[a], random, absorbing)
        for (b, j) in columns.enumerated() {
          gram[i + j * p] += Self.rest(cell, regressors[a], regressors[b], absorbing)
        }
      }
      add(cell, random, absorbing)
    }
  }

  /// Σ w a b in a cell, or what is left of it after the cell's intercept.
  @inline(__always)
  private static func rest(
    _ cell: CellStatistics, _ a: Regressor, _ b: Regressor, _ absorbing: Bool
  ) -> Double {
    let product = cell.product(a, b)
    return absorbing ? product - cell.sum(a) * cell.sum(b) / cell.count : product
  }

  private mutating func add(
    _ cell: CellStatistics, column i: Int, _ a: Regressor, _ random: [Regressor],
    _ absorbing: Bool
  ) {
    lengths[i] += cell.product(a, a)
    columnOutcome[i] += cell.outcome(a)
    if absorbing { columnOutcome[i] -= cell.sum(a) * cell.outcome / cell.count }
    for (r, term) in random.enumerated() {
      randomColumns[(cell.trial * q + r) * p + i] += Self.rest(cell, term, a, absorbing)
    }
  }

  private mutating func add(_ cell: CellStatistics, _ random: [Regressor], _ absorbing: Bool) {
    for (r, a) in random.enumerated() {
      let row = cell.trial * q + r
      randomOutcome[row] += cell.outcome(a)
      if absorbing { randomOutcome[row] -= cell.sum(a) * cell.outcome / cell.count }
      for (s, b) in random.enumerated() {
        randomRandom[row * q + s] += Self.rest(cell, a, b, absorbing)
        rawRandomRandom[row * q + s] += cell.product(a, b)
      }
    }
  }

  /// The cross-products with one column taken away and its coefficient fixed: those of the outcome
  /// less the column's part.
  func fixing(_ j: Int, at value: Double) -> CrossProducts {
    var result = self
    result.drop(j, value)
    return result
  }

  private mutating func drop(_ j: Int, _ value: Double) {
    let trials = q > 0 ? randomOutcome.count / q : 0
    outcomeSquared += value * (value * gram[j + j * p] - 2 * columnOutcome[j])
    for i in 0..<p { columnOutcome[i] -= value * gram[i + j * p] }
    for row in 0..<(trials * q) { randomOutcome[row] -= value * randomColumns[row * p + j] }
    let all = p
    let kept = (0..<all).filter { $0 != j }
    self = CrossProducts(
      gram: kept.flatMap { b in kept.map { gram[$0 + b * all] } },
      lengths: kept.map { lengths[$0] }, columnOutcome: kept.map { columnOutcome[$0] },
      randomColumns: (0..<(trials * q)).flatMap { row in
        kept.map { randomColumns[row * all + $0] }
      }, of: self)
  }

  private init(
    gram: [Double], lengths: [Double], columnOutcome: [Double], randomColumns: [Double],
    of other: CrossProducts
  ) {
    self.gram = gram
    self.lengths = lengths
    self.columnOutcome = columnOutcome
    self.randomColumns = randomColumns
    randomRandom = other.randomRandom
    rawRandomRandom = other.rawRandomRandom
    randomOutcome = other.randomOutcome
    outcomeSquared = other.outcomeSquared
    p = columnOutcome.count
    q = other.q
  }
}

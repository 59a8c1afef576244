/// Cells divided anew without a pass over all rows: what a search over many divisions needs.
extension CellStatistics {
  /// Adds a participant; the outcome counts from the statistics' origin.
  public mutating func add(
    outcome y: Double, isActive: Bool, weight: Double = 1, covariates x: [Double] = []
  ) {
    participants += 1
    count += weight
    outcome += weight * y
    outcomeSquared += weight * y * y
    if isActive {
      activeCount += weight
      activeOutcome += weight * y
    }
    if !x.isEmpty { add(covariates: x, outcome: y, weight: weight, active: isActive) }
  }

  /// Adds the participants of another cell.
  public mutating func add(_ other: CellStatistics) { combine(other, sign: 1) }

  /// The participants of this cell that are not in another, all of whose are in this one.
  public func without(_ other: CellStatistics) -> CellStatistics {
    var result = self
    result.combine(other, sign: -1)
    return result
  }

  /// The same participants as a cell of another leaf.
  public func moved(to leaf: Int) -> CellStatistics {
    var result = self
    result.leaf = leaf
    return result
  }

  private mutating func combine(_ other: CellStatistics, sign: Double) {
    participants += Int(sign) * other.participants
    count += sign * other.count
    activeCount += sign * other.activeCount
    outcome += sign * other.outcome
    activeOutcome += sign * other.activeOutcome
    outcomeSquared += sign * other.outcomeSquared
    for i in covariate.indices {
      covariate[i] += sign * other.covariate[i]
      activeCovariate[i] += sign * other.activeCovariate[i]
      covariateOutcome[i] += sign * other.covariateOutcome[i]
    }
    for i in covariateProduct.indices { covariateProduct[i] += sign * other.covariateProduct[i] }
  }
}

extension ModelStatistics {
  /// The statistics of the same rows divided into other leaves.
  ///
  /// `cells` stand by trial and within it by leaf; those without participants are left out.
  public init(_ cells: [CellStatistics], leaves: Int, of other: ModelStatistics) {
    self.init(
      cells: cells.filter { $0.participants > 0 }, leaves: leaves, trials: other.trials,
      covariates: other.covariates, rows: other.rows, logWeights: other.logWeights,
      origin: other.origin)
  }

  /// The statistics with some leaves joined: `leaf[j]` is the new number, below `leaves`, of leaf j.
  public func joined(leaf: [Int], leaves: Int) -> ModelStatistics {
    var table = (0..<(trials * leaves)).map {
      CellStatistics(leaf: $0 % leaves, trial: $0 / leaves, covariates: covariates)
    }
    for cell in cells { table[cell.trial * leaves + leaf[cell.leaf]].add(cell) }
    return ModelStatistics(table, leaves: leaves, of: self)
  }
}

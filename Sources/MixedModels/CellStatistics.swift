public import Designs

/// Counts, sums and cross-products of the rows of one leaf in one trial: all that a Gaussian fit
/// needs to know of them.
///
/// Sums of the outcome are of deviations from `ModelStatistics.origin`.
public struct CellStatistics: Sendable, Equatable {
  /// The leaf, counted from 0.
  public let leaf: Int
  /// The trial's code.
  public let trial: Int
  /// The number of participants.
  public internal(set) var count = 0.0
  /// The number in the active arm.
  public internal(set) var activeCount = 0.0
  /// Σ y.
  public internal(set) var outcome = 0.0
  /// Σ t y.
  public internal(set) var activeOutcome = 0.0
  /// Σ y².
  public internal(set) var outcomeSquared = 0.0
  /// Σ x, one a covariate.
  public internal(set) var covariate: [Double]
  /// Σ t x, one a covariate.
  public internal(set) var activeCovariate: [Double]
  /// Σ x y, one a covariate.
  public internal(set) var covariateOutcome: [Double]
  /// Σ x x', row after row.
  public internal(set) var covariateProduct: [Double]

  init(leaf: Int, trial: Int, covariates: Int) {
    self.leaf = leaf
    self.trial = trial
    covariate = [Double](repeating: 0, count: covariates)
    activeCovariate = covariate
    covariateOutcome = covariate
    covariateProduct = [Double](repeating: 0, count: covariates * covariates)
  }

  mutating func add(outcome y: Double, active: Bool) {
    count += 1
    outcome += y
    outcomeSquared += y * y
    guard active else { return }
    activeCount += 1
    activeOutcome += y
  }

  mutating func add(covariates x: [Double], outcome y: Double, active: Bool) {
    for (i, value) in x.enumerated() {
      covariate[i] += value
      if active { activeCovariate[i] += value }
      covariateOutcome[i] += value * y
      for (j, other) in x.enumerated() { covariateProduct[i * x.count + j] += value * other }
    }
  }
}

/// The sufficient statistics of a joint model: one cell for each leaf and trial with participants.
///
/// They are gathered in one pass over the rows; no later step touches rows again.
public struct ModelStatistics: Sendable, Equatable {
  /// The non-empty cells, by trial and within it by leaf.
  public let cells: [CellStatistics]
  /// The number J of leaves.
  public let leaves: Int
  /// The number K of trials.
  public let trials: Int
  /// The number of covariates.
  public let covariates: Int
  /// The number n of rows.
  public let rows: Int
  /// What was subtracted from every outcome, so that no digits are lost in the sums of squares.
  public let origin: Double

  /// Gathers the statistics of a design whose row i is in leaf `leaf[i]`, counted from 0.
  public init(_ design: Design, leaf: [Int32], leaves: Int) {
    let trials = design.trials.count
    let columns = design.covariates.columns
    let origin = design.outcome.reduce(0, +) / Double(max(design.rows, 1))
    var table = (0..<(trials * leaves)).map {
      CellStatistics(leaf: $0 % leaves, trial: $0 / leaves, covariates: columns.count)
    }
    var x = [Double](repeating: 0, count: columns.count)
    for row in 0..<design.rows {
      let cell = Int(design.trial[row]) * leaves + Int(leaf[row])
      let y = design.outcome[row] - origin
      let active = design.arm[row] == 1
      table[cell].add(outcome: y, active: active)
      guard !columns.isEmpty else { continue }
      for j in columns.indices { x[j] = columns[j][row] }
      table[cell].add(covariates: x, outcome: y, active: active)
    }
    cells = table.filter { $0.count > 0 }
    self.leaves = leaves
    self.trials = trials
    covariates = columns.count
    rows = design.rows
    self.origin = origin
  }
}

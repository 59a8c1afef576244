public import Designs
private import Foundation

/// Counts, sums and cross-products of the rows of one leaf in one trial: all that a Gaussian fit
/// needs to know of them.
///
/// With case weights all sums are weighted. Sums of the outcome are of deviations from
/// `ModelStatistics.origin`.
public struct CellStatistics: Sendable, Equatable {
  /// The leaf, counted from 0.
  public internal(set) var leaf: Int
  /// The trial's code.
  public let trial: Int
  /// The number of participants.
  public internal(set) var participants = 0
  /// Σ w: the number of participants where all weights are 1.
  public internal(set) var count = 0.0
  /// Σ w t: the number in the active arm where all weights are 1.
  public internal(set) var activeCount = 0.0
  /// Σ w y.
  public internal(set) var outcome = 0.0
  /// Σ w t y.
  public internal(set) var activeOutcome = 0.0
  /// Σ w y².
  public internal(set) var outcomeSquared = 0.0
  /// Σ w x, one a covariate.
  public internal(set) var covariate: [Double]
  /// Σ w t x, one a covariate.
  public internal(set) var activeCovariate: [Double]
  /// Σ w x y, one a covariate.
  public internal(set) var covariateOutcome: [Double]
  /// Σ w x x', row after row.
  public internal(set) var covariateProduct: [Double]

  /// A cell without participants.
  public init(leaf: Int, trial: Int, covariates: Int) {
    self.leaf = leaf
    self.trial = trial
    covariate = covariates == 0 ? [] : [Double](repeating: 0, count: covariates)
    activeCovariate = covariate
    covariateOutcome = covariate
    covariateProduct =
      covariates == 0 ? [] : [Double](repeating: 0, count: covariates * covariates)
  }

  mutating func add(_ arms: ArmSums, _ control: Int, _ active: Int) {
    participants = arms.participants[control] + arms.participants[active]
    count = arms.weight[control] + arms.weight[active]
    activeCount = arms.weight[active]
    outcome = arms.outcome[control] + arms.outcome[active]
    activeOutcome = arms.outcome[active]
    outcomeSquared = arms.squared[control] + arms.squared[active]
  }

  mutating func add(covariates x: [Double], outcome y: Double, weight: Double, active: Bool) {
    for (i, value) in x.enumerated() {
      let weighted = weight * value
      covariate[i] += weighted
      if active { activeCovariate[i] += weighted }
      covariateOutcome[i] += weighted * y
      for (j, other) in x.enumerated() { covariateProduct[i * x.count + j] += weighted * other }
    }
  }
}

/// Sums by cell and arm, at 2 × cell + arm, gathered in one pass over the rows.
struct ArmSums {
  private(set) var participants: [Int]
  private(set) var weight: [Double]
  private(set) var outcome: [Double]
  private(set) var squared: [Double]

  init(_ design: Design, leaf: [Int32], leaves: Int, origin: Double) {
    let count = 2 * leaves * design.trials.count
    participants = [Int](repeating: 0, count: count)
    weight = [Double](repeating: 0, count: count)
    outcome = weight
    squared = weight
    // Out of the design once, since the loop would ask for them at every row.
    let (trials, arms, outcomes) = (design.trial, design.arm, design.outcome)
    let weights = design.weights
    for row in outcomes.indices {
      let place = 2 &* (Int(trials[row]) &* leaves &+ Int(leaf[row])) &+ Int(arms[row])
      let y = outcomes[row] - origin
      let w = if let weights { weights[row] } else { 1.0 }
      participants[place] += 1
      weight[place] += w
      outcome[place] += w * y
      squared[place] += w * y * y
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
  /// Σ log w over the rows: 0 without case weights.
  public let logWeights: Double
  /// What was subtracted from every outcome, so that no digits are lost in the sums of squares.
  public let origin: Double

  /// Gathers the statistics of a design whose row i is in leaf `leaf[i]`, counted from 0.
  public init(_ design: Design, leaf: [Int32], leaves: Int) {
    let trials = design.trials.count
    let columns = design.covariates.columns
    let origin = design.outcome.reduce(0, +) / Double(max(design.rows, 1))
    let arms = ArmSums(design, leaf: leaf, leaves: leaves, origin: origin)
    var table = (0..<(trials * leaves)).map { place in
      var cell = CellStatistics(
        leaf: place % leaves, trial: place / leaves, covariates: columns.count)
      cell.add(arms, 2 * place, 2 * place + 1)
      return cell
    }
    if !columns.isEmpty {
      var x = [Double](repeating: 0, count: columns.count)
      for row in 0..<design.rows {
        for j in columns.indices { x[j] = columns[j][row] }
        table[Int(design.trial[row]) * leaves + Int(leaf[row])].add(
          covariates: x, outcome: design.outcome[row] - origin,
          weight: design.weights?[row] ?? 1, active: design.arm[row] == 1)
      }
    }
    cells = table.filter { $0.participants > 0 }
    self.leaves = leaves
    self.trials = trials
    covariates = columns.count
    rows = design.rows
    logWeights = design.weights?.reduce(0) { $0 + log($1) } ?? 0
    self.origin = origin
  }

  init(
    cells: [CellStatistics], leaves: Int, trials: Int, covariates: Int, rows: Int,
    logWeights: Double, origin: Double
  ) {
    self.cells = cells
    self.leaves = leaves
    self.trials = trials
    self.covariates = covariates
    self.rows = rows
    self.logWeights = logWeights
    self.origin = origin
  }
}

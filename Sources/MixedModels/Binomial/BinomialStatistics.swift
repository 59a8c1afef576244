public import Designs

/// The rows of a binomial joint model in groups that share a linear predictor: leaf, trial, arm and
/// pattern of covariates.
///
/// They are gathered in one pass over the rows. Without covariates their number does not depend on
/// that of the rows.
public struct BinomialStatistics: Sendable, Equatable {
  /// Rows of one leaf, trial, arm and covariate pattern.
  public struct Cell: Sendable, Equatable {
    /// The leaf, counted from 0.
    public let leaf: Int
    /// The trial's code.
    public let trial: Int
    /// Whether the rows are in the active arm.
    public let isActive: Bool
    /// The position of the covariates' values in `patterns`.
    public let pattern: Int
    /// The sum of the case weights, m.
    public internal(set) var count: Double
    /// The sum of the case weights of events.
    public internal(set) var events: Double
    /// Whether there are both events and others, so that neither can be fitted without limit.
    public internal(set) var outcomes: (events: Bool, others: Bool)

    /// All fields are compared.
    public static func == (a: Cell, b: Cell) -> Bool {
      (a.leaf, a.trial, a.isActive, a.pattern) == (b.leaf, b.trial, b.isActive, b.pattern)
        && (a.count, a.events) == (b.count, b.events) && a.outcomes == b.outcomes
    }
  }

  /// The non-empty cells, by trial, within it the control arm first, by leaf and by pattern.
  public let cells: [Cell]
  /// The values of each covariate pattern, `covariates` numbers a pattern.
  public let patterns: [Double]
  /// The number J of leaves.
  public let leaves: Int
  /// The number K of trials.
  public let trials: Int
  /// The number of covariates.
  public let covariates: Int
  /// The number of rows.
  public let rows: Int

  /// Gathers the cells of a design whose row i is in leaf `leaf[i]`, counted from 0.
  public init(_ design: Design, leaf: [Int32], leaves: Int) {
    let columns = design.covariates.columns
    let found = Self.patterns(columns, rows: design.rows)
    var cells: [Cell] = []
    var places: [Int: Int] = [:]
    for row in 0..<design.rows {
      let pattern = found.codes.isEmpty ? 0 : Int(found.codes[row])
      let isActive = design.arm[row] == 1
      let stratum = 2 * Int(design.trial[row]) + (isActive ? 1 : 0)
      let key = (pattern * 2 * design.trials.count + stratum) * leaves + Int(leaf[row])
      let place = places[key] ?? cells.count
      if place == cells.count {
        places[key] = place
        cells.append(
          Cell(
            leaf: Int(leaf[row]), trial: stratum / 2, isActive: isActive, pattern: pattern,
            count: 0, events: 0, outcomes: (false, false)))
      }
      let weight = design.weights?[row] ?? 1
      cells[place].count += weight
      cells[place].events += weight * design.outcome[row]
      if design.outcome[row] > 0 {
        cells[place].outcomes.events = true
      } else {
        cells[place].outcomes.others = true
      }
    }
    self.cells = cells.sorted {
      ($0.trial, $0.isActive ? 1 : 0, $0.leaf, $0.pattern)
        < ($1.trial, $1.isActive ? 1 : 0, $1.leaf, $1.pattern)
    }
    patterns = found.values
    self.leaves = leaves
    trials = design.trials.count
    covariates = columns.count
    rows = design.rows
  }

  /// A pattern so far and the value of the next column.
  private struct Key: Hashable {
    let pattern: Int32
    let value: Double
  }

  /// Numbers the distinct rows of columns, column after column.
  private static func patterns(
    _ columns: [[Double]], rows: Int
  ) -> (codes: [Int32], values: [Double]) {
    guard !columns.isEmpty else { return ([], []) }
    var codes = [Int32](repeating: 0, count: rows)
    var first: [Int] = []
    for column in columns {
      var numbers: [Key: Int32] = [:]
      first = []
      for row in 0..<rows {
        let key = Key(pattern: codes[row], value: column[row])
        if let number = numbers[key] {
          codes[row] = number
        } else {
          codes[row] = Int32(first.count)
          numbers[key] = Int32(first.count)
          first.append(row)
        }
      }
    }
    return (codes, first.flatMap { row in columns.map { $0[row] } })
  }
}

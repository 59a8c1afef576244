import Foundation

/// What one row adds to the sums of its cell.
struct LogisticRow: Sendable {
  /// The case weight m.
  let weight: Double
  /// m y.
  let events: Double
  /// The working weight of R's first step, m μ₀ (1 − μ₀) with μ₀ = (m y + ½) / (m + 1).
  let startWeight: Double
  /// That weight times the working response, the offset not yet taken off.
  let startResponse: Double

  init(outcome y: Double, weight m: Double) {
    let start = (m * y + 0.5) / (m + 1)
    weight = m
    events = m * y
    startWeight = m * start * (1 - start)
    startResponse = startWeight * log(start / (1 - start)) + m * (y - start)
  }
}

/// Weighted counts, events and the sums of R's first step by cell: additive, so that a row crosses a
/// cut in constant time.
struct LogisticSums: Sendable, AdditiveSums {
  /// Four numbers a cell, as `LogisticRow` has them.
  var table: [Double]
  /// Rows in each cell: what says exactly whether a cell is empty.
  var rows: [Int32]
  /// Rows with an event and rows without one in each stratum (2 × group + arm).
  var outcomes: [Int32]

  init(_ cells: LogisticCells) {
    table = [Double](repeating: 0, count: 4 * cells.count)
    rows = [Int32](repeating: 0, count: cells.count)
    outcomes = [Int32](repeating: 0, count: 4 * cells.groups)
  }

  mutating func add(_ row: LogisticRow, cell: Int, stratum: Int) {
    table[4 * cell] += row.weight
    table[4 * cell + 1] += row.events
    table[4 * cell + 2] += row.startWeight
    table[4 * cell + 3] += row.startResponse
    rows[cell] += 1
    outcomes[2 * stratum + (row.events > 0 ? 0 : 1)] += 1
  }

  mutating func remove(_ row: LogisticRow, cell: Int, stratum: Int) {
    rows[cell] -= 1
    outcomes[2 * stratum + (row.events > 0 ? 0 : 1)] -= 1
    // An empty cell is exactly zero, whatever was rounded before.
    guard rows[cell] > 0 else {
      for i in 0..<4 { table[4 * cell + i] = 0 }
      return
    }
    table[4 * cell] -= row.weight
    table[4 * cell + 1] -= row.events
    table[4 * cell + 2] -= row.startWeight
    table[4 * cell + 3] -= row.startResponse
  }

  mutating func add(_ other: LogisticSums) {
    for i in table.indices { table[i] += other.table[i] }
    for i in rows.indices { rows[i] += other.rows[i] }
    for i in outcomes.indices { outcomes[i] += other.outcomes[i] }
  }

  /// The groups that have rows.
  var presentGroups: [Int] { (0..<(outcomes.count / 4)).filter { count(ofGroup: $0) > 0 } }

  /// The number of rows of a group.
  func count(ofGroup g: Int) -> Int {
    (0..<4).reduce(0) { $0 + Int(outcomes[4 * g + $1]) }
  }
}

/// What the outcomes of a node say of the existence of finite estimates, read off the four counts of
/// each group (arm × outcome) in closed form.
///
/// A direction (δγ_g, δβ) is one of recession where it raises, or leaves, the linear predictor of all
/// events and lowers, or leaves, that of all others (Albert & Anderson 1984). Given δβ it asks each
/// group for an interval of δγ_g, and nothing of one group depends on another.
struct Estimability: Equatable {
  /// Whether some group has both arms; else there is no effect to estimate.
  private(set) var hasBothArms = false
  /// Whether the effect has no finite estimate.
  private(set) var effectIsSeparated = false
  /// Whether a group's outcomes are all events or all none, one flag a group.
  private(set) var uninformative: [Bool]
  /// Whether any group is uninformative.
  private(set) var anyUninformative = false

  init(groups: Int) {
    uninformative = [Bool](repeating: false, count: groups)
  }

  /// Reads the counts of a node.
  mutating func read(_ sums: LogisticSums) {
    hasBothArms = false
    anyUninformative = false
    var rises = true
    var falls = true
    for g in uninformative.indices {
      let controlEvents = sums.outcomes[4 * g] > 0
      let controlOthers = sums.outcomes[4 * g + 1] > 0
      let activeEvents = sums.outcomes[4 * g + 2] > 0
      let activeOthers = sums.outcomes[4 * g + 3] > 0
      let isPresent = controlEvents || controlOthers || activeEvents || activeOthers
      uninformative[g] =
        isPresent && !((controlEvents || activeEvents) && (controlOthers || activeOthers))
      if uninformative[g] { anyUninformative = true }
      guard controlEvents || controlOthers, activeEvents || activeOthers else { continue }
      hasBothArms = true
      // δβ = 1 asks for max(0 if control events, −1 if active events) ≤ δγ ≤ min(0 if control others,
      // −1 if active others): impossible only where control events and active others are there.
      // δβ = −1 mirrors it.
      if controlEvents && activeOthers { rises = false }
      if controlOthers && activeEvents { falls = false }
    }
    effectIsSeparated = hasBothArms && (rises || falls)
  }
}

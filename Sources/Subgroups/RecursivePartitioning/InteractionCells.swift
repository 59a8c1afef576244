import Designs
import Trees

/// The participants of a node as interaction tests take them: codes, centred covariates and the outcome.
struct InteractionRows {
  let trials: Int
  let covariates: Int
  /// The trial of each row.
  let trial: [Int32]
  /// 0 or 1, one a row.
  let arm: [UInt8]
  /// The outcome from its mean.
  let outcome: [Double]
  /// The case weights; nil where all are 1.
  let weights: [Double]?
  /// Covariates from their means, row after row.
  let x: [Double]
  /// The number of rows of each trial.
  let participants: [Int]

  /// The participants of a node's design.
  init(_ design: Design) {
    let n = Double(max(design.rows, 1))
    let mean = design.outcome.reduce(0, +) / n
    let columns = design.covariates.columns.map { column in
      let center = column.reduce(0, +) / n
      return column.map { $0 - center }
    }
    trials = design.trials.count
    covariates = columns.count
    trial = design.trial
    arm = design.arm
    outcome = design.outcome.map { $0 - mean }
    weights = design.weights
    x = (0..<design.rows).flatMap { row in columns.map { $0[row] } }
    var participants = [Int](repeating: 0, count: design.trials.count)
    for code in design.trial { participants[Int(code)] += 1 }
    self.participants = participants
  }

  /// The same participants with other arms and outcomes.
  init(_ other: InteractionRows, arm: [UInt8], outcome: [Double]) {
    trials = other.trials
    covariates = other.covariates
    trial = other.trial
    self.arm = arm
    self.outcome = outcome
    weights = other.weights
    x = other.x
    participants = other.participants
  }
}

/// Sums over the participants by bin of a variable, trial and arm: one pass over the rows serves every
/// candidate split.
struct InteractionCells {
  private let rows: InteractionRows
  /// Numbers a cell: count, Σ w, Σ w y, Σ w x.
  private let size: Int
  /// The sums of cell (bin, trial, arm).
  private var sums: [Double]
  /// Of each trial, Σ w (x, y)(x, y)', row after row.
  private let products: [Double]

  /// The sums of rows whose bins are `codes`.
  init(_ rows: InteractionRows, codes: [Int32], bins: Int, products: [Double]) {
    self.rows = rows
    self.products = products
    let c = rows.covariates
    let size = 3 + c
    self.size = size
    var sums = [Double](repeating: 0, count: bins * rows.trials * 2 * size)
    let trials = rows.trials
    for row in rows.outcome.indices {
      let cell = (Int(codes[row]) &* trials &+ Int(rows.trial[row])) &* 2 &+ Int(rows.arm[row])
      let place = cell &* size
      let weight = rows.weights?[row] ?? 1
      sums[place] += 1
      sums[place + 1] += weight
      sums[place + 2] += weight * rows.outcome[row]
      for j in 0..<c { sums[place + 3 + j] += weight * rows.x[row * c + j] }
    }
    self.sums = sums
  }

  /// The cross-products of covariates and outcome within each trial, which no split changes.
  static func products(_ rows: InteractionRows) -> [Double] {
    let c = rows.covariates
    let m = c + 1
    var products = [Double](repeating: 0, count: rows.trials * m * m)
    var values = [Double](repeating: 0, count: m)
    for row in rows.outcome.indices {
      for j in 0..<c { values[j] = rows.x[row * c + j] }
      values[c] = rows.outcome[row]
      let weight = rows.weights?[row] ?? 1
      let own = Int(rows.trial[row]) * m * m
      for i in 0..<m {
        for j in 0..<m { products[own + i * m + j] += weight * values[i] * values[j] }
      }
    }
    return products
  }

  /// The sums of the four cells of a trial under a split, (side, arm) at 2 × side + arm, left being
  /// side 0.
  private func sides(_ trial: Int, _ isLeft: [Bool], _ cells: inout [Double]) {
    for i in cells.indices { cells[i] = 0 }
    for bin in isLeft.indices {
      let from = (bin * rows.trials + trial) * 2 * size
      let to = isLeft[bin] ? 0 : 2 * size
      for i in 0..<(2 * size) { cells[to + i] += sums[from + i] }
    }
  }

  /// Whether both sides of a split have enough participants, by weight, and somewhere both arms.
  func isAdmissible(_ isLeft: [Bool], minSize: Int, _ control: GrowthControl) -> Bool {
    var cells = [Double](repeating: 0, count: 4 * size)
    var counts = [[Double]](repeating: [0, 0], count: 2)
    var hasBoth = [false, false]
    for trial in 0..<rows.trials {
      sides(trial, isLeft, &cells)
      for side in 0..<2 {
        let own = [cells[2 * side * size + 1], cells[(2 * side + 1) * size + 1]]
        counts[side][0] += own[0]
        counts[side][1] += own[1]
        if own[0] > 0, own[1] > 0 { hasBoth[side] = true }
        let total = own[0] + own[1]
        if total > 0, total < Double(control.minTrial) { return false }
      }
    }
    return (0..<2).allSatisfy { side -> Bool in
      let (reference, active): (Double, Double) = (counts[side][0], counts[side][1])
      guard hasBoth[side], reference + active >= Double(minSize) else { return false }
      return min(reference, active) >= Double(control.minArm)
    }
  }

  /// The profile of a split, the right side being s = 1.
  func fill(_ profile: inout InteractionProfile, _ isLeft: [Bool]) {
    let c = rows.covariates
    let d = 3 + c
    let m = d + 1
    profile.removeAll()
    var cells = [Double](repeating: 0, count: 4 * size)
    var sums = [Double](repeating: 0, count: m)
    var raw = [Double](repeating: 0, count: m * m)
    for trial in 0..<rows.trials where rows.participants[trial] > 0 {
      sides(trial, isLeft, &cells)
      /// A sum over some of the cells (side, arm).
      func sum(_ item: Int, side: Bool, arm: Bool) -> Double {
        let both = cells[3 * size + item]
        if side && arm { return both }
        let rightControl = cells[2 * size + item]
        if side { return rightControl + both }
        return cells[size + item] + both
      }
      // Columns: s, t, x, s t; the outcome is the last.
      let flags: [(place: Int, side: Bool, arm: Bool)] = [
        (0, true, false), (1, false, true), (d - 1, true, true),
      ]
      for flag in flags {
        sums[flag.place] = sum(1, side: flag.side, arm: flag.arm)
        for other in flags {
          raw[flag.place * m + other.place] = sum(
            1, side: flag.side || other.side, arm: flag.arm || other.arm)
        }
        let withOutcome = sum(2, side: flag.side, arm: flag.arm)
        raw[flag.place * m + d] = withOutcome
        raw[d * m + flag.place] = withOutcome
        for j in 0..<c {
          let withX = sum(3 + j, side: flag.side, arm: flag.arm)
          raw[flag.place * m + 2 + j] = withX
          raw[(2 + j) * m + flag.place] = withX
        }
      }
      let own = trial * (c + 1) * (c + 1)
      for i in 0...c {
        let to = i == c ? d : 2 + i
        for j in 0...c {
          raw[to * m + (j == c ? d : 2 + j)] = products[own + i * (c + 1) + j]
        }
      }
      var weight = 0.0
      for item in 0..<4 { weight += cells[item * size + 1] }
      sums[d] = (0..<4).reduce(0) { $0 + cells[$1 * size + 2] }
      for j in 0..<c { sums[2 + j] = (0..<4).reduce(0) { $0 + cells[$1 * size + 3 + j] } }
      profile.add(
        sums: sums, raw: raw, weight: weight, participants: rows.participants[trial])
    }
  }
}

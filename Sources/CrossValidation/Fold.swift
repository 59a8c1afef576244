import Designs
import Numerics

/// Participants whose outcomes are left out together.
struct Fold: Sendable {
  /// The trial whose active arm they are; nil for a part of the participants.
  let trial: Int?
  /// The rows that are left out, ascending.
  let held: [Int32]
  /// All other rows, ascending.
  let kept: [Int32]

  init(trial: Int? = nil, held: Set<Int32>, of rows: Int) {
    self.trial = trial
    let all = (0..<Int32(rows)).map { $0 }
    self.held = all.filter { held.contains($0) }
    kept = all.filter { !held.contains($0) }
  }

  /// The active arm of each trial that has one.
  static func activeArms(_ design: Design) -> [Fold] {
    design.trials.indices.compactMap { trial in
      let held = (0..<design.rows).filter {
        Int(design.trial[$0]) == trial && design.arm[$0] == 1
      }
      guard !held.isEmpty else { return nil }
      return Fold(trial: trial, held: Set(held.map { Int32($0) }), of: design.rows)
    }
  }

  /// Parts of the participants by chance, trial by trial and arm by arm: every part has as nearly as possible the
  /// same number of each.
  static func parts(_ design: Design, count: Int, seed: UInt64) -> [Fold] {
    var stream = RandomStream(seed: seed, purpose: "cross-validation folds")
    let count = min(count, design.rows)
    var cells = [[Int32]](repeating: [], count: 2 * design.trials.count)
    for row in 0..<design.rows {
      cells[2 * Int(design.trial[row]) + Int(design.arm[row])].append(Int32(row))
    }
    var parts = [Set<Int32>](repeating: [], count: count)
    // Where one cell's dealing ends the next one's begins, so that parts are of one size.
    var next = 0
    for cell in cells.indices {
      stream.shuffle(&cells[cell])
      for row in cells[cell] {
        parts[next % count].insert(row)
        next += 1
      }
    }
    return parts.map { Fold(held: $0, of: design.rows) }
  }

  /// The number of trials with both arms among the rows that are kept.
  func comparedTrials(_ design: Design) -> Int {
    var hasArm = [Bool](repeating: false, count: 2 * design.trials.count)
    for row in kept { hasArm[2 * Int(design.trial[Int(row)]) + Int(design.arm[Int(row)])] = true }
    return design.trials.indices.count { hasArm[2 * $0] && hasArm[2 * $0 + 1] }
  }
}

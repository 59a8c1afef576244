/// The sizes that a child must have for a split to be admissible.
struct ChildSizes: Sendable {
  /// The smallest number of participants.
  var minSize: Int
  /// The smallest number of participants of either arm.
  var minArm = 0
  /// The smallest number of participants of each trial that the child has.
  var minTrial = 0

  /// Whether a number of participants, which may be a sum of weights, reaches a limit.
  static func reaches(_ count: Double, _ limit: Int) -> Bool {
    count >= Double(limit) - 1e-9 * Double(limit)
  }
}

/// The participants of a child by arm and trial, counted by their weights, while rows come and go;
/// O(1) a row.
struct ChildCounts {
  private let sizes: ChildSizes
  private let strata: Strata
  private var total = 0.0
  private var control = 0.0
  private var active = 0.0
  private var trials: [Trial]
  /// The trials that have participants, but fewer than `minTrial`.
  private var tooSmall = 0

  private struct Trial {
    var rows = 0
    var participants = 0.0
  }

  init(_ sizes: ChildSizes, _ strata: Strata) {
    self.sizes = sizes
    self.strata = strata
    trials = [Trial](repeating: Trial(), count: strata.trials)
  }

  mutating func add(_ row: Int32) { count(Int(row), sign: 1) }

  mutating func remove(_ row: Int32) { count(Int(row), sign: -1) }

  private mutating func count(_ row: Int, sign: Int) {
    let weight = Double(sign) * (strata.weights?[row] ?? 1)
    total += weight
    if strata.arm[row] == 0 { control += weight } else { active += weight }
    guard sizes.minTrial > 0 else { return }
    let code = Int(strata.trial[row])
    var trial = trials[code]
    if isTooSmall(trial) { tooSmall -= 1 }
    trial.rows += sign
    trial.participants = trial.rows == 0 ? 0 : trial.participants + weight
    if isTooSmall(trial) { tooSmall += 1 }
    trials[code] = trial
  }

  /// Adds the participants of another group of rows.
  mutating func add(_ other: ChildCounts) {
    total += other.total
    control += other.control
    active += other.active
    tooSmall = 0
    for code in trials.indices {
      trials[code].rows += other.trials[code].rows
      trials[code].participants += other.trials[code].participants
      if isTooSmall(trials[code]) { tooSmall += 1 }
    }
  }

  private func isTooSmall(_ trial: Trial) -> Bool {
    trial.rows > 0 && !ChildSizes.reaches(trial.participants, sizes.minTrial)
  }

  /// Whether there are enough participants of either arm and of each trial.
  var hasEnoughOfEach: Bool {
    ChildSizes.reaches(min(control, active), sizes.minArm) && tooSmall == 0
  }

  /// Whether there are enough participants altogether, too.
  var isAdmissible: Bool { ChildSizes.reaches(total, sizes.minSize) && hasEnoughOfEach }
}

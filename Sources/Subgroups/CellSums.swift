/// Counts, sums and sums of squares of the response by cell (group × arm), rows counted by weight.
///
/// They are additive, so that a row crosses a cut in constant time, and enough for the node model's
/// fit.
struct CellSums: AdditiveSums {
  /// Three numbers a cell: count, Σ y, Σ y².
  private var sums: [Double]
  private let groups: Int

  /// The sums while a loop adds rows to them: the same numbers in place, without the checks that every
  /// access to an array makes.
  struct Table {
    fileprivate let base: UnsafeMutablePointer<Double>
    fileprivate let groups: Int

    @inline(__always)
    func add(_ y: Double, weight: Double, cell: Int) {
      let sums = base + 3 &* cell
      sums[0] += weight
      sums[1] += weight * y
      sums[2] += weight * y * y
    }

    @inline(__always)
    func remove(_ y: Double, weight: Double, cell: Int) {
      add(y, weight: -weight, cell: cell)
    }

    /// Moves all rows of another table from a third one to this.
    @inline(__always)
    func take(_ rows: Table, from rest: Table) {
      for i in 0..<(6 &* groups) {
        base[i] += rows.base[i]
        rest.base[i] -= rows.base[i]
      }
    }

    /// Adds the rows of another table.
    @inline(__always)
    func add(_ rows: Table) {
      for i in 0..<(6 &* groups) { base[i] += rows.base[i] }
    }

    /// The penalised residual sum of squares of the fit, and the number of rows by weight.
    @inline(__always)
    func objective(_ penalty: NodePenalty) -> (squares: Double, total: Double) {
      let equations = ReducedEquations(base, groups: groups, penalty)
      return (equations.objective, equations.total)
    }
  }

  /// Tables one after another.
  struct Tables {
    fileprivate let base: UnsafeMutablePointer<Double>
    fileprivate let groups: Int

    @inline(__always)
    subscript(place: Int) -> Table {
      Table(base: base + 6 &* groups &* place, groups: groups)
    }
  }

  /// Lends some empty tables for the time of a call.
  @inline(__always)
  static func withTables<Result>(
    _ count: Int, groups: Int, _ body: (Tables) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 6 * groups * count) { sums in
      sums.initialize(repeating: 0)
      guard let base = sums.baseAddress else { preconditionFailure("a node model has a group") }
      return body(Tables(base: base, groups: groups))
    }
  }

  /// Lends the table for the time of a call.
  @inline(__always)
  mutating func withTable<Result>(_ body: (Table) -> Result) -> Result {
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { preconditionFailure("a node model has a group") }
      return body(Table(base: base, groups: groups))
    }
  }

  init(groups: Int) {
    self.groups = groups
    sums = [Double](repeating: 0, count: 6 * groups)
  }

  mutating func add(_ other: CellSums) {
    for i in sums.indices { sums[i] += other.sums[i] }
  }

  func count(ofGroup g: Int) -> Double { sums[6 * g] + sums[6 * g + 3] }

  func activeCount(ofGroup g: Int) -> Double { sums[6 * g + 3] }

  /// The groups that have rows.
  var presentGroups: [Int] { (0..<groups).filter { count(ofGroup: $0) > 0 } }

  /// The estimates.
  struct Solution {
    var effect: Double?
    var intercepts: [Double]
  }

  private func reduced(_ penalty: NodePenalty) -> ReducedEquations {
    sums.withUnsafeBufferPointer { sums in
      guard let base = sums.baseAddress else { preconditionFailure("a node model has a group") }
      return ReducedEquations(base, groups: groups, penalty)
    }
  }

  /// The penalised residual sum of squares of the fit, and the number of rows by weight.
  func objective(_ penalty: NodePenalty) -> (squares: Double, total: Double) {
    let equations = reduced(penalty)
    return (equations.objective, equations.total)
  }

  /// The estimates; without an effect where no group has both arms and no prior helps.
  func solve(_ penalty: NodePenalty) -> Solution {
    let effect = reduced(penalty).effect
    let intercepts = (0..<groups).map { g -> Double in
      let active = sums[6 * g + 3]
      let n = sums[6 * g] + active
      guard n > 0 else { return penalty.interceptMean }
      let sum = sums[6 * g + 1] + sums[6 * g + 4] - (effect ?? 0) * active
      return (sum + penalty.intercept * penalty.interceptMean) / (n + penalty.intercept)
    }
    return Solution(effect: effect, intercepts: intercepts)
  }
}

/// The normal equations of the effect after the intercepts.
///
/// With a = n + φ and S = Σy + φm in each group, the weight is W = Σ(n₁ − n₁²/a) and the right side
/// D = Σ(Σy₁ − n₁S/a) (article Formulas of MixedModels).
private struct ReducedEquations {
  /// W.
  private var weight: Double
  /// D.
  private var right: Double
  /// What is left of the sum of squares without the effect.
  private var rest: Double
  /// The number of rows, by weight.
  private(set) var total = 0.0

  @inline(__always)
  init(_ sums: UnsafePointer<Double>, groups: Int, _ penalty: NodePenalty) {
    weight = penalty.effect
    right = penalty.effect * penalty.effectMean
    rest = right * penalty.effectMean
    for g in 0..<groups {
      let cell = sums + 6 &* g
      let active = cell[3]
      let n = cell[0] + active
      guard n > 0 else { continue }
      let a = n + penalty.intercept
      let activeSum = cell[4]
      let pull = penalty.intercept * penalty.interceptMean
      let sum = cell[1] + activeSum + pull
      total += n
      weight += active - active * active / a
      right += activeSum - active * sum / a
      rest += cell[2] + cell[5] + pull * penalty.interceptMean - sum * sum / a
    }
  }

  /// The estimate; nil where no group has both arms and no prior helps.
  var effect: Double? { weight > 1e-10 ? right / weight : nil }

  /// The penalised residual sum of squares.
  @inline(__always)
  var objective: Double { weight > 1e-10 ? rest - right * right / weight : rest }
}

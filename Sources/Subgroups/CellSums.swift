/// Counts, sums and sums of squares of the response by cell (group × arm), rows counted by weight.
///
/// They are additive, so that a row crosses a cut in constant time, and enough for the node model's
/// fit.
struct CellSums {
  /// Three numbers a cell: count, Σ y, Σ y².
  private var sums: [Double]
  private let groups: Int

  init(groups: Int) {
    self.groups = groups
    sums = [Double](repeating: 0, count: 6 * groups)
  }

  @inline(__always)
  mutating func add(_ y: Double, weight: Double, cell: Int) {
    sums[3 * cell] += weight
    sums[3 * cell + 1] += weight * y
    sums[3 * cell + 2] += weight * y * y
  }

  @inline(__always)
  mutating func remove(_ y: Double, weight: Double, cell: Int) {
    add(y, weight: -weight, cell: cell)
  }

  mutating func add(_ other: CellSums) {
    for i in sums.indices { sums[i] += other.sums[i] }
  }

  func count(ofGroup g: Int) -> Double { sums[6 * g] + sums[6 * g + 3] }

  func activeCount(ofGroup g: Int) -> Double { sums[6 * g + 3] }

  /// The number of rows, by weight.
  var total: Double { (0..<groups).reduce(0) { $0 + count(ofGroup: $1) } }

  /// The estimates.
  struct Solution {
    var effect: Double?
    var intercepts: [Double]
  }

  /// The normal equations of the effect after the intercepts: its weight W, its right side D, and
  /// what is left of the sum of squares without it.
  ///
  /// With a = n + φ and S = Σy + φm in each group, W = Σ(n₁ − n₁²/a) and D = Σ(Σy₁ − n₁S/a)
  /// (article Formulas of MixedModels).
  private func reduced(_ penalty: NodePenalty) -> (weight: Double, right: Double, rest: Double) {
    var weight = penalty.effect
    var right = penalty.effect * penalty.effectMean
    var rest = right * penalty.effectMean
    sums.withUnsafeBufferPointer { sums in
      for g in 0..<groups {
        let active = sums[6 * g + 3]
        let n = sums[6 * g] + active
        guard n > 0 else { continue }
        let a = n + penalty.intercept
        let activeSum = sums[6 * g + 4]
        let pull = penalty.intercept * penalty.interceptMean
        let sum = sums[6 * g + 1] + activeSum + pull
        weight += active - active * active / a
        right += activeSum - active * sum / a
        rest +=
          sums[6 * g + 2] + sums[6 * g + 5] + pull * penalty.interceptMean - sum * sum / a
      }
    }
    return (weight, right, rest)
  }

  /// The penalised residual sum of squares of the fit.
  func objective(_ penalty: NodePenalty) -> Double {
    let (weight, right, rest) = reduced(penalty)
    return weight > 1e-10 ? rest - right * right / weight : rest
  }

  /// The estimates; without an effect where no group has both arms and no prior helps.
  func solve(_ penalty: NodePenalty) -> Solution {
    let (weight, right, _) = reduced(penalty)
    let effect = weight > 1e-10 ? right / weight : nil
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

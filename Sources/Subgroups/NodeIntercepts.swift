import Numerics
import Trees

/// How the intercepts of a node model are counted: one for each trial, or one for everyone; what the
/// Gaussian and the binomial node models have in common.
///
/// A *group* is a trial, or everyone; cell 2 × group + arm has the regressors of its group's intercept
/// and, in the active arm, of the treatment effect.
struct NodeIntercepts: Sendable {
  /// The number of groups: the trials, or 1.
  let groups: Int
  /// Whether each trial has an intercept of its own.
  let isStratified: Bool

  /// The scores of a node from its residuals: one column for the intercept of each group that it has,
  /// then the effect.
  func scores(
    present: [Int], residuals: [Double], cells: [Int32], weights: [Double]?,
    participants: (_ group: Int) -> Int
  ) -> ScoreField {
    let effect = present.count
    var regressors = Matrix(rows: 2 * groups, columns: effect + 1)
    var parameters: [ScoreParameter] = []
    parameters.reserveCapacity(effect + 1)
    for (column, group) in present.enumerated() {
      regressors[2 * group, column] = 1
      regressors[2 * group + 1, column] = 1
      regressors[2 * group + 1, effect] = 1
      parameters.append(
        isStratified
          ? .trialIntercept(trial: Int32(group), participants: participants(group)) : .intercept)
    }
    parameters.append(.effect)
    return ScoreField(
      residuals: residuals, cells: cells, regressors: regressors, parameters: parameters,
      weights: weights)
  }

  /// Σ w x x' in the columns of the scores, of the summed weights of each group that the node has.
  ///
  /// A group without weights keeps a column of zeros.
  func information(
    present: [Int], weights: (_ group: Int) -> (total: Double, active: Double)?
  ) -> Matrix {
    let effect = present.count
    var result = Matrix(rows: effect + 1, columns: effect + 1)
    for (column, group) in present.enumerated() {
      guard let (total, active) = weights(group) else { continue }
      result[column, column] = total
      result[column, effect] = active
      result[effect, column] = active
      result[effect, effect] += active
    }
    return result
  }

  /// The coefficients of a node from those of its groups that have an estimate.
  func coefficients(
    effect: Double?, estimated: [Int], intercept: (_ group: Int) -> Double
  ) -> NodeCoefficients {
    guard isStratified else {
      return NodeCoefficients(effect: effect, intercept: estimated.first.map(intercept))
    }
    return NodeCoefficients(
      effect: effect, intercept: nil,
      trialIntercepts: Dictionary(
        uniqueKeysWithValues: estimated.map { (Int32($0), intercept($0)) }))
  }
}

/// Sums of rows that are all a node model needs of them.
protocol AdditiveSums {
  mutating func add(_ other: Self)
}

/// The objective of a group of levels and of the others, for each group, from the sums of each level.
func partitionObjectives<Sums: AdditiveSums>(
  of levels: [Sums], empty: Sums, groups: [[Bool]],
  objective: (_ inside: Sums, _ outside: Sums) -> Double
) -> [Double] {
  groups.map { group in
    var inside = empty
    var outside = empty
    for level in levels.indices {
      if group[level] { inside.add(levels[level]) } else { outside.add(levels[level]) }
    }
    return objective(inside, outside)
  }
}

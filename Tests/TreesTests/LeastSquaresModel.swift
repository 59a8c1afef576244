import Numerics
import Trees

/// The least-squares regression of outcome on treatment, with one intercept or one for each trial:
/// `lm(y ~ t)` and `lm(y ~ trial + t)`, computed from sums by trial and arm.
struct LeastSquaresModel: NodeModel {
  var outcome: [Double]
  var arm: [UInt8]
  /// The stratum of each row: its trial, or 0 throughout.
  var stratum: [Int32]
  var strata: Int
  var isStratified: Bool
  /// The mean outcome, about which sums are taken.
  var center: Double
  /// Case weights, nil where all are 1.
  var weights: [Double]?

  /// One intercept for each trial, or with no trials one for all.
  init(outcome: [Double], arm: [UInt8], trial: [Int32]? = nil, weights: [Double]? = nil) {
    self.weights = weights
    self.outcome = outcome
    self.arm = arm
    stratum = trial ?? [Int32](repeating: 0, count: outcome.count)
    strata = Int(stratum.max() ?? 0) + 1
    isStratified = trial != nil
    center = mean(outcome)
  }

  var parameterCount: Int { strata + 1 }

  func fit(_ rows: [Int32]) -> NodeFit {
    let sums = Sums(self, rows)
    let effect = sums.effect
    let present = (0..<strata).filter { sums.size($0) > 0 }
    let intercepts = present.map { sums.mean($0) - (effect ?? 0) * sums.activeShare($0) }
    var byStratum = [Double](repeating: 0, count: strata)
    for (place, s) in present.enumerated() { byStratum[s] = intercepts[place] }
    let residuals = rows.map { row in
      (outcome[Int(row)] - byStratum[Int(stratum[Int(row)])]
        - (arm[Int(row)] == 1 ? effect ?? 0 : 0)) * (weights?[Int(row)] ?? 1)
    }
    let rowWeights = weights.map { weights in rows.map { weights[Int($0)] } }
    var regressors = Matrix(rows: 2 * strata, columns: present.count + 1)
    for (place, s) in present.enumerated() {
      regressors[2 * s, place] = 1
      regressors[2 * s + 1, place] = 1
      regressors[2 * s + 1, present.count] = 1
    }
    let parameters: [ScoreParameter] = present.map { s in
      isStratified
        ? .trialIntercept(trial: Int32(s), participants: Int(sums.size(s))) : .intercept
    }
    let labelled = zip(present.map { Int32($0) }, intercepts)
    return NodeFit(
      coefficients: NodeCoefficients(
        effect: effect, intercept: isStratified ? nil : intercepts.first,
        trialIntercepts: isStratified ? Dictionary(uniqueKeysWithValues: labelled) : [:]),
      objective: residuals.indices.reduce(0) { sum, i in
        sum + residuals[i] * residuals[i] / (rowWeights?[i] ?? 1)
      },
      scores: ScoreField(
        residuals: residuals, cells: rows.map { cell(of: $0) }, regressors: regressors,
        parameters: parameters + [.effect], weights: rowWeights))
  }

  func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    var right = Sums(self, order)
    var left = Sums(self, [])
    var moved = 0
    return cuts.map { cut in
      for row in order[moved..<cut] {
        left.add(self, row, 1)
        right.add(self, row, -1)
      }
      moved = cut
      return left.residualSumOfSquares + right.residualSumOfSquares
    }
  }

  func partitionObjectives(rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]])
    -> [Double]
  {
    groups.map { group in
      [true, false].reduce(0) { total, side in
        let members = zip(rows, codes).filter { group[Int($0.1)] == side }.map(\.0)
        return total + Sums(self, members).residualSumOfSquares
      }
    }
  }

  private func cell(of row: Int32) -> Int32 { 2 * stratum[Int(row)] + Int32(arm[Int(row)]) }

  /// Counts and sums by stratum and arm, about the mean outcome of the data.
  private struct Sums {
    var counts: [Double]
    var sums: [Double]
    var squares = 0.0
    var center: Double

    init(_ model: LeastSquaresModel, _ rows: [Int32]) {
      counts = [Double](repeating: 0, count: 2 * model.strata)
      sums = counts
      center = model.center
      for row in rows { add(model, row, 1) }
    }

    mutating func add(_ model: LeastSquaresModel, _ row: Int32, _ sign: Double) {
      let y = model.outcome[Int(row)] - center
      let cell = Int(model.cell(of: row))
      let weight = sign * (model.weights?[Int(row)] ?? 1)
      counts[cell] += weight
      sums[cell] += weight * y
      squares += weight * y * y
    }

    func size(_ s: Int) -> Double { counts[2 * s] + counts[2 * s + 1] }
    func mean(_ s: Int) -> Double { center + (sums[2 * s] + sums[2 * s + 1]) / size(s) }
    func activeShare(_ s: Int) -> Double { counts[2 * s + 1] / size(s) }

    /// The weight of each stratum with both arms and its difference of means.
    var differences: [(weight: Double, value: Double)] {
      (0..<(counts.count / 2)).compactMap { s in
        let control = counts[2 * s]
        let active = counts[2 * s + 1]
        guard control > 0, active > 0 else { return nil }
        return (
          control * active / (control + active), sums[2 * s + 1] / active - sums[2 * s] / control
        )
      }
    }

    var effect: Double? {
      let weight = differences.reduce(0) { $0 + $1.weight }
      return weight > 0 ? differences.reduce(0) { $0 + $1.weight * $1.value } / weight : nil
    }

    var residualSumOfSquares: Double {
      var result = squares
      for s in 0..<(counts.count / 2) where size(s) > 0 {
        result -= (sums[2 * s] + sums[2 * s + 1]) * (sums[2 * s] + sums[2 * s + 1]) / size(s)
      }
      let weight = differences.reduce(0) { $0 + $1.weight }
      if let effect { result -= weight * effect * effect }
      return result
    }
  }
}

import Foundation
import Numerics
import Trees

/// The logistic regression `glm(y ~ t)`, which is saturated: the fitted probability of an arm is its
/// proportion.
struct LogisticModel: NodeModel {
  /// 0 or 1.
  var outcome: [Double]
  var arm: [UInt8]

  let parameterCount = 2
  let objectiveKind = ObjectiveKind.negativeLogLikelihood

  /// Participants and events of both arms.
  private struct Counts {
    var participants = [0.0, 0.0]
    var events = [0.0, 0.0]

    func probability(_ arm: Int) -> Double { events[arm] / participants[arm] }

    var negativeLogLikelihood: Double {
      (0..<2).reduce(0) { sum, arm in
        let (n, e) = (participants[arm], events[arm])
        return sum - (e > 0 ? e * log(e / n) : 0) - (e < n ? (n - e) * log((n - e) / n) : 0)
      }
    }

    mutating func add(_ model: LogisticModel, _ row: Int32, _ sign: Double) {
      participants[Int(model.arm[Int(row)])] += sign
      events[Int(model.arm[Int(row)])] += sign * model.outcome[Int(row)]
    }
  }

  private func counts(_ rows: some Sequence<Int32>) -> Counts {
    var counts = Counts()
    for row in rows { counts.add(self, row, 1) }
    return counts
  }

  func fit(_ rows: [Int32]) -> NodeFit {
    let counts = counts(rows)
    let logits = (0..<2).map { log(counts.probability($0) / (1 - counts.probability($0))) }
    let hasBoth = counts.participants.allSatisfy { $0 > 0 }
    return NodeFit(
      coefficients: NodeCoefficients(
        effect: hasBoth ? logits[1] - logits[0] : nil, intercept: logits[0]),
      objective: counts.negativeLogLikelihood,
      scores: ScoreField(
        residuals: rows.map {
          outcome[Int($0)] - counts.probability(Int(arm[Int($0)]))
        },
        cells: rows.map { Int32(arm[Int($0)]) }, regressors: Matrix(rows: [[1, 0], [1, 1]]),
        parameters: [.intercept, .effect]),
      isSeparated: !logits.allSatisfy(\.isFinite))
  }

  func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    var left = Counts()
    var right = counts(order)
    var next = 0
    return cuts.map { cut in
      for row in order[next..<cut] {
        left.add(self, row, 1)
        right.add(self, row, -1)
      }
      next = cut
      return left.negativeLogLikelihood + right.negativeLogLikelihood
    }
  }

  func partitionObjectives(rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]])
    -> [Double]
  {
    groups.map { group in
      let sides = [true, false].map { side in
        counts(zip(rows, codes).filter { group[Int($0.1)] == side }.map(\.0))
      }
      return sides.reduce(0) { $0 + $1.negativeLogLikelihood }
    }
  }

  /// X'WX.
  func information(of rows: [Int32]) -> Matrix {
    let counts = counts(rows)
    let weights = (0..<2).map { arm in
      counts.participants[arm] * counts.probability(arm) * (1 - counts.probability(arm))
    }
    return Matrix(rows: [[weights[0] + weights[1], weights[1]], [weights[1], weights[1]]])
  }
}

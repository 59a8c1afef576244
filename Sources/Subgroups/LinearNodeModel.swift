public import Designs
import Foundation
import MixedModels
public import Numerics
public import Trees

/// What of a node model does not change while trees are grown: which cell a row is in.
public struct NodeCells: Sendable {
  /// One code a row: 2 × group + arm; a group is a trial, or everyone.
  let codes: [Int32]
  /// How intercepts are counted.
  let intercepts: NodeIntercepts
  /// The mean outcome, from which responses are counted.
  let origin: Double
  /// The case weights; nil where every row counts once.
  let weights: [Double]?

  /// The cells of a design for a method.
  public init(_ design: Design, _ method: Method) {
    let isStratified = method.isStratified
    intercepts = NodeIntercepts(
      groups: isStratified ? design.trials.count : 1, isStratified: isStratified)
    origin = design.family == .gaussian ? mean(design.outcome) : 0
    weights = design.weights
    codes =
      isStratified
      ? zip(design.trial, design.arm).map { 2 * $0 + Int32($1) } : design.arm.map(Int32.init)
  }

  /// The weights of some rows; nil where every row counts once.
  func weights(_ rows: [Int32]) -> [Double]? {
    weights.map { weights in rows.map { weights[Int($0)] } }
  }
}

/// The penalties that normal priors put on a node model's coefficients at a known σ: σ² times the
/// prior precisions, and the prior means.
public struct NodePenalty: Sendable, Equatable {
  let intercept: Double
  let interceptMean: Double
  let effect: Double
  let effectMean: Double

  /// No penalty: least squares.
  public static let none = NodePenalty(intercept: 0, interceptMean: 0, effect: 0, effectMean: 0)

  init(intercept: Double, interceptMean: Double, effect: Double, effectMean: Double) {
    self.intercept = intercept
    self.interceptMean = interceptMean
    self.effect = effect
    self.effectMean = effectMean
  }

  /// The penalties of a prior at σ, the outcome being counted from `origin`.
  init(_ prior: CoefficientPrior, sigma: Double, origin: Double) {
    let variance = sigma * sigma
    self.init(
      intercept: variance * prior.intercept.precision,
      interceptMean: prior.intercept.precision > 0 ? prior.intercept.mean - origin : 0,
      effect: variance * prior.effect.precision, effectMean: prior.effect.mean)
  }
}

/// The Gaussian node model given the trial effects: (penalised) least squares of outcome − offset on
/// the intercepts and the treatment, in closed form from counts and sums by cell.
public struct LinearNodeModel: NodeModel {
  let cells: NodeCells
  /// One a row, its two numbers side by side, since growth meets rows in any order.
  private let observations: [Observation]
  let penalty: NodePenalty
  /// What splits minimise: residual squares, or as R's Gaussian GLM trees have it, the negative
  /// log-likelihood with a variance for each side.
  public let objectiveKind: ObjectiveKind

  /// What a fit needs to know of a row.
  private struct Observation {
    /// Outcome − offset − origin.
    let response: Double
    /// 2 × group + arm.
    let cell: Int
  }

  /// A node model with an offset for each row.
  public init(
    _ design: Design, _ cells: NodeCells, offset: [Double], penalty: NodePenalty = .none,
    objectiveKind: ObjectiveKind = .residualSumOfSquares
  ) {
    self.cells = cells
    self.penalty = penalty
    self.objectiveKind = objectiveKind
    let (outcome, codes, origin) = (design.outcome, cells.codes, cells.origin)
    observations = outcome.indices.map { row in
      Observation(response: outcome[row] - offset[row] - origin, cell: Int(codes[row]))
    }
  }

  /// K + 1 or 2.
  public var parameterCount: Int { cells.intercepts.groups + 1 }

  /// Fits the model to some rows: the estimates and the objective are penalised, the scores are not.
  ///
  /// At the penalised estimate θ̂ the scores x_i (y_i − x_i'θ̂) have the sum S ≠ 0. Centred by each
  /// participant's share of the information, x_i x_i' (Σ x x')⁻¹ S, they are those at the
  /// least-squares estimate. Taking the plain mean off would leave the prior's pull in the levels
  /// and segments whose mix of arms differs from the node's, and with it in small nodes' p-values.
  public func fit(_ rows: [Int32]) -> NodeFit {
    let sums = sums(rows)
    let present = sums.presentGroups
    let solution = sums.solve(penalty)
    let free = penalty == .none ? solution : sums.solve(.none)
    let (residuals, codes) = residuals(rows, free)
    return NodeFit(
      coefficients: cells.intercepts.coefficients(effect: solution.effect, estimated: present) {
        solution.intercepts[$0] + cells.origin
      },
      objective: objective(sums.objective(penalty)),
      scores: cells.intercepts.scores(
        present: present, residuals: residuals, cells: codes, weights: cells.weights(rows)
      ) { Int(sums.count(ofGroup: $0).rounded()) })
  }

  /// The information on the coefficients in units of the scores: X'WX, scaled as the Gaussian GLM
  /// of R has it (methods-literature §1.2: dispersions with divisors N and n − p).
  public func information(of rows: [Int32]) -> Matrix {
    let sums = sums(rows)
    let result = cells.intercepts.information(present: sums.presentGroups) { group in
      (total: sums.count(ofGroup: group), active: sums.activeCount(ofGroup: group))
    }
    let (squares, total) = sums.objective(.none)
    let degrees = Double(rows.count - result.columns)
    guard squares > 0, degrees > 0 else { return result }
    // φ_e² / φ_v with φ_e = RSS/N of the scores and φ_v = RSS/(n − p) of the covariance.
    return (squares * degrees / (total * total)) * result
  }

  /// Calls a closure with position, observation and case weight of each row.
  ///
  /// There is one loop with weights and one without, so that the latter tests for none.
  @inline(__always)
  private func visit(
    _ rows: UnsafeBufferPointer<Int32>, _ range: Range<Int>,
    _ body: (_ position: Int, _ own: Observation, _ weight: Double) -> Void
  ) {
    observations.withUnsafeBufferPointer { observations in
      guard let weights = cells.weights else {
        for i in range { body(i, observations[Int(rows[i])], 1) }
        return
      }
      for i in range { body(i, observations[Int(rows[i])], weights[Int(rows[i])]) }
    }
  }

  private func sums(_ rows: [Int32]) -> CellSums {
    var sums = CellSums(groups: cells.intercepts.groups)
    sums.withTable { table in
      rows.withUnsafeBufferPointer { rows in
        visit(rows, 0..<rows.count) { _, own, weight in
          table.add(own.response, weight: weight, cell: own.cell)
        }
      }
    }
    return sums
  }

  /// What splits minimise, of the penalised residual squares of n rows.
  @inline(__always)
  private func objective(_ fit: (squares: Double, total: Double)) -> Double {
    switch objectiveKind {
    case .residualSumOfSquares: return fit.squares
    case .negativeLogLikelihood:
      return 0.5 * fit.total * (log(2 * Double.pi * fit.squares / fit.total) + 1)
    }
  }

  /// The residuals, each times its row's weight, and the cells of some rows.
  private func residuals(
    _ rows: [Int32], _ solution: CellSums.Solution
  ) -> (residuals: [Double], cells: [Int32]) {
    // The effect is 0 where it has no estimate.
    let fitted = solution.intercepts.flatMap { [$0, $0 + (solution.effect ?? 0)] }
    var codes: [Int32] = []
    let residuals = [Double](unsafeUninitializedCapacity: rows.count) { residuals, filled in
      codes = [Int32](unsafeUninitializedCapacity: rows.count) { codes, filled in
        fitted.withUnsafeBufferPointer { fitted in
          rows.withUnsafeBufferPointer { rows in
            visit(rows, 0..<rows.count) { i, own, weight in
              residuals[i] = weight * (own.response - fitted[own.cell])
              codes[i] = Int32(truncatingIfNeeded: own.cell)
            }
          }
        }
        filled = rows.count
      }
      filled = rows.count
    }
    return (residuals, codes)
  }

  /// The objective of both sides of each cut, in one sweep of sums.
  public func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    var right = sums(order)
    var left = CellSums(groups: cells.intercepts.groups)
    return left.withTable { left in
      right.withTable { right in
        order.withUnsafeBufferPointer { order in
          var next = 0
          return cuts.map { cut in
            visit(order, next..<cut) { _, own, weight in
              left.add(own.response, weight: weight, cell: own.cell)
              right.remove(own.response, weight: weight, cell: own.cell)
            }
            next = cut
            return objective(left.objective(penalty)) + objective(right.objective(penalty))
          }
        }
      }
    }
  }

  /// The objective of both sides of each threshold, from sums by level.
  public func thresholdObjectives(
    rows: [Int32], codes: [Int32], levels: Int, thresholds: [Int]
  ) -> [Double] {
    CellSums.withTables(levels + 2, groups: cells.intercepts.groups) { tables in
      rows.withUnsafeBufferPointer { rows in
        codes.withUnsafeBufferPointer { codes in
          visit(rows, 0..<rows.count) { i, own, weight in
            tables[Int(codes[Int(rows[i])])].add(own.response, weight: weight, cell: own.cell)
          }
        }
      }
      let (left, right) = (tables[levels], tables[levels + 1])
      for level in 0..<levels { right.add(tables[level]) }
      var next = 0
      return thresholds.map { threshold in
        while next <= threshold {
          left.take(tables[next], from: right)
          next += 1
        }
        return objective(left.objective(penalty)) + objective(right.objective(penalty))
      }
    }
  }

  /// The objective of a group of levels and of the others, for each group.
  public func partitionObjectives(
    rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]]
  ) -> [Double] {
    let empty = CellSums(groups: cells.intercepts.groups)
    var byLevel = [CellSums](repeating: empty, count: levels)
    rows.withUnsafeBufferPointer { rows in
      visit(rows, 0..<rows.count) { i, own, weight in
        byLevel[Int(codes[i])].withTable {
          $0.add(own.response, weight: weight, cell: own.cell)
        }
      }
    }
    return Subgroups.partitionObjectives(of: byLevel, empty: empty, groups: groups) {
      objective($0.objective(penalty)) + objective($1.objective(penalty))
    }
  }
}

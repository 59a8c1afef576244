public import Designs
import Foundation
public import Numerics
public import Trees

/// The binomial node model given an offset: (penalised) maximum-likelihood logistic regression of the
/// outcome on the intercepts and the treatment.
///
/// Everything works on weighted counts by cell (group × arm × distinct offset): where trial effects alone
/// make the offset a fit costs O(trials) after one pass over its rows; with a continuous covariate each
/// row is its own cell. Estimates and objectives are those of R's `glm`, the objective too where an
/// estimate is infinite; partykit's `glmtree` minimises the same.
public struct LogisticNodeModel: NodeModel {
  let cells: LogisticCells
  private let rows: [LogisticRow]
  private let hasWeights: Bool
  let penalty: NodePenalty

  /// A node model with an offset for each row.
  public init(_ design: Design, _ method: Method, offset: [Double], penalty: NodePenalty) {
    cells = LogisticCells(design, isStratified: method.isStratified, offset: offset)
    let weights = design.weights
    hasWeights = weights != nil
    rows = design.outcome.indices.map { row in
      LogisticRow(outcome: design.outcome[row], weight: weights?[row] ?? 1)
    }
    self.penalty = penalty
  }

  /// K + 1 or 2.
  public var parameterCount: Int { cells.groups + 1 }

  /// The (penalised) negative log-likelihood.
  public var objectiveKind: ObjectiveKind { .negativeLogLikelihood }

  /// Fits the model to some rows.
  ///
  /// Infinite estimates are absent: the effect (`isSeparated`), and the intercept of a trial whose
  /// outcomes are all events or all none, whose scores are 0 and whose column is untestable.
  public func fit(_ rows: [Int32]) -> NodeFit {
    let sums = sums(of: rows)
    var solver = LogisticSolver(cells, penalty)
    _ = solver.estimate(sums)
    let scores = scores(rows, sums, solver)
    let coefficients = coefficients(sums, solver)
    let isSeparated = solver.isSeparated
    var fit = NodeFit(
      coefficients: coefficients, objective: solver.objective(sums), scores: scores)
    fit.isSeparated = isSeparated
    return fit
  }

  /// X'WX in the columns of the scores; zero for the intercept of an uninformative trial.
  public func information(of rows: [Int32]) -> Matrix {
    let sums = sums(of: rows)
    var solver = LogisticSolver(cells, penalty)
    _ = solver.estimate(sums)
    return cells.intercepts.information(present: sums.presentGroups) { group in
      guard !solver.leavesOut(group) else { return nil }
      let control = information(sums, solver, stratum: 2 * group)
      let active = information(sums, solver, stratum: 2 * group + 1)
      return (total: control + active, active: active)
    }
  }

  private func information(
    _ sums: LogisticSums, _ solver: LogisticSolver, stratum: Int
  ) -> Double {
    let range = cells.starts[stratum]..<cells.starts[stratum + 1]
    let shift = solver.intercepts[stratum / 2] + (stratum % 2 == 1 ? solver.effect : 0)
    return CellLikelihood.sums(sums.table, cells.offsets, range, at: shift).information
  }

  func sums(of rows: [Int32]) -> LogisticSums {
    var sums = LogisticSums(cells)
    for row in rows { add(row, to: &sums) }
    return sums
  }

  @inline(__always)
  private func add(_ row: Int32, to sums: inout LogisticSums) {
    let cell = Int(cells.codes[Int(row)])
    sums.add(rows[Int(row)], cell: cell, stratum: Int(cells.strata[cell]))
  }

  @inline(__always)
  private func remove(_ row: Int32, from sums: inout LogisticSums) {
    let cell = Int(cells.codes[Int(row)])
    sums.remove(rows[Int(row)], cell: cell, stratum: Int(cells.strata[cell]))
  }

  private func coefficients(_ sums: LogisticSums, _ solver: LogisticSolver) -> NodeCoefficients {
    guard !solver.isSeparated else {
      return NodeCoefficients(
        effect: cells.isStratified || !solver.hasEffect ? nil : solver.effect, intercept: nil)
    }
    return cells.intercepts.coefficients(
      effect: solver.hasEffect ? solver.effect : nil,
      estimated: cells.isStratified ? sums.presentGroups.filter { !solver.leavesOut($0) } : [0]
    ) { solver.intercepts[$0] }
  }

  /// The objective of both sides of each cut, in one sweep of counts; each fit starts from the
  /// estimates beside the cut before.
  public func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    var right = sums(of: order)
    var left = LogisticSums(cells)
    var leftSolver = LogisticSolver(cells, penalty)
    var rightSolver = leftSolver
    var next = 0
    return cuts.map { cut in
      while next < cut {
        add(order[next], to: &left)
        remove(order[next], from: &right)
        next += 1
      }
      return leftSolver.objective(left) + rightSolver.objective(right)
    }
  }

  /// The objective of a group of levels and of the others, for each group.
  public func partitionObjectives(
    rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]]
  ) -> [Double] {
    let empty = LogisticSums(cells)
    var byLevel = [LogisticSums](repeating: empty, count: levels)
    for (i, row) in rows.enumerated() { add(row, to: &byLevel[Int(codes[i])]) }
    // Each fit starts from the estimates of the group before.
    var inside = LogisticSolver(cells, penalty)
    var outside = inside
    return Subgroups.partitionObjectives(of: byLevel, empty: empty, groups: groups) {
      inside.objective($0) + outside.objective($1)
    }
  }
}

// MARK: - Scores

extension LogisticNodeModel {
  /// The scores m (y − μ) x at the estimates.
  ///
  /// At a penalised estimate they have the sum S ≠ 0, and are centred by each participant's share of
  /// the information, m μ(1 − μ) x x' (X'WX)⁻¹ S: to first order those at the maximum of the likelihood.
  private func scores(
    _ rows: [Int32], _ sums: LogisticSums, _ solver: LogisticSolver
  ) -> ScoreField {
    let present = sums.presentGroups
    var field = cells.intercepts.scores(
      present: present, residuals: residuals(rows, sums, solver),
      cells: rows.map { cells.strata[Int(cells.codes[Int($0)])] },
      weights: hasWeights ? rows.map { self.rows[Int($0)].weight } : nil
    ) { sums.count(ofGroup: $0) }
    field.untestable = present.map { solver.leavesOut($0) } + [false]
    return field
  }

  private func residuals(
    _ rows: [Int32], _ sums: LogisticSums, _ solver: LogisticSolver
  ) -> [Double] {
    var means = [Double](repeating: 0, count: cells.count)
    var centers = means
    let shares = penalty == .none ? nil : shares(sums, solver)
    for cell in means.indices {
      let stratum = Int(cells.strata[cell])
      let eta =
        cells.offsets[cell] + solver.intercepts[stratum / 2]
        + (stratum % 2 == 1 ? solver.effect : 0)
      let mean = eta > 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta))
      means[cell] = mean
      if let shares { centers[cell] = mean * (1 - mean) * shares[stratum] }
    }
    return rows.map { row in
      let cell = Int(cells.codes[Int(row)])
      if solver.leavesOut(Int(cells.strata[cell]) / 2) { return 0 }
      let own = self.rows[Int(row)]
      return own.events - own.weight * (means[cell] + centers[cell])
    }
  }

  /// x'(X'WX)⁻¹ S of each stratum.
  private func shares(_ sums: LogisticSums, _ solver: LogisticSolver) -> [Double] {
    var weights = [Double](repeating: 0, count: 2 * cells.groups)
    var scores = weights
    for stratum in weights.indices {
      let range = cells.starts[stratum]..<cells.starts[stratum + 1]
      let shift = solver.intercepts[stratum / 2] + (stratum % 2 == 1 ? solver.effect : 0)
      let found = CellLikelihood.sums(sums.table, cells.offsets, range, at: shift)
      weights[stratum] = found.information
      scores[stratum] = found.residual
    }
    var weight = 0.0
    var right = 0.0
    for g in 0..<cells.groups where weights[2 * g] > 0 && weights[2 * g + 1] > 0 {
      let total = weights[2 * g] + weights[2 * g + 1]
      weight += weights[2 * g] * weights[2 * g + 1] / total
      right += (weights[2 * g] * scores[2 * g + 1] - weights[2 * g + 1] * scores[2 * g]) / total
    }
    let effect = weight > 0 ? right / weight : 0
    var result = weights
    for g in 0..<cells.groups {
      let total = weights[2 * g] + weights[2 * g + 1]
      let sum = scores[2 * g] + scores[2 * g + 1] - weights[2 * g + 1] * effect
      result[2 * g] = total > 0 ? sum / total : 0
      result[2 * g + 1] = result[2 * g] + effect
    }
    return result
  }
}

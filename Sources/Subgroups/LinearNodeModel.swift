public import Designs
import Foundation
import MixedModels
public import Numerics
public import Trees

/// What of a node model does not change while trees are grown: which cell a row is in.
public struct NodeCells: Sendable {
  /// One code a row: 2 × group + arm; a group is a trial, or everyone.
  let codes: [Int32]
  /// The number of groups: the trials, or 1.
  let groups: Int
  /// Whether each trial has an intercept of its own.
  let isStratified: Bool
  /// The mean outcome, from which responses are counted.
  let origin: Double
  /// The case weights; nil where every row counts once.
  let weights: [Double]?

  /// The cells of a design for a method.
  public init(_ design: Design, _ method: Method) {
    isStratified = method.isStratified
    groups = isStratified ? design.trials.count : 1
    origin = design.family == .gaussian ? mean(design.outcome) : 0
    weights = design.weights
    codes =
      isStratified
      ? zip(design.trial, design.arm).map { 2 * $0 + Int32($1) } : design.arm.map(Int32.init)
  }

  /// The case weight of a row.
  @inline(__always)
  func weight(_ row: Int32) -> Double {
    if let weights { weights[Int(row)] } else { 1 }
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
  /// Outcome − offset − origin, one a row.
  let response: [Double]
  let penalty: NodePenalty
  /// What splits minimise: residual squares, or as R's Gaussian GLM trees have it, the negative
  /// log-likelihood with a variance for each side.
  public let objectiveKind: ObjectiveKind

  /// A node model with an offset for each row.
  public init(
    _ design: Design, _ cells: NodeCells, offset: [Double], penalty: NodePenalty = .none,
    objectiveKind: ObjectiveKind = .residualSumOfSquares
  ) {
    self.cells = cells
    self.penalty = penalty
    self.objectiveKind = objectiveKind
    response = design.outcome.indices.map { design.outcome[$0] - offset[$0] - cells.origin }
  }

  /// K + 1 or 2.
  public var parameterCount: Int { cells.groups + 1 }

  /// Fits the model to some rows: the estimates and the objective are penalised, the scores are not.
  ///
  /// At the penalised estimate θ̂ the scores x_i (y_i − x_i'θ̂) have the sum S ≠ 0. Centred by each
  /// participant's share of the information, x_i x_i' (Σ x x')⁻¹ S, they are those at the
  /// least-squares estimate. Taking the plain mean off would leave the prior's pull in the levels
  /// and segments whose mix of arms differs from the node's, and with it in small nodes' p-values.
  public func fit(_ rows: [Int32]) -> NodeFit {
    let sums = sums(rows)
    let solution = sums.solve(penalty)
    let free = penalty == .none ? solution : sums.solve(.none)
    return NodeFit(
      coefficients: coefficients(solution, sums), objective: objective(sums),
      scores: scores(residuals(rows, free), rows, sums))
  }

  /// The information on the coefficients in units of the scores: X'WX, scaled as the Gaussian GLM
  /// of R has it (methods-literature §1.2: dispersions with divisors N and n − p).
  public func information(of rows: [Int32]) -> Matrix {
    let sums = sums(rows)
    let present = presentGroups(sums)
    let last = present.count
    var result = Matrix(rows: last + 1, columns: last + 1)
    for (column, group) in present.enumerated() {
      let active = sums.activeCount(ofGroup: group)
      result[column, column] = sums.count(ofGroup: group)
      result[column, last] = active
      result[last, column] = active
      result[last, last] += active
    }
    let squares = sums.objective(.none)
    let degrees = Double(rows.count - last - 1)
    guard squares > 0, degrees > 0 else { return result }
    // φ_e² / φ_v with φ_e = RSS/N of the scores and φ_v = RSS/(n − p) of the covariance.
    return (squares * degrees / (sums.total * sums.total)) * result
  }

  @inline(__always)
  private func add(_ row: Int32, to sums: inout CellSums) {
    sums.add(
      response[Int(row)], weight: cells.weight(row), cell: Int(cells.codes[Int(row)]))
  }

  private func sums(_ rows: [Int32]) -> CellSums {
    var sums = CellSums(groups: cells.groups)
    for row in rows { add(row, to: &sums) }
    return sums
  }

  private func objective(_ sums: CellSums) -> Double {
    let squares = sums.objective(penalty)
    switch objectiveKind {
    case .residualSumOfSquares: return squares
    case .negativeLogLikelihood:
      let n = sums.total
      return 0.5 * n * (log(2 * Double.pi * squares / n) + 1)
    }
  }

  private func presentGroups(_ sums: CellSums) -> [Int] {
    (0..<cells.groups).filter { sums.count(ofGroup: $0) > 0 }
  }

  /// The residuals, each times its row's weight.
  private func residuals(_ rows: [Int32], _ solution: CellSums.Solution) -> [Double] {
    var fitted = [Double](repeating: 0, count: 2 * cells.groups)
    for g in 0..<cells.groups {
      fitted[2 * g] = solution.intercepts[g]
      fitted[2 * g + 1] = solution.intercepts[g] + (solution.effect ?? 0)
    }
    return rows.map {
      cells.weight($0) * (response[Int($0)] - fitted[Int(cells.codes[Int($0)])])
    }
  }

  private func coefficients(_ solution: CellSums.Solution, _ sums: CellSums) -> NodeCoefficients {
    let intercepts = solution.intercepts.map { $0 + cells.origin }
    guard cells.isStratified else {
      return NodeCoefficients(effect: solution.effect, intercept: intercepts[0])
    }
    return NodeCoefficients(
      effect: solution.effect, intercept: nil,
      trialIntercepts: Dictionary(
        uniqueKeysWithValues: presentGroups(sums).map { (Int32($0), intercepts[$0]) }))
  }

  private func scores(_ residuals: [Double], _ rows: [Int32], _ sums: CellSums) -> ScoreField {
    let present = presentGroups(sums)
    var regressors = Matrix(rows: 2 * cells.groups, columns: present.count + 1)
    var parameters: [ScoreParameter] = []
    for (column, group) in present.enumerated() {
      regressors[2 * group, column] = 1
      regressors[2 * group + 1, column] = 1
      regressors[2 * group + 1, present.count] = 1
      parameters.append(
        cells.isStratified
          ? .trialIntercept(
            trial: Int32(group), participants: Int(sums.count(ofGroup: group).rounded()))
          : .intercept)
    }
    return ScoreField(
      residuals: residuals, cells: rows.map { cells.codes[Int($0)] }, regressors: regressors,
      parameters: parameters + [.effect], weights: cells.weights(rows))
  }

  /// The objective of both sides of each cut, in one sweep of sums.
  public func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    var right = sums(order)
    var left = CellSums(groups: cells.groups)
    var next = 0
    return cuts.map { cut in
      while next < cut {
        let row = order[next]
        let cell = Int(cells.codes[Int(row)])
        left.add(response[Int(row)], weight: cells.weight(row), cell: cell)
        right.remove(response[Int(row)], weight: cells.weight(row), cell: cell)
        next += 1
      }
      return objective(left) + objective(right)
    }
  }

  /// The objective of a group of levels and of the others, for each group.
  public func partitionObjectives(
    rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]]
  ) -> [Double] {
    var byLevel = [CellSums](repeating: CellSums(groups: cells.groups), count: levels)
    for (i, row) in rows.enumerated() { add(row, to: &byLevel[Int(codes[i])]) }
    return groups.map { group in
      var inside = CellSums(groups: cells.groups)
      var outside = inside
      for level in 0..<levels {
        if group[level] { inside.add(byLevel[level]) } else { outside.add(byLevel[level]) }
      }
      return objective(inside) + objective(outside)
    }
  }
}

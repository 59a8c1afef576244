import Numerics
import Synchronization
import Trees

/// A node model whose objectives are given and whose calls are noted; it has no data.
final class ScriptedModel: NodeModel {
  /// What the search asked for.
  enum Call: Equatable {
    case cuts(order: [Int32], cuts: [Int])
    case groups([[Bool]])
  }

  let parameterCount = 2
  private let cutObjective: @Sendable (Int) -> Double
  private let groupObjective: @Sendable ([Bool]) -> Double
  private let effect: @Sendable ([Int32]) -> Double?
  private let log = Mutex<[Call]>([])

  init(
    cut: @escaping @Sendable (Int) -> Double = { _ in 0 },
    group: @escaping @Sendable ([Bool]) -> Double = { _ in 0 },
    effect: @escaping @Sendable ([Int32]) -> Double? = { _ in nil }
  ) {
    cutObjective = cut
    groupObjective = group
    self.effect = effect
  }

  /// The calls so far.
  var calls: [Call] { log.withLock { $0 } }

  func fit(_ rows: [Int32]) -> NodeFit {
    NodeFit(
      coefficients: NodeCoefficients(effect: effect(rows), intercept: 0), objective: 0,
      scores: ScoreField(
        residuals: rows.map { _ in 0 }, cells: rows.map { _ in 0 },
        regressors: Matrix(rows: 1, columns: 1), parameters: [.effect]))
  }

  func cutObjectives(order: [Int32], cuts: [Int]) -> [Double] {
    log.withLock { $0.append(.cuts(order: order, cuts: cuts)) }
    return cuts.map(cutObjective)
  }

  func partitionObjectives(rows: [Int32], codes: [Int32], levels: Int, groups: [[Bool]])
    -> [Double]
  {
    log.withLock { $0.append(.groups(groups)) }
    return groups.map(groupObjective)
  }
}

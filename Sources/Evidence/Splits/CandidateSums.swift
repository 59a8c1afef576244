import Designs
import MixedModels
import Trees

/// The cells of a node's children for every admissible split on one variable, without a pass over the rows for
/// each of them.
///
/// Each child is divided further by the strata of its rows, which keep intercepts of their own.
struct CandidateSums {
  let design: Design
  /// What is subtracted from every outcome.
  let origin: Double
  /// The stratum of each row of the design, counted from 0.
  let stratum: [Int32]
  /// The number of strata.
  let strata: Int

  /// At most so many splits of one variable are taken, evenly spaced among the admissible ones.
  static let mostSplits = 200

  /// For each split the cells of its children: child after child, within it stratum after stratum, and within that
  /// one cell a trial.
  func children(of candidates: SplitCandidates, in rows: [Int32]) -> [[[CellStatistics]]] {
    switch candidates {
    case .cuts(let order, let places): cut(order, at: thinned(places))
    case .groupings(let rowCodes, let children): group(rows, rowCodes, thinned(children))
    }
  }

  /// Evenly spaced ones of too many.
  private func thinned<Item>(_ items: [Item]) -> [Item] {
    guard items.count > Self.mostSplits else { return items }
    return (0..<Self.mostSplits).map {
      items[(2 * $0 + 1) * items.count / (2 * Self.mostSplits)]
    }
  }

  private var empty: [CellStatistics] {
    let trials = design.trials.count
    return (0..<(strata * trials)).map {
      CellStatistics(
        leaf: $0 / trials, trial: $0 % trials, covariates: design.covariates.columns.count)
    }
  }

  /// The cells of some rows, one a stratum and trial.
  func cells(of rows: some Sequence<Int32>) -> [CellStatistics] {
    var cells = empty
    for row in rows { add(Int(row), to: &cells) }
    return cells
  }

  private func add(_ row: Int, to cells: inout [CellStatistics]) {
    cells[Int(stratum[row]) * design.trials.count + Int(design.trial[row])].add(
      outcome: design.outcome[row] - origin, isActive: design.arm[row] == 1,
      weight: design.weights?[row] ?? 1, covariates: design.covariates.columns.map { $0[row] })
  }

  private func cut(_ order: [Int32], at places: [Int]) -> [[[CellStatistics]]] {
    let all = cells(of: order)
    var left = empty
    var next = 0
    return places.map { place in
      while next < place {
        add(Int(order[next]), to: &left)
        next += 1
      }
      return [left, zip(all, left).map { $0.without($1) }]
    }
  }

  private func group(
    _ rows: [Int32], _ rowCodes: [Int32], _ splits: [[Int]]
  ) -> [[[CellStatistics]]] {
    guard let levels = splits.first?.count else { return [] }
    var byLevel = [[CellStatistics]](repeating: empty, count: levels)
    var isPresent = [Bool](repeating: false, count: levels)
    for (row, code) in zip(rows, rowCodes) {
      add(Int(row), to: &byLevel[Int(code)])
      isPresent[Int(code)] = true
    }
    return splits.map { children in
      var result = [[CellStatistics]](repeating: empty, count: (children.max() ?? 0) + 1)
      for level in 0..<levels where isPresent[level] {
        for k in byLevel[level].indices { result[children[level]][k].add(byLevel[level][k]) }
      }
      return result
    }
  }
}

import Foundation

/// The figures of one cell, of the data or of a replicate.
struct CellFigures {
  /// The mean of the outcome; of events their share.
  var mean = 0.0
  /// Σ w (y − mean)².
  var squares = 0.0
  /// The number of participants at the lowest score.
  var floor = 0
  /// The number of participants at the highest score.
  var ceiling = 0
}

/// The cells that are looked at together: those of one arm in one trial, or in all.
struct CellGroup {
  let trial: Int?
  let arm: Int
  /// The cells of each trial.
  let parts: [[Int]]

  /// The groups of cells: the arms over all trials, then the arms of each.
  static func all(_ cells: [PredictedCell]) -> [CellGroup] {
    let trials = Set(cells.map(\.trial)).sorted()
    func part(_ trial: Int, _ arm: Int) -> [Int] {
      cells.indices.filter { cells[$0].trial == trial && cells[$0].arm == arm }
    }
    let whole = (0...1).map { arm in
      CellGroup(trial: nil, arm: arm, parts: trials.map { part($0, arm) }.filter { !$0.isEmpty })
    }
    let single = trials.flatMap { trial in
      (0...1).map { CellGroup(trial: trial, arm: $0, parts: [part(trial, $0)]) }
    }
    return (whole + single).filter { $0.parts.contains { !$0.isEmpty } }
  }

  /// The number of participants.
  func participants(_ cells: [PredictedCell]) -> Int {
    parts.joined().reduce(0) { $0 + cells[$1].rows.count }
  }

  /// A statistic of the group; nil where there are too few participants for it.
  func value(
    _ statistic: PredictiveStatistic, _ figures: [CellFigures], _ cells: [PredictedCell]
  ) -> Double? {
    switch statistic {
    case .mean, .events:
      var (sum, weight) = (0.0, 0.0)
      for cell in parts.joined() {
        sum += cells[cell].weight * figures[cell].mean
        weight += cells[cell].weight
      }
      return sum / weight
    case .sd: return deviation(figures, cells)
    case .floor:
      return Double(parts.joined().reduce(0) { $0 + figures[$1].floor })
        / Double(participants(cells))
    case .ceiling:
      return Double(parts.joined().reduce(0) { $0 + figures[$1].ceiling })
        / Double(participants(cells))
    }
  }

  /// √(Σ of squares about the trials' means / degrees of freedom).
  private func deviation(_ figures: [CellFigures], _ cells: [PredictedCell]) -> Double? {
    var (squares, degrees) = (0.0, 0)
    for part in parts {
      var (sum, weight, count) = (0.0, 0.0, 0)
      for cell in part {
        sum += cells[cell].weight * figures[cell].mean
        weight += cells[cell].weight
        count += cells[cell].rows.count
      }
      for cell in part {
        squares += figures[cell].squares
        squares += cells[cell].weight * pow(figures[cell].mean - sum / weight, 2)
      }
      degrees += count - 1
    }
    return degrees > 0 ? (squares / Double(degrees)).squareRoot() : nil
  }
}

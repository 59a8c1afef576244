import Numerics
import Tables

/// The rows of a file sorted by trial, for summaries by trial and in total.
struct TrialGrouping {
  /// One trial, the rows without a trial, or all rows.
  struct Group {
    let label: String?
    /// The group's rows, as positions in the sorted order.
    let rows: Range<Int>
  }

  /// The trials in level order, the rows without a trial if there are any, then all rows.
  let groups: [Group]
  /// Row indices sorted by trial, in file order within each.
  private let order: [Int32]

  /// Sorts the kept rows.
  init(_ trial: (codes: [Int32], levels: [String]), kept: [Bool]) {
    let none = trial.levels.count
    func group(_ row: Int) -> Int { trial.codes[row] < 0 ? none : Int(trial.codes[row]) }
    var starts = [Int](repeating: 0, count: none + 2)
    for row in kept.indices where kept[row] { starts[group(row) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var next = starts
    var order = [Int32](repeating: 0, count: starts[none + 1])
    for row in kept.indices where kept[row] {
      let group = group(row)
      order[next[group]] = Int32(row)
      next[group] += 1
    }
    self.order = order
    var groups = (0...none).map { index in
      Group(
        label: index < none ? trial.levels[index] : nil, rows: starts[index]..<starts[index + 1])
    }
    groups.removeAll { $0.rows.isEmpty }
    groups.append(Group(label: nil, rows: 0..<order.count))
    self.groups = groups
  }

  /// How many rows of each group are marked.
  func counts(of marks: [Bool]) -> [Int] {
    groups.map { $0.rows.count { marks[Int(order[$0])] } }
  }

  /// The summary of a column in each group.
  func summaries(_ column: Column) -> [VariableSummary] {
    switch column {
    case .numeric(let values):
      var sorted = order.map { values[Int($0)] }
      return sorted.withUnsafeMutableBufferPointer { sorted in
        // The total comes last, so that it may find the values in any order.
        groups.map { group in
          .numeric(numberSummary(UnsafeMutableBufferPointer(rebasing: sorted[group.rows])))
        }
      }
    case .nominal(let codes, let levels), .ordered(let codes, let levels):
      return groups.map { group in
        var counts = [Int](repeating: 0, count: levels.count)
        var missing = 0
        for position in group.rows {
          let code = codes[Int(order[position])]
          if code < 0 { missing += 1 } else { counts[Int(code)] += 1 }
        }
        return .levels(counts: counts, missing: missing)
      }
    }
  }
}

/// The summary of some values, not-a-number where missing; leaves them in another order.
func numberSummary(_ values: UnsafeMutableBufferPointer<Double>) -> NumberSummary {
  let present = gatherPresent(values)
  let count = present.count
  guard count > 0 else {
    return NumberSummary(
      count: 0, missing: values.count, minimum: nil, lowerQuartile: nil, median: nil,
      upperQuartile: nil, maximum: nil, mean: nil, standardDeviation: nil)
  }
  let mean = present.reduce(0, +) / Double(count)
  let squares = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  let median = selectQuantile(present, 0.5)
  return NumberSummary(
    count: count, missing: values.count - count, minimum: present.min(),
    lowerQuartile: selectQuantile(present, 0.25), median: median,
    upperQuartile: selectQuantile(present, 0.75), maximum: present.max(), mean: mean,
    standardDeviation: count > 1 ? (squares / Double(count - 1)).squareRoot() : nil)
}

/// Moves the numbers before the missing values and returns them.
private func gatherPresent(
  _ values: UnsafeMutableBufferPointer<Double>
) -> UnsafeMutableBufferPointer<Double> {
  var count = 0
  for index in values.indices where !values[index].isNaN {
    values.swapAt(index, count)
    count += 1
  }
  return UnsafeMutableBufferPointer(rebasing: values[..<count])
}

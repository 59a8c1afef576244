/// The rows of a growing tree: one array of them in row order and one for each numeric variable in
/// its order, each partitioned so that a node holds the same range of all of them.
struct NodeRows {
  /// The rows of the nodes, ascending within a node.
  private(set) var rows: [Int32]
  /// For each variable the rows of the nodes in its order; empty for levels, and for few values.
  private(set) var orders: [[Int32]]
  private var goesRight: [UInt8]
  private var spare: [Int32]

  /// All rows in one node; the variables' orders are taken from them, those of few values only where
  /// `readsEveryRow`.
  init(_ variables: inout SortedVariables, readsEveryRow: Bool) {
    rows = variables.rows
    orders = variables.takeOrders()
    for (variable, column) in variables.columns.enumerated() where !readsEveryRow {
      if case .numeric(_, _, .some) = column { orders[variable] = [] }
    }
    goesRight = [UInt8](repeating: 0, count: variables.dataRows)
    spare = rows
  }

  /// Divides the node that holds a range, keeping the order in all parts; returns the ranges of the
  /// children.
  ///
  /// The orders are divided only where `keepsOrders`, that is where a part will be tested.
  mutating func divide(
    _ range: Range<Int>, by split: Split, of column: SortedVariables.Column, keepsOrders: Bool
  ) -> [Range<Int>] {
    if case .nominal(_, let groups) = split, groups.count > 2 {
      return divide(range, in: groups, of: column, keepsOrders: keepsOrders)
    }
    mark(range, by: split, of: column)
    let middle = partition(range, keepsOrders: keepsOrders)
    return [range.lowerBound..<middle, middle..<range.upperBound]
  }

  /// Divides a node in more than two: one group of levels after another is parted from the rest.
  private mutating func divide(
    _ range: Range<Int>, in groups: [[Int]], of column: SortedVariables.Column, keepsOrders: Bool
  ) -> [Range<Int>] {
    guard case .nominal(let codes, let levels) = column else {
      preconditionFailure("a split of another kind than its variable")
    }
    var result: [Range<Int>] = []
    var start = range.lowerBound
    for group in groups.dropLast() {
      var isRight = [Bool](repeating: true, count: levels)
      for level in group { isRight[level] = false }
      let rest = start..<range.upperBound
      mark(rest, codes) { isRight[Int($0)] }
      let middle = partition(rest, keepsOrders: keepsOrders)
      result.append(start..<middle)
      start = middle
    }
    return result + [start..<range.upperBound]
  }

  /// Parts the marked rows of a range from its others in rows and orders; returns where they begin.
  private mutating func partition(_ range: Range<Int>, keepsOrders: Bool) -> Int {
    let middle = Trees.partition(&rows, range, goesRight: goesRight, spare: &spare)
    for variable in orders.indices where keepsOrders && !orders[variable].isEmpty {
      _ = Trees.partition(&orders[variable], range, goesRight: goesRight, spare: &spare)
    }
    return middle
  }

  /// Notes of each row of a node whether a split in two sends it to the right child.
  private mutating func mark(
    _ range: Range<Int>, by split: Split, of column: SortedVariables.Column
  ) {
    switch (column, split) {
    case (.numeric(let values, _, _), .numeric(_, let breakpoint)):
      mark(range, values) { $0 > breakpoint }
    case (.ordered(let codes, _), .ordered(_, let breakpoint)):
      mark(range, codes) { $0 > breakpoint }
    case (.nominal(let codes, let levels), .nominal(_, let groups)):
      var isRight = [Bool](repeating: false, count: levels)
      for level in groups.dropFirst().joined() { isRight[level] = true }
      mark(range, codes) { isRight[Int($0)] }
    default:
      preconditionFailure("a split of another kind than its variable")
    }
  }

  @inline(__always)
  private mutating func mark<Value>(
    _ range: Range<Int>, _ values: [Value], isRight: (Value) -> Bool
  ) {
    values.withUnsafeBufferPointer { values in
      goesRight.withUnsafeMutableBufferPointer { goesRight in
        for row in rows[range] { goesRight[Int(row)] = isRight(values[Int(row)]) ? 1 : 0 }
      }
    }
  }
}

/// Moves the rows of a range that go right behind its others, stably, and returns where they begin.
///
/// Free of branches, O(range); `spare` holds at least as many rows as the range.
private func partition(
  _ array: inout [Int32], _ range: Range<Int>, goesRight: [UInt8], spare: inout [Int32]
) -> Int {
  array.withUnsafeMutableBufferPointer { array in
    spare.withUnsafeMutableBufferPointer { spare in
      goesRight.withUnsafeBufferPointer { goesRight in
        var left = range.lowerBound
        var right = 0
        for i in range {
          let row = array[i]
          let flag = Int(goesRight[Int(row)])
          array[left] = row
          spare[right] = row
          left += 1 - flag
          right += flag
        }
        for i in 0..<right { array[left + i] = spare[i] }
        return left
      }
    }
  }
}

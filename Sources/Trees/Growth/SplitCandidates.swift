/// The splits of a node on one variable among which a search may choose.
public enum SplitCandidates: Sendable, Equatable {
  /// The node's rows in the variable's order, each of the ascending places cutting them in two.
  case cuts(order: [Int32], places: [Int])
  /// The level of each of the node's rows, and of each split the child of every level.
  case groupings(rowCodes: [Int32], children: [[Int]])

  /// The number of splits.
  public var count: Int {
    switch self {
    case .cuts(_, let places): places.count
    case .groupings(_, let children): children.count
    }
  }
}

extension SortedVariables {
  /// The splits of a node on a variable that leave enough participants on all sides.
  ///
  /// `rows` are those of the node, ascending. A nominal variable of more levels than
  /// `GrowthControl.mostLevelsTried`, whose search looks at effects first, has each level against the rest.
  public func candidates(
    of variable: Int, in rows: [Int32], minSize: Int, control: GrowthControl
  ) -> SplitCandidates {
    let admissible = AdmissibleSplits(minSize: minSize, control: control, strata: strata)
    switch columns[variable] {
    case .numeric(let values, _, _):
      return cuts(in: orders[variable], rows, admissible) { values[Int($0)] != values[Int($1)] }
    case .ordered(let codes, let levels):
      let order = AdmissibleSplits.order(rows, by: codes, levels: levels)
      return cuts(in: order, rows, admissible) { codes[Int($0)] != codes[Int($1)] }
    case .nominal(let codes, let levels):
      let rowCodes = rows.map { codes[Int($0)] }
      return .groupings(
        rowCodes: rowCodes,
        children: nominal(
          rows, rowCodes, levels, admissible, isMultiway: control.categorical == .multiway))
    }
  }

  private func cuts(
    in order: [Int32], _ rows: [Int32], _ admissible: AdmissibleSplits,
    differ: (Int32, Int32) -> Bool
  ) -> SplitCandidates {
    var order = order
    if order.count > rows.count {
      var isMember = [Bool](repeating: false, count: dataRows)
      for row in rows { isMember[Int(row)] = true }
      order.removeAll { !isMember[Int($0)] }
    }
    let places = order.withUnsafeBufferPointer { order in
      admissible.cuts(order) { differ(order[$0 - 1], order[$0]) }
    }
    return .cuts(order: order, places: places)
  }

  private func nominal(
    _ rows: [Int32], _ rowCodes: [Int32], _ levels: Int, _ admissible: AdmissibleSplits,
    isMultiway: Bool
  ) -> [[Int]] {
    let present = AdmissibleSplits.present(rowCodes, levels: levels)
    guard !isMultiway else {
      guard admissible.allowsOneChildALevel(rows, rowCodes: rowCodes, present: present) else {
        return []
      }
      return [(0..<levels).map { present.firstIndex(of: $0) ?? 0 }]
    }
    let groups =
      present.count <= GrowthControl.mostLevelsTried
      ? admissible.groupings(of: present, rows, rowCodes: rowCodes, levels: levels)
      : admissible.admissible(
        present.map { level in (0..<levels).map { $0 == level } }, of: present, rows,
        rowCodes: rowCodes, levels: levels)
    return groups.map { group in group.map { $0 ? 0 : 1 } }
  }
}

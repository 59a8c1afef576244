/// The search for the split of one variable that minimises the node objective of both sides.
struct SplitSearch<Model: NodeModel> {
  /// The model whose objective is minimised.
  let model: Model
  /// The smallest number of participants of either side.
  let minSize: Int

  /// The best cut of a numeric variable, the first of equal ones; nil where none leaves `minSize`
  /// participants on either side.
  ///
  /// `order` holds the rows of the node in the variable's order.
  func numeric(_ variable: Int, values: [Double], order: [Int32]) -> Split? {
    var cuts: [Int] = []
    values.withUnsafeBufferPointer { values in
      order.withUnsafeBufferPointer { order in
        for cut in stride(from: max(minSize, 1), through: order.count - max(minSize, 1), by: 1)
        where values[Int(order[cut - 1])] != values[Int(order[cut])] { cuts.append(cut) }
      }
    }
    return bestCut(order: order, cuts: cuts).map { cut in
      .numeric(variable: variable, breakpoint: values[Int(order[cut - 1])])
    }
  }

  /// The best threshold of an ordered variable among the levels that the node has.
  func ordered(_ variable: Int, codes: [Int32], levels: Int, rows: [Int32]) -> Split? {
    var starts = [Int](repeating: 0, count: levels + 1)
    for row in rows { starts[Int(codes[Int(row)]) + 1] += 1 }
    for level in 0..<levels { starts[level + 1] += starts[level] }
    var next = starts
    var order = rows
    for row in rows {
      let level = Int(codes[Int(row)])
      order[next[level]] = row
      next[level] += 1
    }
    let ends = (0..<levels).filter { starts[$0 + 1] > starts[$0] }.map { starts[$0 + 1] }
    let cuts = ends.filter { $0 >= minSize && rows.count - $0 >= minSize && $0 < rows.count }
    return bestCut(order: order, cuts: cuts).map { cut in
      .ordered(variable: variable, breakpoint: Int(codes[Int(order[cut - 1])]))
    }
  }

  /// The best grouping in two of the levels that the node has, in partykit's order of groupings.
  ///
  /// In grouping s = 1, 2, … the l-th present level goes left where bit l − 1 of s is set; the last
  /// goes right always. With more than `GrowthControl.mostLevelsTried` levels the groupings are
  /// those that cut the levels ordered by their own treatment effects.
  func nominal(_ variable: Int, codes: [Int32], levels: Int, rows: [Int32]) -> Split? {
    let rowCodes = rows.map { codes[Int($0)] }
    var counts = [Int](repeating: 0, count: levels)
    for code in rowCodes { counts[Int(code)] += 1 }
    let present = (0..<levels).filter { counts[$0] > 0 }
    guard present.count <= GrowthControl.mostLevelsTried else {
      return effectGrouping(variable, present, rowCodes: rowCodes, rows: rows)
    }
    let groups = allGroupings(of: present, levels: levels).filter { group in
      let left = present.reduce(0) { $0 + (group[$1] ? counts[$1] : 0) }
      return left >= minSize && rows.count - left >= minSize
    }
    guard !groups.isEmpty else { return nil }
    let best =
      groups.count == 1
      ? 0
      : indexOfMinimum(
        model.partitionObjectives(rows: rows, codes: rowCodes, levels: levels, groups: groups))
    return best.map { best in
      .nominal(
        variable: variable,
        groups: [present.filter { groups[best][$0] }, present.filter { !groups[best][$0] }])
    }
  }

  /// Every grouping of the present levels in two.
  private func allGroupings(of present: [Int], levels: Int) -> [[Bool]] {
    guard present.count > 1 else { return [] }
    return (1..<(1 << (present.count - 1))).map { number in
      var group = [Bool](repeating: false, count: levels)
      for (bit, level) in present.enumerated() { group[level] = number >> bit & 1 == 1 }
      return group
    }
  }

  /// The best grouping among those that cut the present levels in the order of the effects estimated
  /// in each, a level without an estimate standing at the node's own.
  ///
  /// The rows in that order are searched like those of a numeric variable, so that the cost is
  /// linear however many levels there are.
  private func effectGrouping(
    _ variable: Int, _ present: [Int], rowCodes: [Int32], rows: [Int32]
  ) -> Split? {
    var members = [[Int32]](repeating: [], count: (present.last ?? 0) + 1)
    for (row, code) in zip(rows, rowCodes) { members[Int(code)].append(row) }
    let overall = model.fit(rows).coefficients.effect ?? 0
    var effects = [Double](repeating: overall, count: members.count)
    for level in present {
      effects[level] = model.fit(members[level]).coefficients.effect ?? overall
    }
    let ranked = present.sorted { (effects[$0], $0) < (effects[$1], $1) }
    var order: [Int32] = []
    var cuts: [Int] = []
    for level in ranked {
      order += members[level]
      cuts.append(order.count)
    }
    let best = bestCut(
      order: order, cuts: cuts.dropLast().filter { $0 >= minSize && rows.count - $0 >= minSize })
    guard let best, let last = cuts.firstIndex(of: best) else { return nil }
    return .nominal(
      variable: variable, groups: [ranked[...last].sorted(), ranked[(last + 1)...].sorted()])
  }

  /// The first cut with the smallest objective; the only one needs no fit.
  private func bestCut(order: [Int32], cuts: [Int]) -> Int? {
    guard cuts.count > 1 else { return cuts.first }
    return indexOfMinimum(model.cutObjectives(order: order, cuts: cuts)).map { cuts[$0] }
  }
}

/// The search for the split of one variable that minimises the node objective of both sides.
struct SplitSearch<Model: NodeModel> {
  /// The model whose objective is minimised.
  let model: Model
  /// The smallest number of participants of either side.
  let minSize: Int

  /// The most levels whose groupings are all tried: 2¹¹ − 1 of them.
  static var mostLevelsTried: Int { 12 }

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
  /// goes right always. With more than `mostLevelsTried` levels the groupings are those that cut the
  /// levels ordered by their own treatment effects.
  func nominal(_ variable: Int, codes: [Int32], levels: Int, rows: [Int32]) -> Split? {
    let rowCodes = rows.map { codes[Int($0)] }
    var counts = [Int](repeating: 0, count: levels)
    for code in rowCodes { counts[Int(code)] += 1 }
    let present = (0..<levels).filter { counts[$0] > 0 }
    let candidates =
      present.count <= Self.mostLevelsTried
      ? allGroupings(of: present, levels: levels)
      : effectGroupings(of: present, codes: rowCodes, levels: levels, rows: rows)
    let groups = candidates.filter { group in
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

  /// The groupings that cut the present levels in the order of the effects estimated in each, a
  /// level without an estimate standing at the node's own.
  private func effectGroupings(
    of present: [Int], codes: [Int32], levels: Int, rows: [Int32]
  ) -> [[Bool]] {
    var members = [[Int32]](repeating: [], count: levels)
    for (row, code) in zip(rows, codes) { members[Int(code)].append(row) }
    let overall = model.fit(rows).coefficients.effect ?? 0
    let effects = members.map { rows in
      rows.isEmpty ? overall : model.fit(rows).coefficients.effect ?? overall
    }
    let ranked = present.sorted { (effects[$0], $0) < (effects[$1], $1) }
    var group = [Bool](repeating: false, count: levels)
    return ranked.dropLast().map { level in
      group[level] = true
      return group
    }
  }

  /// The first cut with the smallest objective; the only one needs no fit.
  private func bestCut(order: [Int32], cuts: [Int]) -> Int? {
    guard cuts.count > 1 else { return cuts.first }
    return indexOfMinimum(model.cutObjectives(order: order, cuts: cuts)).map { cuts[$0] }
  }
}

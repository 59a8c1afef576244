/// The search for the split of one variable that minimises the node objective of both sides.
struct SplitSearch {
  /// The model whose objective is minimised.
  let model: any NodeModel
  /// The sizes that both sides must have.
  let sizes: ChildSizes
  /// Arms, trials and weights; nil where each row is one participant and only `minSize` counts.
  let strata: Strata?
  private let control: GrowthControl

  init(
    model: any NodeModel, minSize: Int, control: GrowthControl = GrowthControl(),
    strata: Strata? = nil
  ) {
    self.model = model
    self.control = control
    sizes = ChildSizes(minSize: minSize, minArm: control.minArm, minTrial: control.minTrial)
    let countsRows = sizes.minArm == 0 && sizes.minTrial == 0 && strata?.weights == nil
    self.strata = countsRows ? nil : strata
    precondition(countsRows || strata != nil, "arms and trials are wanted for their smallest sizes")
  }

  /// The best cut of a numeric variable, the first of equal ones; nil where none leaves enough
  /// participants on either side.
  ///
  /// `order` holds the rows of the node in the variable's order.
  func numeric(_ variable: Int, values: [Double], order: [Int32]) -> Split? {
    let cuts = values.withUnsafeBufferPointer { values in
      order.withUnsafeBufferPointer { order in
        admissibleCuts(order) { values[Int(order[$0 - 1])] != values[Int(order[$0])] }
      }
    }
    return bestCut(order: order, cuts: cuts).map { cut in
      .numeric(
        variable: variable,
        breakpoint: breakpoint(values[Int(order[cut - 1])], values[Int(order[cut])]))
    }
  }

  /// The cuts of some rows in order that are at a boundary and leave enough participants on either
  /// side; one pass.
  func admissibleCuts(
    _ order: UnsafeBufferPointer<Int32>, isBoundary: (Int) -> Bool
  ) -> [Int] {
    let smallest = strata == nil ? max(sizes.minSize, 1) : 1
    var cuts: [Int] = []
    guard let strata else {
      for cut in stride(from: smallest, through: order.count - smallest, by: 1)
      where isBoundary(cut) { cuts.append(cut) }
      return cuts
    }
    var left = ChildCounts(sizes, strata)
    var right = left
    for row in order { right.add(row) }
    for cut in stride(from: 1, to: order.count, by: 1) {
      left.add(order[cut - 1])
      right.remove(order[cut - 1])
      if left.isAdmissible, right.isAdmissible, isBoundary(cut) { cuts.append(cut) }
    }
    return cuts
  }

  /// Where between two neighbouring values the variable is cut; below the upper one always.
  func breakpoint(_ lower: Double, _ upper: Double) -> Double {
    guard control.breakpoints == .midpoint else { return lower }
    let middle = lower / 2 + upper / 2
    return middle < upper ? middle : lower
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
    let cuts = order.withUnsafeBufferPointer { order in
      admissibleCuts(order) { codes[Int(order[$0 - 1])] != codes[Int(order[$0])] }
    }
    return bestCut(order: order, cuts: cuts).map { cut in
      .ordered(variable: variable, breakpoint: Int(codes[Int(order[cut - 1])]))
    }
  }

  /// The best grouping in two of the levels that the node has, in partykit's order of groupings, or
  /// one child a level where `GrowthControl.Categorical.multiway` is wanted.
  ///
  /// In grouping s = 1, 2, … the l-th present level goes left where bit l − 1 of s is set; the last
  /// goes right always. With more than `GrowthControl.mostLevelsTried` levels the groupings are
  /// those that cut the levels ordered by their own treatment effects.
  func nominal(_ variable: Int, codes: [Int32], levels: Int, rows: [Int32]) -> Split? {
    let rowCodes = rows.map { codes[Int($0)] }
    let counts = levelCounts(rowCodes, levels: levels)
    let present = (0..<levels).filter { counts[$0] > 0 }
    if control.categorical == .multiway {
      let byLevel = countsByLevel(rows, rowCodes: rowCodes, levels: levels)
      let isAdmissible = byLevel.map { counts in present.allSatisfy { counts[$0].hasEnoughOfEach } }
      return present.count > 1 && isAdmissible ?? true
        ? .nominal(variable: variable, groups: present.map { [$0] }) : nil
    }
    guard present.count <= GrowthControl.mostLevelsTried else {
      return effectGrouping(variable, present, rowCodes: rowCodes, rows: rows)
    }
    let groups = admissibleGroupings(
      of: present, rows: rows, rowCodes: rowCodes, levels: levels)
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

  /// Whether nominal variables split into two groups of levels, not into one child a level.
  var splitsInTwo: Bool { control.categorical == .binary }

  /// The groupings in two of the present levels that leave enough participants on either side.
  func admissibleGroupings(
    of present: [Int], rows: [Int32], rowCodes: [Int32], levels: Int
  ) -> [[Bool]] {
    let counts = levelCounts(rowCodes, levels: levels)
    let byLevel = countsByLevel(rows, rowCodes: rowCodes, levels: levels)
    return allGroupings(of: present, levels: levels).filter { group in
      if let byLevel { return isAdmissible(group, byLevel, present) }
      let left = present.reduce(0) { $0 + (group[$1] ? counts[$1] : 0) }
      return left >= sizes.minSize && rows.count - left >= sizes.minSize
    }
  }

  private func levelCounts(_ rowCodes: [Int32], levels: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: levels)
    for code in rowCodes { counts[Int(code)] += 1 }
    return counts
  }

  /// The participants of each level by arm and trial, where these matter.
  private func countsByLevel(_ rows: [Int32], rowCodes: [Int32], levels: Int) -> [ChildCounts]? {
    guard let strata else { return nil }
    var result = [ChildCounts](repeating: ChildCounts(sizes, strata), count: levels)
    for (row, code) in zip(rows, rowCodes) { result[Int(code)].add(row) }
    return result
  }

  /// Whether both sides of a grouping have enough participants.
  private func isAdmissible(
    _ group: [Bool], _ byLevel: [ChildCounts], _ present: [Int]
  ) -> Bool {
    guard let strata else { return true }
    var left = ChildCounts(sizes, strata)
    var right = left
    for level in present {
      if group[level] { left.add(byLevel[level]) } else { right.add(byLevel[level]) }
    }
    return left.isAdmissible && right.isAdmissible
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
    var ends: [Int] = []
    for level in ranked {
      order += members[level]
      ends.append(order.count)
    }
    let isEnd = Set(ends)
    let cuts = order.withUnsafeBufferPointer { admissibleCuts($0) { isEnd.contains($0) } }
    guard let best = bestCut(order: order, cuts: cuts), let last = ends.firstIndex(of: best)
    else { return nil }
    return .nominal(
      variable: variable, groups: [ranked[...last].sorted(), ranked[(last + 1)...].sorted()])
  }

  /// The first cut with the smallest objective; the only one needs no fit.
  private func bestCut(order: [Int32], cuts: [Int]) -> Int? {
    guard cuts.count > 1 else { return cuts.first }
    return indexOfMinimum(model.cutObjectives(order: order, cuts: cuts)).map { cuts[$0] }
  }
}

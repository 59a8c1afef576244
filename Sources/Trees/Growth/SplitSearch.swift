/// The search for the split of one variable that minimises the node objective of both sides.
struct SplitSearch {
  /// The model whose objective is minimised.
  let model: any NodeModel
  /// The splits that leave enough participants on all sides.
  let admissible: AdmissibleSplits
  /// Where and how variables are cut.
  let control: GrowthControl

  init(
    model: any NodeModel, minSize: Int, control: GrowthControl = GrowthControl(),
    strata: Strata? = nil
  ) {
    self.model = model
    self.control = control
    admissible = AdmissibleSplits(minSize: minSize, control: control, strata: strata)
  }

  /// The best cut of a numeric variable, the first of equal ones; nil where none leaves enough
  /// participants on either side.
  ///
  /// `order` holds the rows of the node in the variable's order.
  func numeric(_ variable: Int, values: [Double], order: [Int32]) -> Split? {
    let cuts = values.withUnsafeBufferPointer { values in
      order.withUnsafeBufferPointer { order in
        admissible.cuts(order) { values[Int(order[$0 - 1])] != values[Int(order[$0])] }
      }
    }
    return bestCut(order: order, cuts: cuts).map { cut in
      .numeric(
        variable: variable,
        breakpoint: breakpoint(values[Int(order[cut - 1])], values[Int(order[cut])]))
    }
  }

  /// The same for a variable of few values.
  func numeric(
    _ variable: Int, _ distinct: SortedVariables.DistinctValues, rows: [Int32]
  ) -> Split? {
    guard admissible.countsRows else {
      // Sums of weights, arms and trials are counted row by row.
      let order = AdmissibleSplits.order(rows, by: distinct.codes, levels: distinct.count)
      let cuts = boundaries(order, distinct.codes)
      return bestCut(order: order, cuts: cuts).map { cut in
        numericSplit(
          variable, distinct, Int(distinct.codes[Int(order[cut - 1])]),
          Int(distinct.codes[Int(order[cut])]))
      }
    }
    return bestThreshold(distinct.codes, levels: distinct.count, rows).map {
      numericSplit(variable, distinct, $0.level, $0.next)
    }
  }

  private func numericSplit(
    _ variable: Int, _ distinct: SortedVariables.DistinctValues, _ level: Int, _ next: Int
  ) -> Split {
    .numeric(
      variable: variable, breakpoint: breakpoint(distinct.values[level], distinct.values[next]))
  }

  /// The best level after which to cut, the first of equal ones, and the next that the node has.
  private func bestThreshold(
    _ codes: [Int32], levels: Int, _ rows: [Int32]
  ) -> (level: Int, next: Int)? {
    let thresholds = admissible.thresholds(rows, by: codes, levels: levels)
    guard !thresholds.isEmpty else { return nil }
    let best =
      thresholds.count == 1
      ? 0
      : indexOfMinimum(
        model.thresholdObjectives(
          rows: rows, codes: codes, levels: levels, thresholds: thresholds.map(\.level)))
    return best.map { thresholds[$0] }
  }

  private func boundaries(_ order: [Int32], _ codes: [Int32]) -> [Int] {
    order.withUnsafeBufferPointer { order in
      admissible.cuts(order) { codes[Int(order[$0 - 1])] != codes[Int(order[$0])] }
    }
  }

  /// Where between two neighbouring values the variable is cut; below the upper one always.
  func breakpoint(_ lower: Double, _ upper: Double) -> Double {
    guard control.breakpoints == .midpoint else { return lower }
    let middle = lower / 2 + upper / 2
    return middle < upper ? middle : lower
  }

  /// The best threshold of an ordered variable among the levels that the node has.
  func ordered(_ variable: Int, codes: [Int32], levels: Int, rows: [Int32]) -> Split? {
    guard !admissible.countsRows else {
      return bestThreshold(codes, levels: levels, rows).map {
        .ordered(variable: variable, breakpoint: $0.level)
      }
    }
    let order = AdmissibleSplits.order(rows, by: codes, levels: levels)
    return bestCut(order: order, cuts: boundaries(order, codes)).map { cut in
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
    let present = AdmissibleSplits.present(rowCodes, levels: levels)
    if control.categorical == .multiway {
      return admissible.allowsOneChildALevel(rows, rowCodes: rowCodes, present: present)
        ? .nominal(variable: variable, groups: present.map { [$0] }) : nil
    }
    guard present.count <= GrowthControl.mostLevelsTried else {
      return effectGrouping(variable, present, rowCodes: rowCodes, rows: rows)
    }
    let groups = admissible.groupings(of: present, rows, rowCodes: rowCodes, levels: levels)
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
    let cuts = order.withUnsafeBufferPointer { admissible.cuts($0) { isEnd.contains($0) } }
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

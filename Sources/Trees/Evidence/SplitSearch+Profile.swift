extension SplitSearch {
  /// Every cut of a numeric variable that leaves enough participants on either side, with its objective.
  ///
  /// `order` holds the rows of the node in the variable's order.
  func numericProfile(
    _ variable: Int, values: [Double], order: [Int32]
  ) -> [CutProfile.Candidate] {
    let cuts = order.withUnsafeBufferPointer { order in
      admissible.cuts(order) { values[Int(order[$0 - 1])] != values[Int(order[$0])] }
    }
    return candidates(order, cuts) { cut in
      .numeric(
        variable: variable,
        breakpoint: breakpoint(values[Int(order[cut - 1])], values[Int(order[cut])]))
    }
  }

  /// Every threshold of an ordered variable that leaves enough participants on either side.
  func orderedProfile(
    _ variable: Int, codes: [Int32], levels: Int, rows: [Int32]
  ) -> [CutProfile.Candidate] {
    let order = AdmissibleSplits.order(rows, by: codes, levels: levels)
    let cuts = order.withUnsafeBufferPointer { order in
      admissible.cuts(order) { codes[Int(order[$0 - 1])] != codes[Int(order[$0])] }
    }
    return candidates(order, cuts) { cut in
      .ordered(variable: variable, breakpoint: Int(codes[Int(order[cut - 1])]))
    }
  }

  /// Every grouping in two of a nominal variable that leaves enough participants on either side; none
  /// where not all of them are tried, or where nodes split into one child a level.
  func nominalProfile(
    _ variable: Int, codes: [Int32], levels: Int, rows: [Int32]
  ) -> [CutProfile.Candidate] {
    let rowCodes = rows.map { codes[Int($0)] }
    let present = AdmissibleSplits.present(rowCodes, levels: levels)
    guard control.categorical == .binary, present.count <= GrowthControl.mostLevelsTried
    else { return [] }
    let groups = admissible.groupings(of: present, rows, rowCodes: rowCodes, levels: levels)
    let objectives = model.partitionObjectives(
      rows: rows, codes: rowCodes, levels: levels, groups: groups)
    return zip(groups, objectives).map { group, objective in
      CutProfile.Candidate(
        split: .nominal(
          variable: variable,
          groups: [present.filter { group[$0] }, present.filter { !group[$0] }]),
        objective: objective)
    }
  }

  private func candidates(
    _ order: [Int32], _ cuts: [Int], split: (Int) -> Split
  ) -> [CutProfile.Candidate] {
    guard !cuts.isEmpty else { return [] }
    return zip(cuts, model.cutObjectives(order: order, cuts: cuts)).map {
      CutProfile.Candidate(split: split($0), objective: $1)
    }
  }
}

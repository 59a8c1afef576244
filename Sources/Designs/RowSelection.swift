import Tables

/// The rows of a table that an analysis uses, in file order.
struct RowSelection {
  /// The indices of the rows; nil for all, so that columns need no copy.
  let rows: [Int32]?
  /// The number of rows.
  let count: Int

  /// The rows that are marked.
  init(_ marks: [Bool]) {
    count = marks.reduce(0) { $0 + ($1 ? 1 : 0) }
    rows = count == marks.count ? nil : marks.indices.filter { marks[$0] }.map(Int32.init)
  }

  /// The values of the selected rows.
  func select<Value>(_ values: [Value]) -> [Value] {
    guard let rows else { return values }
    return values.withUnsafeBufferPointer { values in rows.map { values[Int($0)] } }
  }

  /// The codes of the selected rows and the levels that occur among them, order kept.
  ///
  /// - Precondition: none of the selected codes is missing.
  func selectLevels(
    _ codes: [Int32], _ levels: [String]
  ) -> (codes: [Int32], levels: [String]) {
    let codes = select(codes)
    var occurs = [Bool](repeating: false, count: levels.count)
    for code in codes { occurs[Int(code)] = true }
    guard occurs.contains(false) else { return (codes, levels) }
    var place: Int32 = -1
    let places = occurs.map { occurs -> Int32 in
      place += occurs ? 1 : 0
      return place
    }
    return (codes.map { places[Int($0)] }, levels.indices.filter { occurs[$0] }.map { levels[$0] })
  }
}

/// Rows by what they lack: which are of the compared arms, and which of them are complete.
struct Completeness {
  /// Rows of the compared arms, or without an arm.
  let kept: [Bool]
  /// Kept rows with a value in every used column.
  let complete: [Bool]

  init(_ table: Table, droppedArms: (codes: [Int32], dropped: [Bool])?) {
    var kept = [Bool](repeating: true, count: table.rows)
    if let (codes, dropped) = droppedArms {
      for row in codes.indices where codes[row] >= 0 { kept[row] = !dropped[Int(codes[row])] }
    }
    var complete = kept
    for column in table.columns { column.forEachMissing { complete[$0] = false } }
    self.kept = kept
    self.complete = complete
  }

  /// The trials with kept rows, in level order.
  func trials(_ trial: (codes: [Int32], levels: [String])) -> [String] {
    var occurs = [Bool](repeating: false, count: trial.levels.count)
    for (row, code) in trial.codes.enumerated() where code >= 0 && kept[row] {
      occurs[Int(code)] = true
    }
    return trial.levels.indices.filter { occurs[$0] }.map { trial.levels[$0] }
  }

  /// The kept rows that lack values, by column and trial (the rows without a trial last), beside the
  /// number of rows that are used.
  func exclusions(
    _ table: Table, trial: (codes: [Int32], levels: [String]), used: Int
  ) -> Exclusions {
    var counts: [Exclusions.Count] = []
    for (name, column) in zip(table.names, table.columns) {
      var rows = [Int](repeating: 0, count: trial.levels.count + 1)
      column.forEachMissing { row in
        guard kept[row] else { return }
        let code = Int(trial.codes[row])
        rows[code < 0 ? trial.levels.count : code] += 1
      }
      for (index, rows) in rows.enumerated() where rows > 0 {
        let label = index < trial.levels.count ? trial.levels[index] : nil
        counts.append(Exclusions.Count(column: name, trial: label, rows: rows))
      }
    }
    return Exclusions(rows: kept.count { $0 }, used: used, counts: counts)
  }
}

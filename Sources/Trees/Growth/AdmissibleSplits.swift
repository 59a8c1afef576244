/// Which splits of a node leave enough participants on all sides.
struct AdmissibleSplits {
  /// The sizes that all sides must have.
  let sizes: ChildSizes
  /// Arms, trials and weights; nil where each row is one participant and only `minSize` counts.
  let strata: Strata?

  init(minSize: Int, control: GrowthControl, strata: Strata?) {
    sizes = ChildSizes(minSize: minSize, minArm: control.minArm, minTrial: control.minTrial)
    let countsRows = sizes.minArm == 0 && sizes.minTrial == 0 && strata?.weights == nil
    self.strata = countsRows ? nil : strata
    precondition(countsRows || strata != nil, "arms and trials are wanted for their smallest sizes")
  }

  /// The cuts of some rows in order that are at a boundary and leave enough participants on either
  /// side; one pass.
  func cuts(
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

  /// Whether each row is one participant, and `minSize` alone counts.
  var countsRows: Bool { strata == nil }

  /// The levels after which the rows may be cut, where each row is one participant, each with the next
  /// level that they have.
  func thresholds(
    _ rows: [Int32], by codes: [Int32], levels: Int
  ) -> [(level: Int, next: Int)] {
    var counts = [Int](repeating: 0, count: levels)
    counts.withUnsafeMutableBufferPointer { counts in
      codes.withUnsafeBufferPointer { codes in
        for row in rows { counts[Int(codes[Int(row)])] &+= 1 }
      }
    }
    let smallest = max(sizes.minSize, 1)
    var result: [(level: Int, next: Int)] = []
    var (left, last) = (0, -1)
    for level in 0..<levels where counts[level] > 0 {
      if left >= smallest, rows.count - left >= smallest { result.append((last, level)) }
      left += counts[level]
      last = level
    }
    return result
  }

  /// The rows of a node by ascending level, ties in row order.
  static func order(_ rows: [Int32], by codes: [Int32], levels: Int) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: rows.count) { order, filled in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: levels + 1) { next in
        next.initialize(repeating: 0)
        codes.withUnsafeBufferPointer { codes in
          for row in rows { next[Int(codes[Int(row)]) &+ 1] &+= 1 }
          for level in 0..<levels { next[level + 1] += next[level] }
          for row in rows {
            let level = Int(codes[Int(row)])
            order[next[level]] = row
            next[level] &+= 1
          }
        }
      }
      filled = rows.count
    }
  }

  /// The levels that a node has, ascending.
  static func present(_ rowCodes: [Int32], levels: Int) -> [Int] {
    var isPresent = [Bool](repeating: false, count: levels)
    for code in rowCodes { isPresent[Int(code)] = true }
    return isPresent.indices.filter { isPresent[$0] }
  }

  /// Whether the node may be split into one child a level.
  func allowsOneChildALevel(_ rows: [Int32], rowCodes: [Int32], present: [Int]) -> Bool {
    guard present.count > 1 else { return false }
    let byLevel = countsByLevel(rows, rowCodes: rowCodes, levels: (present.last ?? 0) + 1)
    return byLevel.map { counts in present.allSatisfy { counts[$0].hasEnoughOfEach } } ?? true
  }

  /// The admissible groupings of the present levels in two, in partykit's order.
  func groupings(
    of present: [Int], _ rows: [Int32], rowCodes: [Int32], levels: Int
  ) -> [[Bool]] {
    admissible(
      allGroupings(of: present, levels: levels), of: present, rows, rowCodes: rowCodes,
      levels: levels)
  }

  /// The admissible ones among groupings of the present levels in two.
  func admissible(
    _ groups: [[Bool]], of present: [Int], _ rows: [Int32], rowCodes: [Int32], levels: Int
  ) -> [[Bool]] {
    var counts = [Int](repeating: 0, count: levels)
    for code in rowCodes { counts[Int(code)] += 1 }
    let byLevel = countsByLevel(rows, rowCodes: rowCodes, levels: levels)
    return groups.filter { group in
      if let byLevel { return isAdmissible(group, byLevel, present) }
      let left = present.reduce(0) { $0 + (group[$1] ? counts[$1] : 0) }
      return left >= sizes.minSize && rows.count - left >= sizes.minSize
    }
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

  /// Every grouping of the present levels in two; of more levels than are tried none.
  private func allGroupings(of present: [Int], levels: Int) -> [[Bool]] {
    guard present.count > 1, present.count <= GrowthControl.mostLevelsTried else { return [] }
    return (1..<(1 << (present.count - 1))).map { number in
      var group = [Bool](repeating: false, count: levels)
      for (bit, level) in present.enumerated() { group[level] = number >> bit & 1 == 1 }
      return group
    }
  }
}

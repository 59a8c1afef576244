import Designs

/// What of a logistic node model does not change while a tree is grown: which cell each row is in, and
/// what it adds to its cell.
///
/// A cell holds the rows of one group (a trial, or everyone) and arm that have one offset. All that a
/// fit needs to know of them are four sums, so that its cost depends on the number of cells and, where
/// trial effects alone make the offset, not on the number of rows.
struct LogisticCells: Sendable {
  /// The cell of each row.
  let codes: [Int32]
  /// The number of groups: the trials, or 1.
  let groups: Int
  /// Whether each trial has an intercept of its own.
  let isStratified: Bool
  /// The first cell of group g's control arm is `starts[2g]`, that of its active arm `starts[2g + 1]`;
  /// the number of cells stands last.
  let starts: [Int]
  /// The offset of each cell.
  let offsets: [Double]
  /// 2 × group + arm of each cell.
  let strata: [Int32]

  /// The number of cells.
  var count: Int { offsets.count }

  /// How intercepts are counted.
  var intercepts: NodeIntercepts { NodeIntercepts(groups: groups, isStratified: isStratified) }

  /// The cells of a design whose rows have the given offsets.
  init(_ design: Design, isStratified: Bool, offset: [Double]) {
    self.isStratified = isStratified
    groups = isStratified ? design.trials.count : 1
    let rowStrata = (0..<design.rows).map { row in
      (isStratified ? 2 * design.trial[row] : 0) + Int32(design.arm[row])
    }
    let found = Self.number(rowStrata, offset)
    let order = found.strata.indices.sorted {
      (found.strata[$0], found.offsets[$0]) < (found.strata[$1], found.offsets[$1])
    }
    var places = [Int32](repeating: 0, count: order.count)
    for (place, cell) in order.enumerated() { places[cell] = Int32(place) }
    codes = found.codes.map { places[Int($0)] }
    offsets = order.map { found.offsets[$0] }
    strata = order.map { found.strata[$0] }
    var starts = [Int](repeating: 0, count: 2 * groups + 1)
    for stratum in strata { starts[Int(stratum) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    self.starts = starts
  }

  /// A combination of stratum and offset.
  private struct Key: Hashable {
    let stratum: Int32
    let offset: Double
  }

  /// Numbers the combinations in the order in which they are met.
  private static func number(
    _ rowStrata: [Int32], _ offset: [Double]
  ) -> (codes: [Int32], strata: [Int32], offsets: [Double]) {
    var numbers: [Key: Int32] = [:]
    var strata: [Int32] = []
    var offsets: [Double] = []
    let codes = rowStrata.indices.map { row -> Int32 in
      let key = Key(stratum: rowStrata[row], offset: offset[row])
      if let number = numbers[key] { return number }
      numbers[key] = Int32(strata.count)
      strata.append(key.stratum)
      offsets.append(key.offset)
      return Int32(strata.count - 1)
    }
    return (codes, strata, offsets)
  }
}

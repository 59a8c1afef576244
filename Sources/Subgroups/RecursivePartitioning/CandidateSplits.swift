import Designs
import Trees

/// The candidate splits of one variable in one node (article RecursivePartitioning): which bin each
/// participant is in, and which bins go left.
struct CandidateSplits {
  /// The number of groups of about equal size that a numeric variable is divided into.
  static let groups = 10

  /// One split, with the bins of its left side.
  struct Candidate {
    let split: Split
    let isLeft: [Bool]
  }

  /// The number of bins.
  let bins: Int
  /// The bin of each of the node's rows, in their order.
  let codes: [Int32]
  /// The splits.
  let candidates: [Candidate]

  /// The candidates of a variable among some rows.
  init(_ variable: Int, _ values: PartitioningVariable.Values, rows: [Int32], midpoints: Bool) {
    switch values {
    case .numeric(let numbers):
      self.init(variable, numbers: rows.map { numbers[Int($0)] }, midpoints: midpoints)
    case .ordered(let codes, let levels):
      self.init(variable, ordered: rows.map { codes[Int($0)] }, levels: levels.count)
    case .nominal(let codes, let levels):
      self.init(variable, nominal: rows.map { codes[Int($0)] }, levels: levels.count)
    }
  }

  /// Thresholds at the order statistics that divide the rows into ten groups, each moved up to the last
  /// of equal values; every value but the largest where there are no more than ten.
  private init(_ variable: Int, numbers: [Double], midpoints: Bool) {
    let sorted = numbers.sorted()
    var distinct: [Double] = []
    for value in sorted {
      if value != distinct.last { distinct.append(value) }
      if distinct.count > Self.groups { break }
    }
    var cuts: [Double] = []
    if distinct.count <= Self.groups {
      cuts = Array(distinct.dropLast())
    } else {
      for group in 1..<Self.groups {
        let cut = sorted[(group * sorted.count + Self.groups - 1) / Self.groups - 1]
        if cut != cuts.last, cut != sorted[sorted.count - 1] { cuts.append(cut) }
      }
    }
    let bins = cuts.count + 1
    self.bins = bins
    codes = numbers.map { value in Int32(cuts.count { $0 < value }) }
    candidates = cuts.enumerated().map { place, cut in
      let above = sorted[sorted.firstBeyond(cut)]
      let middle = cut / 2 + above / 2
      return Candidate(
        split: .numeric(variable: variable, breakpoint: midpoints && middle < above ? middle : cut),
        isLeft: (0..<bins).map { $0 <= place })
    }
  }

  /// Thresholds at every level that the rows have but the highest.
  private init(_ variable: Int, ordered codes: [Int32], levels: Int) {
    let present = Set(codes).sorted()
    bins = levels
    self.codes = codes
    candidates = present.dropLast().map { level in
      Candidate(
        split: .ordered(variable: variable, breakpoint: Int(level)),
        isLeft: (0..<levels).map { $0 <= Int(level) })
    }
  }

  /// Every grouping in two of the levels that the rows have; with more than
  /// `GrowthControl.mostLevelsTried` of them, each level against the others.
  private init(_ variable: Int, nominal codes: [Int32], levels: Int) {
    let present = Set(codes).sorted().map { Int($0) }
    bins = levels
    self.codes = codes
    let all = present.count <= GrowthControl.mostLevelsTried
    let groups: [[Int]] =
      present.count < 2
      ? []
      : all
        ? (1..<(1 << (present.count - 1))).map { number in
          present.indices.filter { number >> $0 & 1 == 1 }.map { present[$0] }
        } : present.map { [$0] }
    candidates = groups.map { group in
      var isLeft = [Bool](repeating: false, count: levels)
      for level in group { isLeft[level] = true }
      return Candidate(
        split: .nominal(variable: variable, groups: [group, present.filter { !isLeft[$0] }]),
        isLeft: isLeft)
    }
  }
}

extension [Double] {
  /// The first position of an ascending list whose value is above a number.
  fileprivate func firstBeyond(_ value: Double) -> Int {
    var (lower, upper) = (0, count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if self[middle] > value { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }
}

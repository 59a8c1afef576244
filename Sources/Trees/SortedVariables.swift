public import Designs

/// The partitioning variables of a data set with each numeric one sorted, once, for many trees.
///
/// Growth partitions these orders stably down the tree, so that no node sorts again.
public struct SortedVariables: Sendable {
  /// One variable; the values are those of all rows of the data.
  enum Column: Sendable {
    /// Numbers, and the rows in their ascending order, ties in row order.
    case numeric(values: [Double], order: [Int32])
    /// Unordered codes below `levels`.
    case nominal(codes: [Int32], levels: Int)
    /// Codes below `levels` in ascending order.
    case ordered(codes: [Int32], levels: Int)
  }

  /// The variables, in the order in which splits and tests count them.
  let columns: [Column]
  /// The rows that trees are grown on, ascending.
  public let rows: [Int32]
  /// The number of rows of the data, whether trees are grown on them or not.
  let dataRows: Int

  /// The number of variables.
  public var count: Int { columns.count }

  private init(columns: [Column], rows: [Int32], dataRows: Int) {
    self.columns = columns
    self.rows = rows
    self.dataRows = dataRows
  }

  /// Sorts the variables of a data set of `rows` rows; O(rows) a variable, by radix.
  public init(_ variables: [PartitioningVariable], rows: Int) {
    columns = variables.map { variable in
      switch variable.values {
      case .numeric(let values):
        precondition(values.count == rows, "\(values.count) values for \(rows) rows")
        return .numeric(values: values, order: ascendingOrder(values))
      case .nominal(let codes, let levels):
        precondition(codes.count == rows, "\(codes.count) codes for \(rows) rows")
        return .nominal(codes: codes, levels: levels.count)
      case .ordered(let codes, let levels):
        precondition(codes.count == rows, "\(codes.count) codes for \(rows) rows")
        return .ordered(codes: codes, levels: levels.count)
      }
    }
    self.rows = (0..<Int32(rows)).map { $0 }
    dataRows = rows
  }

  /// Sorts the partitioning variables of a design.
  public init(_ design: Design) {
    self.init(design.partitioning, rows: design.rows)
  }

  /// The same variables for trees on some of the rows alone, given in ascending order.
  ///
  /// Linear in the data: no variable is sorted again.
  public func restricted(to rows: [Int32]) -> SortedVariables {
    var isKept = [Bool](repeating: false, count: dataRows)
    for row in rows { isKept[Int(row)] = true }
    let columns = columns.map { column in
      guard case .numeric(let values, let order) = column else { return column }
      return Column.numeric(values: values, order: order.filter { isKept[Int($0)] })
    }
    return SortedVariables(columns: columns, rows: rows, dataRows: dataRows)
  }
}

/// The positions of finite numbers in ascending order, ties in their given order.
///
/// A least-significant-digit radix sort of the bit patterns, 11 bits a pass; a digit that is the
/// same in all numbers (the low bits of whole numbers, say) costs no pass. O(n).
func ascendingOrder(_ values: [Double]) -> [Int32] {
  let digitBits = 11
  let buckets = 1 << digitBits
  let keys = values.map { value in
    // Adding zero makes −0 equal to 0; the flips make the bit patterns ascend with the numbers.
    let bits = (value + 0).bitPattern
    return bits >> 63 == 0 ? bits | (1 << 63) : ~bits
  }
  let first = keys.first ?? 0
  let varying = keys.reduce(0) { $0 | ($1 ^ first) }
  var order = (0..<Int32(values.count)).map { $0 }
  var next = order
  var starts = [Int](repeating: 0, count: buckets)
  for shift in stride(from: 0, to: 64, by: digitBits) {
    let mask = UInt64(buckets - 1)
    guard (varying >> UInt64(shift)) & mask != 0 else { continue }
    for bucket in 0..<buckets { starts[bucket] = 0 }
    for key in keys { starts[Int((key >> UInt64(shift)) & mask)] += 1 }
    var start = 0
    for bucket in 0..<buckets {
      let size = starts[bucket]
      starts[bucket] = start
      start += size
    }
    for row in order {
      let bucket = Int((keys[Int(row)] >> UInt64(shift)) & mask)
      next[starts[bucket]] = row
      starts[bucket] += 1
    }
    swap(&order, &next)
  }
  return order
}

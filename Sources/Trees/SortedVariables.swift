public import Designs
import Numerics
import Threads

/// The partitioning variables of a data set with each numeric one sorted, once, for many trees.
///
/// Growth partitions these orders stably down the tree, so that no node sorts again.
public struct SortedVariables: Sendable {
  /// One variable; the values are those of all rows of the data.
  enum Column: Sendable {
    /// Numbers, whether there are ties, and where there are few values the number of each row's.
    case numeric(values: [Double], hasTies: Bool, distinct: DistinctValues?)
    /// Unordered codes below `levels`.
    case nominal(codes: [Int32], levels: Int)
    /// Codes below `levels` in ascending order.
    case ordered(codes: [Int32], levels: Int)
  }

  /// The distinct values of a numeric variable, numbered in ascending order.
  ///
  /// Where there are few, scores are summed by value, and no node needs the variable's order of its rows.
  struct DistinctValues: Sendable {
    /// The number of each row's value.
    let codes: [Int32]
    /// The values.
    let values: [Double]

    /// The number of values.
    var count: Int { values.count }

    /// Rows for each value below which a sum by value saves nothing.
    static let fewestRowsAValue = 8

    /// Nil where the values are too many; `order` holds the rows in their order.
    init?(_ values: [Double], order: [Int32]) {
      guard var value = order.first.map({ values[Int($0)] }) else { return nil }
      var codes = [Int32](repeating: 0, count: values.count)
      var found = [value]
      for row in order {
        if values[Int(row)] != value {
          value = values[Int(row)]
          found.append(value)
          guard found.count * Self.fewestRowsAValue <= order.count else { return nil }
        }
        codes[Int(row)] = Int32(found.count - 1)
      }
      self.codes = codes
      self.values = found
    }
  }

  /// Rows × variables below which a second thread costs more than it saves.
  static let smallestParallelWork = 100_000

  /// The variables, in the order in which splits and tests count them.
  let columns: [Column]
  /// For each numeric variable the rows in its ascending order, ties in row order; empty for levels.
  private(set) var orders: [[Int32]]
  /// The rows that trees are grown on, ascending.
  public let rows: [Int32]
  /// The number of rows of the data, whether trees are grown on them or not.
  let dataRows: Int
  /// Arms, trials and case weights, where growth is to count by them.
  let strata: Strata?

  /// The number of variables.
  public var count: Int { columns.count }

  private init(
    columns: [Column], orders: [[Int32]], rows: [Int32], dataRows: Int, strata: Strata?
  ) {
    self.columns = columns
    self.orders = orders
    self.rows = rows
    self.dataRows = dataRows
    self.strata = strata
  }

  /// Sorts the variables of a data set of `rows` rows, on up to `threads` threads; O(rows) a variable,
  /// by radix.
  ///
  /// Without strata each row is one participant, and smallest sizes of arms and trials are not to be
  /// had.
  public init(
    _ variables: [PartitioningVariable], rows: Int, strata: Strata? = nil, threads: Int = 1
  ) {
    self.strata = strata
    let workers = variables.count * rows < Self.smallestParallelWork ? 1 : threads
    let sorted: [(Column, [Int32])] = concurrentMap(count: variables.count, threads: workers) {
      switch variables[$0].values {
      case .numeric(let values):
        precondition(values.count == rows, "\(values.count) values for \(rows) rows")
        let order = ascendingOrder(values)
        let hasTies = zip(order, order.dropFirst()).contains { values[Int($0)] == values[Int($1)] }
        let distinct = hasTies ? DistinctValues(values, order: order) : nil
        return (.numeric(values: values, hasTies: hasTies, distinct: distinct), order)
      case .nominal(let codes, let levels):
        precondition(codes.count == rows, "\(codes.count) codes for \(rows) rows")
        return (.nominal(codes: codes, levels: levels.count), [])
      case .ordered(let codes, let levels):
        precondition(codes.count == rows, "\(codes.count) codes for \(rows) rows")
        return (.ordered(codes: codes, levels: levels.count), [])
      }
    }
    columns = sorted.map(\.0)
    orders = sorted.map(\.1)
    self.rows = (0..<Int32(rows)).map { $0 }
    dataRows = rows
  }

  /// Sorts the partitioning variables of a design, on up to `threads` threads.
  public init(_ design: Design, threads: Int = 1) {
    self.init(
      design.partitioning, rows: design.rows,
      strata: Strata(
        arm: design.arm, trial: design.trial, trials: design.trials.count,
        weights: design.weights),
      threads: threads)
  }

  /// The same variables for trees on some of the rows alone, given in ascending order.
  ///
  /// Linear in the data: no variable is sorted again.
  public func restricted(to rows: [Int32]) -> SortedVariables {
    var isKept = [Bool](repeating: false, count: dataRows)
    for row in rows { isKept[Int(row)] = true }
    return SortedVariables(
      columns: columns, orders: orders.map { $0.filter { isKept[Int($0)] } }, rows: rows,
      dataRows: dataRows, strata: strata)
  }

  /// Gives the orders away, to be divided in place where nobody else holds them.
  mutating func takeOrders() -> [[Int32]] {
    defer { orders = [] }
    return orders
  }
}

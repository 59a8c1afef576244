/// The cells whose stratified intercepts are eliminated, in flat arrays: their sizes, outcomes, and
/// sums over the columns that are not zero in them.
struct AbsorbedCells: Sendable {
  /// The number of cells, 0 without stratified intercepts.
  let count: Int
  /// The trial of each cell.
  let trial: [Int]
  /// The number of participants of each cell.
  let size: [Double]
  /// Σ y of each cell.
  let outcome: [Double]
  /// The sums over the random terms, q a cell.
  let randomSum: [Double]
  /// Where the entries of each cell begin, and after the last where they end.
  private let start: [Int]
  /// The column of each entry.
  let column: [Int]
  /// The sum of each entry.
  let sum: [Double]

  init(_ model: MarginalModel) {
    let absorbed = model.absorbed
    count = absorbed.count
    trial = absorbed.map(\.trial)
    size = absorbed.map(\.count)
    outcome = absorbed.map(\.outcome)
    randomSum = absorbed.flatMap(\.randomSums)
    start = absorbed.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.columns.count) }
    column = absorbed.flatMap(\.columns)
    sum = absorbed.flatMap(\.sums)
  }

  /// The positions of a cell's entries.
  @inline(__always)
  func entries(of cell: Int) -> Range<Int> { start[cell]..<start[cell + 1] }
}

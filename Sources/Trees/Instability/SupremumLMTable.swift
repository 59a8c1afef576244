/// The response-surface coefficients of Hansen (1997) for p-values of the supremum of an LM process.
///
/// For each number of parameters k = 1…40 there are 25 rows, one for each trimming fraction
/// 0.49, 0.47, …, 0.01: the p-value of a statistic x is about P(χ²_df > b0 + b1 x).
struct SupremumLMTable: Sendable {
  /// One trimming fraction of one k.
  struct Row: Sendable, Equatable {
    /// The intercept of the transformed statistic.
    var b0: Double
    /// The slope of the transformed statistic.
    var b1: Double
    /// The real degrees of freedom.
    var df: Double
  }

  /// The trimming fractions of each k.
  static let rowsPerCount = 25
  /// The largest tabulated k.
  static let largestCount = 40

  /// The table that is compiled into the program, read at its first use.
  static let hansen = SupremumLMTable(csv: PackageResources.SupremumLMTable_csv)

  private let rows: [Row]

  /// Reads lines `k,row,tau,b0,b1,df` below a header, ordered by k and row.
  init(csv: [UInt8]) {
    rows = csv.split(separator: UInt8(ascii: "\n")).dropFirst().map { line in
      let fields = line.split(separator: UInt8(ascii: ",")).suffix(3).map { field in
        Double(Substring(decoding: field, as: UTF8.self)) ?? .nan
      }
      precondition(fields.count == 3, "a table line of six numbers is wanted")
      return Row(b0: fields[0], b1: fields[1], df: fields[2])
    }
    precondition(rows.count == Self.largestCount * Self.rowsPerCount, "a table of 1000 lines")
  }

  /// Row 1…25 of k = 1…40.
  func row(_ row: Int, count k: Int) -> Row {
    rows[(k - 1) * Self.rowsPerCount + row - 1]
  }
}

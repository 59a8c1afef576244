/// The response-surface coefficients of Hansen (1997) for p-values of the supremum of an LM process.
///
/// For each number of parameters k = 1…40 there are 25 rows, one for each trimming fraction
/// 0.49, 0.47, …, 0.01: the p-value of a statistic x is about P(χ²_df > b0 + b1 x). The figures are
/// Hansen's as R's strucchange and partykit carry them.
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

  /// Hansen's table, read at its first use.
  static let hansen = SupremumLMTable(SupremumLMCoefficients.lines)

  private let rows: [Row]

  /// Reads triples `b0 b1 df`, ordered by k and row; what stands between two numbers is their end.
  private init(_ text: StaticString) {
    var numbers: [Double] = []
    numbers.reserveCapacity(3 * Self.largestCount * Self.rowsPerCount)
    text.withUTF8Buffer { bytes in
      var decimal = Decimal()
      for byte in bytes where !decimal.take(byte) && !decimal.isEmpty {
        numbers.append(decimal.value)
        decimal = Decimal()
      }
      numbers.append(decimal.value)
    }
    precondition(
      numbers.count == 3 * Self.largestCount * Self.rowsPerCount, "a table of 1000 triples")
    rows = stride(from: 0, to: numbers.count, by: 3).map { place in
      Row(b0: numbers[place], b1: numbers[place + 1], df: numbers[place + 2])
    }
  }

  /// Row 1…25 of k = 1…40.
  func row(_ row: Int, count k: Int) -> Row {
    rows[(k - 1) * Self.rowsPerCount + row - 1]
  }
}

/// A plain decimal of at most 15 digits, read byte by byte; its value is exactly rounded, being the
/// quotient of two whole numbers that are exact.
private struct Decimal {
  private var digits = 0.0
  private var divisor = 1.0
  private var isNegative = false
  private var hasPoint = false
  private(set) var isEmpty = true

  /// Takes a digit, point or sign; false for any other byte.
  mutating func take(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      digits = 10 * digits + Double(byte - UInt8(ascii: "0"))
      if hasPoint { divisor *= 10 }
    case UInt8(ascii: "."): hasPoint = true
    case UInt8(ascii: "-"): isNegative = true
    default: return false
    }
    isEmpty = false
    return true
  }

  var value: Double { (isNegative ? -digits : digits) / divisor }
}

import Foundation
import Synchronization

/// How close numbers come to those of other programs, collected while tests run, and written as tables into
/// the folder that the environment variable METAMOB_AGREEMENT names; without it nothing is collected.
public struct AgreementNotes: Sendable {
  /// A family of figures: a file of its own.
  public enum Table: String, Sendable, CaseIterable {
    case fits
    case degreesOfFreedom = "degrees-of-freedom"
    case trees
    case posteriors
    case bayesianTrees = "bayesian-trees"
    case diagnostics
    case pooling

    var title: String {
      switch self {
      case .fits: "Fits by REML and ML: lme4"
      case .degreesOfFreedom: "Degrees of freedom and p-values: lmerTest and pbkrtest"
      case .trees: "Instability tests and trees: partykit, glmertree and palmtree"
      case .posteriors: "Posteriors: exact integration, and Stan"
      case .bayesianTrees: "Bayesian trees: exact integration"
      case .diagnostics: "Diagnostics of chains: posterior, rstan and loo"
      case .pooling: "Two-stage meta-analysis: metafor, and exact integration"
      }
    }
  }

  /// What a difference is counted in.
  public enum Unit: String, Sendable {
    /// The larger of the two numbers.
    case relative
    /// Of numbers near zero.
    case absolute
    /// The Monte-Carlo error of the difference.
    case monteCarlo = "Monte-Carlo errors"
    /// The standard error, or posterior SD, of what is estimated.
    case standardErrors = "standard errors"
  }

  private struct Key: Hashable {
    let table: Table
    let name: String
    let quantity: String
    let unit: Unit
  }

  private struct Entry {
    var count = 0
    var largest = 0.0
    var limit = 0.0
  }

  private static let folder = ProcessInfo.processInfo.environment["METAMOB_AGREEMENT"]
  private static let entries = Mutex<[Key: Entry]>([:])
  /// Registers the writing of the tables, once.
  private static let isRegistered: Bool = atexit { AgreementNotes.write() } == 0

  private let table: Table
  private let name: String

  /// The comparisons of one case.
  public init(_ table: Table, _ name: String) {
    self.table = table
    self.name = name
  }

  /// Whether two numbers agree; see the function of that name.
  public func close(
    _ quantity: String, _ a: Double, _ b: Double, relative: Double, absolute: Double = 0
  ) -> Bool {
    let difference = relativeDifference(a, b)
    if difference > relative, abs(a - b) <= absolute {
      return isWithin(quantity, .absolute, abs(a - b), limit: absolute)
    }
    return isWithin(quantity, .relative, difference, limit: relative)
  }

  /// Whether a difference is within its limit, both in a unit.
  public func isWithin(
    _ quantity: String, _ unit: Unit, _ difference: Double, limit: Double
  ) -> Bool {
    if Self.folder != nil, Self.isRegistered {
      Self.entries.withLock { entries in
        let key = Key(table: table, name: name, quantity: quantity, unit: unit)
        var entry = entries[key] ?? Entry()
        entry.count += 1
        // What is not a number is beyond every limit.
        entry.largest = difference.isNaN ? .infinity : max(entry.largest, difference)
        entry.limit = max(entry.limit, limit)
        entries[key] = entry
      }
    }
    return difference <= limit
  }

  private static func write() {
    guard let folder else { return }
    let entries = entries.withLock { $0 }
    for table in Table.allCases {
      let own = entries.filter { $0.key.table == table }
      guard !own.isEmpty else { continue }
      let file = "\(folder)/\(table.rawValue).md"
      try? text(table, own).write(toFile: file, atomically: true, encoding: .utf8)
    }
  }

  private static func text(_ table: Table, _ entries: [Key: Entry]) -> String {
    let total = entries.values.reduce(0) { $0 + $1.count }
    let beyond = entries.values.count { !($0.largest <= $0.limit) }
    var lines = [
      "# \(table.title)", "",
      "Written by `make agreement`; [what the columns mean](README.md). \(total) numbers compared; "
        + (beyond == 0 ? "all within tolerance." : "\(beyond) rows beyond tolerance."), "",
      "| case | quantity | numbers | counted in | largest difference | tolerance |",
      "|---|---|--:|---|--:|--:|",
    ]
    let sorted = entries.sorted {
      ($0.key.name, $0.key.quantity, $0.key.unit.rawValue)
        < ($1.key.name, $1.key.quantity, $1.key.unit.rawValue)
    }
    for (key, entry) in sorted {
      lines.append(
        "| \(key.name) | \(key.quantity) | \(entry.count) | \(key.unit.rawValue) "
          + "| \(number(entry.largest)) | \(number(entry.limit)) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Two digits.
  private static func number(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    return value >= 0.01 && value < 100
      ? String(format: "%.2g", value) : String(format: "%.1e", value)
  }
}

import Foundation
public import Posterior

/// How numbers are written for people, once for all outputs.
///
/// Quantities on the outcome's scale share one number of decimals, chosen from their precision; a
/// value that does not exist is a dash.
public struct NumberStyle: Sendable, Equatable {
  /// What stands for a value that does not exist.
  public static let absent = "–"

  /// The number of decimals of quantities on the outcome's scale.
  public let decimals: Int

  /// A style with a fixed number of decimals.
  public init(decimals: Int) {
    self.decimals = decimals
  }

  /// A style for estimates with the given standard errors: the median one keeps two to three
  /// significant digits.
  public init(precisions: [Double]) {
    let usable = precisions.filter { $0.isFinite && $0 > 0 }.sorted()
    guard !usable.isEmpty else {
      self.init(decimals: 2)
      return
    }
    let typical = usable[usable.count / 2]
    self.init(decimals: min(max(0, 1 - Int((log10(typical / 2)).rounded(.down))), 9))
  }

  // MARK: On the outcome's scale

  /// A quantity on the outcome's scale.
  public func quantity(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return Self.absent }
    guard value.isFinite else { return value < 0 ? "-∞" : "∞" }
    if abs(value) >= 1e7 { return Self.trimmed(value, "%.3g") }
    return Self.fixed(value, decimals: decimals)
  }

  /// A quantity without zeros at the end of its decimals.
  public func shortest(_ value: Double?) -> String {
    let text = quantity(value)
    guard text.contains("."), !text.contains("e") else { return text }
    var result = Substring(text)
    while result.last == "0" { result.removeLast() }
    return String(result.last == "." ? result.dropLast() : result)
  }

  /// An interval as `[lower, upper]`; a limit at infinity is `∞`.
  public func interval(_ interval: Interval?) -> String {
    guard let interval, !interval.lower.isNaN, !interval.upper.isNaN else { return Self.absent }
    return "[\(quantity(interval.lower)), \(quantity(interval.upper))]"
  }

  // MARK: On scales of their own

  /// A probability with three decimals, never a rounded 0 or 1.
  public static func probability(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    if value < 0.0005 { return "<0.001" }
    if value >= 0.9995 { return ">0.999" }
    return fixed(value, decimals: 3)
  }

  /// A p-value with three significant digits down to 0.001.
  public static func pValue(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    if value < 0.001 { return "<0.001" }
    if value >= 0.9995 { return ">0.999" }
    let decimals = value >= 0.09995 ? 3 : value >= 0.009995 ? 4 : 5
    return fixed(value, decimals: decimals)
  }

  /// A p-value in words of a formula, `p < 0.001` or `p = 0.0214`.
  public static func pStatement(_ value: Double?) -> String {
    let text = pValue(value)
    return text.hasPrefix("<") || text.hasPrefix(">")
      ? "p \(text.prefix(1)) \(text.dropFirst())" : "p = \(text)"
  }

  /// Degrees of freedom: one decimal below 100.
  public static func degreesOfFreedom(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return absent }
    guard value.isFinite else { return "∞" }
    if value >= 1e7 { return trimmed(value, "%.3g") }
    return fixed(value, decimals: value < 99.95 && value != value.rounded() ? 1 : 0)
  }

  /// An R-hat with three decimals.
  public static func rhat(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    return value >= 1e5 ? trimmed(value, "%.3g") : fixed(value, decimals: 3)
  }

  /// An effective sample size, an integer.
  public static func effectiveSize(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    return fixed(value.rounded(), decimals: 0)
  }

  /// A number with two decimals: a ratio, an index, an E-BFMI.
  public static func ratio(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    return abs(value) >= 1e5 ? trimmed(value, "%.3g") : fixed(value, decimals: 2)
  }

  /// The odds ratio of a log odds ratio, with two decimals or three significant digits.
  public static func oddsRatio(_ logarithm: Double?) -> String {
    guard let logarithm, !logarithm.isNaN else { return absent }
    let value = exp(logarithm)
    guard value.isFinite else { return "∞" }
    return value >= 0.095 && value < 1e5
      ? fixed(value, decimals: value < 99.95 ? 2 : 0) : trimmed(value, "%.2g")
  }

  /// The interval of an odds ratio, of one of its logarithm.
  public static func oddsRatioInterval(_ interval: Interval?) -> String {
    guard let interval, !interval.lower.isNaN, !interval.upper.isNaN else { return absent }
    return "[\(oddsRatio(interval.lower)), \(oddsRatio(interval.upper))]"
  }

  /// A number to a few significant digits, as R's `signif` prints it.
  public static func significant(_ value: Double?, digits: Int = 3) -> String {
    guard let value, !value.isNaN else { return absent }
    guard value.isFinite else { return value < 0 ? "-∞" : "∞" }
    return trimmed(value, "%.\(digits)g")
  }

  /// A level as a percentage: `95%`, `99.9%`.
  public static func percent(_ level: Double) -> String {
    trimmed(100 * level, "%.6g") + "%"
  }

  /// A share as a percentage of three significant digits: `97%`, `33.3%`, `0.5%`.
  public static func share(_ share: Double) -> String {
    trimmed(100 * share, "%.3g") + "%"
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    withoutNegativeZero(String(format: "%.\(decimals)f", value))
  }

  private static func trimmed(_ value: Double, _ format: String) -> String {
    withoutNegativeZero(String(format: format, value))
  }

  /// `-0.00` says nothing that `0.00` does not.
  private static func withoutNegativeZero(_ text: String) -> String {
    text.hasPrefix("-") && text.allSatisfy({ "-0.".contains($0) })
      ? String(text.dropFirst()) : text
  }
}

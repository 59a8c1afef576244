import JSON
import Posterior

/// A document is read defensively: what it does not say is nil, and its section is left out.
extension JSONValue {
  /// The value at the end of a path of keys; nil where it is missing or null.
  func at(_ keys: String...) -> JSONValue? {
    var value: JSONValue? = self
    for key in keys { value = value?[key] }
    return value == .null ? nil : value
  }

  /// The number under a key.
  func number(_ key: String) -> Double? { self[key]?.number }

  /// The integer under a key.
  func integer(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }

  /// The text under a key.
  func text(_ key: String) -> String? { self[key]?.string }

  /// The truth value under a key.
  func flag(_ key: String) -> Bool? {
    if case .bool(let value) = self[key] { value } else { nil }
  }

  /// The elements under a key, none where there is no list.
  func list(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }

  /// The texts under a key.
  func texts(_ key: String) -> [String] { list(key).compactMap(\.string) }

  /// The integers under a key.
  func integers(_ key: String) -> [Int] {
    list(key).compactMap { $0.number.flatMap { Int(exactly: $0) } }
  }

  /// The interval under a key; nil where it, or one of its limits, is missing.
  func interval(_ key: String) -> Interval? {
    let limits = list(key).map(\.number)
    guard limits.count == 2, let lower = limits[0], let upper = limits[1] else { return nil }
    return Interval(lower: lower, upper: upper)
  }
}

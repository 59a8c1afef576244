import Designs
import Foundation
import JSON
import Synchronization
import TestSupport

/// A reference data set with its figures, as `Figures/<name>` holds them.
struct ReferenceCase {
  let name: String
  let figures: JSONValue

  /// The documents that were read: the largest takes seconds.
  private static let documents = Mutex<[String: JSONValue]>([:])

  init(_ name: String) throws {
    self.name = name
    figures = try Self.documents.withLock { documents in
      if let known = documents[name] { return known }
      let data = try Require.value(figure("\(name)/reference.json"), "\(name)/reference.json")
      let value = try JSONValue(data: data)
      documents[name] = value
      return value
    }
  }
}

/// Turns a missing figure into a failure that names it.
enum Require {
  struct Missing: Error { let what: String }

  static func value<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw Missing(what: what) }
    return value
  }
}

extension JSONValue {
  /// The number behind a path of keys.
  func number(_ path: String...) throws -> Double {
    var value: JSONValue? = self
    for key in path { value = value?[key] }
    return try Require.value(value?.number, path.joined(separator: "."))
  }

  /// The value behind a path of keys.
  func at(_ path: String...) throws -> JSONValue {
    var value: JSONValue? = self
    for key in path { value = value?[key] }
    return try Require.value(value, path.joined(separator: "."))
  }

  /// The elements of a list of numbers.
  var numbers: [Double] { array?.compactMap(\.number) ?? [] }
}

public import Foundation

/// A JSON document as a value; numbers are doubles, and a number that does not exist is null.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A finite number.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named values.
  case object([String: JSONValue])

  /// A number, or null where it is missing or not finite.
  public init(_ number: Double?) {
    if let number, number.isFinite { self = .number(number) } else { self = .null }
  }

  /// An integer, or null where it is missing.
  public init(_ number: Int?) {
    self = number.map { .number(Double($0)) } ?? .null
  }

  /// A text, or null where it is missing.
  public init(_ text: String?) {
    self = text.map(JSONValue.string) ?? .null
  }

  /// A truth value, or null where it is missing.
  public init(_ flag: Bool?) {
    self = flag.map(JSONValue.bool) ?? .null
  }

  /// The member of an object; nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The number, if this is one.
  public var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  /// The text, if this is one.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, if this is a list.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }
}

extension JSONValue: Codable {
  /// Decodes any JSON value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Encodes the value; a member that is null is written as such.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONValue {
  /// Reads a document.
  public init(data: Data) throws(NotJSON) {
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: data)
    } catch {
      throw NotJSON(data)
    }
  }

  /// The document as text with sorted keys, so that equal values give equal bytes.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByBooleanLiteral
{
  /// An object; of two equal keys the last stands.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }

  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// `null`.
  public init(nilLiteral: ()) { self = .null }

  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// A text that is not JSON, and why.
public struct NotJSON: Error, Sendable, Equatable {
  /// What is wrong, in Foundation's words.
  public let reason: String

  /// The decoder says no more than that it failed; Foundation's older reader says where.
  init(_ data: Data) {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      reason = "the document holds something that cannot be read"
    } catch {
      let words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      reason = (words ?? "not readable").trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
    }
  }
}

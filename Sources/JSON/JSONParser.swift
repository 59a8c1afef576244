import Foundation

/// Reads one JSON document (RFC 8259) from bytes, and says where it is none.
struct JSONParser {
  /// Lists and objects within one another beyond this are refused, so that no document can exhaust
  /// the stack.
  static let deepest = 256

  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The whole text as one value.
  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    skipBlanks()
    guard next != nil else { throw error(.empty) }
    let value = try value()
    skipBlanks()
    guard next == nil else { throw error(.trailing) }
    return value
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { place += 1 }
  }

  /// Goes past a sign if it stands here.
  private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: sign) else { return false }
    place += 1
    return true
  }

  /// The problem at a place, or the early end where the text is over.
  private func error(
    _ problem: JSONSyntaxError.Problem, at start: Int? = nil
  ) -> JSONSyntaxError {
    let place = min(start ?? self.place, bytes.count)
    let isAtEnd = place == bytes.count && problem != .empty
    let before = bytes[..<place]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONSyntaxError(
      line: before.count { $0 == 0x0A } + 1, column: place - lineStart + 1,
      problem: isAtEnd ? .endsEarly : problem)
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    guard let byte = next else { throw error(.noValue) }
    switch Unicode.Scalar(byte) {
    case "{": return .object(try members())
    case "[": return .array(try elements())
    case "\"": return .string(try text())
    case "-", "0"..."9": return .number(try number())
    case "t": return try word("true", .bool(true))
    case "f": return try word("false", .bool(false))
    case "n": return try word("null", .null)
    default: throw error(.noValue)
    }
  }

  private mutating func word(
    _ word: String, _ value: JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    guard bytes[place...].starts(with: word.utf8) else { throw error(.noValue) }
    place += word.utf8.count
    return value
  }

  /// Goes one level deeper past an opening bracket.
  private mutating func open() throws(JSONSyntaxError) {
    guard depth < Self.deepest else { throw error(.tooDeep) }
    depth += 1
    place += 1
    skipBlanks()
  }

  private mutating func elements() throws(JSONSyntaxError) -> [JSONValue] {
    try open()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    if accept("]") { return elements }
    while true {
      skipBlanks()
      elements.append(try value())
      skipBlanks()
      if accept("]") { return elements }
      guard accept(",") else { throw error(.noCommaInList) }
    }
  }

  private mutating func members() throws(JSONSyntaxError) -> [String: JSONValue] {
    try open()
    defer { depth -= 1 }
    var members: [String: JSONValue] = [:]
    if accept("}") { return members }
    while true {
      skipBlanks()
      let start = place
      guard next == UInt8(ascii: "\"") else { throw error(.noKey) }
      let key = try text()
      skipBlanks()
      guard accept(":") else { throw error(.noColon) }
      skipBlanks()
      guard members.updateValue(try value(), forKey: key) == nil else {
        throw error(.repeatedKey, at: start)
      }
      skipBlanks()
      if accept("}") { return members }
      guard accept(",") else { throw error(.noCommaInObject) }
    }
  }
}

// MARK: Numbers and texts

extension JSONParser {
  private mutating func digits() -> Int {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    return place - start
  }

  private mutating func number() throws(JSONSyntaxError) -> Double {
    let start = place
    _ = accept("-")
    let whole = place
    guard digits() > 0, bytes[whole] != 0x30 || place == whole + 1 else {
      throw error(.badNumber, at: place > whole ? start : place)
    }
    if accept(".") {
      guard digits() > 0 else { throw error(.badNumber) }
    }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      guard digits() > 0 else { throw error(.badNumber) }
    }
    guard let number = Double(String(decoding: bytes[start..<place], as: UTF8.self)) else {
      throw error(.badNumber, at: start)
    }
    guard number.isFinite else { throw error(.hugeNumber, at: start) }
    return number
  }

  private mutating func text() throws(JSONSyntaxError) -> String {
    let start = place
    place += 1
    var content: [UInt8] = []
    while true {
      guard let byte = next else { throw error(.endsEarly) }
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw error(.badEncoding, at: start)
        }
        return text
      case UInt8(ascii: "\\"): content += try escape().utf8
      case 0..<0x20: throw error(.controlCharacter)
      default:
        content.append(byte)
        place += 1
      }
    }
  }

  /// What an escape stands for.
  private mutating func escape() throws(JSONSyntaxError) -> String {
    let start = place
    place += 1
    guard let byte = next else { throw error(.endsEarly) }
    place += 1
    switch Unicode.Scalar(byte) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": break
    default: throw error(.badEscape, at: start)
    }
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]), accept("\\"), accept("u") { units.append(try codeUnit()) }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw error(.badEscape, at: start)
    }
    return text
  }

  /// Four hexadecimal digits.
  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
    let digits = bytes[place..<min(place + 4, bytes.count)]
    guard digits.count == 4 else {
      place = bytes.count
      throw error(.endsEarly)
    }
    let isHexadecimal = digits.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
    guard isHexadecimal, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else {
      throw error(.badEscape)
    }
    place += 4
    return unit
  }
}

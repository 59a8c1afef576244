/// The bytes that have a meaning in a table.
enum Byte {
  static var tab: UInt8 { 9 }
  static var lineFeed: UInt8 { 10 }
  static var carriageReturn: UInt8 { 13 }
  static var space: UInt8 { 32 }
  static var quote: UInt8 { 34 }
  static var plus: UInt8 { 43 }
  static var comma: UInt8 { 44 }
  static var minus: UInt8 { 45 }
  static var point: UInt8 { 46 }
  static var zero: UInt8 { 48 }
  static var semicolon: UInt8 { 59 }
  static var e: UInt8 { 101 }
}

/// Numbers as text: which texts are numbers, and which text a number has.
public enum NumberText {
  /// The number that a text means, correctly rounded, or nil where it is none.
  ///
  /// A number is a decimal with an optional sign, fraction and exponent, or `Inf` or `Infinity`
  /// without regard to case; spaces around it do not count.
  public static func parse(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let (low, high) = trimmed(base, 0, buffer.count)
      return parse(base, low, high)
    }
  }

  /// The number in `bytes[low..<high]`, which have no spaces around them.
  static func parse(_ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int) -> Double? {
    let number = scanDecimal(bytes, from: low, to: high)
    if number.isExact { return number.end == high ? number.value : nil }
    guard low < high, isDecimal(bytes, low, high) || isInfinity(bytes, low, high) else {
      return nil
    }
    return Double(String(decoding: buffer(bytes, low, high), as: UTF8.self))
  }

  /// Whether bytes are one of the signs of a missing value: nothing, `NA`, `NaN` or a point.
  static func isMissing(_ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int) -> Bool {
    switch high - low {
    case 0: true
    case 1: bytes[low] == Byte.point
    case 2: bytes[low] == 0x4E && bytes[low + 1] == 0x41
    case 3: bytes[low] == 0x4E && bytes[low + 1] == 0x61 && bytes[low + 2] == 0x4E
    default: false
    }
  }

  /// The bounds of a text without the spaces and tabs around it.
  @inline(__always)
  static func trimmed(_ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int) -> (Int, Int) {
    var low = low
    var high = high
    while low < high, bytes[low] == Byte.space || bytes[low] == Byte.tab { low += 1 }
    while low < high, bytes[high - 1] == Byte.space || bytes[high - 1] == Byte.tab { high -= 1 }
    return (low, high)
  }

  /// Whether all bytes make up a decimal number, of any length.
  private static func isDecimal(_ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int) -> Bool {
    var position = low
    func skipSign() {
      guard position < high, bytes[position] == Byte.minus || bytes[position] == Byte.plus else {
        return
      }
      position += 1
    }
    func skipDigits() -> Int {
      let start = position
      while position < high, bytes[position] &- Byte.zero <= 9 { position += 1 }
      return position - start
    }
    skipSign()
    var digits = skipDigits()
    if position < high, bytes[position] == Byte.point {
      position += 1
      digits += skipDigits()
    }
    guard digits > 0 else { return false }
    if position < high, bytes[position] | 0x20 == Byte.e {
      position += 1
      skipSign()
      guard skipDigits() > 0 else { return false }
    }
    return position == high
  }

  /// Whether the bytes say infinity.
  private static func isInfinity(_ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int) -> Bool {
    let isSigned = bytes[low] == Byte.minus || bytes[low] == Byte.plus
    let word = buffer(bytes, isSigned ? low + 1 : low, high).map { $0 | 0x20 }
    return word == Array("inf".utf8) || word == Array("infinity".utf8)
  }

  /// Some bytes as a buffer.
  private static func buffer(
    _ bytes: UnsafePointer<UInt8>, _ low: Int, _ high: Int
  ) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + low, count: high - low)
  }
}

extension NumberText {
  /// The shortest decimal that is read back as the same number, as a level's label.
  ///
  /// Whole numbers have no point (`1`, not `1.0`); sizes from 10⁻⁶ up to 10²¹ have no exponent.
  public static func shortestDecimal(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "Inf" }
    guard number != 0 else { return "0" }
    let (digits, point) = significantDigits(abs(number))
    let sign = number < 0 ? "-" : ""
    switch point {
    case digits.count...21: return sign + digits + zeros(point - digits.count)
    case 1...21: return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    case -5...0: return sign + "0." + zeros(-point) + digits
    default:
      let fraction = digits.count > 1 ? ".\(digits.dropFirst())" : ""
      return "\(sign)\(digits.prefix(1))\(fraction)e\(point > 0 ? "+" : "")\(point - 1)"
    }
  }

  /// The shortest digits of a positive number, and where its point stands: 0.d₁d₂… × 10^point.
  private static func significantDigits(_ number: Double) -> (digits: String, point: Int) {
    let parts = "\(number)".split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let decimal = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = decimal[0]
    let all = whole + (decimal.count > 1 ? decimal[1] : "")
    let significant = all.drop { $0 == "0" }
    let point = whole.count + exponent - (all.count - significant.count)
    var digits = String(significant)
    while digits.last == "0" { digits.removeLast() }
    return (digits, point)
  }

  private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
}

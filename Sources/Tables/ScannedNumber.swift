/// What stands at the start of some bytes, read as a decimal number.
struct ScannedNumber {
  /// The number; meaningless where `isExact` is false.
  var value: Double
  /// The position after the number's last byte.
  var end: Int
  /// Whether the value is the correctly rounded one; false where no number stands here, or one
  /// that needs the slow path.
  var isExact: Bool

  /// No number, or one for the slow path.
  @inline(__always)
  static func none(_ end: Int) -> ScannedNumber {
    ScannedNumber(value: 0, end: end, isExact: false)
  }
}

/// Reads sign, digits, point, digits and exponent from `start` on, as far as they go before `limit`.
///
/// Edge cases: no digit at all, more than 19 digits and exponents beyond ±27 are not exact.
@inline(__always)
func scanDecimal(_ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int) -> ScannedNumber {
  var position = start
  let isNegative = skipSign(bytes, &position, limit)
  var significand: UInt64 = 0
  var digits = scanDigits(bytes, &position, limit, into: &significand)
  var exponent = 0
  if position < limit, bytes[position] == Byte.point {
    position &+= 1
    let fraction = scanDigits(bytes, &position, limit, into: &significand)
    exponent = 0 &- fraction
    digits &+= fraction
  }
  if digits == 0 || digits > 19 { return .none(position) }
  if position < limit, bytes[position] | 0x20 == Byte.e {
    guard let written = scanExponent(bytes, &position, limit) else { return .none(position) }
    exponent &+= written
  }
  guard let size = scaled(significand, exponent) else { return .none(position) }
  return ScannedNumber(value: isNegative ? -size : size, end: position, isExact: true)
}

/// Goes past a sign; true after a minus.
@inline(__always)
private func skipSign(_ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ limit: Int) -> Bool {
  guard position < limit, bytes[position] == Byte.minus || bytes[position] == Byte.plus else {
    return false
  }
  position &+= 1
  return bytes[position &- 1] == Byte.minus
}

/// Goes past digits and appends them to a number (modulo 2⁶⁴); returns how many.
@inline(__always)
private func scanDigits(
  _ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ limit: Int, into number: inout UInt64
) -> Int {
  let start = position
  while position < limit {
    let digit = bytes[position] &- Byte.zero
    if digit > 9 { break }
    number = number &* 10 &+ UInt64(digit)
    position &+= 1
  }
  return position &- start
}

/// The exponent after an `e`, nil where none or more than three digits follow.
private func scanExponent(
  _ bytes: UnsafePointer<UInt8>, _ position: inout Int, _ limit: Int
) -> Int? {
  position += 1
  let isNegative = skipSign(bytes, &position, limit)
  var exponent: UInt64 = 0
  let digits = scanDigits(bytes, &position, limit, into: &exponent)
  guard (1...3).contains(digits) else { return nil }
  return isNegative ? -Int(exponent) : Int(exponent)
}

/// Powers of ten that doubles hold exactly.
private let exactPowersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
  1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

/// `significand` × 10^`exponent`, correctly rounded; nil for exponents beyond ±27.
@inline(__always)
private func scaled(_ significand: UInt64, _ exponent: Int) -> Double? {
  // Both operands are exact, so that the one operation rounds once (Clinger 1990).
  if significand <= 1 << 53, exponent >= -22, exponent <= 22 {
    if exponent == 0 { return Double(significand) }
    return exponent < 0
      ? Double(significand) / exactPowersOfTen[0 &- exponent]
      : Double(significand) * exactPowersOfTen[exponent]
  }
  return scaledByIntegers(significand, exponent)
}

/// `significand` × 10^`exponent` by 128-bit integers, rounded to nearest, ties to even.
///
/// 10^e = 5^e 2^e, and 5^27 < 2^64: the product or quotient by the power of five is exact in 128
/// bits, but for a remainder that matters only by not being zero; the power of two is a shift.
@inline(never)
private func scaledByIntegers(_ significand: UInt64, _ exponent: Int) -> Double? {
  guard significand != 0 else { return 0 }
  guard exponent >= -27, exponent <= 27 else { return nil }
  let power = (0..<abs(exponent)).reduce(UInt64(1)) { power, _ in power * 5 }
  var high: UInt64
  var low: UInt64
  var isInexact = false
  var binaryExponent = exponent
  if exponent >= 0 {
    (high, low) = power.multipliedFullWidth(by: significand)
  } else {
    // Shifted to the top, the numerator exceeds the power: the quotient has over 64 bits.
    let shift = significand.leadingZeroBitCount
    let (whole, rest) = (significand << shift).quotientAndRemainder(dividingBy: power)
    let (fraction, remainder) = power.dividingFullWidth((rest, 0))
    (high, low) = (whole, fraction)
    isInexact = remainder != 0
    binaryExponent -= shift + 64
  }
  let shift = high == 0 ? 64 : high.leadingZeroBitCount
  // Swift's shifts by 64 give 0, so that one formula serves every case.
  var top = high << shift | low >> (64 - shift)
  isInexact = isInexact || low << shift != 0
  // A double drops 11 of 64 bits at most; a sticky last bit stands for all that lies below.
  if isInexact { top |= 1 }
  return Double(top) * Double(sign: .plus, exponent: binaryExponent + 64 - shift, significand: 1)
}

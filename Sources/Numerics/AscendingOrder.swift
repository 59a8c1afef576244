/// The indices of values in ascending order of the values; ties stay in order, −0 being equal to 0.
///
/// A radix sort of the bit patterns, least significant digit first, which for a few thousand draws
/// takes a fraction of the time of a sort by comparison. O(n).
public func ascendingOrder(_ values: [Double]) -> [Int32] {
  guard !values.isEmpty else { return [] }
  var first = [KeyedIndex](unsafeUninitializedCapacity: values.count) { buffer, filled in
    for i in values.indices { buffer[i] = KeyedIndex(values[i], Int32(truncatingIfNeeded: i)) }
    filled = values.count
  }
  var second = first
  first.withUnsafeMutableBufferPointer { first in
    second.withUnsafeMutableBufferPointer { second in
      sort(first, spare: second)
    }
  }
  return first.map(\.index)
}

/// Sorts elements by their keys, with as much memory again to move them to and fro.
///
/// The upper half of the digits tells nearly all values apart: two that agree in it differ by less than
/// 4 millionths of their size. So those three are sorted by first, and what is left is a matter of
/// neighbours, unless there turns out to be much left: then all digits are.
private func sort(
  _ elements: UnsafeMutableBufferPointer<KeyedIndex>,
  spare: UnsafeMutableBufferPointer<KeyedIndex>
) {
  sort(elements, spare: spare, digits: (KeyedIndex.digits / 2)..<KeyedIndex.digits)
  guard !settleNeighbours(elements, mostMoves: 4 * elements.count) else { return }
  sort(elements, spare: spare, digits: 0..<KeyedIndex.digits)
}

/// A stable sort by some digits, the least significant first.
private func sort(
  _ elements: UnsafeMutableBufferPointer<KeyedIndex>,
  spare: UnsafeMutableBufferPointer<KeyedIndex>, digits: Range<Int>
) {
  let first = elements[0].key
  let varying = elements.reduce(0) { $0 | ($1.key ^ first) }
  var (source, target) = (elements, spare)
  withUnsafeTemporaryAllocation(of: Int32.self, capacity: KeyedIndex.buckets) { counts in
    // All values may share a digit, that of the exponent as a rule.
    for digit in digits where KeyedIndex.digit(digit, of: varying) != 0 {
      counts.initialize(repeating: 0)
      for element in source { counts[element.digit(digit)] &+= 1 }
      var start: Int32 = 0
      for i in 0..<KeyedIndex.buckets { (counts[i], start) = (start, start &+ counts[i]) }
      for element in source {
        let bucket = element.digit(digit)
        target[Int(counts[bucket])] = element
        counts[bucket] &+= 1
      }
      swap(&source, &target)
    }
  }
  if source.baseAddress != elements.baseAddress { _ = elements.update(fromContentsOf: source) }
}

/// A stable sort by insertion; gives up, which it says, where it takes too many moves, the elements then
/// standing in some order that is still stable.
private func settleNeighbours(
  _ elements: UnsafeMutableBufferPointer<KeyedIndex>, mostMoves: Int
) -> Bool {
  var moves = 0
  for i in 1..<max(elements.count, 1) where elements[i].key < elements[i - 1].key {
    let element = elements[i]
    var place = i
    while place > 0, elements[place - 1].key > element.key {
      elements[place] = elements[place - 1]
      place -= 1
    }
    elements[place] = element
    moves += i - place
    if moves > mostMoves { return false }
  }
  return true
}

/// A double's bits, such that their unsigned order is the order of the values, and its place.
private struct KeyedIndex {
  let key: UInt64
  let index: Int32

  static let bitsPerDigit: UInt64 = 11
  static let buckets = 2048
  static let digits = 6

  init(_ value: Double, _ index: Int32) {
    // Adding zero makes −0 equal to 0; the flips make the bit patterns ascend with the numbers.
    let bits = (value + 0).bitPattern
    key = bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    self.index = index
  }

  @inline(__always)
  func digit(_ number: Int) -> Int { Self.digit(number, of: key) }

  @inline(__always)
  static func digit(_ number: Int, of key: UInt64) -> Int {
    let shifted = key &>> (UInt64(truncatingIfNeeded: number) &* bitsPerDigit)
    return Int(truncatingIfNeeded: shifted & 2047)
  }
}

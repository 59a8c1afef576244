/// The positions of finite numbers in ascending order, ties in their given order.
///
/// A least-significant-digit radix sort of the bit patterns, 11 bits a pass; a digit that is the
/// same in all numbers (the low bits of whole numbers, say) costs no pass. O(n).
func ascendingOrder(_ values: [Double]) -> [Int32] {
  var entries = values.enumerated().map { SortEntry($0.element, position: Int32($0.offset)) }
  let first = entries.first?.key ?? 0
  let varying = entries.reduce(0) { $0 | ($1.key ^ first) }
  var spare = entries
  for shift in stride(from: 0, to: 64, by: Int(SortEntry.digitBits)).map({ UInt64($0) })
  where (varying >> shift) & SortEntry.digitMask != 0 {
    sortByDigit(at: shift, from: entries, into: &spare)
    swap(&entries, &spare)
  }
  return entries.map(\.position)
}

/// A number as bits that ascend with it, and where it stood.
private struct SortEntry {
  static let digitBits: UInt64 = 11
  static let digitMask: UInt64 = (1 << digitBits) - 1

  var key: UInt64
  var position: Int32

  init(_ value: Double, position: Int32) {
    // Adding zero makes −0 equal to 0; the flips make the bit patterns ascend with the numbers.
    let bits = (value + 0).bitPattern
    key = bits >> 63 == 0 ? bits | (1 << 63) : ~bits
    self.position = position
  }
}

/// Distributes entries stably by one digit of their keys.
private func sortByDigit(
  at shift: UInt64, from entries: [SortEntry], into sorted: inout [SortEntry]
) {
  var next = [Int](repeating: 0, count: Int(SortEntry.digitMask) + 1)
  next.withUnsafeMutableBufferPointer { next in
    entries.withUnsafeBufferPointer { entries in
      sorted.withUnsafeMutableBufferPointer { sorted in
        for entry in entries { next[Int((entry.key >> shift) & SortEntry.digitMask)] += 1 }
        var start = 0
        for bucket in next.indices {
          let size = next[bucket]
          next[bucket] = start
          start += size
        }
        for entry in entries {
          let bucket = Int((entry.key >> shift) & SortEntry.digitMask)
          sorted[next[bucket]] = entry
          next[bucket] += 1
        }
      }
    }
  }
}

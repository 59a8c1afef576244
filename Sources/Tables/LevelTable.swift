private import Foundation

/// The distinct contents of the cells of a column, numbered in order of appearance.
///
/// A hash table with linear probing over places in the file's own bytes: no cell becomes a string.
struct LevelTable {
  /// One distinct content.
  struct Entry {
    /// Where it first stands.
    var low: Int
    var length: Int32
    /// Whether doubled quotation marks are in it.
    var isEscaped: Bool
    var hash: UInt32
    /// The number of cells with this content.
    var cells: Int

    /// The first place as a cell.
    var cell: Cell { Cell(low: low, high: low + Int(length), next: low, isEscaped: isEscaped) }
  }

  /// The distinct contents in order of appearance.
  private(set) var entries: [Entry] = []
  /// Indices into the entries, −1 where free; a power of two of them, at most half in use.
  private var slots = [Int32](repeating: -1, count: 16)
  private var mask = 15

  /// The number of a content, which is entered where it is new.
  @inline(__always)
  mutating func code(_ bytes: UnsafePointer<UInt8>, _ cell: Cell) -> Int32 {
    let length = cell.high &- cell.low
    let hash = hashed(bytes + cell.low, length)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let code = slots[slot]
      if code < 0 { return enter(cell, hash, at: slot) }
      let entry = entries[Int(code)]
      if entry.hash == hash, Int(entry.length) == length, entry.isEscaped == cell.isEscaped,
        memcmp(bytes + entry.low, bytes + cell.low, length) == 0
      {
        entries[Int(code)].cells &+= 1
        return code
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(never)
  private mutating func enter(_ cell: Cell, _ hash: UInt32, at slot: Int) -> Int32 {
    let code = Int32(entries.count)
    let length = Int32(clamping: cell.high - cell.low)
    entries.append(
      Entry(low: cell.low, length: length, isEscaped: cell.isEscaped, hash: hash, cells: 1))
    slots[slot] = code
    if entries.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    mask = slots.count - 1
    for (code, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(code)
    }
  }
}

/// A 32-bit hash of some bytes (FNV-1a with a final mix, since the low bits choose the slot).
@inline(__always)
private func hashed(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var index = 0
  while index < count {
    hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3
    index &+= 1
  }
  return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
}

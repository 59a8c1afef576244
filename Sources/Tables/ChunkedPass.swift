import Threads

/// A run of whole records, and the rows of the targets that it may fill.
struct Chunk {
  var range: Range<Int>
  /// The first row.
  var row: Int
  /// The number of line feeds, hence the largest possible number of records.
  var capacity: Int
}

extension RecordScanner {
  /// Cuts the records from `start` on into chunks of about `size` bytes, at most `limit` of them.
  ///
  /// The cuts depend on the bytes alone, never on the number of threads.
  func chunks(from start: Int, size: Int, limit: Int = .max) -> [Chunk] {
    let isQuoted = find(Byte.quote, from: start, to: count) != nil
    var chunks: [Chunk] = []
    var row = 0
    var position = start
    while position < count, chunks.count < limit {
      let end = chunkEnd(from: position, size: size, isQuoted: isQuoted)
      let isOpen = end == count && bytes[end - 1] != Byte.lineFeed
      let capacity = lineFeeds(position..<end) + (isOpen ? 1 : 0)
      chunks.append(Chunk(range: position..<end, row: row, capacity: capacity))
      row += capacity
      position = end
    }
    return chunks
  }

  private func chunkEnd(from start: Int, size: Int, isQuoted: Bool) -> Int {
    let target = start + size
    guard target < count else { return count }
    var end = target - 1
    if isQuoted {
      end = recordEnd(from: start)
      while end + 1 < target { end = recordEnd(from: end + 1) }
    } else {
      end = find(Byte.lineFeed, from: end, to: count) ?? count
    }
    return min(end + 1, count)
  }

  private func lineFeeds(_ range: Range<Int>) -> Int {
    var total = 0
    for position in range where bytes[position] == Byte.lineFeed { total &+= 1 }
    return total
  }
}

/// One pass over chunks of records, which gathers some columns as numbers or as level codes.
///
/// Every chunk has rows of its own in buffers that are made for all rows at once, so that chunks
/// are read in parallel and nothing is held twice.
final class ChunkedPass {
  let chunks: [Chunk]
  /// What each chunk tells.
  private(set) var tallies: [ChunkTally] = []
  private var targets: [CellTarget]

  /// The number of records in all chunks.
  var rows: Int { tallies.reduce(0) { $0 + $1.records } }

  /// Reads columns, as numbers or as levels; fails at the first row that cannot be read.
  ///
  /// `wanted` has an index into `asNumbers` for each column of the file, −1 where it is not wanted.
  init(
    _ scanner: RecordScanner, chunks: [Chunk], wanted: [Int32], asNumbers: [Bool], threads: Int
  ) throws(RowFault) {
    let capacity = chunks.reduce(0) { $0 + $1.capacity }
    self.chunks = chunks
    targets = asNumbers.map { isNumeric in
      isNumeric
        ? CellTarget(numbers: .allocate(capacity: capacity), codes: nil)
        : CellTarget(numbers: nil, codes: .allocate(capacity: capacity))
    }
    tallies = wanted.withUnsafeBufferPointer { wanted in
      targets.withUnsafeBufferPointer { targets in
        let reader = ChunkReader(scanner: scanner, wanted: wanted, targets: targets)
        // Each chunk is read by one thread, and written to places of its own.
        nonisolated(unsafe) let shared = reader
        return concurrentMap(count: chunks.count, threads: threads) { shared.read(chunks[$0]) }
      }
    }
    if let first = tallies.lazy.compactMap(\.fault).first { throw first }
  }

  deinit {
    for target in targets {
      target.numbers?.deallocate()
      target.codes?.deallocate()
    }
  }

  /// Hands over the numbers of a column, once.
  func takeNumbers(_ column: Int) -> [Double] {
    guard let numbers = targets[column].numbers else { return [] }
    defer {
      numbers.deallocate()
      targets[column].numbers = nil
    }
    return [Double](unsafeUninitializedCapacity: rows) { result, count in
      for (chunk, tally) in zip(chunks, tallies) {
        for row in 0..<tally.records { result[count &+ row] = numbers[chunk.row &+ row] }
        count += tally.records
      }
    }
  }

  /// Hands over the codes of a column, once, each chunk's through a map of its own.
  func takeCodes(_ column: Int, maps: [[Int32]]) -> [Int32] {
    guard let codes = targets[column].codes else { return [] }
    defer {
      codes.deallocate()
      targets[column].codes = nil
    }
    return [Int32](unsafeUninitializedCapacity: rows) { result, count in
      for (index, chunk) in chunks.enumerated() {
        maps[index].withUnsafeBufferPointer { map in
          for row in 0..<tallies[index].records {
            let code = codes[chunk.row &+ row]
            result[count &+ row] = code < 0 ? Column.missingCode : map[Int(code)]
          }
        }
        count += tallies[index].records
      }
    }
  }
}

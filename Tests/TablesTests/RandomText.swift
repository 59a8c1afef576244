/// A stream of numbers that a seed fixes (SplitMix64), so that a failure can be replayed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Cells with everything that a delimited text must protect.
func awkwardCell(_ generator: inout SeededGenerator) -> String {
  let pieces = [
    "a", "Z", "0", "7", ".", " ", ",", "\t", ";", "\"", "\"\"", "\n", "\r\n", "\r", "é", "日本",
    "🧪", "-", "NA", "control",
  ]
  return (0..<Int.random(in: 0...5, using: &generator)).map { _ in
    pieces[Int.random(in: 0..<pieces.count, using: &generator)]
  }.joined()
}

/// A table as text; every cell is quoted that needs it, and some that do not.
func delimited(
  _ rows: [[String]], separator: String, lineEnd: String = "\n",
  using generator: inout SeededGenerator
) -> String {
  rows.map { row in
    row.map { cell in
      let special = cell.contains { "\"\n\r\r\n".contains($0) } || cell.contains(separator)
      guard special || cell.isEmpty || Bool.random(using: &generator) else { return cell }
      return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: separator) + lineEnd
  }.joined()
}

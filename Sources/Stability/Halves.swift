public import Designs
public import Numerics

/// Two disjoint halves of the participants, trial by trial and arm by arm (article Stability).
///
/// Of n participants of a cell either half has ⌊n/2⌋, an odd one goes to either by the toss of a coin.
public struct Halves: Sendable, Equatable {
  /// The rows of the one half, ascending.
  public let first: [Int32]
  /// All other rows, ascending.
  public let second: [Int32]

  /// Halves by chance.
  public init(_ design: Design, _ stream: inout RandomStream) {
    var cells = [[Int32]](repeating: [], count: 2 * design.trials.count)
    for row in 0..<design.rows {
      cells[2 * Int(design.trial[row]) + Int(design.arm[row])].append(Int32(row))
    }
    var (first, second): ([Int32], [Int32]) = ([], [])
    for cell in cells.indices {
      stream.shuffle(&cells[cell])
      let odd = cells[cell].count % 2 == 1 ? stream.integer(below: 2) : 0
      let middle = cells[cell].count / 2 + odd
      first += cells[cell][..<middle]
      second += cells[cell][middle...]
    }
    self.first = first.sorted()
    self.second = second.sorted()
  }
}

import Numerics
import Trees

/// Where the trees cut one numeric or ordered variable.
public struct CutDistribution: Sendable, Equatable {
  /// One cut and how often it occurs.
  public struct Count: Sendable, Equatable {
    /// The breakpoint; of an ordered variable the index of the level.
    public let breakpoint: Double
    /// The number of splits.
    public let splits: Int
  }

  /// The most cuts that are listed.
  public static let mostListed = 200

  /// The variable's index.
  public let variable: Int
  /// The number of splits on it.
  public let splits: Int
  /// The quartiles of the breakpoints: of an even number the lower of the two in the middle, so that
  /// each is a cut that occurs.
  public let quartiles: [Double]
  /// The smallest and the largest breakpoint.
  public let range: ClosedRange<Double>
  /// The cuts in ascending order: of more than `mostListed` those that occur most often.
  public let counts: [Count]

  /// The distributions over some splits, by variable.
  static func all(_ splits: [Split]) -> [CutDistribution] {
    var cuts: [Int: [Double]] = [:]
    for split in splits {
      switch split {
      case .numeric(let variable, let breakpoint): cuts[variable, default: []].append(breakpoint)
      case .ordered(let variable, let level): cuts[variable, default: []].append(Double(level))
      case .nominal: continue
      }
    }
    return cuts.sorted { $0.key < $1.key }.map { CutDistribution($0.key, $0.value.sorted()) }
  }

  private init(_ variable: Int, _ sorted: [Double]) {
    self.variable = variable
    splits = sorted.count
    quartiles = [1, 2, 3].map { sorted[(sorted.count * $0 - 1) / 4] }
    range = sorted[0]...sorted[sorted.count - 1]
    var counts: [Count] = []
    for cut in sorted {
      if let last = counts.last, last.breakpoint == cut {
        counts[counts.count - 1] = Count(breakpoint: cut, splits: last.splits + 1)
      } else {
        counts.append(Count(breakpoint: cut, splits: 1))
      }
    }
    if counts.count > Self.mostListed {
      let kept = counts.sorted { ($1.splits, $0.breakpoint) < ($0.splits, $1.breakpoint) }
      counts = kept.prefix(Self.mostListed).sorted { $0.breakpoint < $1.breakpoint }
    }
    self.counts = counts
  }
}

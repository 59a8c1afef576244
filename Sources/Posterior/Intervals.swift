import Numerics

extension Interval {
  /// The central interval of sorted draws: the type-7 quantiles that leave equal tails.
  public static func central(sorted draws: [Double], level: Double) -> Interval {
    let tail = (1 - level) / 2
    return Interval(lower: quantile(sorted: draws, tail), upper: quantile(sorted: draws, 1 - tail))
  }

  /// The shortest interval of sorted draws that spans ⌊n × level⌋ gaps; the lowest of several.
  public static func shortest(sorted draws: [Double], level: Double) -> Interval {
    guard let first = draws.first, let last = draws.last else {
      return Interval(lower: .nan, upper: .nan)
    }
    let gaps = Int((Double(draws.count) * level).rounded(.down))
    guard gaps < draws.count else { return Interval(lower: first, upper: last) }
    var best = 0
    for i in 1..<max(draws.count - gaps, 1)
    where draws[i + gaps] - draws[i] < draws[best + gaps] - draws[best] {
      best = i
    }
    return Interval(lower: draws[best], upper: draws[best + gaps])
  }
}

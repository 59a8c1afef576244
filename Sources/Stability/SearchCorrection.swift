/// How much of the differences that a search finds is left in participants who took no part in it
/// (article Stability).
public struct SearchCorrection: Sendable, Equatable {
  /// The slope c, 0 to 1; nil where no tree has a split with effects in both halves.
  public let slope: Double?
  /// The slope before it was cut to 0 … 1.
  public let rawSlope: Double?
  /// The number of trees with such a split.
  public let trees: Int
  /// The deviations of all their leaves.
  public let deviations: [ResampledTree.Deviation]

  /// The correction that trees of halves show: c = Σ w d̂ d̃ / Σ w d̂².
  public init(_ trees: [ResampledTree]) {
    let used = trees.filter { !$0.deviations.isEmpty }
    deviations = used.flatMap(\.deviations)
    self.trees = used.count
    var (products, squares) = (0.0, 0.0)
    for deviation in deviations {
      products += deviation.weight * deviation.grown * deviation.other
      squares += deviation.weight * deviation.grown * deviation.grown
    }
    rawSlope = squares > 0 ? products / squares : nil
    slope = rawSlope.map { min(max($0, 0), 1) }
  }

  /// An effect corrected for the search: overall + c (effect − overall); nil without a slope.
  public func corrected(_ effect: Double, overall: Double) -> Double? {
    slope.map { overall + $0 * (effect - overall) }
  }
}

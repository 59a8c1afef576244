/// A stretch of warm-up iterations in which the step size is adapted, and perhaps the metric.
struct WarmupStage: Sendable, Equatable {
  /// The iterations, counted from 0.
  let iterations: Range<Int>
  /// Whether the variances of these iterations become the metric at the stage's end.
  let adaptsMetric: Bool
}

/// The division of warm-up into stages: a fast one, windows of doubling length for the metric, and
/// a fast one again.
enum Warmup {
  static let firstStage = 75
  static let lastStage = 50
  static let firstWindow = 25

  /// The stages of a warm-up of the given length, at the same iterations as Stan's.
  ///
  /// Below 20 iterations the metric is left alone; below 150 a single window takes the middle 75 %.
  /// A window is stretched to the end of the windows if the next, twice as long, would pass it.
  static func stages(iterations: Int) -> [WarmupStage] {
    guard iterations > 0 else { return [] }
    guard iterations >= 20 else {
      return [WarmupStage(iterations: 0..<iterations, adaptsMetric: false)]
    }
    let short = iterations < firstStage + firstWindow + lastStage
    let first = short ? Int(0.15 * Double(iterations)) : firstStage
    let end = iterations - (short ? Int(0.1 * Double(iterations)) : lastStage)
    var stages = [WarmupStage(iterations: 0..<first, adaptsMetric: false)]
    var start = first
    var length = short ? end - first : firstWindow
    while start < end {
      stages.append(WarmupStage(iterations: start..<(start + length), adaptsMetric: true))
      start += length
      length *= 2
      if start + length + 2 * length > end { length = end - start }
    }
    stages.append(WarmupStage(iterations: end..<iterations, adaptsMetric: false))
    return stages.filter { !$0.iterations.isEmpty }
  }
}

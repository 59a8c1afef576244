import Foundation

/// An end of a score at which many participants sit: its floor or its ceiling.
public struct OutcomeBounds: Sendable, Equatable {
  /// The lowest outcome, where many have it.
  public let lower: Double?
  /// The highest outcome, where many have it.
  public let upper: Double?
  /// The distance between neighbouring outcomes of a score, all of them on one grid; 0 for others.
  public let step: Double

  /// At least so many participants, and this share of all, are many.
  static let fewest = 10
  static let share = 0.05
  /// A score has at most so many values.
  private static let mostValues = 400

  /// The ends of an outcome.
  ///
  /// The observed minimum or maximum counts as an end where at least 10 participants, and 5 % of all,
  /// have exactly that value.
  public init(_ outcome: [Double]) {
    var counts: [Double: Int] = [:]
    var isScore = true
    for value in outcome {
      counts[value, default: 0] += 1
      if counts.count > Self.mostValues {
        isScore = false
        break
      }
    }
    if isScore {
      step = Self.step(counts.keys.sorted())
    } else {
      step = 0
    }
    let (least, most) = (outcome.min() ?? 0, outcome.max() ?? 0)
    func end(_ value: Double) -> Double? {
      let count = outcome.count { $0 == value }
      let isMany = count >= Self.fewest && Double(count) >= Self.share * Double(outcome.count)
      return isMany ? value : nil
    }
    lower = end(least)
    upper = end(most)
  }

  /// The common distance of sorted distinct values; 0 where they lie on no grid.
  private static func step(_ values: [Double]) -> Double {
    guard values.count > 2 else { return 0 }
    let gaps = zip(values.dropFirst(), values).map { $0 - $1 }
    guard let smallest = gaps.min(), smallest > 0 else { return 0 }
    let isGrid = gaps.allSatisfy { gap in
      let steps = gap / smallest
      return abs(steps - steps.rounded()) < 1e-6
    }
    // Numbers with many digits all lie on the grid of their last one.
    let range = (values.last ?? 0) - values[0]
    return isGrid && range <= Double(mostValues) * smallest ? smallest : 0
  }

  /// The threshold of the model's outcome at or below which a participant is at the floor: rounded to
  /// the score's grid.
  var lowerThreshold: Double? { lower.map { $0 + step / 2 } }
  /// The threshold at or above which a participant is at the ceiling.
  var upperThreshold: Double? { upper.map { $0 - step / 2 } }
}

import Foundation

/// Values → places along a line.
public struct Scale: Sendable, Equatable {
  /// The lowest and the highest value that are drawn.
  public let domain: ClosedRange<Double>
  /// The place of the lowest value.
  public let start: Double
  /// The place of the highest value.
  public let end: Double

  /// A scale; a domain without an extent is widened about its value.
  public init(_ lower: Double, _ upper: Double, from start: Double, to end: Double) {
    let (low, high) = (min(lower, upper), max(lower, upper))
    let sound = low.isFinite && high.isFinite
    let padding = sound && high > low ? 0 : max(abs(sound ? low : 0), 1) * 0.5
    domain = sound ? (low - padding)...(high + padding) : -1...1
    (self.start, self.end) = (start, end)
  }

  /// A scale that holds some values, with a share of their extent beyond either end.
  public init(
    holding values: some Collection<Double>, margin: Double = 0.05, from start: Double,
    to end: Double
  ) {
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let space = (high - low) * margin
    self.init(low - space, high + space, from: start, to: end)
  }

  /// The place of a value.
  public func callAsFunction(_ value: Double) -> Double {
    start + (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound) * (end - start)
  }

  /// The place of a value, or of the nearer end where it is outside.
  public func clamped(_ value: Double) -> Double {
    self(min(max(value, domain.lowerBound), domain.upperBound))
  }

  /// Whether a value is drawn.
  public func holds(_ value: Double) -> Bool { domain.contains(value) }

  /// Round values within the domain, as near to `count` of them as steps of 1, 2 or 5 times a power of ten
  /// allow, with their labels.
  public func ticks(_ count: Int = 5) -> [Tick] {
    let extent = domain.upperBound - domain.lowerBound
    let power = pow(10, log10(extent / Double(max(count, 1))).rounded(.down))
    let steps = [0.5, 1, 2, 5, 10].map { $0 * power }
    let step = steps.min { distance(steps: $0, from: count) < distance(steps: $1, from: count) }
    guard let step else { return [] }
    let decimals = max(0, -Int(log10(step * 1.000001).rounded(.down)))
    let places = multiples(of: step)
    guard places.count < 1000 else { return [] }
    return places.map {
      Tick(value: Double($0) * step, label: Self.label(Double($0) * step, decimals: decimals))
    }
  }

  /// Round whole values within the domain, for an axis of counts.
  public func countTicks(_ count: Int = 5) -> [Tick] {
    let found = ticks(count).filter { $0.value == $0.value.rounded() }
    return found.map { Tick(value: $0.value, label: Self.label($0.value, decimals: 0)) }
  }

  /// The multiples of a step within the domain, a share of rounding allowed.
  private func multiples(of step: Double) -> Range<Int> {
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    guard first.magnitude < 1e15, last.magnitude < 1e15, last >= first else { return 0..<0 }
    return Int(first)..<(Int(last) + 1)
  }

  private func distance(steps step: Double, from count: Int) -> Int {
    let found = multiples(of: step).count
    // A single mark does not tell the scale.
    return abs(found - count) + (found < 2 ? 1000 : 0)
  }

  private static func label(_ value: Double, decimals: Int) -> String {
    guard abs(value) < 1e7, decimals < 8 else {
      return String(format: "%.3g", value).withMinusSigns
    }
    return String(format: "%.\(decimals)f", value + 0).withMinusSigns
  }
}

/// A mark of an axis.
public struct Tick: Sendable, Equatable {
  /// Where it stands.
  public let value: Double
  /// What it says.
  public let label: String

  /// A mark.
  public init(value: Double, label: String) { (self.value, self.label) = (value, label) }
}

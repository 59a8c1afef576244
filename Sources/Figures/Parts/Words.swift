import Drawing
import Foundation
import Posterior
import Reports

extension String {
  /// With minus signs, as in print.
  var withMinus: String { withMinusSigns }
}

/// How a figure writes effects: on the outcome's scale, or as odds ratios.
struct EffectStyle: Sendable {
  /// Whether effects are log odds ratios.
  let isLogOdds: Bool
  private let style: NumberStyle

  init(_ fit: FigureFit, _ effects: [FigureRun.Effect]) {
    isLogOdds = fit.isBinomial
    // The width of a 95% interval is about four standard errors.
    style = NumberStyle(
      precisions: effects.compactMap { effect in
        effect.interval.map { ($0.upper - $0.lower) / 4 }
      })
  }

  /// An effect.
  func value(_ effect: Double?) -> String {
    (isLogOdds ? NumberStyle.oddsRatio(effect) : style.quantity(effect)).withMinus
  }

  /// An interval of an effect.
  func interval(_ interval: Interval?) -> String {
    (isLogOdds ? NumberStyle.oddsRatioInterval(interval) : style.interval(interval)).withMinus
  }

  /// An effect with its interval.
  func text(_ effect: FigureRun.Effect) -> String {
    effect.estimate == nil
      ? "no estimate" : "\(value(effect.estimate)) \(interval(effect.interval))"
  }

  /// Round effects of an axis: odds ratios on their logarithm's scale.
  func ticks(_ scale: Scale, count: Int) -> [Tick] {
    guard isLogOdds else { return scale.ticks(count) }
    let candidates: [[Double]] = [
      [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5,
        7, 10, 20, 50, 100,
      ],
      [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
      [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100], [0.04, 0.2, 1, 5, 25],
      [0.001, 0.01, 0.1, 1, 10, 100, 1000], [0.0001, 0.01, 1, 100, 10000],
    ]
    let inside = candidates.map { $0.filter { scale.holds(log($0)) } }
    // A single mark does not tell the scale.
    let chosen =
      inside.first { (2...max(count, 2)).contains($0.count) }
      ?? inside.last { $0.count >= 2 } ?? inside.first { !$0.isEmpty } ?? []
    return chosen.map { Tick(value: log($0), label: NumberStyle.significant($0, digits: 5)) }
  }
}
